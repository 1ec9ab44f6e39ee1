// The sandbox's server as functions; the only place that knows its addresses.

const AGAIN_MS = 2000;

/** What an act was refused for, in the server's words; "" where the server is not there. */
export class Refused extends Error {}

/** Does something in the world: `act("send", {user, chat, text})`. Its answer; Refused. */
export async function act(name, fields = {}) {
  let answer;
  try {
    const response = await fetch("/act", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Sandbox": "1" },
      body: JSON.stringify({ act: name, ...fields }),
    });
    answer = await response.json();
  } catch {
    throw new Refused("");
  }
  if (!answer.ok) throw new Refused(answer.error ?? "");
  return answer;
}

/** The command menu and the description, as this person sees them in this chat. */
export async function commands(user, chat) {
  const response = await fetch(`/commands?user=${user}&chat=${chat}`).catch(() => null);
  return response?.ok ? response.json() : { commands: [], description: "" };
}

/** Where the bytes of a file are. */
export const file = (id) => `/picture/${encodeURIComponent(id)}`;

/**
 * Calls `told` for every event in their order, the first of which is the whole world, and `state` with true or false
 * as the line comes and goes; it is taken up again, and the world comes first again.
 */
export function watch(told, state) {
  const source = new EventSource("/events");
  source.addEventListener("message", (event) => told(JSON.parse(event.data)));
  source.addEventListener("open", () => state(true));
  source.addEventListener("error", () => {
    state(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => watch(told, state), AGAIN_MS); // the browser gave up
  });
}

// The sandbox's server as functions; the only place that knows its addresses.

/** What an act of the server's was refused for, in its words. */
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

/** People, chats and messages as they stand. */
export async function world() {
  return (await fetch("/world")).json();
}

/** The command menu and descriptions, as this person sees them in this chat. */
export async function commands(user, chat) {
  const response = await fetch(`/commands?user=${user}&chat=${chat}`);
  return response.ok ? response.json() : { commands: [], description: "" };
}

/** Where the bytes of a file are. */
export function file(id) {
  return /^(https?|data):/.test(id) ? id : `/file/${encodeURIComponent(id)}`;
}

/** Calls `told` for every event and `state` with true or false as the line comes and goes; it is taken up again by itself. */
export function watch(told, state) {
  const source = new EventSource("/events");
  source.addEventListener("message", (event) => told(JSON.parse(event.data)));
  source.addEventListener("open", () => state(true));
  source.addEventListener("error", () => state(false));
}

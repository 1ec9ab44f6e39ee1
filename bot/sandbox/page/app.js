// The page: puts its parts together, says who and where one is, and does what is pressed.

import * as api from "./api.js";
import { Composer } from "./composer.js";
import { Deeds } from "./deeds.js";
import { $, avatar, h } from "./dom.js";
import { Faults } from "./faults.js";
import { Inspector } from "./inspector.js";
import { ChatList } from "./list.js";
import { Log } from "./log.js";
import { newGroup, whoAmI } from "./sheets.js";
import { Side } from "./side.js";
import { speak, t, translate } from "./texts.js";
import { World, topicOf } from "./world.js";

const [ME, THEME] = ["sandbox.me", "sandbox.theme"]; // in the browser's storage
const PHONE = matchMedia("(max-width: 719px)");

const world = new World();
const view = { me: 0, chat: null, topic: null, open: false }; // open: the chat is in sight (always, on a desk)
let connected = false;
let theme = localStorage.getItem(THEME) ?? "auto";

// ---- the parts ----

const deeds = new Deeds(world, view, go);
const log = new Log(world, deeds);
const composer = new Composer(world, deeds);
const list = new ChatList(world, deeds);
const inspector = new Inspector(world);
const faults = new Faults(world, deeds);
deeds.meet(log, composer);
new Side();

// ---- who and where ----

/** Goes there, and notes it in the address, so that the browser's own way back works. */
function go(me, chat, topic) {
  const address = `#${[me, chat, topic].filter((part) => part !== null).join("/")}`;
  if (location.hash !== address) history.pushState(null, "", address);
  arrive();
}

/** Shows what the address says, or the nearest that there is. */
function arrive() {
  const [me, chat, topic] = location.hash.slice(1).split("/").map((part) => (part ? Number(part) : null));
  const remembered = Number(localStorage.getItem(ME));
  view.me = [me, remembered, ...world.people.keys()].find((id) => world.people.has(id)) ?? 0;
  const known = view.me === me && world.chats.get(chat);
  view.open = Boolean(known) || !PHONE.matches;
  view.chat = known || world.chats.get(view.me);
  view.topic = known && view.chat.topics.some((one) => one.id === topic) ? topic : null;
  localStorage.setItem(ME, String(view.me));
  $("app").dataset.screen = known ? "chat" : "list";
  if (!view.chat) return;
  list.show(view);
  heading();
  log.show(view.chat, view.topic, view.me);
  composer.show(view.chat, view.topic, view.me);
  if (!PHONE.matches) $("text").focus({ preventScroll: true });
}

function heading() {
  const { chat, topic } = view;
  const name = chat.topics.find((one) => one.id === topic)?.name ?? (chat.forum ? t("chat.general") : "");
  const under = chat.type === "private" ? `@${world.bot.username}` : t("chat.members", { n: chat.members.size });
  $("title").replaceChildren(
    avatar(chat.id, chat.title, chat.type === "private"),
    h("div", {}, h("h1", {}, [world.titleOf(chat), name].filter(Boolean).join(" · ")), h("small", {}, under)),
  );
}

/** Everything in the language of the moment. */
function draw() {
  translate();
  inspector.draw();
  faults.draw();
  list.drawBot(connected);
  if (world.people.size) arrive();
}

function paint() {
  document.documentElement.dataset.theme = theme;
}

// ---- what comes ----

const shown = (event) => view.chat?.id === event.chat && (!view.chat.forum || topicOf(event.message ?? {}) === view.topic);

world.on("all", () => {
  list.drawBot(connected);
  if (!world.people.has(view.me) || world.chats.get(view.chat?.id) !== view.chat) {
    arrive();
    return;
  }
  list.draw();
  heading();
  log.redraw();
  composer.state();
});
world.on("message", (event) => {
  const chat = world.chats.get(event.chat);
  if (!event.known) list.count(chat, event.message);
  if (!shown(event)) return;
  if (event.known) log.change(event.message);
  else {
    log.add(event.message);
    composer.state();
  }
});
world.on("edit", (event) => {
  if (shown(event)) log.change(event.message);
  list.draw();
});
world.on("delete", (event) => {
  if (view.chat?.id === event.chat) log.redraw();
  list.draw();
});
world.on("reaction", (event) => log.react(event.chat, event.message_id));
world.on("typing", (event) => {
  if (view.chat?.id === event.chat && (event.topic ?? null) === view.topic) log.typing(world.bot.first_name);
});
world.on("callback_answer", (event) => deeds.answered(event));
world.on("inline_answer", (event) => composer.found(event));
world.on("commands", () => {
  composer.refresh();
  if (!view.chat?.messages.size) log.redraw();
});
world.on("bot", () => list.drawBot(connected));
world.on("faults", () => faults.drawOn());
world.on("trace", () => inspector.add());
world.on("world", take);
world.on("fault", async () => world.takeFaults(await api.world()));

let taking = 0;
const meanwhile = []; // events that came while the world was under way, which may be older than they are

async function take() {
  taking += 1;
  try {
    world.take(await api.world());
  } catch {
    list.drawBot(false);
  }
  taking -= 1;
  if (!taking) for (const event of meanwhile.splice(0)) hear(event);
}

function hear(event) {
  if (taking) meanwhile.push(event);
  else world.apply(event);
}

// ---- what is pressed ----

$("me").addEventListener("click", () =>
  whoAmI(world, view.me, theme, {
    be: (id) => go(id, PHONE.matches ? null : id, null),
    person: async (name, language) => {
      const made = await deeds.act("person", { first_name: name, language_code: language || null });
      if (!made) return;
      await take();
      go(made.user.id, made.user.id, null);
    },
    theme: (choice) => {
      theme = choice;
      localStorage.setItem(THEME, choice);
      paint();
    },
    speak: (choice) => {
      speak(choice);
      draw();
      $("me").click();
    },
  }),
);
$("new-group").addEventListener("click", () =>
  newGroup(world, view.me, async (title, members, forum) => {
    const made = await deeds.act("group", { title, members, forum });
    if (!made) return;
    await take();
    go(view.me, made.chat, null);
  }),
);
$("back").addEventListener("click", () => go(view.me, null, null));
$("chat-menu").addEventListener("click", () => deeds.chatMenu());
addEventListener("hashchange", arrive);
PHONE.addEventListener("change", arrive);
document.addEventListener("keydown", (event) => {
  // Esc on a phone goes back to the list, where nothing else was closed by it
  const over = $("sheet").open || $("menu").matches(":popover-open") || !$("side-pane").hidden;
  if (event.key === "Escape" && !event.defaultPrevented && PHONE.matches && !over) go(view.me, null, null);
});

speak();
paint();
translate();
inspector.draw();
faults.draw();
await take();
arrive();
api.watch(hear, (up) => {
  const again = up && !connected;
  connected = up;
  if (again) take(); // what happened in between
  else list.drawBot(connected);
});

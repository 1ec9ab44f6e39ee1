// The page: puts its parts together, says who and where one is, and brings what happens to the parts that show it.

import { watch } from "./api.js";
import { Composer } from "./composer.js";
import { Deeds } from "./deeds.js";
import { $, avatar, h, icon } from "./dom.js";
import { Faults } from "./faults.js";
import { Inspector } from "./inspector.js";
import { ChatList } from "./list.js";
import { Log } from "./log.js";
import { newGroup, whoAmI } from "./sheets.js";
import { Side } from "./side.js";
import { chosen, speak, t, translate } from "./texts.js";
import { World, topicOf } from "./world.js";

const [ME, THEME] = ["sandbox.me", "sandbox.theme"]; // in the browser's storage
const PHONE = matchMedia("(max-width: 719px)");

const world = new World();
const view = { me: 0, chat: null, topic: null, open: false }; // open: the chat is in sight (always, on a desk)
let connected = false;

const deeds = new Deeds(world, view, go);
const log = new Log(world, view, deeds);
const composer = new Composer(world, view, deeds);
const list = new ChatList(world, view, deeds);
const inspector = new Inspector(world);
const faults = new Faults(world, deeds);
deeds.meet({ log, composer });
new Side();

// ---- who and where ----

/** Goes there, and notes it in the address, so that the browser's own way back works. */
function go(me, chat, topic) {
  const address = `#${[me, chat, topic].filter((part) => part !== null).join("/")}`;
  if (location.hash !== address) history.pushState(null, "", address);
  arrive();
}

/** What the address says, or the nearest that there is. */
function place() {
  const [me, id, number] = location.hash.slice(1).split("/").map(Number);
  const remembered = Number(localStorage.getItem(ME));
  const who = [me, remembered, ...world.people.keys()].find((one) => world.people.has(one));
  const known = who === me && world.chats.get(id);
  const chat = known || world.chats.get(who);
  const topic = chat.topics.find((one) => one.id === number)?.id ?? null;
  return { me: who, chat, topic, open: Boolean(known) || !PHONE.matches };
}

function arrive() {
  if (!world.people.size) return; // nothing is here yet
  Object.assign(view, place());
  localStorage.setItem(ME, String(view.me));
  $("app").dataset.screen = view.open ? "chat" : "list";
  list.draw();
  heading();
  log.show();
  composer.show();
  if (!PHONE.matches) $("text").focus({ preventScroll: true });
}

function heading() {
  const { chat, topic } = view;
  const own = chat.type === "private";
  const name = chat.topics.find((one) => one.id === topic)?.name ?? (chat.forum ? t("chat.general") : "");
  const title = [world.titleOf(chat), name].filter(Boolean).join(" · ");
  const under = own ? `@${world.bot.username}` : t("chat.members", { n: chat.members.size });
  $("title").replaceChildren(avatar(chat.id, chat.title, own), h("div", {}, h("h1", {}, title), h("small", {}, under)));
  $("leave").title = t(own ? "block" : "leave");
  $("leave").setAttribute("aria-label", $("leave").title);
  $("leave").replaceChildren(icon(own ? "stop" : "leave"));
  $("leave").hidden = own ? world.blocked.has(view.me) : !chat.members.has(view.me);
}

// ---- what happens ----

function hear(event) {
  if (!world.apply(event)) return;
  const { kind, message } = event;
  const here = event.chat === view.chat?.id && (!message || !view.chat.forum || topicOf(message) === view.topic);
  switch (kind) {
    case "world":
      faults.drawOn();
      inspector.draw();
      return taken();
    case "message":
      list.count(message);
      if (here) log.add(message);
      composer.state();
      return list.draw();
    case "edit":
    case "delete":
    case "reaction":
      if (here) log.draw();
      return list.draw();
    case "typing":
      if (here && (event.topic ?? null) === view.topic) log.typing(world.bot.first_name);
      return;
    case "callback_answer":
      return deeds.answered(event);
    case "inline_answer":
      return composer.found(event);
    case "commands":
      composer.refresh();
      return view.chat.messages.size || log.draw();
    case "bot":
      return list.drawBot(connected);
    case "fault":
      return faults.drawOn();
    case "trace":
      return inspector.add();
  }
}

/** The world is another one: a group, a person, who is where; or what was missed while the line was down. */
function taken() {
  list.drawBot(connected);
  const now = place();
  if (["me", "chat", "topic"].some((one) => now[one] !== view[one])) return arrive();
  list.draw();
  heading();
  log.redraw();
  composer.state();
}

// ---- what is pressed ----

function who() {
  const looks = { theme: localStorage.getItem(THEME) ?? "light dark", language: chosen() };
  whoAmI(world, view.me, looks, {
    be: (id) => go(id, PHONE.matches ? null : id, null),
    person: async (name, language) => {
      const made = await deeds.act("person", { first_name: name, language_code: language || null });
      if (made) go(made.user.id, made.user.id, null);
    },
    theme: (choice) => {
      localStorage.setItem(THEME, choice);
      paint();
    },
    language: (choice) => {
      speak(choice);
      draw();
    },
  });
}

$("me").addEventListener("click", who);
$("new-group").addEventListener("click", () =>
  newGroup(world, view.me, async (title, members, forum) => {
    const made = await deeds.act("group", { title, members, forum });
    if (made) go(view.me, made.chat, null);
  }),
);
$("back").addEventListener("click", () => go(view.me, null, null));
$("leave").addEventListener("click", () => deeds.leave());
$("chat-pane").addEventListener("keydown", (event) => {
  if (event.key === "Escape" && PHONE.matches) go(view.me, null, null);
});
addEventListener("hashchange", arrive);
PHONE.addEventListener("change", arrive);

function paint() {
  document.documentElement.style.colorScheme = localStorage.getItem(THEME) ?? "light dark";
}

/** Everything, in the language of the moment. */
function draw() {
  translate();
  inspector.draw();
  faults.draw();
  list.drawBot(connected);
  arrive();
}

speak();
paint();
draw();
watch(hear, (up) => {
  connected = up;
  list.drawBot(connected);
});

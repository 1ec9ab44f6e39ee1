// The left pane: who one is, the chats, how the bot is.

import { summary, clock } from "./bubble.js";
import { $, avatar, h, icon, rove } from "./dom.js";
import { t } from "./texts.js";
import { topicOf } from "./world.js";

export class ChatList {
  #world;
  #view; // who and where: {me, chat, topic, open}
  #actions;
  #unread = new Map(); // "me/chat/topic" -> count

  constructor(world, view, actions) {
    this.#world = world;
    this.#view = view;
    this.#actions = actions;
    $("chats").addEventListener("keydown", (event) => rove(event, [...$("chats").querySelectorAll(".chat")]));
  }

  /** A message came: whoever does not look at it has it unread. */
  count(message) {
    const chat = this.#world.chats.get(message.chat.id);
    const { me, chat: shown, topic, open } = this.#view;
    const seen = open && chat === shown && topicOf(message) === topic;
    for (const person of chat.members) {
      if (person === message.from.id || (person === me && seen)) continue;
      const name = place(person, chat.id, chat.forum ? topicOf(message) : null);
      this.#unread.set(name, (this.#unread.get(name) ?? 0) + 1);
    }
  }

  draw() {
    const world = this.#world;
    const { me, chat, topic, open } = this.#view;
    if (open) this.#unread.delete(place(me, chat.id, topic));
    const { first_name: name, language_code: language = t("me.silent") } = world.people.get(me);
    $("me").replaceChildren(avatar(me, name), h("span", {}, h("strong", {}, name), h("small", {}, language)), icon("down"));
    $("me").setAttribute("aria-label", t("me.now", { name, language }));
    const focused = document.activeElement.dataset.place;
    $("chats").replaceChildren(...world.chatsOf(me).flatMap((one) => this.#rows(one)));
    if (focused) $("chats").querySelector(`[data-place="${focused}"]`)?.focus({ preventScroll: true });
  }

  /** The state of the bot's process, at the foot and as a notice over the chat. */
  drawBot(connected) {
    const status = connected ? this.#world.status : "offline";
    $("bot-state").replaceChildren(h("span", { class: `lamp ${status}`, "aria-hidden": "true" }), t(`bot.${status}`));
    $("notice").hidden = status === "up";
    $("notice").textContent = status === "up" ? "" : t(`bot.${status}.note`);
  }

  #rows(chat) {
    if (!chat.forum || !chat.members.has(this.#view.me)) return [this.#row(chat, null, this.#world.titleOf(chat))];
    const topics = [{ id: null, name: t("chat.general") }, ...chat.topics];
    return [
      h("li", { class: "forum" }, avatar(chat.id, chat.title), h("strong", {}, chat.title)),
      ...topics.map((topic) => this.#row(chat, topic.id, topic.name, true)),
    ];
  }

  #row(chat, topic, name, isTopic = false) {
    const { me, chat: shown, topic: shownTopic } = this.#view;
    const inside = chat.members.has(me);
    const last = inside && this.#world.messages(chat, topic).at(-1);
    const unread = this.#unread.get(place(me, chat.id, topic));
    const told = !inside ? t("chat.outside") : last ? this.#told(chat, last) : t("chat.new");
    const props = {
      class: `chat${isTopic ? " topic" : ""}${inside ? "" : " outside"}`,
      type: "button",
      "aria-current": shown === chat && shownTopic === topic ? "true" : null,
      data: { place: place(me, chat.id, topic) },
      on: { click: () => this.#actions.open(chat.id, topic) },
    };
    const lines = h(
      "span",
      { class: "lines" },
      h("span", { class: "line" }, h("strong", {}, name), last && h("time", {}, clock(last.date))),
      h("span", { class: "line" }, h("span", { class: "told" }, told), unread && badge(unread)),
    );
    const picture = isTopic ? h("span", { class: "hash" }, icon("hash")) : avatar(chat.id, name, chat.type === "private");
    return h("li", {}, h("button", props, picture, lines));
  }

  #told(chat, message) {
    if (message.from.id === this.#view.me) return `${t("you")}: ${summary(message)}`;
    return chat.type === "private" ? summary(message) : `${message.from.first_name}: ${summary(message)}`;
  }
}

const badge = (n) => h("span", { class: "count", "aria-label": t("chat.unread", { n }) }, String(n));
const place = (me, chat, topic) => `${me}/${chat}/${topic ?? ""}`;

// The left pane: who one is, the chats, how the bot is.

import { summary, clock } from "./bubble.js";
import { $, avatar, h, icon, rove } from "./dom.js";
import { t } from "./texts.js";
import { topicOf } from "./world.js";

export class ChatList {
  #world;
  #actions;
  #unread = new Map(); // "me/chat/topic" -> count
  #view = null;

  constructor(world, actions) {
    this.#world = world;
    this.#actions = actions;
    $("chats").addEventListener("keydown", (event) => rove(event, [...$("chats").querySelectorAll(".chat")]));
  }

  /** view: {chat, topic, me}; what it shows is read. */
  show(view) {
    this.#view = view;
    if (view.chat) this.#unread.delete(place(view.me, view.chat.id, view.topic));
    this.draw();
  }

  /** A message came into a chat that is not open. */
  count(chat, message) {
    for (const me of chat.members) {
      if (me === message.from?.id) continue;
      if (me === this.#view.me && chat === this.#view.chat && topicOf(message) === this.#view.topic && this.#view.open) continue;
      const name = place(me, chat.id, chat.forum ? topicOf(message) : null);
      this.#unread.set(name, (this.#unread.get(name) ?? 0) + 1);
    }
    this.draw();
  }

  draw() {
    const world = this.#world;
    const { me } = this.#view;
    const person = world.people.get(me);
    const [name, language] = [person?.first_name ?? "?", person?.language_code ?? t("me.silent")];
    $("me").replaceChildren(
      avatar(me, name),
      h("span", {}, h("strong", {}, name), h("small", {}, language)),
      icon("down"),
    );
    $("me").setAttribute("aria-label", t("me.now", { name, language }));
    $("me").dataset.unread = String(this.#elsewhere());
    const focused = document.activeElement?.dataset?.place;
    $("chats").replaceChildren(...world.chatsOf(me).flatMap((chat) => this.#rows(chat)));
    if (focused) $("chats").querySelector(`[data-place="${focused}"]`)?.focus({ preventScroll: true });
  }

  /** The state of the bot's process, at the foot and as a notice over the chat. */
  drawBot(connected) {
    const status = connected ? this.#world.status : "offline";
    $("bot-state").replaceChildren(
      h("span", { class: `lamp ${status}`, "aria-hidden": "true" }),
      connected ? t(`bot.${status}`) : t("offline"),
    );
    const note = connected ? (status === "up" ? "" : t(`bot.${status}.note`)) : t("offline");
    $("notice").hidden = !note;
    $("notice").textContent = note;
  }

  #elsewhere() {
    return [...this.#unread].filter(([name, n]) => n && !name.startsWith(`${this.#view.me}/`)).length;
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
    const { me } = this.#view;
    const last = this.#world.messages(chat, topic).at(-1);
    const inside = chat.members.has(me);
    const unread = this.#unread.get(place(me, chat.id, topic)) ?? 0;
    const current = this.#view.chat === chat && this.#view.topic === topic;
    const told = !inside ? t("chat.outside") : last ? this.#told(chat, last) : t("chat.new");
    return h(
      "li",
      {},
      h(
        "button",
        {
          class: `chat${isTopic ? " topic" : ""}${inside ? "" : " outside"}`,
          type: "button",
          "aria-current": current ? "true" : null,
          data: { place: place(me, chat.id, topic) },
          on: { click: () => this.#actions.open(chat.id, topic) },
        },
        isTopic ? h("span", { class: "hash" }, icon("hash")) : avatar(chat.id, name, chat.type === "private"),
        h(
          "span",
          { class: "lines" },
          h("span", { class: "line" }, h("strong", {}, name), last && inside && h("time", {}, clock(last.date))),
          h("span", { class: "line" }, h("span", { class: "told" }, told), unread > 0 && badge(unread)),
        ),
      ),
    );
  }

  #told(chat, message) {
    const words = summary(message, this.#world);
    if (message.from?.id === this.#view.me) return `${t("you")}: ${words}`;
    return chat.type === "private" ? words : `${this.#world.nameOf(message.from)}: ${words}`;
  }
}

const badge = (n) => h("span", { class: "count", "aria-label": t("chat.unread", { n }) }, String(n));
const place = (me, chat, topic) => `${me}/${chat}/${topic ?? ""}`;

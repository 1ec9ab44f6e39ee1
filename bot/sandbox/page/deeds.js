// What a person can do: every press of the page ends here, and most go on to the server.

import * as api from "./api.js";
import { $, avatar, h } from "./dom.js";
import { menu, say } from "./sheets.js";
import { t } from "./texts.js";

const REACTIONS = ["👍", "👎", "❤", "🔥", "🤔", "🎉"];
const SLOW_TAP_MS = 12_000; // until a pressed key stops waiting for an answer

export class Deeds {
  #world;
  #view; // who and where: {me, chat, topic}
  #go; // (me, chat id, topic)
  #parts = null; // those that these deeds change: {log, composer}

  constructor(world, view, go) {
    this.#world = world;
    this.#view = view;
    this.#go = go;
  }

  /** The parts know the deeds first. */
  meet(parts) {
    this.#parts = parts;
  }

  /** Does it; null, and a note, where it is refused. */
  async act(name, fields) {
    try {
      return await api.act(name, fields);
    } catch (error) {
      if (!(error instanceof api.Refused)) throw error;
      say(t("failed", { why: error.message || t("failed.line") }));
      return null;
    }
  }

  say(text) {
    say(text);
  }

  // ---- the chat ----

  open(chat, topic) {
    this.#go(this.#view.me, chat, topic);
  }

  start(payload) {
    const { me } = this.#view;
    this.#go(me, me, null);
    this.act("start", { user: me, payload });
  }

  /** Blocks the bot, or leaves the group; the composer offers the way back. */
  leave() {
    this.act(this.#view.chat.type === "private" ? "block" : "leave", this.#here());
  }

  command(text) {
    this.act("send", { ...this.#here(), text, topic: this.#view.topic });
  }

  /** Follows a link into the bot within the page; true where it was one. */
  link(address) {
    const [, name, payload] = /^https?:\/\/t\.me\/(\w+)(?:\?start=([\w-]*))?$/.exec(address) ?? [];
    if (name?.toLowerCase() !== this.#world.bot.username.toLowerCase()) return false;
    if (payload === undefined) this.open(this.#view.me, null);
    else this.start(payload);
    return true;
  }

  // ---- a message ----

  /** A press on a button under a message. */
  press(message, button, key) {
    const query = button.switch_inline_query_current_chat ?? button.switch_inline_query;
    if (button.callback_data !== undefined) this.#tap(message, button.callback_data, key);
    else if (query !== undefined) this.#parts.composer.write(`@${this.#world.bot.username} ${query}`);
    else if (!this.link(button.url)) window.open(button.url, "_blank", "noopener,noreferrer");
  }

  async #tap(message, data, key) {
    if (key.getAttribute("aria-busy")) return;
    key.setAttribute("aria-busy", "true");
    setTimeout(() => key.removeAttribute("aria-busy"), SLOW_TAP_MS);
    const done = await this.act("tap", { ...this.#here(), message_id: message.message_id, data });
    if (!done) key.removeAttribute("aria-busy");
  }

  /** The bot's answer to a tap. */
  answered({ user, text }) {
    if (user !== this.#view.me) return;
    for (const key of $("log").querySelectorAll("[aria-busy]")) key.removeAttribute("aria-busy");
    if (text) say(text);
  }

  react(message, emoji) {
    this.act("react", { ...this.#here(), message_id: message.message_id, emoji });
  }

  jump(messageId) {
    this.#parts.log.jump(messageId);
  }

  /** What can be done with a message. by: the button that asks. */
  menu(message, by) {
    const { me, chat } = this.#view;
    const mine = this.#world.reactionsTo(chat.id, message.message_id).get(me);
    const emojis = REACTIONS.map((emoji) => ({
      emoji,
      label: t("message.react", { emoji }),
      on: mine === emoji,
      act: () => this.react(message, mine === emoji ? null : emoji),
    }));
    const own = message.from.id === me && message.text && !message.via_bot;
    menu(by, t("message.actions"), emojis, [
      { icon: "reply", label: t("message.reply"), act: () => this.#parts.composer.reply(message) },
      own && { icon: "edit", label: t("message.edit"), act: () => this.#parts.composer.edit(message) },
    ]);
  }

  /** What stands in a chat in which nothing was said: what the bot is, or how to call it. */
  empty() {
    const { bot } = this.#world;
    const { me, chat } = this.#view;
    if (chat.type !== "private") return h("p", { class: "empty" }, t("chat.empty", { bot: bot.username }));
    const words = h("p", {});
    api.commands(me, chat.id).then(({ description }) => words.append(description));
    return h("div", { class: "welcome" }, avatar(0, "", true), h("h2", {}, bot.first_name), h("h3", {}, t("start.about")), words);
  }

  #here() {
    return { user: this.#view.me, chat: this.#view.chat.id };
  }
}

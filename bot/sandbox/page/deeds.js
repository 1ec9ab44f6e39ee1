// What a person can do: every press of the page ends here, and most go on to the server.

import * as api from "./api.js";
import { $, avatar, h } from "./dom.js";
import { menu } from "./menu.js";
import { alert, photoSheet, say } from "./sheets.js";
import { t } from "./texts.js";
import { textOf } from "./world.js";

const REACTIONS = ["👍", "👎", "❤", "🔥", "🤔", "🎉"];
const KEPT_MS = 10_000; // a saved file's address, until the browser has read it

export class Deeds {
  #world;
  #view; // who and where: {me, chat, topic}
  #go; // (me, chat id, topic)
  #log = null;
  #composer = null;
  #waiting = 0; // taps whose query has no number yet
  #early = new Map(); // answers to such: a quick bot is faster than the page

  constructor(world, view, go) {
    this.#world = world;
    this.#view = view;
    this.#go = go;
  }

  /** The parts that these deeds change; they know the deeds first. */
  meet(log, composer) {
    this.#log = log;
    this.#composer = composer;
  }

  /** Does it; null, and a note, where it is refused. */
  async act(name, fields) {
    try {
      return await api.act(name, fields);
    } catch (error) {
      this.failed(error);
      return null;
    }
  }

  failed(error) {
    if (!(error instanceof api.Refused)) throw error;
    say(t("failed", { why: error.message || t("failed.line") }));
  }

  say(text) {
    say(text);
  }

  // ---- the chat with the bot ----

  open(chat, topic) {
    this.#go(this.#view.me, chat, topic);
  }

  async start(payload) {
    const { me } = this.#view;
    this.#go(me, me, null);
    await this.act("start", { user: me, payload });
  }

  async block(on) {
    const { me } = this.#view;
    if (!(await this.act(on ? "block" : "unblock", { user: me }))) return;
    if (on) this.#world.blocked.add(me);
    else this.#world.blocked.delete(me);
    this.#composer.state();
  }

  command(text) {
    const { topic } = this.#view;
    return this.act("send", { ...this.#here(), text, ...(topic !== null && { topic }) });
  }

  mention(name) {
    this.#composer.write(`${name} `);
  }

  photo({ data, ...place }) {
    photoSheet(data, (caption) => this.act("photo", { ...place, data, caption }));
  }

  choose(query, result) {
    return this.act("choose", { user: this.#view.me, query_id: query, result_id: result });
  }

  // ---- a message ----

  /** A press on a button under a message. */
  async press(message, button, key) {
    if (button.callback_data !== undefined) await this.#tap(message, button.callback_data, key);
    else if (button.url) this.link(button.url) || window.open(button.url, "_blank", "noopener,noreferrer");
    else if (button.copy_text) await this.#copy(button.copy_text.text);
    else {
      const query = button.switch_inline_query_current_chat ?? button.switch_inline_query;
      if (query === undefined) say(t("button.odd"));
      else this.#composer.write(`@${this.#world.bot.username} ${query}`);
    }
  }

  async #tap(message, data, key) {
    if (key.getAttribute("aria-busy")) return;
    key.setAttribute("aria-busy", "true");
    this.#waiting += 1;
    const done = await this.act("tap", { ...this.#here(), message_id: message.message_id, data });
    this.#waiting -= 1;
    if (done) this.#log.pressed(done.query, key);
    else key.removeAttribute("aria-busy");
    const early = this.#early.get(done?.query);
    if (early) this.answered(early);
    if (!this.#waiting) this.#early.clear();
  }

  /** The answer to a tap. To one that this page did not make, nothing is shown. */
  answered(event) {
    if (!this.#log.answered(event.query)) {
      if (this.#waiting) this.#early.set(event.query, event);
    } else if (event.text && event.alert) alert(this.#world.bot.first_name, event.text);
    else if (event.text) say(event.text);
  }

  /** Follows a link into the bot within the page; true where it was one. */
  link(address) {
    const found =
      /^https?:\/\/(?:t|telegram)\.me\/(\w+)(?:\?start=([\w-]*))?$/.exec(address) ??
      /^tg:\/\/resolve\?domain=(\w+)(?:&start=([\w-]*))?$/.exec(address);
    if (found?.[1].toLowerCase() !== this.#world.bot.username.toLowerCase()) return false;
    if (found[2] === undefined) this.open(this.#view.me, null);
    else this.start(found[2]);
    return true;
  }

  async save(id, name) {
    const response = await fetch(api.file(id)).catch(() => null);
    if (!response?.ok) {
      say(t("save.failed"));
      return;
    }
    const address = URL.createObjectURL(await response.blob());
    h("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
  }

  react(message, emoji) {
    this.act("react", { ...this.#here(), message_id: message.message_id, emoji });
  }

  jump(messageId) {
    this.#log.jump(messageId);
  }

  async #copy(text) {
    await navigator.clipboard.writeText(text);
    say(t("copied"));
  }

  #here() {
    return { user: this.#view.me, chat: this.#view.chat.id };
  }

  // ---- menus, and what stands in an empty chat ----

  /** What can be done with a message, by `at`. */
  menu(message, at) {
    const { chat, topic, me } = this.#view;
    const world = this.#world;
    const text = textOf(message);
    const mine = world.reactionsTo(chat.id, message.message_id).get(me);
    const emojis = REACTIONS.map((emoji) => ({
      emoji,
      label: t("message.react", { emoji }),
      on: mine === emoji,
      act: () => this.react(message, mine === emoji ? null : emoji),
    }));
    const own = world.lastOwn(chat, topic, me)?.message_id === message.message_id;
    menu(at, t("message.actions"), [
      { emojis },
      { icon: "reply", label: t("message.reply"), act: () => this.#composer.reply(message) },
      own && { icon: "edit", label: t("message.edit"), act: () => this.#composer.edit(message) },
      text && { icon: "copy", label: t("message.copy"), act: () => this.#copy(text) },
    ]);
  }

  /** What can be done with the chat. */
  chatMenu() {
    const { chat, me } = this.#view;
    let row;
    if (chat.type === "private") {
      const blocked = this.#world.blocked.has(me);
      row = { icon: blocked ? "check" : "stop", label: t(blocked ? "unblock" : "block"), danger: !blocked, act: () => this.block(!blocked) };
    } else {
      const inside = chat.members.has(me);
      const name = inside ? "leave" : "join";
      row = { icon: inside ? "leave" : "check", label: t(name), danger: inside, act: () => this.act(name, this.#here()) };
    }
    menu($("chat-menu").getBoundingClientRect(), t("chat.more"), [row]);
  }

  /** In a chat in which nothing was said: what the bot is, or how to call it. */
  empty(chat) {
    const { bot } = this.#world;
    if (chat.type !== "private") return h("p", { class: "empty" }, t("chat.empty", { bot: bot.username }));
    const words = h("p", {});
    const name = h("h2", {}, bot.first_name);
    const welcome = h("div", { class: "welcome" }, avatar(0, "", true), name, h("h3", {}, t("start.about")), words);
    api.commands(this.#view.me, chat.id).then(({ description }) => {
      words.textContent = description;
      welcome.classList.toggle("bare", !description);
    });
    return welcome;
  }
}

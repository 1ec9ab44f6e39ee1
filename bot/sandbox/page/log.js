// The messages of the open chat: what is on the page, where it is scrolled to, what came in the meantime.

import { reactions, row } from "./bubble.js";
import { $, h, icon } from "./dom.js";
import { fit } from "./entities.js";
import { lang, t } from "./texts.js";

const PAGE = 80; // messages drawn at first, and more each time
const RUN_S = 600; // what one person says within this time stands together
const NEAR = 60; // pixels from the end that count as being there
const TYPING_MS = 6000;
const SLOW_TAP_MS = 12000;

export class Log {
  #world;
  #actions;
  #place = null; // {chat, topic, me}
  #shown = PAGE;
  #missed = 0;
  #atEnd = true;
  #busy = new Map(); // callback query -> the pressed button
  #typing = 0;

  constructor(world, actions) {
    this.#world = world;
    this.#actions = actions;
    const scroll = $("scroll");
    scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    $("chip").addEventListener("click", () => {
      this.#toEnd(true);
      scroll.focus({ preventScroll: true });
    });
    // the composer grows, a keyboard opens, an answer is edited: the end stays where it is
    const watch = new ResizeObserver(() => this.#atEnd && this.#toEnd());
    watch.observe(scroll);
    watch.observe($("log"));
    watch.observe($("typing"));
  }

  /** Draws a chat from its end. */
  show(chat, topic, me) {
    this.#place = { chat, topic, me };
    this.#shown = PAGE;
    this.#busy.clear();
    this.idle();
    this.#draw();
    this.#toEnd();
  }

  /** Takes a new message. */
  add(message) {
    const mine = message.from?.id === this.#place.me;
    const stay = !mine && !this.#atEnd;
    if (!mine) this.idle();
    const all = this.#messages();
    const at = all.findIndex((one) => one.message_id === message.message_id);
    if (at < 0) return;
    this.#shown += 1;
    const before = this.#node(all[at - 1]?.message_id);
    if (at < all.length - 1 || !before) {
      this.#draw();
    } else {
      before.replaceWith(this.#row(all, at - 1)); // it may be the last of its run no more
      const nodes = [...this.#day(all, at), this.#row(all, at)];
      nodes.at(-1).classList.add("fresh");
      $("log").append(...nodes);
      fit($("log"));
    }
    if (stay) {
      this.#missed += 1;
      this.#chip();
    } else this.#toEnd();
  }

  /** A message was changed; a key that had the focus keeps it. */
  change(message) {
    const node = this.#node(message.message_id);
    const all = this.#messages();
    const at = all.findIndex((one) => one.message_id === message.message_id);
    if (!node || at < 0) return;
    const focused = [...node.querySelectorAll(".key")].indexOf(document.activeElement);
    for (const [query, key] of this.#busy) if (node.contains(key)) this.#busy.delete(query);
    const fresh = this.#row(all, at);
    node.replaceWith(fresh);
    fit(fresh);
    if (focused >= 0) {
      const keys = [...fresh.querySelectorAll(".key")];
      (keys[Math.min(focused, keys.length - 1)] ?? fresh.querySelector(".dots")).focus({ preventScroll: true });
    }
  }

  /** Somebody reacted. */
  react(chat, messageId) {
    const message = this.#place?.chat.id === chat && this.#place.chat.messages.get(messageId);
    const node = message && this.#node(messageId);
    if (!node) return;
    node.querySelector(".reactions")?.remove();
    const line = reactions(message, { world: this.#world, me: this.#place.me }, this.#actions);
    if (line) node.querySelector(".stack").append(line);
  }

  /** Everything anew, where it stands. */
  redraw() {
    if (!this.#place) return;
    const top = $("scroll").scrollTop;
    this.#draw();
    if (this.#atEnd) this.#toEnd();
    else $("scroll").scrollTop = top;
  }

  /** The bot is at it: shown until it says something, or six seconds. */
  typing(name) {
    $("typing").replaceChildren(h("span", { class: "wave", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${name} ${t("typing")}`);
    $("typing").hidden = false;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.idle(), TYPING_MS);
  }

  /** It is not. */
  idle() {
    clearTimeout(this.#typing);
    $("typing").hidden = true;
  }

  /** A button was pressed and waits for its answer. */
  pressed(query, key) {
    this.#busy.set(query, key);
    setTimeout(() => this.answered(query), SLOW_TAP_MS);
  }

  /** Its answer is here; true where this page was the one that asked. */
  answered(query) {
    this.#busy.get(query)?.removeAttribute("aria-busy");
    return this.#busy.delete(query);
  }

  /** Goes to a message and points it out. */
  jump(messageId) {
    const all = this.#messages();
    const at = all.findIndex((one) => one.message_id === messageId);
    if (at < 0) return;
    if (all.length - at > this.#shown) {
      this.#shown = all.length - at + 10;
      this.#draw();
    }
    const node = this.#node(messageId);
    this.#atEnd = false;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("pointed");
    requestAnimationFrame(() => node.classList.add("pointed"));
  }

  // ---- where it is scrolled to ----

  #toEnd(smooth = false) {
    const scroll = $("scroll");
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scroll.scrollTo({ top: scroll.scrollHeight, behavior: smooth && !still ? "smooth" : "instant" });
    if (!smooth) this.#scrolled(true);
  }

  #scrolled(ended = false) {
    const scroll = $("scroll");
    this.#atEnd = ended || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
    if (this.#atEnd) this.#missed = 0;
    this.#chip();
  }

  #chip() {
    const chip = $("chip");
    const told = this.#missed ? t("new.messages", { n: this.#missed }) : "";
    chip.hidden = this.#atEnd;
    chip.setAttribute("aria-label", told || t("to.end"));
    chip.replaceChildren(icon("down"), told);
  }

  // ---- drawing ----

  #messages() {
    return this.#world.messages(this.#place.chat, this.#place.topic);
  }

  #node(messageId) {
    return $("log").querySelector(`[data-id="${messageId}"]`);
  }

  #draw() {
    const log = $("log");
    log.setAttribute("aria-busy", "true"); // what was there already is not read out
    const all = this.#messages();
    const from = Math.max(0, all.length - this.#shown);
    const nodes = [];
    if (from > 0) nodes.push(h("button", { class: "earlier", type: "button", on: { click: () => this.#earlier() } }, t("earlier")));
    for (let at = from; at < all.length; at += 1) nodes.push(...this.#day(all, at, at === from), this.#row(all, at));
    if (!all.length) nodes.push(this.#actions.empty(this.#place.chat));
    log.replaceChildren(...nodes);
    fit(log);
    requestAnimationFrame(() => log.removeAttribute("aria-busy"));
  }

  #earlier() {
    const scroll = $("scroll");
    const rest = scroll.scrollHeight - scroll.scrollTop;
    this.#shown += PAGE;
    this.#atEnd = false;
    this.#draw();
    scroll.scrollTop = scroll.scrollHeight - rest;
    scroll.focus({ preventScroll: true });
  }

  #row(all, at) {
    const { chat, me } = this.#place;
    const together = (a, b) => a && b && a.from?.id === b.from?.id && Math.abs(a.date - b.date) < RUN_S && day(a) === day(b);
    const place = {
      world: this.#world,
      me,
      group: chat.type !== "private",
      first: !together(all[at - 1], all[at]),
      last: !together(all[at], all[at + 1]),
    };
    return row(all[at], place, this.#actions);
  }

  #day(all, at, always = false) {
    if (!always && all[at - 1] && day(all[at - 1]) === day(all[at])) return [];
    return [h("div", { class: "day" }, h("span", {}, dayName(all[at].date)))];
  }
}

const day = (message) => new Date(message.date * 1000).toDateString();

function dayName(seconds) {
  const date = new Date(seconds * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return date.toLocaleDateString(lang(), { month: "long", day: "numeric" });
}

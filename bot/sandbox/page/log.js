// The messages of the open chat: what is on the page, where it is scrolled to, what came in the meantime.

import { row } from "./bubble.js";
import { $, h, icon } from "./dom.js";
import { lang, t } from "./texts.js";

const RUN_S = 600; // what one person says within this time stands together
const NEAR = 60; // pixels from the end that count as being there
const TYPING_MS = 6000;

export class Log {
  #world;
  #view; // who and where: {me, chat, topic}
  #actions;
  #drawn = new Map(); // a message's id, or a day -> {value, node}: what is on the page
  #missed = 0;
  #atEnd = true;
  #typing = 0;

  constructor(world, view, actions) {
    this.#world = world;
    this.#view = view;
    this.#actions = actions;
    const scroll = $("scroll");
    scroll.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    $("chip").addEventListener("click", () => {
      this.#toEnd();
      scroll.focus({ preventScroll: true });
    });
    // the composer grows, a keyboard opens, an answer is edited: the end stays where it is
    const watch = new ResizeObserver(() => this.#atEnd && this.#toEnd());
    for (const id of ["scroll", "log", "typing"]) watch.observe($(id));
  }

  /** Draws another chat, from its end. */
  show() {
    this.idle();
    this.#atEnd = true;
    this.redraw();
  }

  /** Draws everything anew, where it stands. What was there already is not read out. */
  redraw() {
    const [log, scroll] = [$("log"), $("scroll")];
    const top = scroll.scrollTop;
    log.setAttribute("aria-busy", "true");
    this.#drawn.clear();
    this.draw();
    if (this.#atEnd) this.#toEnd();
    else scroll.scrollTop = top;
    requestAnimationFrame(() => log.removeAttribute("aria-busy"));
  }

  /** Takes a new message. */
  add(message) {
    const mine = message.from.id === this.#view.me;
    if (!mine) this.idle();
    if (!mine && !this.#atEnd) this.#missed += 1;
    else this.#atEnd = true;
    this.draw();
    if (this.#atEnd) this.#toEnd();
    else this.#scrolled();
  }

  /** Brings the page to what the chat holds. What did not change is not touched; a key that had the focus keeps it. */
  draw() {
    const { chat, topic } = this.#view;
    const all = this.#world.messages(chat, topic);
    const drawn = new Map();
    const kept = (key, value, make) => {
      const old = this.#drawn.get(key);
      drawn.set(key, old?.value === value ? old : { value, node: make() });
      return drawn.get(key).node;
    };
    const nodes = all.flatMap((message, at) => {
      const [before, after] = [all[at - 1], all[at + 1]];
      const node = kept(message.message_id, message, () => row(message, this.#world, this.#view, this.#actions));
      node.classList.toggle("first", !together(before, message));
      node.classList.toggle("last", !together(message, after));
      if (before && day(before) === day(message)) return [node];
      return [kept(day(message), "", () => h("div", { class: "day" }, h("span", {}, dayName(message.date)))), node];
    });
    const held = document.activeElement.closest("#log .row");
    const button = held && [...held.querySelectorAll("button")].indexOf(document.activeElement);
    replace($("log"), all.length ? nodes : [this.#actions.empty()]);
    this.#drawn = drawn;
    if (held && !held.isConnected) {
      const buttons = [...(this.#node(held.dataset.id)?.querySelectorAll("button") ?? [$("text")])];
      buttons[Math.min(Math.max(button, 0), buttons.length - 1)].focus({ preventScroll: true });
    }
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

  /** Goes to a message and points it out. */
  jump(messageId) {
    const node = this.#node(messageId);
    if (!node) return;
    this.#atEnd = false;
    node.scrollIntoView({ block: "center" });
    node.classList.remove("pointed");
    requestAnimationFrame(() => node.classList.add("pointed"));
  }

  #node(messageId) {
    return $("log").querySelector(`[data-id="${messageId}"]`);
  }

  #toEnd() {
    $("scroll").scrollTop = $("scroll").scrollHeight;
    this.#scrolled(true);
  }

  #scrolled(ended = false) {
    const scroll = $("scroll");
    this.#atEnd = ended || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
    if (this.#atEnd) this.#missed = 0;
    const told = this.#missed ? t("new.messages", { n: this.#missed }) : "";
    $("chip").hidden = this.#atEnd;
    $("chip").setAttribute("aria-label", told || t("to.end"));
    $("chip").replaceChildren(icon("down"), told);
  }
}

/** Makes `nodes` the children of an element, and moves none that is there already: it would be read out again. */
function replace(parent, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...parent.childNodes]) if (!wanted.has(node)) node.remove();
  nodes.forEach((node, n) => {
    if (parent.childNodes[n] !== node) parent.insertBefore(node, parent.childNodes[n] ?? null);
  });
}

const day = (message) => new Date(message.date * 1000).toDateString();

const together = (a, b) => a && b && a.from.id === b.from.id && Math.abs(a.date - b.date) < RUN_S && day(a) === day(b);

function dayName(seconds) {
  const date = new Date(seconds * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return t("today");
  if (days === 1) return t("yesterday");
  return date.toLocaleDateString(lang(), { month: "long", day: "numeric" });
}

// A message's text and entities as elements. Offsets are UTF-16 units, which is how JavaScript counts too.

import { h } from "./dom.js";
import { t } from "./texts.js";

const PLAIN = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code" };
const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
const SAFE = /^(https?:|mailto:|tel:|tg:)/i;

/**
 * Text with its entities, as nodes. actions: what a press does: `link(address)` (true: done), `command(text)`,
 * `mention(text)`. Entities that cross one another are cut, so that every element closes inside its parent.
 */
export function rich(text, entities = [], actions = {}) {
  const found = entities
    .filter((e) => e.length > 0 && e.offset >= 0 && e.offset < text.length)
    .map((e) => ({ ...e, end: Math.min(e.offset + e.length, text.length) }));
  return inside(text, 0, text.length, inOrder(found), actions);
}

const inOrder = (entities) => entities.sort((a, b) => a.offset - b.offset || b.end - a.end);

function inside(text, start, end, entities, actions) {
  const nodes = [];
  let waiting = entities;
  let at = start;
  while (waiting.length) {
    const [entity, ...others] = waiting;
    const from = Math.max(entity.offset, at);
    const within = [];
    const after = [];
    for (const other of others) {
      if (other.offset >= entity.end) after.push(other);
      else if (other.end <= entity.end) within.push(other);
      else {
        within.push({ ...other, end: entity.end });
        after.push({ ...other, offset: entity.end });
      }
    }
    if (from < entity.end) {
      const block = BLOCKS.has(entity.type);
      // a block begins and ends its line by itself
      if (from > at) nodes.push(block ? text.slice(at, from).replace(/\n$/, "") : text.slice(at, from));
      nodes.push(element(text.slice(from, entity.end), entity, inside(text, from, entity.end, within, actions), actions));
      at = entity.end + (block && text[entity.end] === "\n" ? 1 : 0);
    }
    waiting = inOrder(after);
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

function element(words, entity, children, actions) {
  switch (entity.type) {
    case "bold":
    case "italic":
    case "underline":
    case "strikethrough":
    case "code":
      return h(PLAIN[entity.type], {}, children);
    case "pre":
      return h("pre", {}, h("code", {}, children));
    case "blockquote":
      return h("blockquote", { class: "quote" }, children);
    case "expandable_blockquote":
      return expandable(children);
    case "spoiler":
      return spoiler(children);
    case "text_link":
      return link(entity.url ?? "", children, actions);
    case "url":
      return link(/^[a-z]+:/i.test(words) ? words : `https://${words}`, children, actions);
    case "email":
      return link(`mailto:${words}`, children, actions);
    case "bot_command":
      return pressed(children, () => actions.command?.(words));
    case "mention":
      return pressed(children, () => actions.mention?.(words));
    case "hashtag":
    case "cashtag":
      return h("span", { class: "tag" }, children);
    default:
      return h("span", {}, children);
  }
}

const pressed = (children, act) => h("button", { type: "button", class: "word", on: { click: act } }, children);

function link(address, children, actions) {
  if (!SAFE.test(address)) return h("span", {}, children);
  const follow = (event) => {
    if (actions.link?.(address)) event.preventDefault();
  };
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer", on: { click: follow } }, children);
}

function spoiler(children) {
  const cover = h("span", { class: "spoiler", role: "button", tabindex: "0", "aria-label": t("spoiler") }, children);
  const reveal = (event) => {
    if (cover.classList.contains("seen") || (event.type === "keydown" && event.key !== "Enter" && event.key !== " ")) return;
    event.preventDefault();
    event.stopPropagation();
    cover.classList.add("seen");
    for (const name of ["role", "tabindex", "aria-label"]) cover.removeAttribute(name);
  };
  cover.addEventListener("click", reveal, true);
  cover.addEventListener("keydown", reveal);
  return cover;
}

/** Three lines of a long quote, and the rest on demand. */
function expandable(children) {
  const words = h("div", { class: "quoted-words" }, children);
  const toggle = h("button", { type: "button", class: "toggle", "aria-expanded": "false" }, t("more"));
  const quote = h("blockquote", { class: "quote expandable" }, words, toggle);
  toggle.addEventListener("click", () => {
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = t(open ? "less" : "more");
  });
  return quote;
}

/** Takes the toggle from quotes that fit into three lines. Once they are on the page: before, nothing has a height. */
export function fit(root) {
  for (const quote of root.querySelectorAll(".expandable:not(.open)")) {
    const words = quote.querySelector(".quoted-words");
    quote.querySelector(".toggle").hidden = words.scrollHeight <= words.clientHeight + 2;
  }
}

// A message's text and entities as elements. Offsets are UTF-16 units, which is how JavaScript counts too.

import { h } from "./dom.js";
import { t } from "./texts.js";

const PLAIN = { bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote" };
const BLOCKS = ["pre", "blockquote", "expandable_blockquote"];
const SAFE = /^(https?|mailto|tg):/i;
const LONG = 150; // letters of a quote that is shown in part

/**
 * Text with its entities, as nodes. actions: what a press does: `link(address)` (true: done), `command(text)`. Of an
 * entity that crosses the end of another, what sticks out is plain.
 */
export function rich(text, entities = [], actions) {
  const found = entities.map((entity) => ({ ...entity, end: Math.min(entity.offset + entity.length, text.length) }));
  const inOrder = found.sort((a, b) => a.offset - b.offset || b.end - a.end);
  return inside(text, 0, text.length, inOrder, actions);
}

function inside(text, start, end, entities, actions) {
  const nodes = [];
  let at = start;
  entities.forEach((entity, n) => {
    const stop = Math.min(entity.end, end);
    if (entity.offset < at || stop <= entity.offset) return; // it stands in the one before
    const block = BLOCKS.includes(entity.type);
    const before = text.slice(at, entity.offset);
    nodes.push(block ? before.replace(/\n$/, "") : before); // a block begins and ends its line by itself
    const children = inside(text, entity.offset, stop, entities.slice(n + 1), actions);
    nodes.push(element(text.slice(entity.offset, stop), entity, children, actions));
    at = block && text[stop] === "\n" ? stop + 1 : stop;
  });
  return [...nodes, text.slice(at, end)];
}

function element(words, entity, children, actions) {
  switch (entity.type) {
    case "expandable_blockquote":
      return words.length > LONG ? expandable(children) : h("blockquote", {}, children);
    case "text_link":
      return link(entity.url ?? "", children, actions);
    case "url":
      return link(/^[a-z]+:/i.test(words) ? words : `https://${words}`, children, actions);
    case "bot_command":
      return h("button", { type: "button", class: "word", on: { click: () => actions.command(words) } }, children);
    default:
      return h(PLAIN[entity.type] ?? "span", {}, children);
  }
}

function link(address, children, actions) {
  if (!SAFE.test(address)) return h("span", {}, children);
  const follow = (event) => {
    if (actions.link(address)) event.preventDefault();
  };
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer", on: { click: follow } }, children);
}

/** Three lines of a long quote, and the rest on demand. */
function expandable(children) {
  const toggle = h("button", { type: "button", class: "toggle", "aria-expanded": "false" }, t("more"));
  const quote = h("blockquote", { class: "expandable" }, h("div", {}, children), toggle);
  toggle.addEventListener("click", () => {
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = t(open ? "less" : "more");
  });
  return quote;
}

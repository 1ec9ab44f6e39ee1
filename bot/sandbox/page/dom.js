// Small helpers, and a message's text with its entities as nodes: nothing is ever written as HTML.
export const $ = (id) => document.getElementById(id);

export function node(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "class") made.className = value;
    else if (name in made && typeof value !== "string") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const TAGS = {
  bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote", spoiler: "span",
};

// Offsets are UTF-16 units, as JavaScript's strings have them.
export function marked(text, entities, onlink) {
  const sorted = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  function part(from, to, rest) {
    const out = document.createDocumentFragment();
    let at = from;
    while (rest.length) {
      const entity = rest.shift();
      if (entity.offset < at) continue;
      if (entity.offset >= to) break;
      const end = Math.min(entity.offset + entity.length, to);
      const inner = [];
      while (rest.length && rest[0].offset < end) inner.push(rest.shift());
      out.append(text.slice(at, entity.offset), wrap(entity, part(entity.offset, end, inner), text.slice(entity.offset, end)));
      at = end;
    }
    out.append(text.slice(at, to));
    return out;
  }
  function wrap(entity, content, raw) {
    if (entity.type === "text_link" || entity.type === "url") {
      const href = entity.url || raw;
      return /^https?:\/\//.test(href) ? link(href, content, onlink) : content;
    }
    const made = node(TAGS[entity.type] || "span", {}, content);
    if (entity.type === "spoiler") {
      made.className = "spoiler";
      made.addEventListener("click", () => made.classList.add("open"));
    }
    return made;
  }
  return part(0, text.length, sorted);
}

export function link(href, content, onlink) {
  const made = node("a", { href, rel: "noopener noreferrer", target: "_blank" }, content);
  made.addEventListener("click", (event) => { if (onlink(href)) event.preventDefault(); });
  return made;
}

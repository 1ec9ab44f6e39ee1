// Elements by function call, without a line of HTML: what people and bots write is only ever text.

const SVG = "http://www.w3.org/2000/svg";

/** A new element. props: `class`, `data`, `on` (event -> listener), else attributes; true is empty, null and false are none. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child || child === 0));
  return element;
}

/** One of the icons of index.html. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

export const $ = (id) => document.getElementById(id);

/** The element, with custom properties set: a strict content policy lets no `style` attribute through. */
export function sized(element, properties) {
  for (const [name, value] of Object.entries(properties)) element.style.setProperty(name, value);
  return element;
}

/** The colour of a person or group, in degrees of the wheel. */
export const hue = (id) => String((Math.abs(Number(id)) * 137) % 360);

/** A round picture: the bot's seal, or a person's or group's first letter in a colour of its own. */
export function avatar(id, name, isBot = false) {
  if (isBot) return h("span", { class: "avatar seal", "aria-hidden": "true" });
  const letter = [...(name || "?").trim()][0] ?? "?";
  return sized(h("span", { class: "avatar", "aria-hidden": "true" }, letter.toUpperCase()), { "--hue": hue(id) });
}

/** For a keydown listener: the arrow keys, Home and End move the focus among `items`. True where it moved. */
export function rove(event, items) {
  const at = items.indexOf(document.activeElement);
  const [next, previous] = [at + 1, at < 0 ? items.length - 1 : at - 1];
  const to = { ArrowDown: next, ArrowRight: next, ArrowUp: previous, ArrowLeft: previous, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined || !items.length) return false;
  event.preventDefault();
  items[(to + items.length) % items.length].focus();
  return true;
}

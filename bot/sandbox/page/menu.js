// A small menu at a place of the page. It closes by Esc and by a press beside it, as the browser's popovers do.

import { $, h, icon, rove } from "./dom.js";

const EDGE = 8; // pixels that it keeps from the window's edge

/** Opens it by `at` (a DOMRect). rows: {icon, label, act, danger}, or {emojis: [{emoji, label, on, act}]}, or null. */
export function menu(at, label, rows) {
  const box = $("menu");
  const back = document.activeElement;
  const pick = (act) => () => {
    box.hidePopover();
    act();
  };
  box.setAttribute("aria-label", label);
  const emoji = ({ emoji, label, on, act }) => {
    const props = { role: "menuitemradio", type: "button", "aria-checked": String(on), "aria-label": label };
    return h("button", { ...props, on: { click: pick(act) } }, emoji);
  };
  const item = (row) => {
    const props = { class: row.danger ? "danger" : null, role: "menuitem", type: "button" };
    return h("button", { ...props, on: { click: pick(row.act) } }, icon(row.icon), row.label);
  };
  const line = (row) => (row.emojis ? h("div", { class: "emojis", role: "group" }, row.emojis.map(emoji)) : item(row));
  box.replaceChildren(...rows.filter(Boolean).map(line));
  box.onkeydown = (event) => {
    const emojis = [...box.querySelectorAll(".emojis button")];
    if (emojis.includes(document.activeElement) && rove(event, emojis, { next: "ArrowRight", previous: "ArrowLeft" })) return;
    rove(event, [...(emojis.length ? [emojis[0]] : []), ...box.querySelectorAll("[role=menuitem]")]);
  };
  box.ontoggle = (event) => {
    const nowhere = document.activeElement === document.body || box.contains(document.activeElement);
    if (event.newState === "closed" && nowhere) back?.focus?.();
  };
  box.showPopover();
  const { width, height } = box.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(at.right - width, innerWidth - width - EDGE));
  const below = at.bottom + height + EDGE < innerHeight;
  box.style.left = `${at.width ? left : Math.min(at.left, innerWidth - width - EDGE)}px`;
  box.style.top = `${below ? at.bottom : Math.max(EDGE, at.top - height)}px`;
  box.querySelector("button")?.focus();
}

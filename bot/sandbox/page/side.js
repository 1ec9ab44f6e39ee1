// The pane at the side: inspector and faults under two tabs. On a desk it stands beside the chat, on a phone it covers it.

import { $, rove } from "./dom.js";

const NAMES = ["inspector", "faults"];
const NARROW = matchMedia("(max-width: 1099px)");

export class Side {
  #open = null; // which of NAMES
  #back = null; // what had the focus

  constructor() {
    for (const name of NAMES) {
      $(`tab-${name}`).addEventListener("click", () => this.show(name));
      $(`open-${name}`).addEventListener("click", () => this.toggle(name));
    }
    $("close-side").addEventListener("click", () => this.close());
    const tabs = NAMES.map((name) => $(`tab-${name}`));
    tabs[0].parentElement.addEventListener("keydown", (event) => {
      if (rove(event, tabs, { next: "ArrowRight", previous: "ArrowLeft" })) document.activeElement.click();
    });
    document.addEventListener("keydown", (event) => {
      const over = $("sheet").open || $("menu").matches(":popover-open");
      if (event.key !== "Escape" || event.defaultPrevented || !this.#open || over) return;
      if (!NARROW.matches && !$("side-pane").contains(document.activeElement)) return;
      event.preventDefault();
      this.close();
    });
    NARROW.addEventListener("change", () => this.#draw());
  }

  toggle(name) {
    if (this.#open === name) this.close();
    else this.show(name);
  }

  show(name) {
    if (!this.#open) this.#back = document.activeElement;
    this.#open = name;
    this.#draw();
    $(`tab-${name}`).focus({ preventScroll: true });
  }

  close() {
    if (!this.#open) return;
    this.#open = null;
    this.#draw();
    this.#back?.focus?.();
  }

  #draw() {
    const over = NARROW.matches && this.#open !== null;
    const pane = $("side-pane");
    pane.hidden = this.#open === null;
    $("app").dataset.side = this.#open ?? "";
    for (const name of ["list-pane", "chat-pane"]) $(name).inert = over; // what it covers can't be reached
    for (const [name, value] of [["role", "dialog"], ["aria-modal", "true"]]) {
      if (over) pane.setAttribute(name, value);
      else pane.removeAttribute(name);
    }
    for (const name of NAMES) {
      const on = this.#open === name;
      $(name).hidden = !on;
      $(`tab-${name}`).setAttribute("aria-selected", String(on));
      $(`tab-${name}`).tabIndex = on ? 0 : -1;
      $(`open-${name}`).setAttribute("aria-expanded", String(on));
    }
  }
}

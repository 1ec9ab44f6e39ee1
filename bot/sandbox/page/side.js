// The pane at the side: inspector and faults under two tabs. On a desk it stands beside the chat, on a phone it covers it.

import { $, rove } from "./dom.js";

const NAMES = ["inspector", "faults"];
const NARROW = matchMedia("(max-width: 1099px)");

export class Side {
  #open = null; // which of NAMES
  #back = null; // what had the focus

  constructor() {
    for (const name of NAMES) {
      $(`tab-${name}`).addEventListener("click", () => this.#show(name));
      $(`open-${name}`).addEventListener("click", () => (this.#open === name ? this.#close() : this.#show(name)));
    }
    $("close-side").addEventListener("click", () => this.#close());
    const tabs = NAMES.map((name) => $(`tab-${name}`));
    $("tabs").addEventListener("keydown", (event) => rove(event, tabs) && document.activeElement.click());
    $("side-pane").addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation(); // on a phone Esc goes back to the list, where nothing else was closed by it
      this.#close();
    });
    NARROW.addEventListener("change", () => this.#draw());
  }

  #show(name) {
    if (!this.#open) this.#back = document.activeElement;
    this.#open = name;
    this.#draw();
    $(`tab-${name}`).focus({ preventScroll: true });
  }

  #close() {
    this.#open = null;
    this.#draw();
    this.#back?.focus();
  }

  #draw() {
    const over = NARROW.matches && this.#open !== null;
    $("side-pane").hidden = !this.#open;
    $("app").classList.toggle("beside", Boolean(this.#open));
    for (const name of ["list-pane", "chat-pane"]) $(name).inert = over; // what it covers can't be reached
    for (const name of NAMES) {
      const on = this.#open === name;
      $(name).hidden = !on;
      $(`tab-${name}`).setAttribute("aria-selected", String(on));
      $(`tab-${name}`).tabIndex = on ? 0 : -1;
      $(`open-${name}`).setAttribute("aria-expanded", String(on));
    }
  }
}

// The drawer of faults: what can go wrong, what does at the moment, and what the bot did against the specification.

import { $, h, icon } from "./dom.js";
import { named, t } from "./texts.js";

const TIMES = ["1", "3", "10", ""]; // "" is for ever
const KINDS = { 429: "3", "5xx": "3", lost: "1", not_json: "3", refuse: "1", redeliver: "3", wedge: "1" }; // how often, at first
const SECONDS = "5"; // that a 429 asks to wait

const section = (props, title, ...content) => h("section", props, h("h3", {}, t(title)), content);

export class Faults {
  #world;
  #actions;

  constructor(world, actions) {
    this.#world = world;
    this.#actions = actions;
  }

  /** The whole panel. */
  draw() {
    $("faults").replaceChildren(
      h("p", { class: "lead" }, t("faults.about")),
      section({ class: "block now", "aria-live": "polite" }, "faults.on", h("div", { id: "faults-on" })),
      section({ class: "block" }, "faults.process", this.#process("kill", "danger"), this.#process("restart", "plain")),
      section({ class: "block" }, "faults.api", Object.keys(KINDS).map((kind) => this.#kind(kind))),
      section({ class: "block", id: "breaches" }, "faults.breaches", h("ul", {})),
    );
    this.drawOn();
  }

  /** What goes on, on the panel and as a number on its button. */
  drawOn() {
    const { faults, violations } = this.#world;
    $("fault-count").textContent = String(faults.length);
    $("fault-count").hidden = !faults.length;
    const row = ({ id, kind, times, seconds }) => {
      const name = named(`fault.${kind}`);
      const left = times ? t("fault.left", { n: times }) : t("fault.ever");
      const stop = () => this.#actions.act("unfault", { fault: id });
      return h(
        "li",
        {},
        h("strong", {}, name),
        h("small", {}, kind === "429" ? `${seconds} s · ${left}` : left),
        h("button", { class: "icon", type: "button", "aria-label": t("fault.stop", { name }), on: { click: stop } }, icon("close")),
      );
    };
    const list = faults.length ? h("ul", { class: "active" }, faults.map(row)) : h("p", { class: "calm" }, t("faults.none"));
    const clear = { class: "plain", type: "button", hidden: faults.length < 2, on: { click: () => this.#actions.act("clear") } };
    $("faults-on").replaceChildren(list, h("button", clear, t("faults.clear")));
    $("breaches").hidden = !violations.length;
    $("breaches").querySelector("ul").replaceChildren(...violations.map((one) => h("li", {}, one)));
  }

  #kind(kind) {
    const name = t(`fault.${kind}`);
    const words = (n) => (n ? t("fault.n", { n: Number(n) }) : t("fault.ever"));
    const times = h(
      "select",
      { "aria-label": `${name}: ${t("fault.times")}` },
      TIMES.map((n) => h("option", { value: n, selected: n === KINDS[kind] }, words(n))),
    );
    const label = `${name}: ${t("fault.seconds")}`;
    const seconds = h("input", { type: "number", min: "1", max: "3600", value: SECONDS, "aria-label": label });
    const inject = () => this.#actions.act("fault", { kind, times: Number(times.value) || null, seconds: Number(seconds.value) || 1 });
    const button = { class: "plain", type: "button", data: { fault: kind }, "aria-label": `${t("faults.inject")}: ${name}` };
    return row(kind, kind === "429" && h("label", {}, seconds, "s"), times, h("button", { ...button, on: { click: inject } }, t("faults.inject")));
  }

  #process(name, look) {
    const act = () => this.#actions.act(name);
    return row(name, h("button", { class: look, type: "button", data: { fault: name }, on: { click: act } }, t(`fault.${name}`)));
  }
}

const row = (kind, ...how) =>
  h(
    "div",
    { class: "fault" },
    h("div", { class: "what" }, h("strong", {}, t(`fault.${kind}`)), h("p", {}, t(`fault.${kind}.about`))),
    h("div", { class: "how" }, how),
  );

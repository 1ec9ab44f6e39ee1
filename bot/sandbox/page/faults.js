// The drawer of faults: what can go wrong, what does at the moment, and what the bot did against the specification.

import * as api from "./api.js";
import { $, h, icon } from "./dom.js";
import { named, t } from "./texts.js";

const TIMES = ["1", "3", "10", ""]; // "" is for ever
const KINDS = [
  { kind: "429", times: "3", seconds: 5 },
  { kind: "5xx", times: "3" },
  { kind: "lost", times: "1" },
  { kind: "not_json", times: "3" },
  { kind: "refuse", times: "1" },
  { kind: "redeliver", times: "3" },
  { kind: "wedge", times: "1" },
];
const LOOK_MS = 1500; // between looks at what is used up, while the drawer is open

const section = (props, title, ...content) => h("section", props, h("h3", {}, t(title)), content);

/** doing: act(name, fields) -> answer or null; say(text). */
export class Faults {
  #world;
  #doing;
  #chosen = new Map(); // kind -> {times, seconds}, so that redrawing keeps what was typed

  constructor(world, doing) {
    this.#world = world;
    this.#doing = doing;
    for (const { kind, times, seconds } of KINDS) this.#chosen.set(kind, { times, seconds });
    setInterval(() => this.#look(), LOOK_MS);
  }

  /** The whole panel. */
  draw() {
    $("faults").replaceChildren(
      h("p", { class: "lead" }, t("faults.about")),
      section({ class: "block now", "aria-live": "polite" }, "faults.on", h("div", { id: "faults-on" })),
      section({ class: "block" }, "faults.process", this.#process("kill"), this.#process("restart")),
      section({ class: "block" }, "faults.api", KINDS.map((one) => this.#kind(one))),
      section({ class: "block", id: "breaches", hidden: true }, "faults.breaches", h("ul", {})),
    );
    this.drawOn();
  }

  /** What goes on, on the panel and as a number on its button. */
  drawOn() {
    const { faults, violations } = this.#world;
    $("fault-count").textContent = String(faults.length);
    $("fault-count").hidden = !faults.length;
    if (!$("faults-on")) return;
    const stop = (id) => () => this.#doing.act("unfault", { fault: id });
    const row = ({ id, kind, times, seconds }) => {
      const name = named(`fault.${kind}`);
      const left = times ? t("fault.left", { n: times }) : t("fault.ever");
      const label = t("fault.cleared", { name });
      return h(
        "li",
        {},
        h("strong", {}, name),
        h("small", {}, kind === "429" ? `${seconds} s · ${left}` : left),
        h("button", { class: "icon", type: "button", "aria-label": label, on: { click: stop(id) } }, icon("close")),
      );
    };
    const clear = () => this.#doing.act("clear");
    const list = faults.length ? h("ul", { class: "active" }, faults.map(row)) : h("p", { class: "calm" }, t("faults.none"));
    const all = h("button", { class: "plain", type: "button", on: { click: clear }, hidden: faults.length < 2 }, t("faults.clear"));
    $("faults-on").replaceChildren(list, all);
    $("breaches").hidden = !violations.length;
    $("breaches").querySelector("ul").replaceChildren(...violations.map((one) => h("li", {}, one)));
  }

  #kind({ kind }) {
    const chosen = this.#chosen.get(kind);
    const name = t(`fault.${kind}`);
    const inject = () => {
      const times = chosen.times === "" ? null : Number(chosen.times);
      return this.#doing.act("fault", { kind, times, seconds: chosen.seconds ? Number(chosen.seconds) : undefined });
    };
    const keep = (what) => (event) => {
      chosen[what] = event.target.value;
    };
    const seconds = { type: "number", min: "1", max: "3600", value: chosen.seconds, "aria-label": `${name}: ${t("fault.seconds")}` };
    const button = { class: "plain", type: "button", data: { fault: kind }, "aria-label": `${t("faults.inject")}: ${name}` };
    return h(
      "div",
      { class: "fault" },
      h("div", { class: "what" }, h("strong", {}, name), h("p", {}, t(`fault.${kind}.about`))),
      h(
        "div",
        { class: "how" },
        chosen.seconds && h("label", {}, h("input", { ...seconds, on: { input: keep("seconds") } }), "s"),
        h(
          "select",
          { "aria-label": `${name}: ${t("fault.times")}`, on: { change: keep("times") } },
          TIMES.map((n) => {
            const words = n ? t("fault.n", { n: Number(n) }) : t("fault.ever");
            return h("option", { value: n, selected: n === chosen.times }, words);
          }),
        ),
        h("button", { ...button, on: { click: inject } }, t("faults.inject")),
      ),
    );
  }

  #process(name) {
    const words = t(`fault.${name}`);
    const act = async () => {
      if (await this.#doing.act(name)) this.#doing.say(t("fault.done", { name: words }));
    };
    const button = { class: name === "kill" ? "danger" : "plain", type: "button", data: { fault: name }, on: { click: act } };
    return h(
      "div",
      { class: "fault" },
      h("div", { class: "what" }, h("strong", {}, words), h("p", {}, t(`fault.${name}.about`))),
      h("div", { class: "how" }, h("button", button, words)),
    );
  }

  /** The server tells when a fault is added or taken away, not when one is used up. */
  async #look() {
    if ($("side-pane").hidden || $("faults").hidden || !this.#world.faults.some((one) => one.times)) return;
    try {
      this.#world.takeFaults(await api.world());
    } catch {
      // the line is down, and its own notice says so
    }
  }
}

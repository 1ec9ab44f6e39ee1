// The inspector: for each turn what was understood, what was written, how scores moved, where the time went.

import { $, h, icon, sized } from "./dom.js";
import { named, t } from "./texts.js";

const CARDS = 5; // shown at once; the rest on demand
const PARTS = 6;
const STAGES = 4; // colours

/** Draws the traces, newest first; the newest is open. */
export class Inspector {
  #world;

  constructor(world) {
    this.#world = world;
  }

  draw() {
    const turns = this.#world.traces.map((one, n) => this.#turn(one, n === 0));
    $("inspector").replaceChildren(...(turns.length ? turns : [h("p", { class: "lead" }, t("inspect.none"))]));
  }

  /** The newest one, in its place: those that were opened by hand stay open. */
  add() {
    const { traces } = this.#world;
    const panel = $("inspector");
    if (traces.length === 1) panel.replaceChildren();
    else panel.firstChild.open = false;
    panel.prepend(this.#turn(traces[0], true));
    panel.children[traces.length]?.remove();
  }

  #turn({ chat: id, text, understood, events, cards, stages }, open) {
    const chat = this.#world.chats.get(id);
    const who = chat?.type === "private" ? this.#world.people.get(id).first_name : chat?.title;
    const total = stages.reduce((sum, one) => sum + one.ms, 0);
    return h(
      "details",
      { class: "turn", open },
      h(
        "summary",
        {},
        h("span", { class: "said" }, understood ? marked(text, understood.acts) : done(text)),
        h("span", { class: "facts" }, [who, milliseconds(total)].filter(Boolean).join(" · ")),
        icon("down"),
      ),
      understood && heard(understood),
      written(events),
      cards.length > 0 && scores(cards),
      waterfall(stages, total),
    );
  }
}

const section = (title, ...content) => h("section", { class: "block" }, h("h3", {}, t(title)), content);
const milliseconds = (ms) => t("inspect.ms", { n: ms < 10 ? ms.toFixed(1) : Math.round(ms) });
const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
const percent = (logit) => 100 / (1 + Math.exp(-logit));

/** What a tap or a command does, which is told in brackets: `[Rate film:x like]`. */
const done = (text) => [h("span", { class: "pill" }, t("inspect.action")), h("code", {}, text.replace(/^\[|\]$/g, ""))];

// ---- understood ----

/** The text with the words of its acts marked. start and end count code points. */
function marked(text, acts) {
  const letters = [...text];
  const of = letters.map((_, i) => acts.findLast((act) => act.start <= i && i < act.end));
  const nodes = [];
  for (let i = 0, j = 0; i < letters.length; i = j) {
    while (j < letters.length && of[j] === of[i]) j += 1;
    const words = letters.slice(i, j).join("");
    nodes.push(of[i] ? h("mark", { class: tone(of[i]), title: of[i].act }, words) : words);
  }
  return nodes;
}

const AGAINST = /dislike|must_not|less|veto|not_now|^no$|unsave/;
const tone = (act) => (AGAINST.test(act.act) || act.polarity < 0 ? "against" : act.target || act.kind ? "for" : "bare");

function heard({ acts, constraints, wish, confidence }) {
  const sure = `${Math.round(confidence * 100)}%`;
  const row = (act) =>
    h(
      "div",
      { class: `act ${tone(act)}` },
      h("code", {}, act.act),
      h("span", {}, aim(act)),
      act.scope && h("small", {}, t(`scope.${act.scope}`)),
    );
  const gauge = sized(h("span", { class: "gauge", "aria-hidden": "true" }, h("i")), { "--part": sure });
  return [
    section("inspect.acts", acts.map(row), h("div", { class: "sure" }, h("span", {}, t("inspect.confidence")), gauge, sure)),
    constraints.length > 0 && section("inspect.constraints", h("div", { class: "chips" }, constraints.map(pill))),
    wish && section("inspect.wish", h("p", {}, `“${wish}”`)),
  ];
}

const pill = (one) => h("span", { class: one.must === false ? "pill against" : "pill" }, condition(one));

/** What an act is about: a title, a facet, a bound, or the words themselves. */
function aim(act) {
  if (act.title) return act.year ? `${act.title} (${act.year})` : act.title;
  if (act.target) return bare(act.target);
  if (act.op) return condition(act);
  return [act.kind, act.text && `“${act.text}”`].filter(Boolean).join(" ");
}

const bare = (target) => target.replace(/^item:/, "");
const OPERATORS = { "<=": "≤", ">=": "≥", "!=": "≠" };

function condition(one) {
  const told = one.target ?? `${one.kind} ${OPERATORS[one.op] ?? one.op} ${one.value}`;
  return one.must === false ? `¬ ${told}` : told;
}

// ---- written ----

function written(events) {
  if (!events.length) return section("inspect.events", h("p", { class: "calm" }, t("inspect.events.none")));
  const row = ({ event, kind, target, value, scope }) => {
    const cells = [
      `#${event}`,
      h("code", {}, kind),
      bare(target ?? ""),
      typeof value === "number" ? signed(value) : String(value ?? ""),
      scope ? named(`scope.${scope}`) : "",
    ];
    return h("tr", {}, cells.map((cell) => h("td", {}, cell)));
  };
  return section("inspect.events", h("table", {}, h("tbody", {}, events.map(row))));
}

// ---- scores ----

function scores(cards) {
  const most = Math.max(0.5, ...cards.flatMap((card) => [card.prior, ...card.parts.map((part) => part.value)]).map(Math.abs));
  const [first, rest] = [cards.slice(0, CARDS), cards.slice(CARDS)].map((some) => some.map((card) => score(card, most)));
  const more = h("details", { class: "rest" }, h("summary", {}, t("inspect.rest", { n: rest.length })), rest);
  return section("inspect.scores", first, rest.length > 0 && more);
}

/** An item: a bar to its score now, a mark where it stood before, and what its logit is made of, biggest first. */
function score({ title, logit, before: earlier, prior, parts }, most) {
  const after = percent(logit);
  const known = earlier !== null;
  const before = known ? percent(earlier) : after;
  const bars = [h("i", { class: "base" }), h("i", { class: "change" }), known && h("i", { class: "mark" })];
  const track = h("div", { class: `track ${after < before ? "down" : "up"}`, "aria-hidden": "true" }, bars);
  sized(track, { "--low": `${Math.min(before, after)}%`, "--high": `${Math.max(before, after)}%`, "--before": `${before}%` });
  const biggest = [...parts].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, PARTS);
  return h(
    "div",
    { class: "score" },
    h("div", { class: "head" }, h("strong", {}, title), step(known, after - before), h("b", {}, `${after.toFixed(0)}%`)),
    track,
    h("div", { class: "parts" }, share({ label: t("inspect.prior"), value: prior }, most, " prior"), biggest.map((part) => share(part, most))),
  );
}

/** By how many points of a hundred it moved. */
function step(known, moved) {
  if (!known) return h("span", { class: "step new" }, t("inspect.fresh"));
  if (Math.abs(moved) < 0.5) return h("span", { class: "step" }, "±0");
  return h("span", { class: `step ${moved < 0 ? "down" : "up"}` }, `${moved < 0 ? "−" : "+"}${Math.abs(moved).toFixed(0)}`);
}

function share({ label, value }, most, kind = "") {
  const bar = h("i", { class: `${value < 0 ? "minus" : "plus"}${kind}` });
  return [
    h("span", { class: "label", title: label }, label),
    h("span", { class: "axis", "aria-hidden": "true" }, sized(bar, { "--width": `${(50 * Math.abs(value)) / most}%` })),
    h("span", { class: "value" }, signed(value)),
  ];
}

// ---- time ----

function waterfall(stages, total) {
  let at = 0;
  const rows = stages.map(({ name, ms }, n) => {
    const bar = h("i", { class: `stage-${n % STAGES}` });
    sized(bar, { "--from": `${(100 * at) / (total || 1)}%`, "--width": `${Math.max(0.8, (100 * ms) / (total || 1))}%` });
    at += ms;
    return [
      h("span", { class: "label" }, named(`stage.${name}`)),
      h("span", { class: "lane", "aria-hidden": "true" }, bar),
      h("span", { class: "value" }, milliseconds(ms)),
    ];
  });
  return section("inspect.time", h("div", { class: "fall" }, rows));
}

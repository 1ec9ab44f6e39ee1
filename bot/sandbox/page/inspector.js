// The inspector: for each turn what was understood, what was written, how scores moved, where the time went.

import { $, h, icon, sized } from "./dom.js";
import { named, t } from "./texts.js";

const CARDS = 5; // shown at once; the rest on demand
const PARTS = 6;
const STAGES = 4; // colours

/** Draws the traces, newest first and open; those that were opened by hand stay open. */
export class Inspector {
  #world;

  constructor(world) {
    this.#world = world;
  }

  draw() {
    const { traces } = this.#world;
    const turns = traces.map((one, n) => this.#turn(one, n === 0));
    $("inspector").replaceChildren(...(turns.length ? turns : [h("p", { class: "lead" }, t("inspect.none"))]));
  }

  /** The newest one, in its place. */
  add() {
    const { traces } = this.#world;
    if (traces.length === 1) {
      this.draw();
      return;
    }
    const panel = $("inspector");
    for (const open of panel.querySelectorAll("details[data-new]")) {
      open.open = false;
      delete open.dataset.new;
    }
    panel.prepend(this.#turn(traces[0], true));
    while (panel.children.length > traces.length) panel.lastChild.remove();
  }

  #turn(trace, newest) {
    const chat = this.#world.chats.get(trace.chat);
    const who = chat?.type === "private" ? this.#world.people.get(chat.id)?.first_name : chat?.title;
    const { understood } = trace;
    const total = (trace.stages ?? []).reduce((sum, one) => sum + one.ms, 0);
    return h(
      "details",
      { class: "turn", open: newest, data: newest ? { new: "1" } : {} },
      h(
        "summary",
        {},
        h("span", { class: "said" }, understood ? marked(trace.text, understood.acts) : tapped(trace.text)),
        h("span", { class: "facts" }, [who, milliseconds(total)].filter(Boolean).join(" · ")),
        icon("down"),
      ),
      understood && heard(understood),
      written(trace.events ?? []),
      trace.cards?.length > 0 && scores(trace.cards),
      trace.stages?.length > 0 && waterfall(trace.stages, total),
    );
  }
}

const section = (title, ...content) => h("section", { class: "block" }, h("h3", {}, title), content);
const milliseconds = (ms) => t("inspect.ms", { n: ms < 10 ? ms.toFixed(1) : Math.round(ms) });
const signed = (value) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
const percent = (logit) => 100 / (1 + Math.exp(-logit));

/** A tap's action, which is told in brackets: `[Rate film:x like]`. */
const tapped = (text) => [h("span", { class: "pill" }, t("inspect.tap")), h("code", {}, (text ?? "").replace(/^\[|\]$/g, ""))];

// ---- understood ----

/** The text with the words of its acts marked. start and end count code points. */
function marked(text, acts) {
  const letters = [...(text ?? "")];
  const of = letters.map(() => -1);
  acts.forEach((act, n) => {
    for (let i = act.start ?? 0; i < Math.min(act.end ?? 0, letters.length); i += 1) of[i] = n;
  });
  const out = [];
  for (let i = 0; i < letters.length; ) {
    let j = i;
    while (j < letters.length && of[j] === of[i]) j += 1;
    const words = letters.slice(i, j).join("");
    out.push(of[i] < 0 ? words : h("mark", { class: tone(acts[of[i]]), title: acts[of[i]].act }, words));
    i = j;
  }
  return out;
}

const AGAINST = /dislike|must_not|less|veto|not_now|^no$|unsave/;
const tone = (act) => (AGAINST.test(act.act) || act.polarity < 0 ? "against" : act.target || act.kind ? "for" : "bare");

function heard(understood) {
  const sure = Math.round((understood.confidence ?? 0) * 100);
  return [
    section(
      t("inspect.acts"),
      understood.acts.map((act) =>
        h(
          "div",
          { class: `act ${tone(act)}` },
          h("code", {}, act.act),
          h("span", {}, aim(act)),
          act.scope && h("small", {}, t(`scope.${act.scope}`)),
        ),
      ),
      h(
        "div",
        { class: "sure" },
        h("span", {}, t("inspect.confidence")),
        sized(h("span", { class: "gauge", role: "img", "aria-label": `${sure} %` }, h("i")), { "--part": `${sure}%` }),
        h("span", {}, `${sure}%`),
      ),
    ),
    understood.constraints?.length > 0 && section(t("inspect.constraints"), h("div", { class: "chips" }, understood.constraints.map(pill))),
    understood.wish && section(t("inspect.wish"), h("p", { class: "wish" }, `“${understood.wish}”`)),
  ];
}

const pill = (one) => h("span", { class: one.must === false ? "pill against" : "pill" }, condition(one));

/** What an act is about: a title, a facet, a bound, or the words themselves. */
function aim(act) {
  if (act.title) return act.year ? `${act.title} (${act.year})` : act.title;
  if (act.target) return act.target.replace(/^item:/, "");
  if (act.op) return condition(act);
  return [act.kind, act.text && `“${act.text}”`].filter(Boolean).join(" ");
}

const OPERATORS = { "<=": "≤", ">=": "≥", "!=": "≠" };

function condition(one) {
  const told = one.target ?? `${one.kind} ${OPERATORS[one.op] ?? one.op} ${one.value}`;
  return one.must === false ? `¬ ${told}` : told;
}

// ---- written ----

function written(events) {
  if (!events.length) return section(t("inspect.events"), h("p", { class: "calm" }, t("inspect.events.none")));
  const row = (event) =>
    h(
      "tr",
      {},
      h("td", {}, `#${event.event}`),
      h("td", {}, h("code", {}, event.kind)),
      h("td", {}, (event.target ?? "").replace(/^item:/, "")),
      h("td", {}, typeof event.value === "number" ? signed(event.value) : String(event.value ?? "")),
      h("td", {}, event.scope ? named(`scope.${event.scope}`) : ""),
    );
  return section(t("inspect.events"), h("div", { class: "wide" }, h("table", {}, h("tbody", {}, events.map(row)))));
}

// ---- scores ----

function scores(cards) {
  const most = Math.max(0.5, ...cards.flatMap((card) => [card.prior, ...card.parts.map((part) => part.value)]).map(Math.abs));
  const [first, rest] = [cards.slice(0, CARDS), cards.slice(CARDS)];
  return section(
    t("inspect.scores"),
    first.map((card) => score(card, most)),
    rest.length > 0 &&
      h("details", { class: "rest" }, h("summary", {}, t("inspect.rest", { n: rest.length })), rest.map((card) => score(card, most))),
  );
}

/** An item: a bar to its score now, a mark where it stood before, and what its logit is made of, biggest first. */
function score(card, most) {
  const after = percent(card.logit);
  const known = card.before !== null && card.before !== undefined;
  const before = known ? percent(card.before) : after;
  const [was, is] = [before.toFixed(0), after.toFixed(0)];
  const told = known ? t("inspect.moved", { before: was, after: is }) : t("inspect.now", { after: is });
  const bars = [h("i", { class: "base" }), h("i", { class: "change" }), known && h("i", { class: "mark" })];
  const track = h("div", { class: `track ${after < before ? "down" : "up"}`, role: "img", "aria-label": told, title: told }, bars);
  sized(track, { "--low": `${Math.min(before, after)}%`, "--high": `${Math.max(before, after)}%`, "--before": `${before}%` });
  const parts = [...card.parts].sort((a, b) => Math.abs(b.value) - Math.abs(a.value)).slice(0, PARTS);
  const prior = { label: t("inspect.prior"), value: card.prior, prior: true };
  return h(
    "div",
    { class: "score" },
    h("div", { class: "head" }, h("strong", {}, card.title), known ? step(after - before) : fresh(), h("b", {}, `${is}%`)),
    track,
    h("div", { class: "parts" }, [prior, ...parts].map((part) => share(part, most))),
  );
}

const fresh = () => h("span", { class: "step new" }, t("inspect.fresh"));

/** By how many points of a hundred it moved. */
function step(moved) {
  if (Math.abs(moved) < 0.5) return h("span", { class: "step" }, "±0");
  return moved < 0
    ? h("span", { class: "step down" }, `−${(-moved).toFixed(0)}`)
    : h("span", { class: "step up" }, `+${moved.toFixed(0)}`);
}

function share(part, most) {
  const width = `${(50 * Math.abs(part.value)) / most}%`;
  const bar = h("i", { class: `${part.value < 0 ? "minus" : "plus"}${part.prior ? " prior" : ""}` });
  return [
    h("span", { class: "label", title: part.label }, part.label),
    h("span", { class: "axis", "aria-hidden": "true" }, sized(bar, { "--width": width })),
    h("span", { class: "value" }, signed(part.value)),
  ];
}

// ---- time ----

function waterfall(stages, total) {
  let at = 0;
  const rows = stages.map((stage, n) => {
    const [from, width] = [at, stage.ms].map((ms) => (100 * ms) / (total || 1));
    at += stage.ms;
    const bar = sized(h("i", { class: `stage-${n % STAGES}` }), { "--from": `${from}%`, "--width": `${Math.max(0.8, width)}%` });
    return [
      h("span", { class: "label" }, named(`stage.${stage.name}`)),
      h("span", { class: "lane", "aria-hidden": "true" }, bar),
      h("span", { class: "value" }, milliseconds(stage.ms)),
    ];
  });
  return section(t("inspect.time"), h("div", { class: "fall" }, rows));
}

// What happened inside a turn: understood, written, scores, time.
import { node } from "./dom.js";

export function trace(told, say) {
  const made = node("article", { class: "trace" });
  made.append(node("p", {}, ...spans(told.text || "", told.understood?.acts || [])));
  if (told.understood) {
    const u = told.understood;
    made.append(node("h3", {}, `${say("understood")} · ${say("confidence")} ${Math.round((u.confidence ?? 1) * 100)}%`));
    made.append(chips(u.acts.map((a) => [a.act, a.target || a.text || [a.kind, a.op, a.value].filter((v) => v !== undefined && v !== null).join(" ")].filter(Boolean).join(" · ")), say));
    if (u.constraints?.length) {
      made.append(node("h3", {}, say("constraints")), chips(u.constraints.map((c) => (c.must ? "" : "≠ ") + (c.target || `${c.kind} ${c.op} ${c.value}`)), say));
    }
    if (u.wish) made.append(node("h3", {}, say("wish")), chips([u.wish], say));
  }
  made.append(node("h3", {}, say("wrote")), chips((told.events || []).map((e) => `#${e.event} ${e.kind} ${e.target}${e.value && e.value !== 1 ? " " + e.value : ""}`), say));
  if (told.cards?.length) {
    made.append(node("h3", {}, say("moved")));
    for (const card of told.cards.slice(0, 8)) made.append(score(card, say));
  }
  const total = (told.stages || []).reduce((sum, s) => sum + s.ms, 0) || 1;
  made.append(node("h3", {}, `${say("time")} · ${total.toFixed(1)} ms`));
  let at = 0;
  for (const stage of told.stages || []) {
    const bar = node("i");
    bar.style.left = `${(100 * at) / total}%`;
    bar.style.width = `${Math.max(1, (100 * stage.ms) / total)}%`;
    made.append(node("div", { class: "score" }, `${stage.name} ${stage.ms.toFixed(1)} ms`, node("div", { class: "track" }, bar)));
    at += stage.ms;
  }
  return made;
}

function spans(text, acts) {
  const letters = [...text]; // acts count code points
  const on = letters.map(() => "");
  for (const act of acts) for (let i = act.start ?? 0; i < (act.end ?? 0) && i < on.length; i++) on[i] = act.act;
  const out = [];
  for (let i = 0; i < letters.length;) {
    let j = i;
    while (j < letters.length && on[j] === on[i]) j++;
    const piece = letters.slice(i, j).join("");
    out.push(on[i] ? node("mark", { title: on[i] }, piece) : piece);
    i = j;
  }
  return out;
}

function chips(texts, say) {
  return node("div", { class: "chips" }, ...(texts.length ? texts : [say("empty")]).map((t) => node("span", {}, t)));
}

function score(card, say) {
  const share = (logit) => 100 / (1 + Math.exp(-logit));
  const now = node("i");
  now.style.width = `${share(card.logit)}%`;
  const track = node("div", { class: "track" }, now);
  let head = `${card.title} ${share(card.logit).toFixed(0)}%`;
  if (card.before !== null && card.before !== undefined) {
    const was = node("i", { class: "was" });
    was.style.width = `${share(card.before)}%`;
    track.append(was);
    head += ` (${say("before")} ${share(card.before).toFixed(0)}%)`;
  }
  const parts = node("div", { class: "parts" });
  for (const part of [{ label: "prior", value: card.prior }, ...card.parts].slice(0, 7)) {
    const bar = node("i", { class: part.value < 0 ? "minus" : "" });
    const width = Math.min(50, Math.abs(part.value) * 20);
    bar.style.width = `${width}%`;
    bar.style.left = part.value < 0 ? `${50 - width}%` : "50%";
    parts.append(node("span", { title: part.label }, part.label), node("div", { class: "signed" }, bar), node("b", {}, (part.value < 0 ? "−" : "+") + Math.abs(part.value).toFixed(2)));
  }
  return node("div", { class: "score" }, head, track, parts);
}

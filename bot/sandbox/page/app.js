// The chat page. State comes from /world and /events; everything a person does goes to /act.
import { $, link, marked, node } from "./dom.js";
import { trace } from "./inspector.js";
import { faults, words } from "./words.js";

const state = { bot: {}, people: [], chats: new Map(), faults: [], me: null, chat: null, topic: null, answering: null, editing: null, typing: 0, query: null, blocked: new Set() };
const stored = (name, fallback) => localStorage.getItem(name) || fallback;
let lang = stored("lang", navigator.language.startsWith("zh") ? "zh" : "en");
const say = (key) => words[lang][key] ?? key;

async function act(name, body = {}) {
  const answer = await fetch("/act", { method: "POST", headers: { "X-Sandbox": "1", "Content-Type": "application/json" }, body: JSON.stringify({ act: name, ...body }) });
  const told = await answer.json();
  if (!told.ok) toast(told.error);
  return told;
}

// ---- the world ----

async function load() {
  const world = await (await fetch("/world")).json();
  state.bot = world.bot;
  state.people = world.people;
  state.faults = world.faults;
  state.chats = new Map(world.chats.map((chat) => [chat.id, { ...chat, messages: new Map(chat.messages.map((m) => [m.message_id, m])) }]));
  if (!state.people.some((p) => p.id === state.me)) state.me = Number(stored("me", 0)) || state.people[0]?.id;
  if (!state.people.some((p) => p.id === state.me)) state.me = state.people[0]?.id;
  if (!mine().some((chat) => chat.id === state.chat)) state.chat = state.me;
  status(world.bot_status);
  drawAll();
}

const mine = () => [...state.chats.values()].filter((chat) => chat.type === "private" ? chat.id === state.me : chat.members.includes(state.me));
const chat = () => state.chats.get(state.chat);
const nameOf = (c) => (c.type === "private" ? state.bot.first_name : c.title);

function drawAll() {
  document.documentElement.lang = lang === "zh" ? "zh-Hans" : "en";
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
    if (element.tagName === "BUTTON") element.title = say(element.dataset.label);
  }
  $("text").placeholder = say("write");
  $("who").replaceChildren(...state.people.map((p) => node("option", { value: String(p.id), selected: p.id === state.me }, `${p.first_name} (${p.language_code || "–"})`)));
  drawChats();
  drawTalk();
  drawFaults();
}

function drawChats() {
  $("chats").replaceChildren(...mine().map((c) => {
    const last = [...c.messages.values()].at(-1);
    const text = last ? last.text || last.caption || (last.photo ? "🖼" : last.document ? "📄" : "…") : "";
    return node("li", { role: "option", id: `chat${c.id}`, "aria-selected": String(c.id === state.chat), onclick: () => open(c.id) },
      node("div", { class: "avatar", "aria-hidden": "true" }, [...nameOf(c)][0] || "?"), node("div", {}, node("b", {}, nameOf(c)), node("small", {}, text)));
  }));
  $("chats").setAttribute("aria-activedescendant", `chat${state.chat}`);
}

function open(id) {
  state.chat = id;
  state.topic = null;
  cancel();
  $("app").classList.remove("show-list");
  drawChats();
  drawTalk();
  if (matchMedia("(min-width: 761px)").matches) $("text").focus();
}

function drawTalk() {
  const c = chat();
  if (!c) return;
  $("chat-title").textContent = nameOf(c);
  $("chat-avatar").textContent = [...nameOf(c)][0] || "?";
  subtitle();
  $("topic").hidden = !c.forum;
  if (c.forum) {
    $("topic").replaceChildren(...[{ id: "", name: say("general") }, ...c.topics].map((t) => node("option", { value: String(t.id), selected: String(t.id) === String(state.topic ?? "") }, t.name)));
  }
  const shown = [...c.messages.values()].filter(here);
  if (!shown.length && c.type === "private") {
    const about = node("p", {}, nameOf(c));
    $("log").replaceChildren(node("div", { class: "first" }, about, node("button", { onclick: () => act("start", { user: state.me }) }, say("start"))));
    fetch(`/commands?user=${state.me}&chat=${c.id}`).then((found) => found.json()).then((told) => { about.textContent = told.description || nameOf(c); });
  } else {
    $("log").replaceChildren(...shown.map(bubble));
  }
  bottom();
}

const here = (m) => !chat().forum || (m.message_thread_id ?? null) === (state.topic ? Number(state.topic) : null);

function subtitle() {
  const c = chat();
  const rest = c.type === "private" ? say("private") : `${c.members.length + 1} ${say("members")}`;
  $("chat-sub").textContent = state.typing > Date.now() ? say("typing") : state.blocked.has(state.me) && c.type === "private" ? say("blocked") : rest;
}

// ---- messages ----

function bubble(m) {
  const own = m.from.id === state.me;
  const bot = m.from.id === state.bot.id;
  const content = node("div", { class: "bubble" });
  if (chat().type !== "private" && !own) content.append(node("div", { class: "from" }, m.from.first_name));
  if (m.via_bot) content.append(node("div", { class: "from" }, `${say("via")} @${m.via_bot.username}`));
  if (m.reply_to_message) {
    content.append(node("button", { class: "quoted", onclick: () => $(`m${m.reply_to_message.message_id}`)?.scrollIntoView({ block: "center" }) }, m.reply_to_message.text || m.reply_to_message.caption || "…"));
  }
  if (m.photo) content.append(node("img", { src: picture(m.photo.at(-1).file_id), alt: m.caption ? m.caption.split("\n")[0] : say("photo"), loading: "lazy" }));
  if (m.document) content.append(node("a", { class: "doc", href: picture(m.document.file_id), download: m.document.file_name }, `📄 ${m.document.file_name} · ${say("download")}`));
  const text = m.text ?? m.caption ?? "";
  if (text) content.append(node("div", { class: "body" }, marked(text, m.entities ?? m.caption_entities, followed)));
  const time = new Date(m.date * 1000).toLocaleTimeString(lang === "zh" ? "zh-CN" : "en-GB", { hour: "2-digit", minute: "2-digit" });
  content.append(node("div", { class: "meta" }, m.edit_date ? `${say("edited")} ${time}` : time));
  const made = node("article", { class: own ? "msg mine" : "msg", id: `m${m.message_id}`, "aria-label": `${m.from.first_name}, ${time}` }, content);
  const rows = m.reply_markup?.inline_keyboard || [];
  if (rows.length) {
    made.append(node("div", { class: "keys" }, ...rows.map((row) => node("div", {}, ...row.map((b) =>
      b.url ? link(b.url, b.text, followed) : node("button", { onclick: (event) => press(event.currentTarget, m, b) }, b.text))))));
  }
  if (m.reacted) made.append(node("div", {}, node("span", { class: "reacted" }, m.reacted)));
  const acts = node("div", { class: "acts" }, node("button", { title: say("reply"), "aria-label": say("reply"), onclick: () => answer(m) }, "↩"));
  if (own && m.text) acts.append(node("button", { title: say("edit"), "aria-label": say("edit"), onclick: () => edit(m) }, "✎"));
  if (bot) for (const emoji of ["👍", "👎", "❤"]) acts.append(node("button", { "aria-label": emoji, onclick: () => act("react", { user: state.me, chat: state.chat, message_id: m.message_id, emoji: m.reacted === emoji ? null : emoji }) }, emoji));
  made.append(acts);
  return made;
}

const picture = (id) => `/picture/${encodeURIComponent(id)}`;

async function press(button, message, told) {
  button.classList.add("waiting");
  setTimeout(() => button.classList.remove("waiting"), 10000);
  const done = await act("tap", { user: state.me, chat: state.chat, message_id: message.message_id, data: told.callback_data });
  if (done.query) waitingFor.set(done.query, button);
}
const waitingFor = new Map();

function followed(href) {
  const found = /^https:\/\/t\.me\/([^/?]+)\?start=([\w-]*)$/.exec(href);
  if (!found || found[1] !== state.bot.username) return false;
  open(state.me);
  act("start", { user: state.me, payload: found[2] });
  return true;
}

const nearEnd = () => $("log").scrollHeight - $("log").scrollTop - $("log").clientHeight < 120;
function bottom() { $("log").scrollTop = $("log").scrollHeight; $("newer").hidden = true; }

function come(id, m) {
  const c = state.chats.get(id);
  if (!c) return load();
  const stay = nearEnd() || m.from.id === state.me;
  c.messages.set(m.message_id, m);
  drawChats();
  if (id !== state.chat || !here(m)) return undefined;
  if (m.from.id === state.bot.id) { state.typing = 0; subtitle(); }
  $("log").querySelector(".first")?.remove();
  $("log").append(bubble(m));
  if (stay) bottom(); else $("newer").hidden = false;
  return undefined;
}

function change(id, m) {
  const c = state.chats.get(id);
  if (!c) return;
  const was = c.messages.get(m.message_id);
  if (was?.reacted && !("reacted" in m)) m.reacted = was.reacted;
  c.messages.set(m.message_id, m);
  drawChats();
  const old = id === state.chat && $(`m${m.message_id}`);
  if (!old) return;
  const stay = nearEnd();
  const place = [...old.querySelectorAll("button, a")].indexOf(document.activeElement);
  const made = bubble(m);
  old.replaceWith(made);
  if (place >= 0) ([...made.querySelectorAll("button, a")][place] ?? made.querySelector("button"))?.focus();
  if (stay) bottom();
}

// ---- what comes ----

function listen() {
  const source = new EventSource("/events");
  source.onopen = load;
  source.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.kind === "message") come(event.chat, event.message);
    else if (event.kind === "edit") change(event.chat, event.message);
    else if (event.kind === "delete") { state.chats.get(event.chat)?.messages.delete(event.message_id); drawTalk(); }
    else if (event.kind === "typing") { if (event.chat === state.chat) { state.typing = Date.now() + 5000; subtitle(); setTimeout(subtitle, 5100); } }
    else if (event.kind === "reaction") { const m = state.chats.get(event.chat)?.messages.get(event.message_id); if (m) { m.reacted = event.emoji; change(event.chat, m); } }
    else if (event.kind === "callback_answer") { waitingFor.get(event.query)?.classList.remove("waiting"); waitingFor.delete(event.query); if (event.text) toast(event.text); }
    else if (event.kind === "inline_answer") { if (event.query === state.query) results(event.answer); }
    else if (event.kind === "bot") status(event.status);
    else if (event.kind === "trace") { const box = $("traces"); box.querySelector(".none")?.remove(); box.prepend(trace(event.trace, say)); while (box.children.length > 30) box.lastChild.remove(); }
    else if (["world", "fault", "commands"].includes(event.kind)) load();
  };
}

function status(now) { $("status").textContent = say(now); $("status").className = now; }
function toast(text) { $("toast").textContent = text; $("toast").hidden = false; clearTimeout(toast.timer); toast.timer = setTimeout(() => { $("toast").hidden = true; }, 4000); }

// ---- writing ----

$("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  const place = { user: state.me, chat: state.chat };
  if (state.editing) await act("edit", { ...place, message_id: state.editing, text });
  else await act("send", { ...place, text, reply_to: state.answering ?? undefined, topic: state.topic ? Number(state.topic) : undefined });
  $("text").value = "";
  cancel();
  grow();
});
$("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); $("form").requestSubmit(); }
});
$("text").addEventListener("input", () => { grow(); typed(); });
function grow() { $("text").style.height = "auto"; $("text").style.height = `${$("text").scrollHeight + 2}px`; }

function answer(m) { state.answering = m.message_id; state.editing = null; banner(`${say("answering")}: ${m.text || m.caption || "…"}`); }
function edit(m) { state.editing = m.message_id; state.answering = null; $("text").value = m.text; grow(); banner(`${say("editing")}: ${m.text}`); }
function banner(text) { $("answering").firstElementChild.textContent = text; $("answering").hidden = false; $("text").focus(); }
function cancel() { state.answering = state.editing = null; $("answering").hidden = true; $("results").hidden = true; $("commands").hidden = true; }
$("stop-answering").addEventListener("click", () => { if (state.editing) $("text").value = ""; cancel(); });

let timer;
function typed() {
  const text = $("text").value;
  const at = `@${state.bot.username} `;
  clearTimeout(timer);
  if (text.startsWith(at)) timer = setTimeout(async () => { state.query = (await act("inline", { user: state.me, chat: state.chat, query: text.slice(at.length) })).query; }, 250);
  else $("results").hidden = true;
  if (/^\/\w*$/.test(text)) commands(text.slice(1)); else $("commands").hidden = true;
}

function results(told) {
  const query = told.inline_query_id;
  $("results").replaceChildren(...told.results.map((r) => node("button", { role: "option", onclick: async () => { await act("choose", { user: state.me, query_id: query, result_id: r.id }); $("text").value = ""; cancel(); } }, r.title || r.id, node("small", {}, r.description || ""))));
  if (told.button) $("results").prepend(node("button", { onclick: () => { open(state.me); act("start", { user: state.me, payload: told.button.start_parameter }); } }, `› ${told.button.text}`));
  $("results").hidden = false;
}

async function commands(prefix) {
  const told = await (await fetch(`/commands?user=${state.me}&chat=${state.chat}`)).json();
  const found = told.commands.filter((c) => c.command.startsWith(prefix));
  $("commands").replaceChildren(...found.map((c) => node("button", { role: "option", onclick: () => { act("send", { user: state.me, chat: state.chat, text: `/${c.command}`, topic: state.topic ? Number(state.topic) : undefined }); $("text").value = ""; $("commands").hidden = true; $("text").focus(); } }, `/${c.command}`, node("small", {}, c.description))));
  $("commands").hidden = !found.length;
}
$("menu").addEventListener("click", () => { if ($("commands").hidden) commands(""); else $("commands").hidden = true; });

$("photo").addEventListener("change", () => {
  const file = $("photo").files[0];
  if (!file) return;
  const reader = new FileReader();
  reader.onload = () => { act("photo", { user: state.me, chat: state.chat, data: reader.result, caption: $("text").value.trim() }); $("text").value = ""; $("photo").value = ""; };
  reader.readAsDataURL(file);
});

// ---- the rest of the page ----

$("back").addEventListener("click", () => { $("app").classList.add("show-list"); $("chats").focus(); });
$("newer").addEventListener("click", bottom);
$("log").addEventListener("scroll", () => { if (nearEnd()) $("newer").hidden = true; });
$("chats").addEventListener("keydown", (event) => {
  const all = mine().map((c) => c.id);
  const at = all.indexOf(state.chat);
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    state.chat = all[Math.min(all.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))];
    state.topic = null;
    drawChats();
    drawTalk();
  } else if (event.key === "Enter" || event.key === " ") { event.preventDefault(); open(state.chat); $("text").focus(); }
});
$("who").addEventListener("change", () => { state.me = Number($("who").value); localStorage.setItem("me", String(state.me)); state.chat = state.me; drawAll(); });
$("topic").addEventListener("change", () => { state.topic = $("topic").value || null; drawTalk(); });

function inspect(on) {
  $("inspector").hidden = !on;
  $("app").classList.toggle("inspecting", on);
  $("open-inspector").setAttribute("aria-expanded", String(on));
  if (on && !$("traces").children.length) $("traces").append(node("p", { class: "none" }, say("nothing")));
  (on ? $("close-inspector") : $("open-inspector")).focus();
}
$("open-inspector").addEventListener("click", () => inspect($("inspector").hidden));
$("close-inspector").addEventListener("click", () => inspect(false));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || $("tools").open) return;
  if (!$("results").hidden || !$("commands").hidden || !$("answering").hidden) { cancel(); $("text").focus(); } else if (!$("inspector").hidden) inspect(false);
});

$("open-tools").addEventListener("click", () => $("tools").showModal());
$("close-tools").addEventListener("click", () => $("tools").close());
$("tools").addEventListener("click", (event) => { if (event.target === $("tools")) $("tools").close(); });
function theme(value) { if (value === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = value; $("theme").value = value; localStorage.setItem("theme", value); }
$("theme").addEventListener("change", () => theme($("theme").value));
$("lang").addEventListener("change", () => { lang = $("lang").value; localStorage.setItem("lang", lang); drawAll(); });
$("new-person").addEventListener("submit", async (event) => { event.preventDefault(); const made = await act("person", { first_name: $("person-name").value, language_code: $("person-lang").value }); if (made.user) { state.me = made.user.id; state.chat = state.me; } $("new-person").reset(); await load(); $("tools").close(); });
$("new-group").addEventListener("submit", async (event) => { event.preventDefault(); const made = await act("group", { title: $("group-name").value, members: state.people.map((p) => p.id), forum: $("group-forum").checked }); $("new-group").reset(); await load(); if (made.chat) open(made.chat); $("tools").close(); });
$("block").addEventListener("click", () => { state.blocked.add(state.me); act("block", { user: state.me }); subtitle(); });
$("unblock").addEventListener("click", () => { state.blocked.delete(state.me); act("unblock", { user: state.me }); subtitle(); });
for (const name of ["clear", "restart", "kill"]) $(name).addEventListener("click", () => act(name));

function drawFaults() {
  $("fault-buttons").replaceChildren(...faults.map(({ zh, en, ...body }) => { const [title, about] = lang === "zh" ? zh : en; return node("button", { onclick: () => act("fault", body) }, title, node("small", {}, about)); }));
  $("fault-list").replaceChildren(...state.faults.map((f) => node("li", {}, node("span", {}, `${f.kind}${f.times ? ` × ${f.times}` : ""}`), node("button", { onclick: () => act("unfault", { fault: f.id }) }, say("remove")))));
}

$("lang").value = lang;
theme(stored("theme", "auto"));
listen();

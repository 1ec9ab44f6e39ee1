// Dialogs: who one is, a new group. And what is at a place of the page for a moment: a message's menu, short notes.

import { $, avatar, h, icon, rove } from "./dom.js";
import { t } from "./texts.js";

const LANGUAGES = ["zh-hans", "zh-hant", "en", "ja", "de", "es", "fr", "ru", "ar", ""];
const NOTE_MS = 4500;
const EDGE = 8; // pixels that the menu keeps from the window's edge

/** Opens the dialog with this content; Esc, the cross and a press beside it close it. */
function sheet(title, ...content) {
  const dialog = $("sheet");
  const cross = { class: "icon", type: "button", "aria-label": t("close"), on: { click: () => dialog.close() } };
  dialog.replaceChildren(
    h("header", { class: "sheet-bar" }, h("h2", { id: "sheet-title" }, title), h("button", cross, icon("close"))),
    ...content,
  );
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close();
  };
  if (!dialog.open) dialog.showModal();
}

/** A short note at the foot of the page. */
export function say(text) {
  const note = h("div", { class: "toast" }, text);
  $("toasts").append(note);
  setTimeout(() => note.remove(), NOTE_MS);
}

const choice = (label, codes, current, words, props) =>
  h("select", { "aria-label": label, ...props }, codes.map((code) => h("option", { value: code, selected: code === current }, words(code))));

/** For a form's submit: closes the dialog, then does it. */
const send = (act) => (event) => {
  event.preventDefault();
  $("sheet").close();
  act();
};

/**
 * Who one is, more people, and how the page looks. looks: {theme, language} as chosen. doing: be(id),
 * person(name, language), theme(choice), language(choice).
 */
export function whoAmI(world, me, looks, doing) {
  const person = ({ id, first_name: name, language_code: language }) => {
    const be = send(() => doing.be(id));
    return h(
      "button",
      { class: "person", type: "button", "aria-current": id === me ? "true" : null, on: { click: be } },
      avatar(id, name),
      h("span", {}, h("strong", {}, name), h("small", {}, language ?? t("me.silent"))),
      id === me && icon("check"),
    );
  };
  const words = t("me.name");
  const name = h("input", { name: "name", maxlength: "64", required: true, autocomplete: "off", "aria-label": words, placeholder: words });
  const language = choice(t("me.language"), LANGUAGES, "zh-hans", (code) => code || t("me.silent"));
  const look = (which, codes, told) => {
    const change = (event) => {
      $("sheet").close();
      doing[which](event.target.value);
    };
    const label = t(`look.${which}`);
    return h("label", { class: "look" }, label, choice(label, codes, looks[which], told, { name: which, on: { change } }));
  };
  sheet(
    t("me.title"),
    ...[...world.people.values()].map(person),
    h(
      "form",
      { class: "fields", on: { submit: send(() => doing.person(name.value.trim(), language.value)) } },
      h("h3", {}, t("me.add")),
      name,
      language,
      h("button", { class: "primary", type: "submit" }, t("add")),
    ),
    h("h3", {}, t("look")),
    look("theme", ["light dark", "light", "dark"], (code) => t(`theme.${code}`)),
    look("language", ["auto", "zh", "en"], (code) => ({ auto: t("auto"), zh: "中文", en: "English" })[code]),
  );
}

/** A new group of some of the people. make(title, members, forum). */
export function newGroup(world, me, make) {
  const title = h("input", { maxlength: "128", required: true, autocomplete: "off", id: "group-title" });
  const tick = (props, ...words) => h("label", { class: "tick" }, h("input", { type: "checkbox", ...props }), words);
  const people = [...world.people.values()].map(({ id, first_name: name }) =>
    tick({ name: "member", value: String(id), checked: id === me, disabled: id === me }, avatar(id, name), name),
  );
  const form = h(
    "form",
    { class: "form" },
    h("label", { for: "group-title" }, t("group.title")),
    title,
    h("fieldset", {}, h("legend", {}, t("group.members")), people),
    tick({ name: "forum" }, t("group.forum")),
    h("button", { class: "primary", type: "submit" }, t("group.make")),
  );
  const made = () => {
    const told = new FormData(form);
    make(title.value.trim(), [me, ...told.getAll("member").map(Number)], told.has("forum")); // who makes it comes first
  };
  form.addEventListener("submit", send(made));
  sheet(t("group.new"), form);
  title.focus();
}

/** What can be done with a message, by its button. rows: {icon, label, act}; emojis: {emoji, label, on, act}. */
export function menu(by, label, emojis, rows) {
  const box = $("menu");
  const pick = (act) => ({ click: () => (box.hidePopover(), act()) });
  const emoji = ({ emoji, label, on, act }) => {
    const props = { role: "menuitemradio", type: "button", "aria-checked": String(on), "aria-label": label };
    return h("button", { ...props, on: pick(act) }, emoji);
  };
  const line = ({ icon: name, label, act }) => h("button", { role: "menuitem", type: "button", on: pick(act) }, icon(name), label);
  box.setAttribute("aria-label", label);
  box.replaceChildren(h("div", { class: "emojis", role: "group" }, emojis.map(emoji)), ...rows.filter(Boolean).map(line));
  box.onkeydown = (event) => rove(event, [...box.querySelectorAll("button")]);
  box.showPopover();
  const at = by.getBoundingClientRect();
  const { width, height } = box.getBoundingClientRect();
  const below = at.bottom + height + EDGE < innerHeight;
  box.style.left = `${Math.max(EDGE, Math.min(at.right - width, innerWidth - width - EDGE))}px`;
  box.style.top = `${below ? at.bottom : Math.max(EDGE, at.top - height)}px`;
  box.querySelector("button").focus();
}

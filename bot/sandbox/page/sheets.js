// Dialogs: who one is, a new group, a photo before it is sent, an alert of the bot's. And short notes.

import { $, avatar, h, icon } from "./dom.js";
import { chosen, t } from "./texts.js";

const LANGUAGES = ["zh-hans", "zh-hant", "en", "ja", "de", "es", "fr", "ru", "ar", ""];
const NOTE_MS = 4500;

/** Opens the dialog with this content; Esc, the cross and a press beside it close it. */
export function sheet(title, ...content) {
  const dialog = $("sheet");
  if (dialog.open) dialog.close();
  dialog.replaceChildren(
    h(
      "header",
      { class: "sheet-bar" },
      h("h2", { id: "sheet-title" }, title),
      h("button", { class: "icon", type: "button", "aria-label": t("close"), on: { click: () => dialog.close() } }, icon("close")),
    ),
    ...content.flat().filter(Boolean),
  );
  dialog.onclick = (event) => {
    if (event.target === dialog) dialog.close();
  };
  dialog.showModal();
  return dialog;
}

/** A short note at the foot of the page. */
export function say(text) {
  const note = h("div", { class: "toast" }, text);
  $("toasts").append(note);
  setTimeout(() => note.remove(), NOTE_MS);
}

/** What the bot wants read before one goes on. */
export function alert(title, text) {
  const done = () => $("sheet").close();
  const button = h("button", { class: "primary", type: "button", on: { click: done } }, t("ok"));
  sheet(title, h("p", { class: "alert" }, text), button);
}

/** Who one is, more people, and how the page looks. doing: be(id), person(name, language), group(), theme(x), speak(x). */
export function whoAmI(world, me, theme, doing) {
  const be = (id) => {
    $("sheet").close();
    doing.be(id);
  };
  const people = [...world.people.values()].map((person) =>
    h(
      "li",
      {},
      h(
        "button",
        {
          class: "person",
          type: "button",
          "aria-current": person.id === me ? "true" : null,
          on: { click: () => be(person.id) },
        },
        avatar(person.id, person.first_name),
        h("span", {}, h("strong", {}, person.first_name), h("small", {}, person.language_code ?? t("me.silent"))),
        person.id === me && icon("check"),
      ),
    ),
  );
  const words = t("me.name");
  const name = h("input", { name: "name", maxlength: "64", required: true, autocomplete: "off", "aria-label": words, placeholder: words });
  const language = h(
    "select",
    { name: "language", "aria-label": t("me.language") },
    LANGUAGES.map((code) => h("option", { value: code }, code || t("me.silent"))),
  );
  const submit = (event) => {
    event.preventDefault();
    $("sheet").close();
    doing.person(name.value.trim(), language.value);
  };
  sheet(
    t("me.title"),
    h("ul", { class: "people" }, people),
    h(
      "form",
      { on: { submit } },
      h("h3", {}, t("me.add")),
      h("div", { class: "fields" }, name, language, h("button", { class: "primary", type: "submit" }, t("add"))),
    ),
    h("h3", {}, t("look")),
    choices("look.theme", ["auto", "light", "dark"], theme, (one) => t(one === "auto" ? "auto" : `theme.${one}`), doing.theme),
    choices("look.language", ["auto", "zh", "en"], chosen(), (one) => ({ auto: t("auto"), zh: "中文", en: "English" })[one], doing.speak),
  );
}

/** One of a few, as a row of radio buttons. */
function choices(label, values, current, words, choose) {
  return h(
    "fieldset",
    { class: "choices" },
    h("legend", {}, t(label)),
    h(
      "div",
      { class: "segments" },
      values.map((value) => {
        const props = { type: "radio", name: label, value, checked: value === current };
        return h("label", {}, h("input", { ...props, on: { change: () => choose(value) } }), h("span", {}, words(value)));
      }),
    ),
  );
}

/** A new group of some of the people. make(title, members, forum). */
export function newGroup(world, me, make) {
  const title = h("input", { maxlength: "128", required: true, autocomplete: "off", id: "group-title" });
  const forum = h("input", { type: "checkbox", name: "forum" });
  const people = [...world.people.values()].map((person) =>
    h(
      "label",
      { class: "tick" },
      h("input", { type: "checkbox", value: String(person.id), checked: person.id === me, disabled: person.id === me }),
      avatar(person.id, person.first_name),
      person.first_name,
    ),
  );
  const submit = (event) => {
    event.preventDefault();
    const others = [...event.target.querySelectorAll("[value]:checked:enabled")].map((one) => Number(one.value));
    $("sheet").close();
    make(title.value.trim(), [me, ...others], forum.checked); // who makes it comes first
  };
  sheet(
    t("group.new"),
    h(
      "form",
      { class: "form", on: { submit } },
      h("label", { for: "group-title" }, t("group.title")),
      title,
      h("fieldset", { class: "ticks" }, h("legend", {}, t("group.members")), people),
      h("label", { class: "tick" }, forum, t("group.forum")),
      h("button", { class: "primary", type: "submit" }, t("group.make")),
    ),
  );
  title.focus();
}

/** A photo before it is sent. send(caption). */
export function photoSheet(data, send) {
  const caption = h("textarea", { rows: "2", maxlength: "1024", "aria-label": t("photo.caption"), placeholder: t("photo.caption") });
  const submit = (event) => {
    event?.preventDefault();
    $("sheet").close();
    send(caption.value.trim());
  };
  caption.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
  });
  sheet(
    t("photo.send"),
    h(
      "form",
      { class: "form", on: { submit } },
      h("img", { class: "preview", src: data, alt: t("photo") }),
      caption,
      h("button", { class: "primary", type: "submit" }, t("send")),
    ),
  );
  caption.focus();
}

// One message as a row of the log: bubble, keyboard, reactions.

import { file } from "./api.js";
import { avatar, h, hue, icon, sized } from "./dom.js";
import { rich } from "./entities.js";
import { lang, t } from "./texts.js";
import { textOf } from "./world.js";

/** What a service message tells, or null for one that somebody wrote. */
function service(message) {
  const names = (people) => people.map((one) => one.first_name).join(", ");
  if (message.new_chat_members) return t("service.joined", { names: names(message.new_chat_members) });
  if (message.left_chat_member) return t("service.left", { names: names([message.left_chat_member]) });
  return null;
}

/** A message in one line: its words, or the kind of thing it is. */
export function summary(message) {
  const told = service(message);
  if (told) return told;
  if (message.photo) return `🖼 ${textOf(message) || t("photo")}`;
  if (message.document) return `📎 ${message.document.file_name ?? t("file")}`;
  return textOf(message) || "…";
}

/** Hour and minute of a date in seconds. */
export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString(lang(), { hour: "2-digit", minute: "2-digit", hour12: false });

/** The row of a message. view: {me, chat}. actions: the deeds; what is pressed in the row ends there. */
export function row(message, world, view, actions) {
  const told = service(message);
  if (told) return h("div", { class: "row service" }, h("span", {}, told));
  const { from, reply_markup: markup, reply_to_message: answered } = message;
  const mine = from.id === view.me;
  const named = view.chat.type !== "private" && !mine;
  const name = mine ? t("you") : from.first_name;
  const bubble = h(
    "div",
    { class: markup ? "bubble keyed" : "bubble" },
    h("span", { class: named ? "name" : "sr" }, name, h("span", { class: "sr" }, ": ")),
    message.via_bot && h("span", { class: "via" }, t("via", { bot: message.via_bot.username })),
    answered && !answered.forum_topic_created && quoted(answered, view, actions),
    message.photo && h("img", { class: "photo", alt: t("photo"), src: file(message.photo.at(-1).file_id) }),
    message.document && attached(message.document),
    h("div", { class: "words", dir: "auto" }, rich(textOf(message), message.entities ?? message.caption_entities, actions)),
    h(
      "span",
      { class: "meta" },
      message.edit_date && h("span", { class: "edited" }, t("edited")),
      h("time", {}, clock(message.date)),
    ),
  );
  return h(
    "article",
    { class: `row ${mine ? "out" : "in"}`, data: { id: message.message_id } },
    named && avatar(from.id, name, from.id === world.bot.id),
    h(
      "div",
      { class: "stack" },
      named ? sized(bubble, { "--hue": hue(from.id) }) : bubble,
      markup && keyboard(message, markup.inline_keyboard, actions),
      reactions(message, world, view.me, actions),
    ),
    h(
      "button",
      {
        class: "icon dots",
        type: "button",
        "aria-haspopup": "menu",
        "aria-label": t("message.actions"),
        on: { click: (event) => actions.menu(message, event.currentTarget) },
      },
      icon("more"),
    ),
  );
}

function quoted(answered, { me }, actions) {
  return h(
    "button",
    { class: "quoted", type: "button", on: { click: () => actions.jump(answered.message_id) } },
    h("strong", {}, answered.from.id === me ? t("you") : answered.from.first_name),
    h("span", {}, summary(answered)),
  );
}

function attached({ file_id: id, file_name: name = t("file"), file_size: size = 0 }) {
  const kilobytes = Math.max(1, Math.round(size / 1024));
  return h(
    "a",
    { class: "file", href: file(id), download: name },
    h("span", { class: "round" }, icon("document")),
    h("span", {}, h("strong", {}, name), h("small", {}, `${kilobytes} KB · ${t("save")}`)),
  );
}

function keyboard(message, rows, actions) {
  const key = (button) =>
    h(
      "button",
      { class: "key", type: "button", on: { click: (event) => actions.press(message, button, event.currentTarget) } },
      h("span", { class: "label" }, button.text),
      button.callback_data === undefined && icon("out"),
    );
  return h("div", { class: "keyboard", role: "group" }, rows.map((line) => h("div", { class: "keys" }, line.map(key))));
}

/** The line of reactions under a bubble, or null. */
function reactions(message, world, me, actions) {
  const given = world.reactionsTo(message.chat.id, message.message_id);
  const emojis = [...given.values()];
  const one = (emoji) => {
    const count = emojis.filter((other) => other === emoji).length;
    const mine = given.get(me) === emoji;
    const props = { class: "reaction", type: "button", "aria-pressed": String(mine), "aria-label": `${emoji} ${count}` };
    const toggle = () => actions.react(message, mine ? null : emoji);
    return h("button", { ...props, on: { click: toggle } }, emoji, count > 1 && h("span", {}, String(count)));
  };
  return emojis.length > 0 && h("div", { class: "reactions" }, [...new Set(emojis)].map(one));
}

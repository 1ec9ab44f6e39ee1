// One message as a row of the log: bubble, keyboard, reactions.

import { file } from "./api.js";
import { avatar, h, hue, icon, sized } from "./dom.js";
import { rich } from "./entities.js";
import { lang, t } from "./texts.js";
import { textOf } from "./world.js";

const ODD = {
  sticker: "🏷", voice: "🎤", video: "🎬", animation: "🎞", audio: "🎵", location: "📍", contact: "👤", poll: "📊", dice: "🎲",
}; // prettier-ignore

/** What a service message tells, or null for one that somebody wrote. */
export function service(message, world) {
  const names = (people) => people.map((one) => world.nameOf(one)).join(", ");
  if (message.new_chat_members) return t("service.joined", { names: names(message.new_chat_members) });
  if (message.left_chat_member) return t("service.left", { names: names([message.left_chat_member]) });
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return t("service.moved");
  return null;
}

/** A message in one line: its words, or the kind of thing it is. */
export function summary(message, world) {
  const told = service(message, world);
  if (told) return told;
  if (message.photo) return `🖼 ${textOf(message) || t("photo")}`;
  if (message.document) return `📎 ${message.document.file_name ?? t("file")}`;
  return textOf(message) || Object.entries(ODD).find(([kind]) => message[kind])?.[1] || "…";
}

/** Hour and minute of a date in seconds. */
export const clock = (seconds) =>
  new Date(seconds * 1000).toLocaleTimeString(lang(), { hour: "2-digit", minute: "2-digit", hour12: false });

/**
 * The row of a message. place: {world, me, group: whether names are shown, first, last: of what its sender said in a
 * row}. actions: see app.js; what is pressed in the row ends there.
 */
export function row(message, place, actions) {
  const { world, me } = place;
  const told = service(message, world);
  if (told) return h("div", { class: "service", data: { id: message.message_id } }, h("span", {}, told));
  const mine = message.from?.id === me;
  const named = place.group && !mine;
  const isBot = message.from?.id === world.bot.id;
  const name = mine ? t("you") : world.nameOf(message.from);
  const markup = message.reply_markup?.inline_keyboard;
  const bubble = h(
    "div",
    { class: markup ? "bubble keyed" : "bubble" },
    h("span", { class: named && place.first ? "name" : "sr" }, name, h("span", { class: "sr" }, ": ")),
    message.via_bot && h("span", { class: "via" }, t("via", { bot: message.via_bot.username })),
    message.reply_to_message && quoted(message.reply_to_message, place, actions),
    message.photo && picture(message),
    message.document && attached(message.document, actions),
    odd(message),
    words(message, actions),
    h(
      "span",
      { class: "meta" },
      message.edit_date && h("span", { class: "edited" }, t("edited")),
      h("time", {}, clock(message.date)),
    ),
  );
  if (named) sized(bubble, { "--hue": hue(message.from.id) });
  return h(
    "article",
    {
      class: `row ${mine ? "out" : "in"}${place.first ? " first" : ""}${place.last ? " last" : ""}`,
      data: { id: message.message_id },
      on: { contextmenu: (event) => asked(event, message, actions) },
    },
    named && (place.last ? avatar(message.from.id, name, isBot) : h("span", { class: "avatar gap" })),
    h("div", { class: "stack" }, bubble, markup && keyboard(message, markup, actions), reactions(message, place, actions)),
    h(
      "button",
      {
        class: "icon dots",
        type: "button",
        "aria-haspopup": "menu",
        "aria-label": t("message.actions"),
        on: { click: (event) => actions.menu(message, event.currentTarget.getBoundingClientRect()) },
      },
      icon("more"),
    ),
  );
}

function asked(event, message, actions) {
  if (event.target.closest("a, button") || String(getSelection())) return;
  event.preventDefault();
  const open = () => actions.menu(message, new DOMRect(event.clientX, event.clientY, 0, 0));
  // where it comes while the button is still down, letting go would be a press beside the menu
  if (event.buttons) addEventListener("pointerup", () => setTimeout(open), { once: true });
  else open();
}

function words(message, actions) {
  const text = textOf(message);
  return text && h("div", { class: "words", dir: "auto" }, rich(text, message.entities ?? message.caption_entities, actions));
}

function odd(message) {
  const found = Object.entries(ODD).find(([kind]) => message[kind]);
  return found && h("div", { class: "odd" }, found[1]);
}

function quoted(answered, { world, me }, actions) {
  return h(
    "button",
    { class: "quoted", type: "button", on: { click: () => actions.jump(answered.message_id) } },
    h("strong", {}, answered.from?.id === me ? t("you") : world.nameOf(answered.from)),
    h("span", {}, summary(answered, world)),
  );
}

/** A photo in a frame whose size is known before it is there: nothing jumps. */
function picture(message) {
  const size = message.photo.at(-1);
  const image = h("img", { alt: textOf(message) ? "" : t("photo"), src: file(size.file_id), decoding: "async" });
  const frame = sized(h("div", { class: "photo" }, image), { "--shape": `${size.width} / ${size.height}` });
  image.addEventListener("load", () => {
    const wrong = (image.naturalWidth / image.naturalHeight) * (size.height / size.width);
    // the sandbox does not measure what it is sent
    if (wrong > 1.2 || wrong < 0.8) sized(frame, { "--shape": `${image.naturalWidth} / ${image.naturalHeight}` });
  });
  image.addEventListener("error", () => {
    frame.classList.add("broken");
    frame.replaceChildren(h("span", {}, t("photo.none")));
  });
  return frame;
}

function attached(document_, actions) {
  const name = document_.file_name ?? t("file");
  const kilobytes = Math.max(1, Math.round((document_.file_size ?? 0) / 1024));
  const save = (event) => {
    event.preventDefault();
    actions.save(document_.file_id, name);
  };
  return h(
    "a",
    { class: "file", href: file(document_.file_id), download: name, on: { click: save } },
    h("span", { class: "round" }, icon("file")),
    h("span", {}, h("strong", {}, name), h("small", {}, `${kilobytes} KB · ${t("save")}`)),
  );
}

function keyboard(message, rows, actions) {
  const key = (button) =>
    h(
      "button",
      { class: "key", type: "button", on: { click: (event) => actions.press(message, button, event.currentTarget) } },
      h("span", { class: "label" }, button.text),
      (button.url || button.switch_inline_query !== undefined) && icon("out"),
    );
  return h("div", { class: "keyboard", role: "group" }, rows.map((line) => h("div", { class: "keys" }, line.map(key))));
}

/** The line of reactions under a bubble, or null. */
export function reactions(message, { world, me }, actions) {
  const counts = new Map();
  const given = world.reactionsTo(message.chat.id, message.message_id);
  for (const emoji of given.values()) counts.set(emoji, (counts.get(emoji) ?? 0) + 1);
  if (!counts.size) return null;
  return h(
    "div",
    { class: "reactions" },
    [...counts].map(([emoji, count]) =>
      h(
        "button",
        {
          class: "reaction",
          type: "button",
          "aria-pressed": String(given.get(me) === emoji),
          "aria-label": `${emoji} ${count}`,
          on: { click: () => actions.react(message, given.get(me) === emoji ? null : emoji) },
        },
        emoji,
        count > 1 && h("span", {}, String(count)),
      ),
    ),
  );
}

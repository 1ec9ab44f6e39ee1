// Where one writes: the text, the photo or file that goes with it, what it replies to or edits.

import { summary } from "./bubble.js";
import { $, h, icon } from "./dom.js";
import { Suggest } from "./suggest.js";
import { t } from "./texts.js";
import { textOf } from "./world.js";

const FILE_BYTES = 10 << 20;
const PHOTO = /^image\/(jpeg|png|webp|gif)$/;

export class Composer {
  #world;
  #view; // who and where: {me, chat, topic}
  #actions;
  #about = null; // what the text goes with: {kind: "reply" | "edit", message} or {kind: "photo" | "document", data, name}
  #drafts = new Map(); // "me/chat/topic" -> text
  #suggest;
  #first = null; // what is to be done before one may write

  constructor(world, view, actions) {
    this.#world = world;
    this.#view = view;
    this.#actions = actions;
    this.#suggest = new Suggest(world, view, {
      command: (name) => this.#submit(view.chat.type === "private" ? `/${name}` : `/${name}@${world.bot.username}`),
      complete: (text) => this.write(text),
      ask: (fields) => actions.act("inline", fields),
      choose: (query, result) => {
        this.write("");
        actions.act("choose", { user: view.me, query_id: query, result_id: result });
      },
      begin: (payload) => {
        this.write("");
        actions.start(payload);
      },
    });
    const text = $("text");
    text.addEventListener("input", () => this.#typed());
    text.addEventListener("keydown", (event) => this.#key(event));
    $("write").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(text.value);
    });
    $("commands").addEventListener("click", () => this.write(text.value === "/" ? "" : "/"));
    $("attach").addEventListener("click", () => $("file").click());
    $("file").addEventListener("change", () => {
      this.#file($("file").files[0]);
      $("file").value = "";
    });
    $("start").addEventListener("click", () => this.#first());
  }

  /** Another chat is open: its draft comes back. */
  show() {
    $("text").value = this.#drafts.get(this.#name()) ?? "";
    this.#take(null);
    this.#typed();
    this.refresh();
    this.state();
  }

  /** One may write, or there is something to do before: start, unblock, join. */
  state() {
    const { chat, me } = this.#view;
    const own = chat.type === "private";
    const [words, act] = !chat.members.has(me)
      ? ["join", () => this.#actions.act("join", { user: me, chat: chat.id })]
      : own && this.#world.blocked.has(me)
        ? ["unblock", () => this.#actions.act("unblock", { user: me })]
        : own && !chat.messages.size
          ? ["start", () => this.#actions.start("")]
          : ["", null];
    this.#first = act;
    $("start").hidden = !act;
    $("write").hidden = Boolean(act);
    $("start").textContent = words && t(words);
  }

  /** Puts words into the field, for the person to go on with. */
  write(words) {
    $("text").value = words;
    $("text").focus();
    this.#typed();
  }

  reply(message) {
    this.#take({ kind: "reply", message });
    $("text").focus();
  }

  edit(message) {
    this.#take({ kind: "edit", message });
    this.write(textOf(message));
  }

  /** The commands changed. */
  refresh() {
    this.#suggest.refresh();
  }

  /** An answer to an inline query is here. */
  found(event) {
    this.#suggest.found(event);
  }

  // ---- typing ----

  #name() {
    const { me, chat, topic } = this.#view;
    return `${me}/${chat.id}/${topic}`;
  }

  #typed() {
    const text = $("text");
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
    $("send").disabled = !text.value.trim() && !this.#about?.data;
    $("commands").hidden = !["", "/"].includes(text.value);
    if (this.#about?.kind !== "edit") this.#drafts.set(this.#name(), text.value);
    this.#suggest.typed(text.value);
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return; // an input method is at work: its Enter is not ours
    if (this.#suggest.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit($("text").value);
    } else if (event.key === "Escape" && this.#about) {
      event.preventDefault();
      event.stopPropagation();
      this.#leave();
    }
  }

  async #submit(words) {
    const text = words.trim();
    const about = this.#about;
    if (!text && !about?.data) return;
    const { chat, topic, me } = this.#view;
    const place = { user: me, chat: chat.id, topic };
    this.#take(null);
    this.write("");
    const { kind = "send", message, data, name } = about ?? {};
    const [act, fields] = data
      ? [kind, { data, name, caption: text }]
      : kind === "edit"
        ? ["edit", { message_id: message.message_id, text }]
        : ["send", { text, reply_to: message?.message_id }];
    const done = await this.#actions.act(act, { ...place, ...fields });
    if (done || $("text").value) return;
    this.#take(about); // it was refused: nothing that was written is lost
    this.write(words);
  }

  // ---- what it goes with ----

  #leave() {
    const words = this.#about.kind === "edit" ? "" : $("text").value;
    this.#take(null);
    this.write(words);
  }

  #take(about) {
    this.#about = about;
    $("about").hidden = !about;
    $("about").replaceChildren();
    if (!about) return;
    const { kind, message, data, name } = about;
    const from = message && (message.from.id === this.#view.me ? t("you") : message.from.first_name);
    const cancel = { class: "icon", type: "button", "aria-label": t("cancel"), on: { click: () => this.#leave() } };
    $("about").append(
      kind === "photo" ? h("img", { src: data, alt: t("photo") }) : icon(kind),
      h("div", {}, h("strong", {}, message ? t(`about.${kind}`, { name: from }) : name), h("span", {}, message ? summary(message) : t("caption"))),
      h("button", cancel, icon("close")),
    );
  }

  #file(chosen) {
    if (!chosen) return;
    if (chosen.size > FILE_BYTES) {
      this.#actions.say(t("file.big"));
      return;
    }
    const reader = new FileReader();
    reader.addEventListener("load", () => {
      this.#take({ kind: PHOTO.test(chosen.type) ? "photo" : "document", data: reader.result, name: chosen.name });
      this.write($("text").value);
    });
    reader.readAsDataURL(chosen);
  }
}

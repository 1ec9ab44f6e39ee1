// Where one writes: the text, what it replies to or edits, and what is offered while one types.

import { summary } from "./bubble.js";
import { $, h, icon } from "./dom.js";
import { Suggest } from "./suggest.js";
import { t } from "./texts.js";
import { textOf } from "./world.js";

const PICTURE_BYTES = 10 << 20;

export class Composer {
  #world;
  #actions;
  #place = null; // {chat, topic, me}
  #about = null; // {kind: "reply" | "edit", message}
  #drafts = new Map(); // "me/chat/topic" -> text
  #suggest;

  constructor(world, actions) {
    this.#world = world;
    this.#actions = actions;
    this.#suggest = new Suggest(world, {
      command: (name) => this.#submit(this.#place.chat.type === "private" ? `/${name}` : `/${name}@${world.bot.username}`),
      complete: (text) => this.write(text),
      choose: (query, result) => {
        this.write("");
        return actions.choose(query, result);
      },
      begin: (payload) => {
        this.write("");
        return actions.start(payload);
      },
      failed: actions.failed,
    });
    const text = $("text");
    text.addEventListener("input", () => this.#typed());
    text.addEventListener("keydown", (event) => this.#key(event));
    text.addEventListener("paste", (event) => this.#pasted(event));
    $("write").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit(text.value);
    });
    $("commands").addEventListener("click", () => {
      this.#suggest.menu();
      text.focus();
    });
    $("attach").addEventListener("click", () => $("file").click());
    $("file").addEventListener("change", () => {
      this.#picture($("file").files[0]);
      $("file").value = "";
    });
    $("start").addEventListener("click", () => $("start").act?.());
  }

  /** Another chat is open: its draft comes back. */
  show(chat, topic, me) {
    this.#place = { chat, topic, me };
    this.#about = null;
    $("text").value = this.#drafts.get(this.#name()) ?? "";
    this.#suggest.show(chat, topic, me);
    this.state();
    this.#typed();
  }

  /** One may write, or there is something to do before: start, unblock, join. */
  state() {
    const { chat, me } = this.#place;
    const member = chat.members.has(me);
    const fresh = chat.type === "private" && !chat.messages.size;
    const blocked = chat.type === "private" && this.#world.blocked.has(me);
    const [words, act] = !member
      ? ["join", () => this.#actions.act("join", { user: me, chat: chat.id })]
      : blocked
        ? ["unblock", () => this.#actions.block(false)]
        : fresh
          ? ["start", () => this.#actions.start("")]
          : [null, null];
    $("start").hidden = words === null;
    $("write").hidden = words !== null;
    $("start").textContent = words ? t(words) : "";
    $("start").act = act;
    this.#header();
  }

  /** Puts words into the field, for the person to go on with. */
  write(words) {
    $("text").value = words;
    $("text").focus();
    this.#typed();
  }

  reply(message) {
    this.#about = { kind: "reply", message };
    this.#header();
    $("text").focus();
  }

  edit(message) {
    this.#about = { kind: "edit", message };
    this.#header();
    this.write(textOf(message));
  }

  /** The commands changed, or an answer to an inline query is here. */
  refresh() {
    this.#suggest.refresh();
  }

  found(event) {
    this.#suggest.found(event);
  }

  // ---- typing ----

  #name() {
    return `${this.#place.me}/${this.#place.chat.id}/${this.#place.topic}`;
  }

  #typed() {
    const text = $("text");
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight}px`;
    $("send").disabled = !text.value.trim();
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
    } else if (event.key === "ArrowUp" && !$("text").value) {
      const { chat, topic, me } = this.#place;
      const own = this.#world.lastOwn(chat, topic, me);
      if (own) {
        event.preventDefault();
        this.edit(own);
      }
    }
  }

  async #submit(words) {
    const text = words.trim();
    if (!text) return;
    const { chat, topic, me } = this.#place;
    const about = this.#about;
    this.#about = null;
    this.#header();
    this.write("");
    const done =
      about?.kind === "edit"
        ? await this.#actions.act("edit", { user: me, chat: chat.id, message_id: about.message.message_id, text })
        : await this.#actions.act("send", {
            user: me,
            chat: chat.id,
            text,
            ...(about && { reply_to: about.message.message_id }),
            ...(topic !== null && { topic }),
          });
    if (!done && !$("text").value) {
      this.#about = about;
      this.#header();
      this.write(words);
    }
  }

  // ---- what it is about ----

  #leave() {
    const editing = this.#about?.kind === "edit";
    this.#about = null;
    this.#header();
    if (editing) this.write("");
  }

  #header() {
    const about = this.#about;
    $("about").hidden = !about;
    if (!about) return;
    const name = about.message.from?.id === this.#place.me ? t("you") : this.#world.nameOf(about.message.from);
    $("about").replaceChildren(
      icon(about.kind),
      h(
        "div",
        {},
        h("strong", {}, about.kind === "edit" ? t("editing") : t("replying", { name })),
        h("span", {}, summary(about.message, this.#world)),
      ),
      h("button", { class: "icon", type: "button", "aria-label": t("cancel"), on: { click: () => this.#leave() } }, icon("close")),
    );
  }

  // ---- pictures ----

  #pasted(event) {
    const picture = [...(event.clipboardData?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (!picture) return;
    event.preventDefault();
    this.#picture(picture);
  }

  #picture(chosen) {
    if (!chosen) return;
    if (chosen.size > PICTURE_BYTES) {
      this.#actions.say(t("photo.big"));
      return;
    }
    const { chat, me } = this.#place;
    const reader = new FileReader();
    reader.addEventListener("load", () => this.#actions.photo({ user: me, chat: chat.id, data: reader.result }));
    reader.readAsDataURL(chosen);
  }
}

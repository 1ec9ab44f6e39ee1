// What is offered above the text field: commands after "/", inline results after "@bot ".

import * as api from "./api.js";
import { $, h } from "./dom.js";
import { t } from "./texts.js";

const PAUSE_MS = 250; // after the last letter, before the bot is asked

export class Suggest {
  #world;
  #view; // who and where: {me, chat}
  #doing;
  #commands = [];
  #options = []; // {node, take}
  #active = -1;
  #asked = null; // what the bot is asked inline: {text, options, next}
  #timer = 0;

  /** doing: command(name), complete(text), choose(query, result), begin(payload), ask(fields). */
  constructor(world, view, doing) {
    this.#world = world;
    this.#view = view;
    this.#doing = doing;
    $("suggest").addEventListener("scroll", () => this.#further(), { passive: true });
    $("suggest").addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  }

  /** Takes the commands of the chat anew. */
  async refresh() {
    const { chat, me } = this.#view;
    const { commands } = await api.commands(me, chat.id);
    if (this.#view.chat === chat && this.#view.me === me) this.#commands = commands;
  }

  /** The text is this now. */
  typed(text) {
    const call = `@${this.#world.bot.username} `;
    const inline = text.toLowerCase().startsWith(call.toLowerCase());
    if (!inline) this.#asked = null;
    if (inline) this.#ask(text.slice(call.length));
    else if (/^\/\w*$/.test(text)) this.#offerCommands(text.slice(1).toLowerCase());
    else if (text && call.toLowerCase().startsWith(text.toLowerCase())) {
      this.#open(t("inline.call"), [option("", () => this.#doing.complete(call), h("code", {}, call), h("span", {}, t("inline.call")))]);
      this.#mark(0);
    } else this.close();
  }

  /** Arrow keys, Tab, Enter, Esc while something is offered; true where the key is used up. */
  key(event) {
    if ($("suggest").hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const size = this.#options.length;
    if (step && size) this.#mark(this.#active < 0 && step < 0 ? size - 1 : (this.#active + step + size) % size);
    else if (["Enter", "Tab"].includes(event.key) && !event.shiftKey && this.#options[this.#active]) {
      this.#options[this.#active].take(event.key === "Tab");
    } else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    this.#open("", []);
  }

  #open(label, options, note = "") {
    const list = $("suggest");
    this.#options = options;
    this.#mark(-1);
    options.forEach(({ node }, number) => (node.id = `option-${number}`));
    list.setAttribute("aria-label", label);
    list.replaceChildren(...options.map((one) => one.node), ...(note ? [h("p", { class: "note" }, note)] : []));
    list.hidden = !list.hasChildNodes();
    $("text").setAttribute("aria-expanded", String(!list.hidden));
  }

  #mark(number) {
    this.#active = number;
    this.#options.forEach(({ node }, n) => node.setAttribute("aria-selected", String(n === number)));
    const node = this.#options[number]?.node;
    node?.scrollIntoView({ block: "nearest" });
    if (node) $("text").setAttribute("aria-activedescendant", node.id);
    else $("text").removeAttribute("aria-activedescendant");
  }

  #offerCommands(prefix) {
    const options = this.#commands
      .filter((one) => one.command.startsWith(prefix))
      .map(({ command, description }) => {
        const take = (complete) => (complete ? this.#doing.complete(`/${command} `) : this.#doing.command(command));
        return option("", take, h("code", {}, `/${command}`), h("span", {}, description));
      });
    this.#open(t("commands"), options, !this.#commands.length && !prefix ? t("commands.none") : "");
    if (options.length) this.#mark(0);
  }

  // ---- inline queries ----

  #ask(text) {
    if (this.#asked?.text === text) return;
    clearTimeout(this.#timer);
    const asked = { text, options: [], next: "" };
    this.#asked = asked;
    if (!$("suggest").querySelector(".result")) this.#open(t("inline.call"), [], t("inline.wait"));
    this.#timer = setTimeout(() => this.#asked === asked && this.#send(""), PAUSE_MS);
  }

  #send(offset) {
    const { chat, me } = this.#view;
    this.#doing.ask({ user: me, chat: chat.id, query: this.#asked.text, offset });
  }

  /** The bot's answer to an inline query. */
  found({ user, text, query, answer: { results, next_offset: next = "", button } }) {
    const asked = this.#asked;
    if (!asked || user !== this.#view.me || text !== asked.text) return;
    const top = asked.options.length && $("suggest").scrollTop;
    asked.next = next;
    if (button) asked.options.push(option("call", () => this.#doing.begin(button.start_parameter), button.text));
    asked.options.push(...results.map((result) => option("result", () => this.#doing.choose(query, result.id), ...shown(result))));
    this.#open(t("inline.call"), asked.options, asked.options.length ? "" : t("inline.none"));
    $("suggest").scrollTop = top;
  }

  #further() {
    const list = $("suggest");
    const offset = this.#asked?.next;
    if (!offset || list.scrollHeight - list.scrollTop - list.clientHeight > 120) return;
    this.#asked.next = "";
    this.#send(offset);
  }
}

/** One of the list. take(complete): what is done when it is chosen; complete: by Tab. */
function option(kind, take, ...content) {
  return { take, node: h("div", { class: `option ${kind}`, role: "option", on: { click: () => take(false) } }, content) };
}

function shown({ thumbnail_url: picture, title = "", caption = "", description }) {
  const words = title || caption.replace(/<[^>]*>/g, "");
  const letter = () => h("span", { class: "letter", "aria-hidden": "true" }, [...words][0] ?? "?");
  return [
    picture ? h("img", { src: picture, alt: "", loading: "lazy" }) : letter(),
    h("span", {}, h("strong", {}, words), description && h("small", {}, description)),
  ];
}

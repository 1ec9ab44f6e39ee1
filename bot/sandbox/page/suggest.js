// What is offered above the text field: commands after "/", inline results after "@bot ".

import * as api from "./api.js";
import { $, h } from "./dom.js";
import { t } from "./texts.js";

const PAUSE_MS = 250; // after the last letter, before the bot is asked

export class Suggest {
  #world;
  #do;
  #place = null; // {chat, topic, me}
  #commands = [];
  #options = []; // {node, take}
  #active = -1;
  #query = null; // the inline query that is shown or waited for: {id, text, results, next}
  #timer = 0;
  #menu = false; // opened by its button

  /** doing: command(name), complete(text), choose(query, result), begin(payload), failed(error). */
  constructor(world, doing) {
    this.#world = world;
    this.#do = doing;
    $("suggest").addEventListener("scroll", (event) => this.#further(event.target), { passive: true });
    document.addEventListener("pointerdown", (event) => {
      if (this.#menu && !event.target.closest("#suggest, #commands")) this.close();
    });
  }

  show(chat, topic, me) {
    this.#place = { chat, topic, me };
    this.#commands = [];
    this.close();
    this.refresh();
  }

  /** Takes the commands anew. */
  async refresh() {
    const { chat, me } = this.#place ?? {};
    if (!chat) return;
    const found = await api.commands(me, chat.id);
    if (this.#place.chat !== chat || this.#place.me !== me) return;
    this.#commands = found.commands;
    if (this.#menu) this.#showCommands("");
    else if ($("text").value.startsWith("/")) this.typed($("text").value);
  }

  /** Opens the whole list of commands, or closes it. */
  menu() {
    const open = !this.#menu;
    this.close();
    this.#menu = open;
    if (open) this.#showCommands("");
  }

  typed(text) {
    this.#menu = false;
    const bot = this.#world.bot.username;
    const [, name, query] = /^@(\w+)\s([\s\S]*)$/.exec(text) ?? [];
    if (name?.toLowerCase() === bot.toLowerCase()) return this.#ask(query);
    clearTimeout(this.#timer);
    this.#query = null;
    if (/^\/\w*$/.test(text)) return this.#showCommands(text.slice(1).toLowerCase());
    if (/^@\w*$/.test(text) && `@${bot}`.toLowerCase().startsWith(text.toLowerCase())) return this.#showCall();
    return this.close();
  }

  /** Arrow keys, Tab, Enter, Esc while something is offered; true where the key is used up. */
  key(event) {
    if ($("suggest").hidden) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.#options.length) {
      const size = this.#options.length;
      this.#mark(this.#active < 0 && step < 0 ? size - 1 : (this.#active + step + size) % size);
    } else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && this.#options[this.#active]) {
      this.#options[this.#active].take(event.key === "Tab");
    } else if (event.key === "Escape") {
      this.close();
    } else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  close() {
    this.#menu = false;
    this.#options = [];
    $("suggest").hidden = true;
    $("suggest").replaceChildren();
    $("text").removeAttribute("aria-activedescendant");
    for (const one of [$("text"), $("commands")]) one.setAttribute("aria-expanded", "false");
  }

  // ---- lists ----

  #open(label, options, note = "") {
    this.#options = options;
    this.#active = -1;
    const list = $("suggest");
    list.setAttribute("aria-label", label);
    options.forEach(({ node, take }, number) => {
      node.id = `option-${number}`;
      node.addEventListener("click", () => take(false));
      node.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    });
    list.replaceChildren(...options.map((one) => one.node), ...(note ? [h("p", { class: "note" }, note)] : []));
    list.hidden = !options.length && !note;
    $("text").setAttribute("aria-expanded", String(!list.hidden));
    $("commands").setAttribute("aria-expanded", String(this.#menu));
  }

  #mark(number) {
    this.#active = number;
    this.#options.forEach(({ node }, n) => node.setAttribute("aria-selected", String(n === number)));
    const node = this.#options[number]?.node;
    node?.scrollIntoView({ block: "nearest" });
    if (node) $("text").setAttribute("aria-activedescendant", node.id);
  }

  #showCommands(prefix) {
    const options = this.#commands
      .filter((one) => one.command.startsWith(prefix))
      .map(({ command, description }) => ({
        node: h("div", { class: "option", role: "option" }, h("code", {}, `/${command}`), h("span", {}, description)),
        take: (complete) => {
          this.close();
          if (complete) this.#do.complete(`/${command} `);
          else this.#do.command(command);
        },
      }));
    this.#open(t("commands"), options, !this.#commands.length && !prefix ? t("commands.none") : "");
    if (options.length) this.#mark(0);
  }

  #showCall() {
    const call = `@${this.#world.bot.username} `;
    const node = h("div", { class: "option", role: "option" }, h("code", {}, call), h("span", {}, t("inline.call")));
    this.#open(t("inline.call"), [{ node, take: () => this.#do.complete(call) }]);
    this.#mark(0);
  }

  // ---- inline queries ----

  #ask(text) {
    if (this.#query?.text === text && this.#query.id) return;
    clearTimeout(this.#timer);
    this.#query = { id: null, text, results: [], next: "" };
    if ($("suggest").hidden || !$("suggest").querySelector(".result")) this.#open(t("inline.call"), [], t("inline.wait"));
    this.#timer = setTimeout(() => this.#send(this.#query, ""), PAUSE_MS);
  }

  async #send(query, offset) {
    const { chat, me } = this.#place;
    try {
      const answer = await api.act("inline", { user: me, chat: chat.id, query: query.text, offset });
      query.id = answer.query;
      const early = this.#early.get(query.id);
      if (early) this.found(early);
    } catch (error) {
      this.#do.failed(error);
    }
  }

  #early = new Map(); // answers that were faster than the number of their query

  /** An inline_answer of the server's. */
  found(event) {
    const query = this.#query;
    if (!query) return;
    if (query.id !== event.query) {
      this.#early.clear();
      this.#early.set(event.query, event);
      return;
    }
    this.#early.clear();
    const { results, next_offset: next = "", button } = event.answer;
    query.results.push(...results.map((result) => ({ result, query: event.query })));
    query.next = next;
    query.button = button ?? query.button;
    const begin = query.button?.start_parameter !== undefined && {
      node: h("div", { class: "option call", role: "option" }, query.button.text),
      take: () => this.#do.begin(query.button.start_parameter),
    };
    const options = query.results.map(({ result, query: id }) => ({
      node: resultNode(result),
      take: () => {
        clearTimeout(this.#timer);
        this.#query = null;
        this.#do.choose(id, result.id);
      },
    }));
    const top = $("suggest").scrollTop;
    this.#open(t("inline.call"), [...(begin ? [begin] : []), ...options], options.length ? "" : t("inline.none"));
    if (query.results.length > results.length) $("suggest").scrollTop = top;
  }

  #further(list) {
    const query = this.#query;
    if (!query?.next || list.scrollHeight - list.scrollTop - list.clientHeight > 120) return;
    const offset = query.next;
    query.next = "";
    this.#send(query, offset);
  }
}

function resultNode(result) {
  const picture = result.thumbnail_url ?? result.photo_url;
  const title = result.title ?? result.caption ?? "";
  return h(
    "div",
    { class: "option result", role: "option" },
    picture
      ? h("img", { src: picture, alt: "", loading: "lazy" })
      : h("span", { class: "letter", "aria-hidden": "true" }, [...title][0] ?? "?"),
    h("span", {}, h("strong", {}, title), result.description && h("small", {}, result.description)),
  );
}

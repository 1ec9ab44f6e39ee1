// The world as this page knows it: taken whole from the server, then kept by its events.

const TRACES = 60;

/** People, chats, faults, traces. `on(kind, listener)`: kinds are the server's; `all` and `faults` after those were taken. */
export class World {
  bot = { id: 0, username: "", first_name: "" };
  people = new Map();
  chats = new Map();
  reactions = new Map(); // "chat/message" -> Map(person -> emoji)
  blocked = new Set();
  faults = [];
  violations = [];
  traces = []; // newest first
  status = "starting";
  #listeners = new Map();

  on(kind, listener) {
    this.#listeners.set(kind, [...(this.#listeners.get(kind) ?? []), listener]);
  }

  #tell(kind, event) {
    for (const listener of this.#listeners.get(kind) ?? []) listener(event);
  }

  /** Takes GET /world. */
  take(data) {
    this.bot = data.bot;
    this.status = data.bot_status;
    this.people = new Map(data.people.map((person) => [person.id, person]));
    const before = this.chats;
    this.chats = new Map(data.chats.map((chat) => [chat.id, Object.assign(before.get(chat.id) ?? {}, chat, inner(chat))]));
    if (data.blocked) this.blocked = new Set(data.blocked);
    for (const { chat, message_id: message, user, emoji } of data.reactions ?? []) this.#react(chat, message, user, emoji);
    this.takeFaults(data);
    this.#tell("all");
  }

  /** Takes its faults alone. */
  takeFaults(data) {
    this.faults = data.faults ?? [];
    this.violations = data.violations ?? [];
    this.#tell("faults");
  }

  /** Takes one event of GET /events. Some come again after a reconnection: taking one twice is harmless. */
  apply(event) {
    const chat = this.chats.get(event.chat);
    if (event.kind === "message" || event.kind === "edit") {
      if (!chat) return;
      event.known = chat.messages.has(event.message.message_id);
      chat.messages.set(event.message.message_id, event.message);
    } else if (event.kind === "delete") {
      chat?.messages.delete(event.message_id);
    } else if (event.kind === "reaction") {
      this.#react(event.chat, event.message_id, event.user, event.emoji);
    } else if (event.kind === "bot") {
      this.status = event.status;
    } else if (event.kind === "trace") {
      if (this.traces.some((trace) => trace.update_id === event.trace.update_id)) return;
      this.traces = [event.trace, ...this.traces].slice(0, TRACES);
    }
    this.#tell(event.kind, event);
  }

  #react(chat, message, user, emoji) {
    const key = `${chat}/${message}`;
    const found = this.reactions.get(key) ?? new Map();
    if (emoji) found.set(user, emoji);
    else found.delete(user);
    this.reactions.set(key, found);
  }

  /** Person -> emoji on a message. */
  reactionsTo(chat, message) {
    return this.reactions.get(`${chat}/${message}`) ?? new Map();
  }

  /** Chats that this person sees: the one with the bot first, then groups, those not joined last. */
  chatsOf(user) {
    const groups = [...this.chats.values()].filter((chat) => chat.type !== "private");
    const joined = groups.filter((chat) => chat.members.has(user));
    const rest = groups.filter((chat) => !chat.members.has(user));
    const own = this.chats.get(user);
    return [...(own ? [own] : []), ...joined, ...rest];
  }

  /** Messages of a chat, or of one topic of a forum (null: General), oldest first. */
  messages(chat, topic) {
    const all = [...chat.messages.values()];
    return chat.forum ? all.filter((message) => topicOf(message) === topic) : all;
  }

  /** A person's last message there that they may still change. */
  lastOwn(chat, topic, user) {
    return this.messages(chat, topic).findLast((message) => message.from?.id === user && message.text && !message.via_bot);
  }

  /** What is written at the top of a chat. */
  titleOf(chat) {
    return chat.type === "private" ? this.bot.first_name : chat.title;
  }

  /** A sender's name. */
  nameOf(sender) {
    return sender?.first_name ?? this.people.get(sender?.id)?.first_name ?? "?";
  }
}

/** A chat is one object as long as the page lives: whoever shows it need not look it up again. */
const inner = (chat) => ({ members: new Set(chat.members), messages: new Map(chat.messages.map((m) => [m.message_id, m])) });

/** The topic that a message stands in; null is General. */
export const topicOf = (message) => message.message_thread_id ?? null;

/** What of a message is text. */
export const textOf = (message) => message.text ?? message.caption ?? "";

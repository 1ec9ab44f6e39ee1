// The world as this page knows it: taken whole from the server, then kept by its events.

const TRACES = 60;

export class World {
  bot = { id: 0, username: "", first_name: "" };
  people = new Map();
  chats = new Map();
  blocked = new Set();
  faults = [];
  violations = [];
  traces = []; // newest first
  status = "starting";
  #reactions = new Map(); // "chat/message" -> Map(person -> emoji)

  /** Takes an event of GET /events. False where it is about nothing that is known. */
  apply(event) {
    const chat = this.chats.get(event.chat);
    if ("chat" in event && !chat) return false; // a new group's first message; the world that holds it comes next
    switch (event.kind) {
      case "world":
        this.#take(event);
        break;
      case "message":
      case "edit":
        chat.messages.set(event.message.message_id, event.message);
        break;
      case "delete":
        chat.messages.delete(event.message_id);
        break;
      case "reaction":
        this.#react(event);
        break;
      case "bot":
        this.status = event.status;
        break;
      case "fault":
        this.#takeFaults(event);
        break;
      case "trace":
        this.traces = [event.trace, ...this.traces].slice(0, TRACES);
    }
    return true;
  }

  #take(world) {
    this.bot = world.bot;
    this.status = world.bot_status;
    this.people = new Map(world.people.map((person) => [person.id, person]));
    const before = this.chats;
    // a chat is one object as long as the page lives: whoever shows it need not look it up again
    this.chats = new Map(world.chats.map((chat) => [chat.id, Object.assign(before.get(chat.id) ?? {}, inner(chat))]));
    this.blocked = new Set(world.blocked);
    this.traces = world.traces.reverse();
    this.#reactions.clear();
    world.reactions.forEach((one) => this.#react(one));
    this.#takeFaults(world);
  }

  #takeFaults({ faults, violations }) {
    this.faults = faults;
    this.violations = violations;
  }

  #react({ chat, message_id: id, user, emoji }) {
    const found = this.reactionsTo(chat, id);
    if (emoji) found.set(user, emoji);
    else found.delete(user);
    this.#reactions.set(`${chat}/${id}`, found);
    const messages = this.chats.get(chat)?.messages;
    if (messages?.has(id)) messages.set(id, { ...messages.get(id) }); // another object: it looks otherwise now
  }

  /** Person -> emoji on a message. */
  reactionsTo(chat, message) {
    return this.#reactions.get(`${chat}/${message}`) ?? new Map();
  }

  /** Chats that this person sees: the one with the bot first, then groups, those not joined last. */
  chatsOf(user) {
    const groups = [...this.chats.values()].filter((chat) => chat.type !== "private");
    const inside = (chat) => chat.members.has(user);
    return [this.chats.get(user), ...groups.filter(inside), ...groups.filter((chat) => !inside(chat))];
  }

  /** Messages of a chat, or of one topic of a forum (null: General), oldest first. */
  messages(chat, topic) {
    const all = [...chat.messages.values()];
    return chat.forum ? all.filter((message) => topicOf(message) === topic) : all;
  }

  /** What is written at the top of a chat. */
  titleOf(chat) {
    return chat.type === "private" ? this.bot.first_name : chat.title;
  }
}

const inner = (chat) => ({
  ...chat,
  members: new Set(chat.members),
  messages: new Map(chat.messages.map((message) => [message.message_id, message])),
});

/** The topic that a message stands in; null is General. */
export const topicOf = (message) => message.message_thread_id ?? null;

/** What of a message is text. */
export const textOf = (message) => message.text ?? message.caption ?? "";

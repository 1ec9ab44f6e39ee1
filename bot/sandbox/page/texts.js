// What the page itself says, in Chinese and in English. `{name}` is filled in; {one, other} is chosen by `n`.

const TEXTS = {
  skip: ["跳到输入框", "Skip to the text field"],
  chats: ["聊天", "Chats"],
  conversation: ["对话", "Conversation"],
  messages: ["消息", "Messages"],
  tools: ["工具", "Tools"],
  write: ["写消息", "Write a message"],
  text: ["消息", "Message"],
  "text.hint": ["说点什么…", "Message"],
  send: ["发送", "Send"],
  attach: ["发照片或文件", "Send a photo or a file"],
  back: ["回到聊天列表", "Back to the chats"],
  close: ["关闭", "Close"],
  cancel: ["取消", "Cancel"],
  add: ["添加", "Add"],
  commands: ["命令菜单", "Command menu"],
  "commands.none": ["还没有命令，机器人启动后才登记。", "No commands yet: the bot registers them when it starts."],
  "chat.general": ["综合", "General"],
  "chat.empty": ["还没有消息。用 /ask、@{bot} 或回复来叫机器人。", "No messages yet. Call the bot with /ask or @{bot}, or reply to it."],
  "chat.new": ["还没聊过", "Not opened yet"],
  "chat.outside": ["你不在这个群里", "You are not in this group"],
  "chat.members": ["{n} 人和机器人", { one: "1 person and the bot", other: "{n} people and the bot" }],
  "chat.unread": ["{n} 条未读", "{n} unread"],
  "service.joined": ["{names} 进群了", "{names} joined"],
  "service.left": ["{names} 退群了", "{names} left"],
  photo: ["照片", "Photo"],
  file: ["文件", "File"],
  you: ["你", "You"],
  edited: ["已编辑", "edited"],
  via: ["通过 @{bot}", "via @{bot}"],
  today: ["今天", "Today"],
  yesterday: ["昨天", "Yesterday"],
  "new.messages": ["{n} 条新消息", { one: "1 new message", other: "{n} new messages" }],
  "to.end": ["到最新消息", "To the latest message"],
  typing: ["正在输入", "is typing"],
  more: ["展开", "Show more"],
  less: ["收起", "Show less"],
  "message.actions": ["这条消息", "This message"],
  "message.reply": ["回复", "Reply"],
  "message.edit": ["编辑", "Edit"],
  "message.react": ["回应 {emoji}", "React {emoji}"],
  "about.reply": ["回复 {name}", "Reply to {name}"],
  "about.edit": ["编辑消息", "Edit message"],
  save: ["保存", "Save"],
  caption: ["可以写几句配文", "Add words if you like"],
  "file.big": ["太大了：至多 10 MB。", "Too big: 10 MB at most."],
  start: ["开始", "Start"],
  "start.about": ["我能做什么？", "What can this bot do?"],
  unblock: ["重新启用机器人", "Unblock the bot"],
  block: ["停用机器人", "Block the bot"],
  join: ["加入这个群", "Join this group"],
  leave: ["退出这个群", "Leave this group"],
  "inline.wait": ["正在找…", "Looking…"],
  "inline.none": ["什么也没找到。", "Nothing found."],
  "inline.call": ["在这里搜推荐", "Search picks from here"],
  failed: ["没成：{why}", "That didn't work: {why}"],
  "failed.line": ["连不上沙盒", "the sandbox can't be reached"],
  "bot.up": ["机器人在线", "The bot is up"],
  "bot.down": ["机器人停了", "The bot is down"],
  "bot.starting": ["机器人正在启动", "The bot is starting"],
  "bot.offline": ["和沙盒断开了", "The sandbox can't be reached"],
  "bot.down.note": ["机器人停了。消息照发，它回来后接着答。", "The bot is down. Write on: it answers when it is back."],
  "bot.starting.note": ["机器人正在启动，要先读进模型。消息照发。", "The bot is starting and loads its models. Write on."],
  "bot.offline.note": ["和沙盒断开了，正在重连…", "The sandbox can't be reached; trying again…"],

  "me.title": ["我是谁", "Who am I"],
  "me.now": ["你现在是{name}（{language}），点开可换人", "You are {name} ({language}); press to change"],
  "me.add": ["添一个人", "Add a person"],
  "me.name": ["名字", "Name"],
  "me.language": ["语言", "Language"],
  "me.silent": ["没有语言", "no language"],
  "group.new": ["建一个群", "New group"],
  "group.title": ["群名", "Name of the group"],
  "group.members": ["谁在里面", "Who is in it"],
  "group.forum": ["带话题", "With topics"],
  "group.make": ["建群", "Create"],
  look: ["外观", "Appearance"],
  "look.theme": ["明暗", "Theme"],
  "look.language": ["界面语言", "Language"],
  auto: ["自动", "Auto"],
  "theme.light dark": ["自动", "Auto"],
  "theme.light": ["浅色", "Light"],
  "theme.dark": ["深色", "Dark"],

  faults: ["故障", "Faults"],
  "faults.about": ["挑一种毛病，看机器人怎么扛：消息不丢、不重、不乱。", "Let something go wrong and watch: nothing lost, nothing doubled, all in order."],
  "faults.on": ["正在发生", "Going on now"],
  "faults.none": ["一切正常。", "All is well."],
  "faults.clear": ["全部清除", "Clear all"],
  "faults.inject": ["注入", "Inject"],
  "faults.api": ["Telegram 那边", "At Telegram's end"],
  "faults.process": ["机器人进程", "The bot's process"],
  "faults.breaches": ["没守规矩的请求", "Requests against the specification"],
  "fault.stop": ["停止：{name}", "Stop: {name}"],
  "fault.times": ["次数", "Times"],
  "fault.n": ["{n} 次", { one: "once", other: "{n} times" }],
  "fault.ever": ["一直", "always"],
  "fault.left": ["还剩 {n} 次", { one: "once more", other: "{n} times more" }],
  "fault.seconds": ["秒数", "seconds"],
  "fault.429": ["429 请求太多", "429 Slow down"],
  "fault.429.about": ["让机器人等几秒再发。", "Tells the bot to wait some seconds."],
  "fault.5xx": ["5xx 服务器出错", "5xx Server error"],
  "fault.5xx.about": ["什么也没做，只回一页 502。应当重试。", "Nothing is done; a 502 page comes back. It should try again."],
  "fault.lost": ["回应丢失", "Lost answers"],
  "fault.lost.about": ["事已办成，机器人却收不到回应。", "The call is done, but its answer never arrives."],
  "fault.not_json": ["回应不是 JSON", "Not JSON"],
  "fault.not_json.about": ["代理插了一句话。应当重试。", "A proxy answers with a word of its own."],
  "fault.refuse": ["拒绝（400）", "Refusal (400)"],
  "fault.refuse.about": ["说没有这个聊天。不该重试。", "Says: chat not found. It should not try again."],
  "fault.redeliver": ["重复投递", "Redelivery"],
  "fault.redeliver.about": ["接下来的更新各送两遍，只该答一次。", "The next updates come twice; one answer each is right."],
  "fault.wedge": ["轮询卡死", "Poll wedge"],
  "fault.wedge.about": ["一次 getUpdates 永无回音，20 秒内应恢复。", "One getUpdates is never answered; back within 20 s."],
  "fault.kill": ["kill -9", "kill -9"],
  "fault.kill.about": ["进程当场没了，随即重起。什么都不该丢。", "Gone at once, then started again. Nothing may be lost."],
  "fault.restart": ["重启", "Restart"],
  "fault.restart.about": ["SIGTERM：做完手上的再退，然后重起。", "SIGTERM: finishes its work, ends, starts again."],

  inspector: ["看懂", "Inspector"],
  "inspect.none": [
    "说句话或按个按钮，这里就会显示：听懂了什么、写下了什么、分数怎么动、时间花在哪。",
    "Write or tap something. Here you see what was understood, what was written, how scores moved, and where the time went.",
  ],
  "inspect.action": ["动作", "Action"],
  "inspect.confidence": ["把握", "Confidence"],
  "inspect.acts": ["听懂了", "Understood"],
  "inspect.constraints": ["守着的条件", "Conditions in force"],
  "inspect.wish": ["愿望", "Wish"],
  "inspect.events": ["写下了", "Written"],
  "inspect.events.none": ["没有新的", "nothing new"],
  "inspect.scores": ["分数", "Scores"],
  "inspect.fresh": ["新上屏", "new"],
  "inspect.prior": ["起点", "start"],
  "inspect.time": ["时间", "Time"],
  "inspect.rest": ["其余 {n} 个", "{n} more"],
  "inspect.ms": ["{n} 毫秒", "{n} ms"],
  "stage.understand and decide": ["理解与决定", "understand, decide"],
  "stage.render": ["排版", "render"],
  "stage.commit": ["落盘", "commit"],
  "scope.tonight": ["今晚", "tonight"],
  "scope.always": ["一直", "always"],
};

const SAVED = "sandbox.language";
let language = "en";
let plural = new Intl.PluralRules("en");

/** The language in use: `zh` or `en`. */
export const lang = () => language;

/** What was chosen: `zh`, `en`, or `auto` for the browser's. */
export const chosen = () => localStorage.getItem(SAVED) ?? "auto";

/** Changes the language; without a choice, takes the one that was made before. */
export function speak(choice = null) {
  if (choice) localStorage.setItem(SAVED, choice);
  const wish = chosen() === "auto" ? navigator.language : chosen();
  language = wish.toLowerCase().startsWith("zh") ? "zh" : "en";
  plural = new Intl.PluralRules(language);
  document.documentElement.lang = language === "zh" ? "zh-Hans" : "en";
}

/** A sentence. values: what fills its braces; `n` also decides between one and many. */
export function t(key, values = {}) {
  const found = TEXTS[key][language === "zh" ? 0 : 1];
  const text = typeof found === "string" ? found : (found[plural.select(values.n)] ?? found.other);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** The sentence if there is one, else the last word of its key: for words of the server's that may be new. */
export const named = (key, values = {}) => (key in TEXTS ? t(key, values) : key.slice(key.indexOf(".") + 1));

/** Fills the words into index.html: `data-t` as text, `data-label` as a name for those who listen, and hints. */
export function translate() {
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
    if (element.matches("button")) element.title = t(element.dataset.label);
  }
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = t(element.dataset.placeholder);
}

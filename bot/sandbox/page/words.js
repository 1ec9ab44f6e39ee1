// What the page says, in both languages.
export const words = {
  zh: {
    skip: "跳到输入框", tools: "设置与故障", iam: "我是", chats: "会话", back: "返回", topic: "话题", inspector: "看里面",
    messages: "消息", newer: "↓ 新消息", results: "内联结果", commandList: "命令", cancel: "取消", photo: "发图片",
    write: "写点什么…", send: "发送", close: "关闭", look: "外观", theme: "主题", auto: "跟随系统", light: "浅色", dark: "深色",
    language: "界面语言", people: "人和群", name: "名字", client: "客户端语言", add: "加个人", groupName: "群名", forum: "话题群", make: "建群",
    block: "拉黑机器人", unblock: "解除拉黑", faults: "故障", faultsHelp: "点一下就注入一个，看机器人怎么应付。", clear: "全部清除",
    restart: "正常重启", kill: "kill -9", up: "机器人在线", down: "机器人掉线，正在重启", starting: "机器人启动中…", typing: "正在输入…", edited: "已编辑",
    start: "开始", private: "私聊", members: "人", reply: "回复", edit: "编辑", understood: "听懂了什么", wrote: "记下了什么", moved: "分数怎么变",
    time: "用了多久", nothing: "还没有一轮对话。", confidence: "把握", constraints: "生效的条件", wish: "自由愿望", empty: "无", via: "通过", download: "下载",
    blocked: "你拉黑了机器人", remove: "移除", general: "General", before: "之前", editing: "编辑中", answering: "回复",
  },
  en: {
    skip: "Skip to the text box", tools: "Settings and faults", iam: "I am", chats: "Chats", back: "Back", topic: "Topic", inspector: "Look inside",
    messages: "Messages", newer: "↓ New messages", results: "Inline results", commandList: "Commands", cancel: "Cancel", photo: "Send a picture",
    write: "Message", send: "Send", close: "Close", look: "Look", theme: "Theme", auto: "As the system", light: "Light", dark: "Dark",
    language: "Language of this page", people: "People and groups", name: "Name", client: "Client's language", add: "Add a person", groupName: "Group's name", forum: "With topics", make: "Make a group",
    block: "Block the bot", unblock: "Unblock it", faults: "Faults", faultsHelp: "One tap injects one; see how the bot copes.", clear: "Clear all",
    restart: "Restart in order", kill: "kill -9", up: "Bot is up", down: "Bot is down, coming back", starting: "Bot is starting…", typing: "typing…", edited: "edited",
    start: "Start", private: "private chat", members: "people", reply: "Reply", edit: "Edit", understood: "What was understood", wrote: "What was written", moved: "How scores moved",
    time: "Where the time went", nothing: "No turn yet.", confidence: "confidence", constraints: "in force", wish: "free wish", empty: "none", via: "via", download: "Download",
    blocked: "You blocked the bot", remove: "Remove", general: "General", before: "before", editing: "Editing", answering: "Reply",
  },
};

export const faults = [
  { kind: "429", times: 1, seconds: 5, zh: ["429，等 5 秒", "下一个请求被限流"], en: ["429, wait 5 s", "the next request is told to wait"] },
  { kind: "5xx", times: 2, zh: ["两次 502", "服务器出错页"], en: ["502 twice", "an HTML error page"] },
  { kind: "lost", times: 1, method: "send", zh: ["丢一个回执", "消息到了，回执没到"], en: ["lose an answer", "the message arrives, its receipt does not"] },
  { kind: "redeliver", share: 0.5, times: 10, zh: ["重复投递", "更新来两遍"], en: ["deliver twice", "updates come again"] },
  { kind: "wedge", times: 1, zh: ["轮询挂住", "一次轮询不再返回"], en: ["wedge a poll", "one poll never comes back"] },
  { kind: "not_json", times: 1, method: "send", zh: ["不是 JSON", "回来一团乱码"], en: ["not JSON", "an answer nobody can read"] },
];

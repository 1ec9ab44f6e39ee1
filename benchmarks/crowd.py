"""People who use the bot for as long as one likes: what they write, tap, edit, react to, ask inline, and take back."""

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.server import Server
from bot.sandbox.world import Person

SAID = (
    "想看{genre}片，不要恐怖的", "有没有像《{title}》那样的", "《{title}》我看过，挺喜欢的", "{title}太闷了，不想再看",
    "换一批", "第{n}个讲什么的", "为什么推荐第{n}个", "第{n}个看过了，一般", "{year}年以后的", "{n}个小时以内的",
    "今天心情不好，想看点{mood}的", "来{n}本书", "听点{mood}的歌", "给我妈挑个礼物，{n}百块以内", "最近老失眠",
    "不要太长，也别太{mood}", "撤销", "年代无所谓了", "你记住了我什么", "随便", "再{mood}一点", "谢谢，就它了",
    "周末带娃看什么", "有没有{genre}的书", "我不喜欢{genre}", "其实{genre}也行", "这部谁演的", "多长", "收藏第{n}个",
    "上次那部叫什么来着", "都不想看", "推荐几首{mood}的", "我爸喜欢打仗的片子，陪他看什么", "{title}有续集吗",
    "想找{year}年前后的老片", "看完《{title}》心里空落落的", "有什么短文章可以看", "两个人看，她怕血腥", "哈哈哈哈",
    "something {mood} for tonight", "anything like {title}?", "I loved {title}", "{title} was not for me",
    "others please", "what's number {n} about", "why the first one", "seen number {n}, it was ok", "after {year}",
    "under {n} hours", "I can't stand {genre}", "a {genre} novel", "{mood} music for work", "a gift under {n}0 dollars",
    "undo that", "any year is fine", "what do you know about me", "surprise me", "more {mood}", "thanks, that one",
    "who made it", "how long is it", "save the second", "no {genre}, please", "{genre} but not too {mood}",
    "we are four and one is eight years old", "is {title} any good", "not in the mood for {genre}",
    "short reads about cities", "old films, {year} or so", "what should I read after {title}", "lol", "hmm ok",
    "来点 {mood} 的 music", "weekend 看 {genre} 还是 {mood} 一点的", "{title} 看过 already", "推荐 some {genre} 吧",
    "這部我看過了，還有別的嗎", "想看{genre}，{year}年之後的", "gei wo tuijian yi bu dianying", "🤔", "👍👍", "qwrtzp",
    "https://example.com/list?id={year}", "我{year}年出生的，想找点小时候看过的东西，最好{mood}一些，别太长，谢谢",
)  # fmt: skip
WORDS = {
    "genre": "科幻 爱情 喜剧 悬疑 纪录 动画 历史 sci-fi comedy romance crime documentary fantasy war".split(),
    "mood": "轻松 治愈 好笑 温暖 安静 紧张 light funny warm calm tense sad slow".split(),
    "n": "1 2 3 一 二 三".split(),
    "year": [str(year) for year in range(1950, 2024)],
}
SEARCHED = ("科幻 轻松", "jazz", "", "history book", "讲做饭的书", "{mood}", "{genre} {year}", "{title}")
COMMANDS = (
    "/start", "/help", "/me", "/why", "/list", "/more", "/undo", "/privacy", "/settings", "/export", "/new",
)  # fmt: skip
REACTIONS = ("👍", "👎", "❤", "👀", "💩", None)
KINDS = {"say": 44, "tap": 28, "group": 8, "command": 7, "inline": 4, "react": 3, "edit": 3, "album": 1, "leave": 2}
PRESENT = 12  # people who talk at the same time
GOES = 0.1  # of the turns: somebody goes, and another comes
NEW = 0.2  # of those who come were never here
FORGETS = 0.15  # of those who go, and have all forgotten
LATE_S = 20.0
PHOTO = b"\xff\xd8\xff\xe0JFIF"
Json = dict[str, Any]  # Any: the Bot API's values


@dataclass(slots=True)
class Crowd:
    """Acts on a server. titles: of the catalogue. took: milliseconds until new messages were answered."""

    server: Server
    rng: random.Random
    titles: Sequence[str]
    people: list[Person]
    turns: int = 0
    late: int = 0
    took: list[float] = field(default_factory=list)
    groups: list[int] = field(default_factory=list)
    _present: list[Person] = field(default_factory=list)
    _waiting: set["asyncio.Task[None]"] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._present = self.rng.sample(self.people, min(PRESENT, len(self.people)))
        self.groups = [self.server.world.group(f"G{n}", self.rng.sample(self.people, 5)).id for n in range(3)]

    def act(self) -> None:
        """One turn of somebody who is there."""
        self.turns += 1
        rng = self.rng
        if rng.random() < GOES:
            self._change()
        person = rng.choice(self._present)
        shown = self._with_buttons(person.id)
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        match kind if shown else "say":
            case "tap":
                message = rng.choice(shown[-4:])
                person.tap(message, rng.choice(_buttons(message)))
            case "react":
                person.react(shown[-1]["message_id"], rng.choice(REACTIONS))
            case "inline":
                query = person.inline(self._worded(rng.choice(SEARCHED)))
                self._after(lambda: self.server.world.searches[query]["contents"], lambda: self._choose(person, query))
            case "group":
                self._say(person, f"/ask {self._worded(rng.choice(SAID))}", rng.choice(self.groups))
            case "command":
                self._say(person, rng.choice(COMMANDS))
            case "edit":
                messages = self.server.world.chats[person.id].messages.values()
                mine = [m for m in messages if m["from"]["id"] == person.id and "text" in m]
                person.edit(mine[-1]["message_id"], self._worded(rng.choice(SAID)))
            case "album":
                person.album([PHOTO, PHOTO], rng.choice(("", self._worded(rng.choice(SAID)))))
            case _:
                self._say(person, self._worded(rng.choice(SAID)))

    async def answered(self) -> None:
        """Returns when nobody waits any more."""
        while self._waiting:
            await asyncio.wait(self._waiting)

    def _change(self) -> None:
        """Somebody goes, now and then with all that is known of them, and somebody else comes."""
        gone = self._present.pop(self.rng.randrange(len(self._present)))
        if self.rng.random() < FORGETS and self._with_buttons(gone.id):
            self._say(gone, "/forget", then=lambda: self._confirm(gone))
        if self.rng.random() < NEW:
            language = self.rng.choice(("zh-hans", "zh-hant", "en", "de", None))
            self.people.append(self.server.world.person(f"N{len(self.people)}", language))
            self._present.append(self.people[-1])
        else:
            self._present.append(self.rng.choice(self.people))

    def _confirm(self, person: Person) -> None:
        message = self._newest(person.id)
        for data in _buttons(message):
            if data.endswith("forget_yes"):
                person.tap(message, data)

    def _choose(self, person: Person, query: str) -> None:
        contents = self.server.world.searches[query]["contents"]
        person.choose(query, self.rng.choice(list(contents)))

    def _say(self, person: Person, text: str, chat: int | None = None, then: Callable[[], None] | None = None) -> None:
        place = person.id if chat is None else chat
        before = self._newest(place).get("message_id", 0)
        person.say(text, chat)
        began = time.monotonic()

        def answered() -> None:
            self.took.append(1000 * (time.monotonic() - began))
            if then is not None:
                then()

        def late() -> None:
            self.late += 1

        self._after(lambda: self._newest(place).get("message_id", 0) > before, answered, late)

    def _after(
        self, happened: Callable[[], Any], then: Callable[[], None], late: Callable[[], None] = lambda: None
    ) -> None:
        async def wait() -> None:
            try:
                await self.server.wait_for(happened, LATE_S)
            except TimeoutError:
                late()
            else:
                then()

        task = asyncio.get_running_loop().create_task(wait())
        self._waiting.add(task)
        task.add_done_callback(self._waiting.discard)

    def _newest(self, chat: int) -> Json:
        """The bot's last message there; {} where it has said nothing."""
        messages = reversed(self.server.world.chats[chat].messages.values())
        return next((m for m in messages if m["from"]["id"] == self.server.world.bot["id"]), {})

    def _with_buttons(self, chat: int) -> list[Json]:
        return [message for message in self.server.world.sent(chat)[-8:] if _buttons(message)]

    def _worded(self, pattern: str) -> str:
        words = {name: self.rng.choice(choices) for name, choices in WORDS.items()}
        return pattern.format(title=self.rng.choice(self.titles), **words)


def _buttons(message: Json) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", ())
    return [button["callback_data"] for row in rows for button in row if "callback_data" in button]

"""Chat for people: cards, numbers to press, commands. Works in 60 columns, without colour, and with piped input."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar  # Any: asyncio.Runner's own signature

from rich.console import Console
from rich.text import Text

from core.responder import Responder
from core.terminal import say
from core.terminal.pictures import GenreName, card_text, key, shares_text
from core.turns import Act, Action, Card, Lang, Menu, More, Open, Reply, Turn, Undo

SLOW_S = 0.6  # an answer that takes longer is waited for with a spinner
COMMANDS: dict[str, Action] = {
    "/start": Menu("start"),
    "/help": Menu("help"),
    "/me": Menu("profile"),
    "/undo": Undo(),
    "/list": Menu("saved"),
    "/more": More(),
    "/privacy": Menu("privacy"),
    "/export": Menu("export"),
    "/forget": Menu("forget"),
}
_LANGUAGES = {"zh": Lang.ZH, "en": Lang.EN, "auto": None}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Quit:
    """The person wants to leave."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something only the terminal knows: a phrase of its own."""

    key: str


class Screen:
    """One person's chat on a console. chat_id is also the speaker. exports: directory for files. genre: its name."""

    def __init__(
        self,
        console: Console,
        responder: Responder,
        keys: Iterator[str],
        chat_id: int = 1,
        lang: Lang | None = None,
        exports: Path = Path(),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        genre: GenreName = lambda genre, _: genre,
    ) -> None:
        self.genre = genre
        self.console, self.responder, self.keys = console, responder, keys
        self.chat_id, self.lang, self.exports, self.clock = chat_id, lang, exports, clock
        self.last: Reply | None = None
        self.starters = tuple(say("starters", lang or Lang.ZH).split("|"))
        if lang is None:  # a stranger: show both
            self.starters = (self.starters[0], say("starters", Lang.EN).split("|")[1], self.starters[2])

    def welcome(self) -> None:
        """Two lines and three starters."""
        self._print(Text(say("welcome", self.lang), style="bold"))
        for number, starter in enumerate(self.starters, 1):
            self._print(Text.assemble("  ", key(number), f" {starter}"))
        self._print(Text(say("hint", self.lang), style="dim"))

    def bye(self) -> None:
        self._print(Text(say("bye", self._lang()), style="dim"))

    async def line(self, line: str) -> bool:
        """Answers what was typed; False when the person leaves."""
        line = line.strip()
        if not line:
            return True
        match self._meant(line):
            case Quit():
                return False
            case Hint(key):
                self._print(Text(say(key, self._lang(), command=line.split()[0])))
            case str(text):
                await self._turn(
                    Turn(next(self.keys), self.chat_id, self.chat_id, self.clock(), text=text, lang=self.lang)
                )
            case action:
                turn = Turn(next(self.keys), self.chat_id, self.chat_id, self.clock(), action=action, lang=self.lang)
                await self._turn(turn)
                if isinstance(action, Menu) and action.what == "help":
                    self._print(Text(say("commands", self._lang()).strip(), style="dim"))
        return True

    def _meant(self, line: str) -> Action | str | Quit | Hint:
        """Action, text or matter of the terminal behind a typed line."""
        if line.isascii() and line.isdecimal() and len(line) <= 2:
            return self._pressed(int(line)) or line
        if not line.startswith("/"):
            return line
        command, _, rest = line.partition(" ")
        rest = rest.strip()
        match command.lower():
            case "/quit" | "/exit" | "/q":
                return Quit()
            case "/why":
                cards = self.last.cards if self.last else ()
                place = int(rest) if rest.isascii() and rest.isdecimal() and len(rest) <= 2 else 1
                return Open(cards[place - 1].item_id, "why") if 1 <= place <= len(cards) else Menu("why")
            case "/language":
                if (language := rest.lower()) not in _LANGUAGES:
                    return Hint("which_language")
                self.lang = _LANGUAGES[language]
                return Menu(f"language:{language}")
            case name:
                return COMMANDS.get(name, Hint("no_command"))

    def _pressed(self, number: int) -> Action | str | None:
        """What a number stands for: cards come first, then buttons; on the first screen, the starters."""
        if self.last is None:
            return self.starters[number - 1] if 1 <= number <= len(self.starters) else None
        cards, buttons = self.last.cards, [button for row in self.last.buttons for button in row]
        if 1 <= number <= len(cards):
            return Open(cards[number - 1].item_id)
        if len(cards) < number <= len(cards) + len(buttons):
            return buttons[number - len(cards) - 1].action
        return None

    async def _turn(self, turn: Turn) -> None:
        reply = await self._patiently(self.responder.respond(turn))
        if reply is None:
            return
        self.last = reply
        self.show(reply)
        why = turn.action == Menu("why") or (isinstance(turn.action, Open) and turn.action.what == "why")
        if why or (reply.understood and reply.understood.has(Act.ASK_WHY)):
            for card in reply.cards:
                self._print(shares_text(card, self._lang(), self.console.width, self.console.encoding))
        if reply.export is not None:
            self._save(reply.export)

    def show(self, reply: Reply) -> None:
        """The answer: text, cards, then the buttons, numbered after the cards."""
        if reply.text:
            self._print(Text(reply.text))
        for number, card in enumerate(reply.cards, 1):
            self._print(self._card(number, card))
        number = len(reply.cards)
        for row in reply.buttons:
            line = Text("  ")
            for button in row:
                number += 1
                piece = Text.assemble(key(number), f" {button.label}  ")
                if line.cell_len > 2 and line.cell_len + piece.cell_len > self.console.width:
                    self._print(line)
                    line = Text("  ")
                line.append_text(piece)
            self._print(line)

    def _card(self, number: int, card: Card) -> Text:
        return card_text(number, card, self._lang(), self.console.width, self.console.encoding, self.genre)

    def _save(self, text: str) -> None:
        path = next(p for p in self._names() if not p.exists())
        try:
            path.touch(mode=0o600, exist_ok=False)  # it holds all that was told
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            self._print(Text(say("not_exported", self._lang(), path=path, reason=error.strerror)))
        else:
            self._print(Text(say("exported", self._lang(), path=path)))

    def _names(self) -> Iterator[Path]:
        yield self.exports / "jianyan-export.json"
        for n in range(2, 10_000):
            yield self.exports / f"jianyan-export-{n}.json"

    def _lang(self) -> Lang | None:
        """Language of the talk: of the last answer, else as asked for."""
        return self.last.lang if self.last else self.lang

    async def _patiently(self, answer: Awaitable[_T]) -> _T:
        """Waits for the answer; with a spinner where that takes long and somebody watches."""
        task = asyncio.ensure_future(answer)
        try:
            await asyncio.wait({task}, timeout=SLOW_S)
            if not task.done() and self.console.is_terminal and not self.console.is_dumb_terminal:
                with self.console.status(say("thinking", self._lang() or Lang.ZH)):
                    return await task
            return await task
        finally:
            if not task.done():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def _print(self, text: Text) -> None:
        self.console.print(text, highlight=False, soft_wrap=not self.console.is_terminal)


def chat(
    run: Callable[[Coroutine[Any, Any, bool]], bool], screen: Screen, read: Callable[[], str], interactive: bool = True
) -> None:
    """Reads and answers until the person leaves: by command, Ctrl-D, Ctrl-C or the end of the input.

    run: runs a coroutine to its end, always on one loop. read: the next line; EOFError at the end.
    """
    if interactive:
        screen.welcome()
    while True:
        try:
            if not run(screen.line(read())):
                break
        except EOFError:
            break
        except KeyboardInterrupt:
            screen.console.print()
            break
    if interactive:
        screen.bye()

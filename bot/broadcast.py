"""A message to everybody: a job in the database, fed to the outbox little by little.

broadcasts.state: draft -> running -> done, or stopped. A target is `waiting`, then `queued` in the same transaction as
its outbox row; what became of it is read from what the outbox left behind: a row of `messages` means sent, neither row
means refused. So nothing is lost or sent twice wherever the process ends.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from bot.admin.orders import keyboard
from bot.admin.speech import say
from bot.outgoing import BROADCAST, About, Outgoing, insert
from bot.ports import Store
from core.state import Statement
from core.turns import Lang

_log = logging.getLogger(__name__)

AT_ONCE = 25  # in the outbox at a time: an answer never waits behind more, and `stop` stops soon
ROUND_S = 1.0
LONGEST_TEXT = 4000  # UTF-16 units
OPT_OUT = "!news"  # data of the button below every broadcast
DRAFT, RUNNING, STOPPED, DONE = "draft", "running", "stopped", "done"
# Who is written to: private chats that take news, are there, and are not blocked. Groups never asked for news.
_TAKES = "p.kind = 'private' AND p.news = 1 AND p.inactive = 0 AND p.chat_id NOT IN (SELECT chat_id FROM blocked)"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a broadcast is. waiting: still to be sent; skipped: did not want it or were gone when their turn came."""

    broadcast: int
    state: str
    waiting: int = 0
    sent: int = 0
    failed: int = 0
    skipped: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.sent + self.failed + self.skipped


Watch = Callable[[Standing, bool], Awaitable[None]]  # is told how it goes; True: that was all


class Broadcasts:
    """Drafts, sends and stops broadcasts; one is sent at a time.

    wake: tells the outbox that there are rows. clock: seconds since 1970.
    """

    def __init__(
        self,
        store: Store,
        wake: Callable[[], None],
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store, self._wake, self._clock, self._sleep = store, wake, clock, sleep

    async def audience(self) -> int:
        """How many would be written to now."""
        rows = await self._store.read(f"SELECT COUNT(*) FROM people p WHERE {_TAKES}")
        return int(str(rows[0][0]))

    async def draft(self, admin: int, text: str) -> int:
        """Keeps the text; nothing is sent. The number of the broadcast."""
        row = (self._clock(), admin, text, DRAFT)
        await self._store.write([("INSERT INTO broadcasts (at, admin, text, state) VALUES (?, ?, ?, ?)", row)])
        rows = await self._store.read("SELECT max(id) FROM broadcasts WHERE admin = ? AND text = ?", admin, text)
        return int(str(rows[0][0]))

    async def begin(self, broadcast: int) -> bool:
        """Takes down to whom it goes and lets it run. False if it runs, ran, or is none."""
        changed = await self._store.write(
            [
                (
                    "INSERT INTO broadcast_targets (broadcast, chat_id) SELECT b.id, p.chat_id FROM people p "
                    f"JOIN broadcasts b ON b.id = ? AND b.state = '{DRAFT}' WHERE {_TAKES}",
                    (broadcast,),
                ),
                (f"UPDATE broadcasts SET state = '{RUNNING}' WHERE id = ? AND state = '{DRAFT}'", (broadcast,)),
            ]
        )
        return bool(changed)

    async def stop(self, broadcast: int | None = None) -> tuple[int, ...]:
        """No more is fed of that one, or of all; which ones that ended. A draft that is stopped cannot begin."""
        found = await self._in_state(RUNNING, *(() if broadcast is None else (DRAFT,)))
        ended = tuple(one for one in found if broadcast in (None, one))
        await self._store.write([self._ends(one, STOPPED) for one in ended])
        return ended

    async def running(self) -> tuple[int, ...]:
        """What was begun and is not done, oldest first: after a start, it goes on."""
        return await self._in_state(RUNNING)

    async def admin_of(self, broadcast: int) -> int:
        """Who is to be told how it goes."""
        return int(str((await self._store.read("SELECT admin FROM broadcasts WHERE id = ?", broadcast))[0][0]))

    async def standing(self, broadcast: int) -> Standing:
        state = await self._state(broadcast)
        query = "SELECT state, COUNT(*) FROM broadcast_targets WHERE broadcast = ? GROUP BY state"
        counts = {str(name): int(str(count)) for name, count in await self._store.read(query, broadcast)}
        waiting = counts.get("waiting", 0) + counts.get("queued", 0)
        return Standing(
            broadcast, state, waiting, counts.get("sent", 0), counts.get("failed", 0), counts.get("skipped", 0)
        )

    async def run(self, broadcast: int, watch: Watch) -> None:
        """Sends it to the end, or until it is stopped. Trouble with the database is waited out."""
        while True:
            try:
                over = await self._round(broadcast)
                await watch(await self.standing(broadcast), over)
                if over:
                    return
            except asyncio.CancelledError:
                raise
            except Exception:
                _log.exception("broadcast %d: a round failed; the next one goes on", broadcast)
            await self._sleep(ROUND_S)

    async def _round(self, broadcast: int) -> bool:
        """Settles what the outbox has done, feeds what there is room for; True when nothing is left to do."""
        kind = _about(broadcast).kind
        about = f'%"{kind}"%'
        await self._store.write(
            [
                (
                    "UPDATE broadcast_targets AS t SET state = CASE WHEN EXISTS (SELECT 1 FROM messages m "
                    "WHERE m.conversation = t.chat_id AND m.kind = ?) THEN 'sent' ELSE 'failed' END "
                    "WHERE t.broadcast = ? AND t.state = 'queued' AND NOT EXISTS (SELECT 1 FROM outbox o "
                    "WHERE o.conversation = t.chat_id AND o.about LIKE ?)",
                    (kind, broadcast, about),
                ),
                (
                    "UPDATE broadcast_targets AS t SET state = 'skipped' WHERE t.broadcast = ? AND t.state = 'waiting' "
                    f"AND t.chat_id NOT IN (SELECT p.chat_id FROM people p WHERE {_TAKES})",
                    (broadcast,),
                ),
            ]
        )
        query = (
            "SELECT t.chat_id, p.language FROM broadcast_targets t JOIN people p USING (chat_id) "
            "WHERE t.broadcast = ? AND t.state = ? ORDER BY t.chat_id LIMIT ?"
        )
        queued = len(await self._store.read(query, broadcast, "queued", AT_ONCE))
        if await self._state(broadcast) != RUNNING:
            return queued == 0
        fresh = await self._store.read(query, broadcast, "waiting", AT_ONCE - queued)
        if fresh:
            await self._feed(broadcast, [(int(str(chat)), Lang(str(lang or "zh"))) for chat, lang in fresh])
        elif not queued:
            await self._store.write([self._ends(broadcast, DONE)])
            return True
        return False

    async def _feed(self, broadcast: int, people: Sequence[tuple[int, Lang]]) -> None:
        text = str((await self._store.read("SELECT text FROM broadcasts WHERE id = ?", broadcast))[0][0])
        messages = [
            replace(preview(chat, text, lang), about=_about(broadcast), priority=BROADCAST) for chat, lang in people
        ]
        query = "UPDATE broadcast_targets SET state = 'queued' WHERE broadcast = ? AND chat_id = ?"
        await self._store.write([*insert(messages), *((query, (broadcast, chat)) for chat, _ in people)])
        self._wake()

    async def _state(self, broadcast: int) -> str:
        return str((await self._store.read("SELECT state FROM broadcasts WHERE id = ?", broadcast))[0][0])

    async def _in_state(self, *states: str) -> tuple[int, ...]:
        query = f"SELECT id FROM broadcasts WHERE state IN ({', '.join('?' * len(states))}) ORDER BY id"
        return tuple(int(str(number)) for (number,) in await self._store.read(query, *states))

    def _ends(self, broadcast: int, state: str) -> Statement:
        return (
            f"UPDATE broadcasts SET state = ? WHERE id = ? AND state IN ('{DRAFT}', '{RUNNING}')",
            (state, broadcast),
        )


def preview(chat_id: int, text: str, lang: Lang) -> Outgoing:
    """As a person gets it: the admin's words as they are, no markup, and a button to have no more of these."""
    payload = {
        "chat_id": chat_id,
        "text": text,
        "link_preview_options": {"is_disabled": True},
        "reply_markup": keyboard(((say("news.off", lang), OPT_OUT),)),
    }
    return Outgoing("sendMessage", payload, chat_id)


def _about(broadcast: int) -> About:
    return About(0, f"broadcast:{broadcast}")

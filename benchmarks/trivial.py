"""A recommender that only echoes: what is left is the adapter's own work. For load and speed runs."""

from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

from bot.app import App
from bot.callbacks import Callbacks
from bot.settings import Settings
from core.catalog import Catalog
from core.responder import Responder
from core.state import ChatState, Feedback, Outcome
from core.store import SqliteStore
from core.turns import Act, Button, Card, Context, Lang, More, Reply, Turn, Understanding, UnderstoodAct, Undo


class Echo:
    """Engine and understander at once: says again what was said, with two buttons."""

    def new_chat(self, chat_id: int) -> ChatState:
        return ChatState(chat_id)

    def context(self, state: ChatState, log: tuple[Feedback, ...], turn: Turn) -> Context:
        return Context()

    def understand(self, text: str, context: Context) -> Understanding:
        return Understanding((UnderstoodAct(Act.CHIT_CHAT),), Lang.EN)

    def respond(
        self, state: ChatState, log: Any, turn: Turn, understanding: Understanding | None, private: Any = None
    ) -> Outcome:
        after = replace(state, turn=state.turn + 1, last_at=turn.at)
        text = f"echo {turn.text}" if turn.text is not None else f"echo tap {after.turn}"
        rows = ((Button("more", More()), Button("undo", Undo(after.turn))),)
        return Outcome(after, (), Reply(text, Lang.EN, buttons=rows, notes={"turn": after.turn}))

    def scores(self, state: ChatState, log: Any, item_ids: tuple[str, ...], now: datetime) -> list[Card]:
        return []

    def apology(self, state: ChatState, lang: Lang, error_id: str) -> Reply:
        return Reply(f"sorry {error_id}", lang)

    def not_erased_yet(self, state: ChatState, reply: Reply) -> Reply:
        return reply


async def open_echo(settings: Settings) -> App:
    """An App of the real store and the real responder around it."""
    echo, catalog = Echo(), Catalog(())
    store = await SqliteStore.open(settings.database, "echo")
    app: Any = App.__new__(App)
    names = SimpleNamespace(name=lambda target, lang: target.value)
    app.settings, app.store, app.keys = settings, store, iter(())
    app.recommender = SimpleNamespace(
        catalog=catalog, engine=echo, understander=echo, callbacks=Callbacks(catalog), names=names, model_id="echo"
    )
    app.helper = None
    app.responder = Responder(echo, echo, store)
    found: App = app
    return found

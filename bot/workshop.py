"""`jianyan explain`: how a message is understood, and why an item stands where it does."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings
from core.built import Built
from core.errors import SettingError

if TYPE_CHECKING:
    from core.catalog import Catalog, Item
    from core.explain.drawing import Picture
    from core.state import ChatState, Feedback


def explain(args: argparse.Namespace, settings: Settings) -> int:
    """How a message is understood; or, with --item, why a stored chat's item stands where it does."""
    if (args.text is None) == (args.item is None):
        raise SettingError("TEXT", "give either a message, or --item and the --chat it is for")
    return _explain_text(args, settings) if args.item is None else _explain_item(args, settings)


def _explain_text(args: argparse.Namespace, settings: Settings) -> int:
    """What a message is taken for, what each word does for that, and the known sentences that are like it."""
    from rich.console import Console
    from rich.text import Text

    from core.explain import attention
    from core.nlu.acts import AdaptedActs
    from core.nlu.models import load_models
    from core.nlu.understand import Understander
    from core.turns import Context

    built = Built(settings.data)
    catalog = built.read_catalog()  # first: it tells soonest whether anything is built
    _, acts = load_models(settings.model, built.encoder, wishes=built.taught())
    understanding = Understander(catalog, acts).understand(args.text, Context())
    console, lang = Console(highlight=False), understanding.lang
    console.print(Text(f"{lang}, {understanding.confidence:.0%}", style="bold"))
    for act in understanding.acts:
        about = act.target or act.text or (f"{act.kind} {act.op or ''} {act.value or ''}" if act.kind else "")
        console.print(Text(f"  {act.act}  {about}"))
    reading = acts.read(args.text, Context(), ())
    for name, probability in sorted(reading.acts.items(), key=lambda pair: -pair[1])[:5]:
        console.print(Text(f"  {probability:5.1%}  {name}", style="dim"))
    if isinstance(acts, AdaptedActs):
        found = acts.explain(args.text, Context())
        if found.tokens:
            console.print(Text(attention.occlusion_text(found.tokens, found.occlusion, found.act, lang, console.width)))
            console.print(Text(attention.text(found.tokens, found.attention, lang)))
        if args.picture is not None and found.tokens:
            looked, did = args.picture / "attention.png", args.picture / "occlusion.png"
            _draw(
                lambda: attention.picture(found.tokens, found.attention, looked, lang),
                lambda: attention.occlusion_picture(found.tokens, found.occlusion, found.act, did, lang),
            )
    elif args.picture is not None:
        print("no attention to draw: only the built encoder, adapted, shows its own", file=sys.stderr)
    for sentence, similarity in reading.nearest:
        console.print(Text(f"  {similarity:.2f}  {sentence}", style="dim"))
    return 0


def _explain_item(args: argparse.Namespace, settings: Settings) -> int:
    """An item's logit in a stored chat by feedback, what taking each back would change, and what carries the taste."""
    from rich.console import Console
    from rich.text import Text

    from core import evidence
    from core.engine import Engine
    from core.explain import importance, shares
    from core.nlu.lexicon import Lexicon
    from core.policy.view import View
    from core.state import Feedback, Kind
    from core.turns import Card, Scope

    built = Built(settings.data)
    catalog = built.read_catalog()
    item = _item(args.item, catalog)
    state, log = _stored_chat(settings, args.chat)
    names = Lexicon(catalog).names
    engine = Engine(catalog, built.read_factors(catalog), names)
    assert state.last_at is not None, "a chat is stored by its first turn"
    now, lang = state.last_at, state.language or state.spoken  # as the chat stood after its last turn

    def card(*more: Feedback) -> Card:
        return engine.scores(state, (*log, *more), (item.id,), now)[0]

    def without(event: int) -> Card:
        place = (state.next_event, args.chat, args.chat, state.turn, state.session, now)
        return card(Feedback(*place, Kind.UNDO, "", 0.0, Scope.ALWAYS, {"undoes": [event]}))

    console = Console(highlight=False)
    parts = shares.decompose(card(), without)
    told, belief = View(engine.shelf, state, evidence.live(log, state.session)).told
    labels = [engine.speaker.wording.label(feedback, lang) for feedback in told]
    found = importance.facet_importance(engine.shelf.model, catalog, belief, item.domain)
    console.print(Text(shares.text(parts, lang, console.width)))
    if told:
        console.print(Text(importance.text(found, labels, names.name, lang)), soft_wrap=True)
    if args.picture is not None:
        drawn, facets = args.picture / "shares.png", args.picture / "importance.png"
        _draw(
            lambda: shares.picture(parts, drawn, lang),
            *([lambda: importance.picture(found, names.name, facets, lang)] if told else []),
        )
    return 0


def _item(named: str, catalog: "Catalog") -> "Item":
    """The item of that id or title (any case); SettingError says what is near."""
    from difflib import get_close_matches

    if (found := catalog.get(named)) is not None:
        return found
    titles: dict[str, list[Item]] = {}
    for item in catalog.items:
        for title in {t.casefold() for t in (item.title.zh, item.title.en, *item.aliases) if t}:
            titles.setdefault(title, []).append(item)
    called = titles.get(named.casefold(), [])
    if len(called) == 1:
        return called[0]
    near = [item.id for item in called] or get_close_matches(named.casefold(), titles, 3)
    hint = f"; {'several have it' if called else 'near it'}: {', '.join(near)}" if near else ""
    raise SettingError("--item", f"{named!r} is no id and no single title{hint}")


def _stored_chat(settings: Settings, chat_id: int) -> "tuple[ChatState, tuple[Feedback, ...]]":
    """State and log of a chat, read from a copy of the database, so that a bot may work on it meanwhile."""
    import asyncio
    import tempfile

    from core.database import backup
    from core.store import SqliteStore

    async def read(path: Path) -> "tuple[ChatState | None, tuple[Feedback, ...]]":
        store = await SqliteStore.open(path)
        try:
            return await store.load(chat_id), await store.feedback(chat_id)
        finally:
            await store.close()

    with tempfile.TemporaryDirectory() as beside:
        backup(settings.database, Path(beside) / "copy.db")
        state, log = asyncio.run(read(Path(beside) / "copy.db"))
    if state is None:
        raise SettingError("--chat", f"{settings.database} holds no chat {chat_id}")
    return state, log


def _draw(*draw: "Callable[[], Picture]") -> None:
    """Draws, and says where the pictures are and what stands in them for letters that no font has."""
    try:
        pictures = [one() for one in draw]
    except ImportError as error:
        raise SettingError("--picture", "needs matplotlib: pip install 'jianyan[plots]'") from error
    for made in pictures:
        print(made.path, file=sys.stderr)
        if made.legend is not None:
            print(f"{made.legend}: words that no installed font can draw; the picture shows numbers", file=sys.stderr)
    print(f"Chinese letters: {pictures[0].font or 'no font has them'}", file=sys.stderr)


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """`explain` beside the others."""

    def data(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, metavar="DIR", help="directory of database and models (JIANYAN_DATA)")

    look = commands.add_parser(
        "explain", help="how a message is understood, or why an item", description=explain.__doc__
    )
    look.add_argument("text", nargs="?", metavar="TEXT")
    look.add_argument("--item", metavar="ID|TITLE", help="of the catalogue: why it stands where it does")
    look.add_argument("--chat", type=int, default=1, metavar="N", help="for whom, 1 if left out")
    look.add_argument("--picture", type=Path, metavar="DIR", help="draws into this directory, too")
    look.set_defaults(command=explain)
    data(look)

"""Commands for those who train and look inside: `jianyan train` and `explain`."""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings
from core.built import Built
from core.errors import SettingError

if TYPE_CHECKING:
    from core.catalog import Catalog, Item
    from core.explain.drawing import Picture
    from core.state import ChatState, Feedback


def train_encoder(args: argparse.Namespace, settings: Settings) -> int:
    """Fits the act models on labelled sentences; prints how they do on voices that were held out."""
    from bot.progress import Steps
    from core.nlu.bundle import ADAPTERS
    from core.training import ActsConfig, read_utterances, train_acts

    if args.hold_out and (args.out is None or args.no_measure):
        raise SettingError("--hold-out", "needs --out, since nobody is to use these weights, and measures")
    out = args.out or ADAPTERS
    sentences, encoder = read_utterances(_jsonl(args.paths)), Built(settings.data).need_encoder()
    with Steps() as steps:
        config = replace(ActsConfig(), measure=not args.no_measure, hold_out=args.hold_out)
        report = train_acts(sentences, encoder, out, config, steps)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    return 0


def train_pairs(args: argparse.Namespace, settings: Settings) -> int:
    """Teaches retrieval pairs of a wish and what fits; keeps the result only if held-out wishes gain by it."""
    from bot.progress import Steps
    from core.training import PairsConfig, fine_tune_pairs, read_pairs

    built = Built(settings.data)
    pairs = read_pairs(_jsonl(args.paths))
    config = replace(PairsConfig(), test=args.test, seed=args.seed)
    with Steps() as steps:
        report = fine_tune_pairs(pairs, built.need_encoder(), built.wishes, config, steps)
    print(json.dumps(report, ensure_ascii=False, indent=1))
    print(
        "kept: `jianyan build` reads the descriptions anew" if report["kept"] else "not kept: no gain", file=sys.stderr
    )
    return 0


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
    """`train` and `explain` beside the others."""

    def data(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--data", type=Path, metavar="DIR", help="directory of database and models (JIANYAN_DATA)")

    train = commands.add_parser("train", help="teach the models").add_subparsers(required=True, metavar="WHAT")
    encoder = train.add_parser("encoder", help="acts, from labelled sentences", description=train_encoder.__doc__)
    encoder.add_argument("paths", type=Path, nargs="*", default=[Path("training/utterances")], metavar="PATH")
    encoder.add_argument("--out", type=Path, metavar="DIR", help="where the weights go; left out: where they are used")
    encoder.add_argument("--no-measure", action="store_true", help="keep thresholds, and hold nobody out")
    encoder.add_argument(
        "--hold-out", action="store_true", help="keep the weights that have not heard those measured on"
    )
    encoder.set_defaults(command=train_encoder)
    data(encoder)
    pairs = train.add_parser("pairs", help="retrieval, from wishes and what fits", description=train_pairs.__doc__)
    pairs.add_argument("paths", type=Path, nargs="+", metavar="PATH", help='JSONL of {"said": …, "fits": …}')
    pairs.add_argument("--test", type=float, default=0.2, help="share of the wishes that is only measured")
    pairs.add_argument("--seed", type=int, default=0)
    pairs.set_defaults(command=train_pairs)
    data(pairs)
    look = commands.add_parser(
        "explain", help="how a message is understood, or why an item", description=explain.__doc__
    )
    look.add_argument("text", nargs="?", metavar="TEXT")
    look.add_argument("--item", metavar="ID|TITLE", help="of the catalogue: why it stands where it does")
    look.add_argument("--chat", type=int, default=1, metavar="N", help="for whom, 1 if left out")
    look.add_argument("--picture", type=Path, metavar="DIR", help="draws into this directory, too")
    look.set_defaults(command=explain)
    data(look)


def _jsonl(paths: list[Path]) -> list[Path]:
    """The files, and those in the directories."""
    found = [file for path in paths for file in (sorted(path.glob("*.jsonl")) if path.is_dir() else [path])]
    if not found:
        raise SettingError("PATH", f"no *.jsonl in {', '.join(map(str, paths))}")
    return found

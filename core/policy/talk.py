"""Answers that show no card: welcome, help, thanks, what is done, and what was not understood."""

from core.moves import Decision, Line, Move, button, line
from core.policy.buttons import starters
from core.policy.view import View
from core.policy.want import Want
from core.turns import Menu, More, Open, PassOn, Pick, Target

LONGEST_TITLE = 60  # bytes, of one that a button can carry
EXAMPLES = (  # what a stranger may try, where the catalogue has it
    ("label.try_light", Pick(Target("mood", "light"), "film")),
    ("label.try_scifi", Pick(Target("genre", "sci-fi"), "book")),
)


def start(view: View, lines: tuple[Line, ...]) -> Decision:
    """The welcome: who I am and what to try; to somebody known, on from where we were."""
    surprise = button("label.try_surprise", Menu("surprise"))
    if view.newcomer and not view.state.screen:
        rows_of = view.shelf.catalog.rows_of
        tries = tuple(button(k, a) for k, a in EXAMPLES if (a.target.kind, a.target.value) in rows_of)
        rows = (tries, (surprise,)) if tries else ((*starters(), surprise),)
        return Decision(Move((*lines, line("start.group" if view.group else "start.newcomer")), buttons=rows))
    shown = [view.item(i) for i in view.state.screen if i in view.shelf.catalog.row]
    if shown:
        again = (button("label.resume", Menu("repeat")), button("label.more", More()))
        return Decision(Move((*lines, line("start.resume", item=shown[0], count=len(shown))), buttons=(again,)))
    fresh = (button("label.picks", Menu("picks")), surprise)
    return Decision(Move((*lines, line("start.back")), buttons=(fresh, starters())))


def talk(view: View, want: Want, lines: tuple[Line, ...]) -> Decision:
    """Short answers that show no card."""
    kinds = (starters(),)
    more = ((button("label.more", More()), button("label.help", Menu("help"))),) if view.state.screen else kinds
    focus = view.shelf.catalog.get(view.state.focus) if view.state.focus else None
    match want.what:
        case "confirm_forget":
            choices = (button("label.forget_yes", Menu("forget_yes")), button("label.forget_no", Menu("forget_no")))
            return Decision(Move((*lines, line("forget.confirm", count=len(view.live))), buttons=(choices,)))
        case "forgotten":
            return Decision(Move((line("forget.done"),), buttons=kinds, forget=True))
        case "anonymous":
            return Decision(Move((*lines, line("group.anonymous"))))
        case "kept":
            return Decision(Move((*lines, line("forget.kept")), buttons=more))
        case "export":
            return Decision(Move((*lines, line("export.done", count=len(view.live))), export=True))
        case "undone":
            return Decision(Move(lines or (line("undo.done"),), buttons=more))
        case "nothing_to_undo":
            return Decision(Move((*lines, line("undo.nothing")), buttons=more))
        case "not_understood":
            key = want.field if want.field in ("empty", "noise", "language", "long") else "noise"
            return Decision(Move((*lines, line(f"invalid.{key}")), buttons=kinds))
        case "greet":
            return Decision(Move((*lines, line("greet.newcomer" if view.newcomer else "greet.back")), buttons=kinds))
        case "declined":
            return Decision(
                Move((*lines, line("declined.item", item=focus) if focus else line("declined.list")), buttons=more)
            )
        case "which":
            shown = [view.item(i) for i in view.state.screen if i in view.shelf.catalog.row]
            buttons = tuple(button("label.item", Open(i.id), item=i) for i in shown[:3])
            asked = line("which.take") if want.field == "take" and shown else line("which.item", title=want.title or "")
            return Decision(Move((*lines, asked), buttons=(buttons or starters(),)))
        case "settled":
            return Decision(Move(lines or (line("ok"),), buttons=more))
        case "help" | "out_of_scope" | "bye" | "unsafe":
            return Decision(
                Move((*lines, line(want.what)), buttons=kinds if want.what in ("help", "out_of_scope") else ())
            )
        case "chit_chat" if want.field is not None:
            return Decision(Move((*lines, line(f"chat.{want.field}")), buttons=more))
        case "thanks" | "chit_chat" | "context" | "nothing_shown" | "no_such_place":
            return Decision(Move((*lines, line(want.what)), buttons=more if want.what != "nothing_shown" else kinds))
    return Decision(Move(lines or (line("ok"),), buttons=more))


def unknown_title(want: Want, lines: tuple[Line, ...]) -> Decision:
    """Words that name nothing here: says so, and offers a way on. The operator hears of it only if it is passed on."""
    title = (want.title or "").strip()
    asks = (button("label.pass_on", PassOn(title)),) if 0 < len(title.encode()) <= LONGEST_TITLE else ()
    buttons = (*asks, button("label.more", More()), button("label.help", Menu("help")))
    return Decision(Move((*lines, line("unknown.title", title=title)), buttons=(buttons,)))

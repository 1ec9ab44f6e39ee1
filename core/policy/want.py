"""What a message or a tap wants to see: the one value between hearing and answering."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Want:
    """What the message wants to see. what: `picks info why why_not compare profile saved back repeat say nothing` ...

    items: the ones spoken of, in order. field: of info. count: how many. replace: shown items to be replaced in place.
    ignoring: conditions left out for this answer alone. seed: similar to it. wish: free text to be matched.
    near: what matched it when it was said, for a list that goes on. goes_on: with what the list on the screen was for.
    unasked: picks are offered where only a verdict or taste was told. order: (number kind, descending) to sort by.
    counts: how many of each domain, where several were asked for. title: words that name nothing here.
    how: an item that was seen, where it is still to be asked how it was. about: the item that is spoken of further.
    """

    what: str = "nothing"
    items: tuple[str, ...] = ()
    field: str | None = None
    count: int | None = None
    counts: tuple[tuple[str, int], ...] = ()
    replace: tuple[str, ...] = ()
    ignoring: tuple[str, ...] = ()
    seed: str | None = None
    wish: str | None = None
    near: tuple[str, ...] = ()
    order: tuple[str, bool] | None = None
    title: str | None = None
    how: str | None = None
    about: str | None = None
    explore: bool = False
    surprise: bool = False
    goes_on: bool = False
    unasked: bool = False

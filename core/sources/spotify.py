"""Spotify's JSON: the streaming history, short and extended, and the library. One row a track and album."""

from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import FormatError
from core.sources.documents import Json, values
from core.sources.files import Files
from core.sources.names import moment
from core.sources.rows import LIKED, Options, Refused, Row, Spot, Told, Work

LEAST_MS = 30_000  # a shorter play is a skip, and Spotify counts it so
LIKED_PLAYS = 8  # of one track; nobody hears eight times what they do not like


@dataclass(slots=True)
class _Heard:
    """A track, its album and artist over all plays."""

    spot: Spot
    track: str
    album: str
    artist: str
    plays: int = 0
    kept: bool = False
    last: str | None = None


def read(files: Files, options: Options) -> Iterator[Row]:
    """Albums and tracks in order of their first play; years of listening are one row each, so that a report is read."""
    heard: dict[tuple[str, str, str], _Heard] = {}
    members = files.named("*.json")
    if not members:
        raise FormatError(files.members[0].name, "no JSON of Spotify's")
    for member in members:
        for row in values(member):
            if isinstance(row, Refused):
                yield row
                continue
            spot, raw = row
            if isinstance(raw, dict) and ("tracks" in raw or "albums" in raw):
                library = [*_dicts(raw.get("tracks")), *_dicts(raw.get("albums"))]
                for kept in library:
                    _add(
                        heard,
                        spot,
                        str(kept.get("track") or ""),
                        str(kept.get("album") or ""),
                        str(kept.get("artist") or ""),
                        None,
                        0,
                    )
                continue
            play = _play(raw)
            if play is None:
                yield Refused(spot, "no play of a track")
                continue
            if play[0]:
                _add(heard, spot, *play)
    for one in heard.values():
        if not one.plays and not one.kept:
            yield Refused(one.spot, f"{one.track or one.album}: never played for {LEAST_MS // 1000} seconds")
            continue
        work = Work(
            tuple(dict.fromkeys(n for n in (one.album, one.track) if n)), None, "music", creator=one.artist or None
        )
        yield Told(one.spot, work, LIKED if one.kept or one.plays >= LIKED_PLAYS else None, on=one.last)


def _play(raw: Json) -> tuple[str, str, str, str | None, int] | None:
    """Track, album, artist, when and for how many ms; track "" for a podcast; None for what is no play."""
    if not isinstance(raw, dict):
        return None
    if "trackName" in raw:
        return (
            str(raw["trackName"]),
            "",
            str(raw.get("artistName") or ""),
            moment(raw.get("endTime")),
            _ms(raw.get("msPlayed")),
        )
    if "master_metadata_track_name" in raw:
        return (
            str(raw["master_metadata_track_name"] or ""), str(raw.get("master_metadata_album_album_name") or ""),
            str(raw.get("master_metadata_album_artist_name") or ""), moment(raw.get("ts")), _ms(raw.get("ms_played")),
        )  # fmt: skip
    return ("", "", "", None, 0) if raw.get("podcastName") or raw.get("episodeName") else None


def _add(
    heard: dict[tuple[str, str, str], _Heard],
    spot: Spot,
    track: str,
    album: str,
    artist: str,
    when: str | None,
    ms: int,
) -> None:
    one = heard.setdefault((track, album, artist), _Heard(spot, track, album, artist))
    one.plays += ms >= LEAST_MS
    one.kept = one.kept or when is None and ms == 0
    one.last = max(filter(None, (one.last, when)), default=None)


def _ms(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _dicts(value: Json) -> list[dict[str, Json]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []

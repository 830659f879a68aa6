"""The briefing on disk: quotes pinned in order with notes, those taken out, and a title, in <home>/briefing.json.

A quote is named by its number, which others may change meanwhile, or by its id, which stays. Edits wait for one another
but for nothing else: a library that is being indexed can be quoted from.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from corpus.characters import flat
from corpus.disk import disk_errors, flush_folder, write_flushed
from corpus.errors import BusyError, CasebookError
from corpus.serial import record_from_json

FILE_NAME = "briefing.json"
FORMAT = 2
"""Format 1 had pins alone, without ids."""
EMPTY = "pin a quote with: casebook pin PASSAGE_ID"
TITLE = "Briefing"
MAX_NOTE_CHARACTERS = 20_000
MAX_TITLE_CHARACTERS = 300
KEPT = 50
"""How many of the quotes taken out are kept."""
WAIT = 10.0
"""How many seconds an edit waits for the others."""

Which = int | str
"""A quote of the briefing: its number, counted from 1, or its id."""
Result = TypeVar("Result")


class BriefingError(CasebookError):
    """A briefing that cannot be read, or a pin that cannot be set or found."""


@dataclass(frozen=True, slots=True)
class Pin:
    """A quote pinned: its words, their span in the report whose file had the SHA-256 given, the passage, a note, the
    date (UTC) of pinning, and an id.
    """

    report_id: str
    sha256: str
    start: int
    end: int
    text: str
    passage_id: str
    note: str
    pinned: str
    id: str = field(default_factory=lambda: secrets.token_hex(6))


@dataclass(frozen=True, slots=True)
class TakenOut:
    """A pin that was taken out, and the number it had."""

    pin: Pin
    number: int


@dataclass(frozen=True, slots=True)
class Briefing:
    """The pins in order, those taken out, the latest first, and the title."""

    pins: tuple[Pin, ...] = ()
    taken_out: tuple[TakenOut, ...] = ()
    title: str = TITLE


def read_briefing(home: Path) -> Briefing:
    """Return the briefing in ``home``. Raises BriefingError where its file is damaged."""
    path = home / FILE_NAME
    try:
        value = json.loads(path.read_bytes())
        if value["format"] == 1:
            return Briefing(tuple(_without_id(entry, place) for place, entry in enumerate(value["pins"])))
        if value["format"] != FORMAT:
            raise ValueError(f"format {value['format']!r}, not {FORMAT}")
        if not isinstance(value["title"], str):
            raise TypeError(f"title is {value['title']!r}")
        return Briefing(
            tuple(record_from_json(Pin, entry) for entry in value["pins"]),
            tuple(_taken_out(**entry) for entry in value["taken_out"]),
            value["title"],
        )
    except FileNotFoundError:
        return Briefing()
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise BriefingError(
            f"the briefing {str(path)!r} cannot be read ({error})", "mend the file or move it"
        ) from None


def count_pins(home: Path) -> int:
    """Return how many quotes the briefing in ``home`` has; 0 for one that is damaged."""
    try:
        return len(read_briefing(home).pins)
    except BriefingError:
        return 0


def add_pin(home: Path, new: Pin) -> tuple[Pin, int]:
    """Put ``new`` at the end, and return it with its number; the one that is there if it differs in nothing but when.

    Words that are pinned already are pinned once more for another note only.
    """

    def added(now: Briefing) -> tuple[Briefing, tuple[Pin, int]]:
        for number, one in enumerate(now.pins, 1):
            if replace(new, id=one.id, pinned=one.pinned, note=new.note or one.note) == one:
                return now, (one, number)
        return replace(now, pins=(*now.pins, new)), (new, len(now.pins) + 1)

    return _edit(home, added)


def set_note(home: Path, which: Which, note: str, was: str | None = None) -> int:
    """Give a quote another note, "" for none, and return its number.

    Raises BriefingError where there is no such quote, where the note is too long, or where it is no longer what it
    ``was``, if that is given.
    """
    checked = checked_note(note)

    def noted(now: Briefing) -> tuple[Briefing, int]:
        at = _at(now, which)
        one = now.pins[at]
        if was is not None and one.note not in (was, checked):
            told = f"the note of quote {at + 1} was changed meanwhile, to {flat(one.note)[:200]!r}"
            raise BriefingError(told, "save yours once more to replace it")
        return replace(now, pins=(*now.pins[:at], replace(one, note=checked), *now.pins[at + 1 :])), at + 1

    return _edit(home, noted)


def move(home: Path, which: Which, to: int) -> None:
    """Put a quote at the place ``to``. Raises BriefingError where either is none."""
    _edit(home, lambda now: (_moved(now, _at(now, which), _at(now, to)), None))


def step(home: Path, which: Which, by: int) -> int:
    """Put a quote ``by`` places further down, as far as there are any, and return its number now.

    Raises BriefingError where there is no such quote.
    """

    def stepped(now: Briefing) -> tuple[Briefing, int]:
        at = _at(now, which)
        to = min(max(at + by, 0), len(now.pins) - 1)
        return _moved(now, at, to), to + 1

    return _edit(home, stepped)


def unpin(home: Path, which: Which) -> TakenOut:
    """Take a quote out of the briefing; ``put_back`` undoes it. Raises BriefingError where there is none."""

    def rest(now: Briefing) -> tuple[Briefing, TakenOut]:
        at = _at(now, which)
        gone = TakenOut(now.pins[at], at + 1)
        left = (*now.pins[:at], *now.pins[at + 1 :])
        return replace(now, pins=left, taken_out=(gone, *now.taken_out)[:KEPT]), gone

    return _edit(home, rest)


def put_back(home: Path, identity: str) -> int:
    """Put the quote of this id, which was taken out, back with its note, and return its number: that which it had, as
    far as there are so many quotes. Raises BriefingError where none of this id is kept.
    """

    def whole(now: Briefing) -> tuple[Briefing, int]:
        found = next((gone for gone in now.taken_out if gone.pin.id == identity), None)
        if found is None:
            raise BriefingError("this quote is not among those taken out", "pin it anew")
        at = min(found.number, len(now.pins) + 1) - 1
        left = tuple(gone for gone in now.taken_out if gone is not found)
        return replace(now, pins=(*now.pins[:at], found.pin, *now.pins[at:]), taken_out=left), at + 1

    return _edit(home, whole)


def set_title(home: Path, title: str) -> str:
    """Give the briefing a title on one line, "" for the usual one, and return it. Raises BriefingError if too long."""
    line = flat(title) or TITLE
    if len(line) > MAX_TITLE_CHARACTERS:
        raise BriefingError(f"the title has {len(line):,} characters", f"write at most {MAX_TITLE_CHARACTERS}")
    return _edit(home, lambda now: (replace(now, title=line), line))


def checked_note(note: str) -> str:
    """Return ``note`` without white space around it. Raises BriefingError where it is too long."""
    if len(note) > MAX_NOTE_CHARACTERS:
        raise BriefingError(f"the note has {len(note):,} characters", f"write at most {MAX_NOTE_CHARACTERS:,}")
    return note.replace("\r\n", "\n").strip()


def _without_id(entry: Any, place: int) -> Pin:
    """Return a pin of format 1 with an id that is the same at every reading."""
    made = hashlib.sha256(json.dumps([place, entry]).encode()).hexdigest()[:12]
    return record_from_json(Pin, {**entry, "id": made})


def _taken_out(pin: Any, number: Any) -> TakenOut:
    return record_from_json(TakenOut, {"pin": record_from_json(Pin, pin), "number": number})


def _at(now: Briefing, which: Which) -> int:
    """Return the place of a quote, counted from 0. Raises BriefingError where there is none."""
    if isinstance(which, str):
        for place, one in enumerate(now.pins):
            if one.id == which:
                return place
        raise BriefingError("the briefing has changed, and this quote is no longer in it", "see it anew")
    if not 1 <= which <= len(now.pins):
        count = f"has {len(now.pins)}" if now.pins else "is empty"
        remedy = "see: casebook briefing" if now.pins else EMPTY
        raise BriefingError(f"there is no quote {which}: the briefing {count}", remedy)
    return which - 1


def _moved(now: Briefing, at: int, to: int) -> Briefing:
    rest = [*now.pins[:at], *now.pins[at + 1 :]]
    return replace(now, pins=(*rest[:to], now.pins[at], *rest[to:]))


def _edit(home: Path, change: Callable[[Briefing], tuple[Briefing, Result]]) -> Result:
    """Let ``change`` change the briefing while nobody else does, and return what else it returns."""
    from filelock import FileLock, Timeout

    with disk_errors(home):
        home.mkdir(parents=True, exist_ok=True)
        try:
            # The library's own lock is held as long as it is being indexed.
            lock = FileLock(home / f".{FILE_NAME}.lock")
            lock.acquire(timeout=WAIT)
        except Timeout:
            raise BusyError(f"the briefing in {str(home)!r} is being edited", "try again") from None
    try:
        before = read_briefing(home)
        after, result = change(before)
        if after != before:
            _write(home, after)
        return result
    finally:
        lock.release()


def _write(home: Path, briefing: Briefing) -> None:
    path = home / FILE_NAME
    # No name of corpus.disk.aside, as files with one are cleared away when an indexing begins.
    new = path.with_name(f".{FILE_NAME}.new")
    with disk_errors(home):
        write_flushed(new, json.dumps({"format": FORMAT, **asdict(briefing)}, indent=1).encode("ascii"))
        os.replace(new, path)
        flush_folder(home)

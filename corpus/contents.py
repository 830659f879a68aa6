"""The contents list of a report: its entries, with their printed pages where it gives them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.folding import fold

LONGEST_ENTRY = 300
"""In characters; no longer line is an entry."""
MOST_ENTRIES = 400
"""A longer run is an index or a table of figures."""
LONGEST_GAP = 8
"""How many lines without dot leaders stand between two with them at most: a page's foot and head, a wrapped entry."""
FULL_LINE = 50
"""In characters; an entry that long fills a line, so that a reader may take it and the one below for one paragraph, or
it goes on below; a heading over some of the entries is shorter.
"""

_BULLET = "[-*+•▪■◦‣●○·➢]"
_TITLED = rf"(?:{_BULLET}[ \t]+)?(?P<label>(?:case study[ \t]+)?\d{{1,2}}(?:\.\d{{1,2}})*[.:)]?[ \t]+)?(?P<title>\S.*?)"
_LEADER = r"(?:[ \t]*\t[ \t]*|[ \t]*(?:[.…·][ \t]?){3,}[ \t]*|[ ]{3,})"
_ENTRY = re.compile(rf"{_TITLED}{_LEADER}(?P<page>\d{{1,3}})\Z", re.I)
_SPACED_ENTRY = re.compile(rf"{_TITLED}(?:{_LEADER}|[ \t]+)(?P<page>\d{{1,3}})\Z", re.I)
_GROUP = re.compile(rf"{_TITLED}\Z", re.I)
_RUN_TOGETHER = re.compile(rf"\S.{{{FULL_LINE},}}?[ \t]\d{{1,3}}(?=[ \t]+[A-Z\d])|\S.*\Z")
_LEADERS = re.compile(r"(?<![.…·])(?<![.…·][ \t])(?:[.…·][ \t]?){5,}+")
_LEADERS_TO_PAGE = re.compile(rf"{_LEADERS.pattern}[ \t]*+(?P<page>\d{{1,4}})(?!\d)")
_CELL_BORDER = re.compile(r"[ \t]*\|[ \t]*")
_LINK = re.compile(r"(?:[-*+]|\d{1,2}[.)])[ \t]+\[(?P<title>[^\]]+)\]\(#[^)]*\)\Z")
_MARKER = re.compile(rf"(?:{_BULLET}|(?P<number>\d{{1,2}})[.)]?)[ \t]+")
_HEADING = re.compile(r"#* ?\**(?:table of )?(?:contents(?: list)?|in this report|on this page)\**:?", re.I)
_COLUMN = re.compile(r"\**page(?: no\.?| number)?\**:?", re.I)


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of a contents list: its title, its number where it has one, and its printed page (0 where it has none)."""

    title: str
    label: str
    page: int


def find_contents(lines: Sequence[str]) -> tuple[list[ContentsEntry], set[int]]:
    """Return the entries of the contents lists in ``lines``, and the numbers of the lines that the lists take up.

    A list is three or more entries in a row with rising pages, or lines under "Contents" that all come again below.
    Under "Contents" one space before the page is enough, and a line without a page may stand over entries. A line in
    which dot leaders run to a page belongs to a list wherever it stands, but gives no entry where no list is read.
    """
    runs = _paged_runs(lines) or _unpaged_runs(lines)
    numbers = {number for run in runs for number, _ in run}
    for run in runs:
        above = run[0][0] - 1
        while above >= 0 and (not lines[above] or _HEADING.fullmatch(lines[above]) or _COLUMN.fullmatch(lines[above])):
            numbers |= {above} if lines[above] else set()
            above -= 1
    numbers |= _led(lines, numbers)
    return [entry for run in runs for _, entry in run], numbers


def _led(lines: Sequence[str], listed: set[int]) -> set[int]:
    """Return the numbers of lines with dot leaders, of the few lines between them, and of entries right beside them.

    ``listed`` are the lines that are known to be a list's.
    """
    led = {number for number, line in enumerate(lines) if _is_led(line)}
    written = [number for number, line in enumerate(lines) if line] if led else []
    places = [at for at, number in enumerate(written) if number in led]
    for above, below in pairwise(places):
        between = [written[at] for at in range(above + 1, below)]
        if len(between) <= LONGEST_GAP and all(_is_label(lines[number]) for number in between):
            led.update(between)
    for number, beside in (*pairwise(written), *pairwise(reversed(written))):
        if number in led and beside not in listed and _entry(lines[beside]):
            led.add(beside)
    return led


def _is_led(line: str) -> bool:
    """Return whether dot leaders run to a page at the end of a line, or stand in it twice.

    Behind figures alone they are cells of a table.
    """
    page = _LEADERS_TO_PAGE.search(line)
    if not page or (page.start() and not re.search(r"[^\W\d_]", line[: page.start()])):
        return False
    return page.end() == len(line) or len(_LEADERS.findall(line)) > 1


def _is_label(line: str) -> bool:
    return len(line) <= LONGEST_ENTRY and not line.endswith((".", "!", "?"))


def _paged_runs(lines: Sequence[str]) -> list[list[tuple[int, ContentsEntry]]]:
    runs: list[list[tuple[int, ContentsEntry]]] = [[]]
    written = [number for number, line in enumerate(lines) if line]
    passed = -1
    for at, number in enumerate(written):
        if number <= passed:
            continue
        if _HEADING.fullmatch(lines[number]) and len(run := _headed_run(lines, written, at + 1)) >= 3:
            runs += [run, []]
            passed = run[-1][0]
            continue
        entry = _entry(lines[number])
        # Where pages fall, the list is over: a running header with a page number may stand right below it.
        if runs[-1] and (entry is None or entry.page < runs[-1][-1][1].page):
            runs.append([])
        if entry:
            runs[-1].append((number, entry))
    return [run for run in runs if 3 <= len(run) <= MOST_ENTRIES]


def _headed_run(lines: Sequence[str], written: list[int], begin: int) -> list[tuple[int, ContentsEntry]]:
    """Return the entries that stand in a row from ``written[begin]`` on, under "Contents".

    ``written`` holds the numbers of the lines that are not empty.
    """
    run: list[tuple[int, ContentsEntry]] = []
    for at in range(begin, len(written)):
        number, line = written[at], _without_borders(lines[written[at]])
        if not run and _COLUMN.fullmatch(line):
            continue
        if _HEADING.fullmatch(line):
            break
        last = run[-1][1] if run else None
        entries = _spaced_entries(line, last)
        if not entries and at + 1 < len(written):
            below = _spaced_entries(_without_borders(lines[written[at + 1]]), last)
            entries = _group(line, below[0].page) if below else []
        if not entries:
            break
        run += [(number, entry) for entry in entries]
    return run


def _without_borders(line: str) -> str:
    """Return a line of a list that stands in a table without the borders of its cells."""
    return _CELL_BORDER.sub(" ", line).strip() if line[0] == "|" else line


def _spaced_entries(line: str, last: ContentsEntry | None) -> list[ContentsEntry]:
    """Return the entries on a line under "Contents", none where it cannot follow the entry ``last``.

    They are two or more where a reader took a line that is full, and what is below it, for one paragraph.
    """
    if not line or len(line) > LONGEST_ENTRY:
        return []
    for parts in (_RUN_TOGETHER.findall(line), [line]):
        entries = [entry for part in parts if (entry := _entry(part, _SPACED_ENTRY))]
        rising = all(_follows(a, b) for a, b in pairwise([last, *entries] if last else entries))
        if len(entries) == len(parts) and rising:
            return entries
    return []


def _follows(above: ContentsEntry, entry: ContentsEntry) -> bool:
    """Return whether ``entry`` may stand below another: not on an earlier page, nor "Part 2" below "Part 1"."""
    return entry.page >= above.page and (fold(entry.title) != fold(above.title) or entry.label != above.label)


def _group(line: str, page: int) -> list[ContentsEntry]:
    """Return what stands without a page over entries of which the first is on ``page``, which is its page too."""
    found = _GROUP.match(line) if len(line) < FULL_LINE and not line.endswith((".", ":", ";", ",")) else None
    return [_as_entry(found, page)] if found else []


def _entry(line: str, shape: re.Pattern[str] = _ENTRY) -> ContentsEntry | None:
    if len(line) > LONGEST_ENTRY:
        return None
    if link := _LINK.match(line):
        return ContentsEntry(link["title"].strip(), "", 0)
    if not line[-1].isdigit() or not (found := shape.match(line)) or not re.search(r"[^\W\d_]{2}", found["title"]):
        return None
    return _as_entry(found, int(found["page"]))


def _as_entry(found: re.Match[str], page: int) -> ContentsEntry:
    label = (found["label"] or "").strip(" \t.:)")
    return ContentsEntry(found["title"].strip(" .\t"), label, page)


def _unpaged_runs(lines: Sequence[str]) -> list[list[tuple[int, ContentsEntry]]]:
    """Return the entries under a line "Contents", as long as each of them comes again as a line further down."""
    opening = next((n for n, line in enumerate(lines) if len(line) < 40 and _HEADING.fullmatch(line)), None)
    if opening is None:
        return []
    places: dict[str, int] = {}
    for number, line in enumerate(lines):
        if line and len(line) <= LONGEST_ENTRY:
            places[_plain(line)] = number
    run: list[tuple[int, ContentsEntry]] = []
    for number in range(opening + 1, len(lines)):
        if not lines[number]:
            continue
        if len(run) == MOST_ENTRIES or places.get(_plain(lines[number]), number) == number:
            break
        marker = _MARKER.match(lines[number])
        title = lines[number][marker.end() if marker else 0 :].strip()
        run.append((number, ContentsEntry(title, (marker and marker["number"]) or "", 0)))
    # The first heading of the text comes again too, in the list itself: it ends the list.
    titles = [fold(entry.title) for _, entry in run]
    again = next((i for i, title in enumerate(titles) if title in titles[:i]), len(run))
    return [run[:again]] if again >= 3 else []


def _plain(line: str) -> str:
    """Return what an entry and the heading that it names have in common."""
    return fold(_MARKER.sub("", line.lstrip("#").strip().strip("*"), count=1))

"""The contents list of a report: its entries, with their printed pages where it gives them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.folding import fold

LONGEST_ENTRY = 300
"""In characters; no longer line is an entry."""
MOST_ENTRIES = 400
"""A longer run is an index or a table of figures."""

_ENTRY = re.compile(
    r"(?P<label>(?:case study[ \t]+)?\d{1,2}(?:\.\d{1,2})*[.:)]?[ \t]+)?(?P<title>\S.*?)"
    r"(?:[ \t]*\t[ \t]*|[ \t]*(?:[.…·][ \t]?){3,}[ \t]*|[ ]{3,})(?P<page>\d{1,3})\Z",
    re.I,
)
_LINK = re.compile(r"(?:[-*+]|\d{1,2}[.)])[ \t]+\[(?P<title>[^\]]+)\]\(#[^)]*\)\Z")
_MARKER = re.compile(r"(?:[-*+•▪■◦‣●○·➢]|(?P<number>\d{1,2})[.)]?)[ \t]+")
_HEADING = re.compile(r"#* ?\**(?:table of )?(?:contents(?: list)?|in this report|on this page)\**:?", re.I)


@dataclass(frozen=True, slots=True)
class ContentsEntry:
    """A line of a contents list: its title, its number where it has one, and its printed page (0 where it has none)."""

    title: str
    label: str
    page: int


def find_contents(lines: Sequence[str]) -> tuple[list[ContentsEntry], set[int]]:
    """Return the entries of the contents lists in ``lines``, and the numbers of the lines that the lists take up.

    A list is three or more entries in a row with rising pages, or lines under "Contents" that all come again below.
    """
    runs = _paged_runs(lines) or _unpaged_runs(lines)
    numbers = {number for run in runs for number, _ in run}
    for run in runs:
        above = next((n for n in range(run[0][0] - 1, -1, -1) if lines[n]), None)
        if above is not None and _HEADING.fullmatch(lines[above]):
            numbers.add(above)
    return [entry for run in runs for _, entry in run], numbers


def _paged_runs(lines: Sequence[str]) -> list[list[tuple[int, ContentsEntry]]]:
    runs: list[list[tuple[int, ContentsEntry]]] = [[]]
    for number, line in enumerate(lines):
        if not line:
            continue
        entry = _entry(line)
        # Where pages fall, the list is over: a running header with a page number may stand right below it.
        if runs[-1] and (entry is None or entry.page < runs[-1][-1][1].page):
            runs.append([])
        if entry:
            runs[-1].append((number, entry))
    return [run for run in runs if 3 <= len(run) <= MOST_ENTRIES]


def _entry(line: str) -> ContentsEntry | None:
    if len(line) > LONGEST_ENTRY:
        return None
    if link := _LINK.match(line):
        return ContentsEntry(link["title"].strip(), "", 0)
    if not line[-1].isdigit() or not (found := _ENTRY.match(line)) or not re.search(r"[^\W\d_]{2}", found["title"]):
        return None
    label = (found["label"] or "").strip(" \t.:)")
    return ContentsEntry(found["title"].strip(" .\t"), label, int(found["page"]))


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

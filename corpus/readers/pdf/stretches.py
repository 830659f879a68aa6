"""Words -> stretches: what stands side by side on one row of a page without a wide gap, as text."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise

from corpus.readers.pdf.document import Dot, Look, Sheet, Word

GAP = 1.0
"""A wider gap between two characters, in times their size, parts stretches."""
NARROW = 0.65
"""A strip between columns of text is at least so wide, in times the size of the letters: wider than a typewriter's
space.
"""
NARROW_ROWS = 8
"""So many lines must stand on both sides of a strip narrower than ``GAP``: wide spaces of a justified text are never
one below another in as many.
"""
MOST_STRIPS = 20
"""So many strips of a page are looked at, those beside most lines first."""

_SMALL = 0.85
"""Raised figures are at most so large beside their line's letters."""
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_NOTE_MARK = re.compile(r"[\d,*†‡§¶ ]+")
_CLOSING = (",", ".", ";", ":", "!", "?", ")", "]")
_UNIT = re.compile(r"(?<![^\W\d_])(?:[kcm]?m|ft)\Z")
_LIGATURES = dict(zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", "ff fi fl ffi ffl st st".split(), strict=True))
_LINE_END_HYPHENS = "\x02\ufffe"
"""What PDFium gives for a hyphen with which a line ends."""
_JOINERS = "\u200c\u200d"
_OWN_SIGN = "\ue000"
"""Stands for every sign of a font's own: most are bullets."""
SOFT_HYPHEN = "\u00ad"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Characters side by side on one row. Lengths are in points; ``y``, the baseline, is counted from the foot of the
    page. ``size`` and ``bold`` are those of most letters. ``calls`` are the numbers of notes called for by raised
    figures, which are not in ``text``.
    """

    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool = False
    upright: bool = True
    calls: tuple[str, ...] = ()


def find_stretches(sheet: Sheet) -> list[Stretch]:
    """Return the stretches of a page, in the order they were drawn; a dot before one is a bullet.

    What lies off the page, cannot be seen beside text that can, or is drawn twice in one place is left out. A gap
    narrower than ``GAP`` parts stretches where it lies over a strip that runs down between lines.
    """
    seen = any(word.look.visible for word in sheet.words if word.look)
    words = [word for word in sheet.words if not (word.look and seen and not word.look.visible)]
    found: dict[tuple[str, int, int], Stretch] = {}
    for run in _runs(words, _strips(words, sheet)):
        stretch = _written(run)
        if stretch.text and stretch.x1 > 0 and stretch.x0 < sheet.width and 0 < stretch.y < sheet.height:
            found.setdefault((stretch.text, round(stretch.x0 / 2), round(stretch.y / 2)), stretch)
    stretches = list(found.values())
    return stretches + _bullets(sheet.dots, stretches)


def _bullets(dots: Iterable[Dot], stretches: list[Stretch]) -> list[Stretch]:
    """Return a bullet for each dot that stands before a stretch, at the height of its letters."""
    rows: dict[int, list[Stretch]] = defaultdict(list)
    for stretch in stretches:
        rows[round(stretch.y)].append(stretch)
    bullets = []
    for dot in dots:
        near = [s for y in range(round(dot.y0) - 8, round(dot.y1) + 3) for s in rows.get(y, ())]
        behind = min((s for s in near if s.x0 >= dot.x1), key=lambda s: s.x0, default=None)
        if behind and behind.x0 - dot.x1 < 2.5 * behind.size and 0 < (dot.y0 + dot.y1) / 2 - behind.y < behind.size:
            bullets.append(Stretch("•", dot.x0, dot.x1, behind.y, behind.size))
    return bullets


def rows_of(stretches: Iterable[Stretch]) -> list[list[Stretch]]:
    """Return the stretches by baseline from the top, each row from the left."""
    rows: list[list[Stretch]] = []
    for stretch in sorted(stretches, key=lambda s: -s.y):
        if rows and rows[-1][0].y - stretch.y <= 0.4 * max(stretch.size, rows[-1][0].size):
            rows[-1].append(stretch)
        else:
            rows.append([stretch])
    return [sorted(row, key=lambda s: s.x0) for row in rows]


_Strip = tuple[float, float]
"""The left and right edge of a strip of a page."""


def _strips(words: Iterable[Word], sheet: Sheet) -> list[_Strip]:
    """Return the strips that no word crosses over many lines, and right of which many lines begin at one place."""
    by_height: dict[int, list[tuple[float, float, float]]] = defaultdict(list)
    for word in words:
        look = word.look
        if look and look.upright and 0 < look.y < sheet.height and 0 <= word.x0 <= word.x1 <= sheet.width:
            by_height[round(look.y)].append((word.x0, word.x1, look.size))
    rows = [sorted(by_height[y]) for y in sorted(by_height)]
    ends: dict[int, dict[int, _Strip]] = defaultdict(dict)
    for n, row in enumerate(rows):
        for (_, end, size), (start, _, _) in pairwise(row):
            if start - end >= NARROW * size:
                ends[round(start)][n] = ends[round(start) - 1][n] = (end, start)
    return [
        (max(gaps[n][0] for n in beside), min(gaps[n][1] for n in beside))
        for gaps in sorted(ends.values(), key=len, reverse=True)[:MOST_STRIPS]
        for run in _free_rows(rows, gaps)
        if len(beside := [n for n in run if n in gaps]) >= NARROW_ROWS
    ]


def _free_rows(rows: list[list[tuple[float, float, float]]], gaps: dict[int, _Strip]) -> list[list[int]]:
    """Return the runs of rows that no word crosses where the narrowest of ``gaps`` is, by their numbers."""
    left, right = max(end for end, _ in gaps.values()), min(start for _, start in gaps.values())
    free = [not any(x0 < right - 1 and x1 > left + 1 for x0, x1, _ in row) for row in rows]
    return [list(run) for is_free, run in groupby(range(len(rows)), key=free.__getitem__) if is_free]


_Run = list[tuple[str, float, float, Look]]
"""Words as shown, with their edges and looks; a space has the look of what stands before it."""


def _runs(words: list[Word], strips: list[_Strip]) -> Iterator[_Run]:
    run: _Run = []
    spaced = False
    for text, x0, x1, look in words:
        shown = text if text.isascii() and text.isprintable() else _shown(text)
        if look is None:
            spaced = True
            continue
        if not shown:
            continue
        if run and (_parted(run[-1], shown, x0, x1, look) or _over_strip(run[-1][2], x0, strips)):
            yield run
            run = []
        if run and spaced:
            run.append((" ", run[-1][2], run[-1][2], run[-1][3]))
        run.append((shown, x0, x1, look))
        spaced = False
    if run:
        yield run


def _parted(last: tuple[str, float, float, Look], shown: str, x0: float, x1: float, look: Look) -> bool:
    """Return whether a word begins another stretch than the ``last`` one drawn before it."""
    _, before0, before1, before = last
    size = max(look.size, before.size)
    if look is not before:
        if look.upright != before.upright or not _on_one_row(before, look):
            return True
        if not look.upright:
            return abs(look.y - before.y) > size
    if not look.upright:
        return False
    if unicodedata.bidirectional(shown[0]) in ("R", "AL") and x1 <= before1:
        return before0 - x1 > GAP * size
    return x0 - before1 > GAP * size or x0 < before0 - 0.3 * size


def _over_strip(end: float, start: float, strips: list[_Strip]) -> bool:
    """Return whether a gap lies over one of the strips, of which a hanging comma may cover a little."""
    return start > end and any(end < x0 + 0.2 * (x1 - x0) and start > x1 - 1 for x0, x1 in strips)


def _on_one_row(a: Look, b: Look) -> bool:
    """Return whether two looks share a baseline, or one is raised or lowered beside the other."""
    small, large = (a, b) if a.size < b.size else (b, a)
    off = abs(small.y - large.y)
    if off <= 0.12 * large.size:
        return True
    return small.size <= _SMALL * large.size and off <= 0.6 * large.size


def _written(run: _Run) -> Stretch:
    letters: Counter[tuple[float, bool]] = Counter()
    for shown, _, _, look in run:
        letters[round(look.size, 1), look.bold] += len(shown)
    size = max(letters, key=lambda each: letters[each])[0]
    y = next(look.y for _, _, _, look in run if round(look.size, 1) == size)
    bold = sum(count for (_, is_bold), count in letters.items() if is_bold) > 0.6 * letters.total()
    raised = [look.size <= _SMALL * size and look.y - y > 0.12 * size for _, _, _, look in run]
    text = ""
    calls: list[str] = []
    n = 0
    while n < len(run):
        end = n
        while end < len(run) and raised[end] == raised[n]:
            end += 1
        part = "".join(shown for shown, *_ in run[n:end])
        shown = _raised(text, part) if raised[n] else part
        if raised[n] and not shown.strip():
            calls += re.findall(r"\d+", part)
            if run[min(end, len(run) - 1)][0].startswith(_CLOSING):
                text, shown = text.rstrip(), ""  # the space stood beside the mark
        text += shown
        n = end
    if text.startswith(_OWN_SIGN):
        text = "• " + text[1:]
    text = text[:-1].replace(SOFT_HYPHEN, "") + text[-1:]
    text = unicodedata.normalize("NFC", " ".join(text.replace(_OWN_SIGN, "").split()))
    return Stretch(text, min(r[1] for r in run), max(r[2] for r in run), y, size, bold, run[0][3].upright, tuple(calls))


def _raised(before: str, part: str) -> str:
    """Return what stays of raised text: a note's mark goes, a note's own number and a unit's exponent are kept."""
    if not _NOTE_MARK.fullmatch(part):
        return part
    if not before.strip():
        return part.strip().translate(_SUPERSCRIPTS) + " "
    if _UNIT.search(before):
        return part.translate(_SUPERSCRIPTS)
    return " " * part.endswith(" ")


def _shown(text: str) -> str:
    """Return what characters show: letters for ligatures, nothing for what steers a display."""
    return "".join(_sign(character) for character in text)


@cache
def _sign(character: str) -> str:
    if character in _LIGATURES:
        return _LIGATURES[character]
    if character in _LINE_END_HYPHENS:
        return "-"
    if character == SOFT_HYPHEN or character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if category == "Co":
        return _OWN_SIGN
    return "" if category in ("Cc", "Cf", "Cs", "Cn") else character

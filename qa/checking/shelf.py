"""The reports of a library as one long row of words, in which a quotation is looked for: as it is, then nearly."""

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.folding import fold
from corpus.model import BlockKind, Report, Span
from qa.checking.align import BRACKET_WORDS, Alignment, Kind, Step, align, is_same
from qa.checking.words import ELLIPSIS, Word, read_words

ELLIPSIS_WORDS = 250
"""How many words and punctuation marks of a report an ellipsis may stand for."""

MAX_ALIGNED = 2_000
"""A longer quotation that does not stand in a report as it is, is not compared word by word."""

MAX_MATCHES = 200
"""How many places of one quotation are looked up."""

MAX_CELLS = 300_000_000
"""How many pairs of words are compared for one draft; five hundred altered quotations of usual length take a
thirtieth.
"""

_ASIDE = frozenset({BlockKind.FURNITURE, BlockKind.FOOTNOTE, BlockKind.PULL_QUOTE})
_PAGE_BREAK = re.compile(r"\f|\n[ \t]*\n")
_LINE = re.compile(r"[^\n\f]*\S[^\n\f]*")
_PAGE_NUMBER = re.compile(r"\W*(?:page\s)?\W*\d{1,4}\W*", re.I)
_ANCHORS = 20
"""At how many places the longest piece of a quotation with marks is tried."""
_WINDOWS = 6
"""How many stretches that share most words with a quotation are compared with it."""
_LEAST_SHARE = 0.6
"""None is compared that has a smaller share of the votes of the best."""
_WIDEST = 3_000
"""A stretch is no wider than this and four times the quotation."""
_VOTERS = 400
"""How many words of a quotation say where to look for it."""


class Stream:
    """The words of a report in order; without its asides, words on both sides of a page break are neighbours."""

    def __init__(self, report: Report, asides: bool, within: Span | None = None) -> None:
        self.report = report
        kept: list[str] = []
        self._starts: list[int] = []
        self._shifts: list[int] = []
        length = 0
        for part in _parts(report, asides):
            start, end = part.start, part.end
            if within is not None:
                start, end = max(start, within.start), min(end, within.end)
            if start < end:
                self._starts.append(length)
                self._shifts.append(start - length)
                kept.append(report.text[start:end])
                length += end - start + 1
        self.text = "\n".join(kept)
        self.words = read_words(self.text)

    def span(self, first: int, last: int) -> Span:
        """Return where words ``first`` to ``last``, the last one included, stand in the report's text."""
        return Span(self._offset(self.words[first].start), self._offset(self.words[last].end - 1) + 1)

    def _offset(self, at: int) -> int:
        return at + self._shifts[bisect_right(self._starts, at) - 1]


@dataclass(frozen=True, slots=True)
class Match:
    """Words of a stream that a quotation stands for: from ``first`` to ``last``, which is included.

    ``alignment`` counts the report's words from ``first`` on.
    """

    stream: Stream
    first: int
    last: int
    alignment: Alignment

    @property
    def span(self) -> Span:
        """Where the words stand in the report's text."""
        return self.stream.span(self.first, self.last)

    @property
    def is_aside(self) -> bool:
        """Whether the words begin in page furniture, a footnote or a pull quote."""
        start = self.span.start
        return any(b.kind in _ASIDE and b.span.start <= start < b.span.end for b in self.stream.report.blocks)


class Shelf:
    """Reports made ready for checking many quotations; ``within`` limits all of them to one span of their text."""

    def __init__(self, reports: Iterable[Report], within: Span | None = None) -> None:
        self.reports = tuple(reports)
        self._streams: list[Stream] = []
        for report in self.reports:
            whole = Stream(report, asides=True, within=within)
            self._streams.append(whole)
            running = Stream(report, asides=False, within=within)
            if running.text != whole.text:
                self._streams.append(running)
        self._cells = 0
        self._words = [word for stream in self._streams for word in stream.words]
        self._begins = np.cumsum([0, *(len(stream.words) for stream in self._streams)])
        self._numbers: dict[str, int] = {}
        for word in self._words:
            self._numbers.setdefault(word.key, len(self._numbers))
        self._row = np.array([self._numbers[word.key] for word in self._words], dtype=np.int32)
        self._by_number = np.argsort(self._row, kind="stable")
        self._first = np.searchsorted(self._row[self._by_number], np.arange(len(self._numbers) + 1))

    @property
    def is_spent(self) -> bool:
        """Whether so much was compared word by word since ``start_over`` that no more will be."""
        return self._cells > MAX_CELLS

    def start_over(self) -> None:
        """Allow for another draft's comparing."""
        self._cells = 0

    def exact(self, quoted: Sequence[Word], limit: int = MAX_MATCHES) -> list[Match]:
        """Return where the words of ``quoted``, which holds no mark, stand one after the other: ``limit`` matches."""
        length = len(quoted)
        found: list[Match] = []
        for at in map(int, self._starts_of(quoted)):
            if len(found) == limit:
                break
            number = self._stream_at(at)
            begin, end = self._begins[number], self._begins[number + 1]
            if at + length <= end and all(map(is_same, quoted, self._words[at : at + length])):
                first, whole = at - int(begin), (0, length)
                alignment = Alignment(0, (Step(Kind.SAME, whole, whole),))
                found.append(Match(self._streams[number], first, first + length - 1, alignment))
        return found

    def marked(self, quoted: Sequence[Word]) -> list[Match]:
        """Return where the words of ``quoted`` stand with no other change than its marks own up to."""
        pieces = list(_pieces(quoted))
        first, last = max(pieces, key=lambda piece: piece[1] - piece[0], default=(0, 0))
        if first == last:
            return []
        before, after = _reach(quoted[:first]), _reach(quoted[last:])
        found = []
        for anchor in self.exact(quoted[first:last], _ANCHORS):
            match = self._aligned(quoted, anchor.stream, anchor.first - before, anchor.last + 1 + after)
            if match and match.alignment.cost == 0 and keeps_together(match):
                found.append(match)
        return found

    def near(self, quoted: Sequence[Word]) -> list[Match]:
        """Return the stretches most like ``quoted``, the cheapest alignment first; none for one that is too long."""
        if not 0 < len(quoted) <= MAX_ALIGNED:
            return []
        aligned = [self._aligned(quoted, stream, start, end) for stream, start, end in self._promising(quoted)]
        return sorted((match for match in aligned if match), key=lambda match: match.alignment.cost)

    def _stream_at(self, at: int) -> int:
        return int(np.searchsorted(self._begins, at, side="right")) - 1

    def _places(self, key: str) -> NDArray[np.int64]:
        number = self._numbers.get(key)
        if number is None:
            return np.zeros(0, dtype=np.int64)
        return self._by_number[self._first[number] : self._first[number + 1]]

    def _starts_of(self, quoted: Sequence[Word]) -> NDArray[np.int64]:
        """Return where words with the keys of ``quoted`` stand in the row; the rarest word is looked up first."""
        sizes = [len(self._places(word.key)) for word in quoted]
        if not sizes or min(sizes) == 0:
            return np.zeros(0, dtype=np.int64)
        rarest = sizes.index(min(sizes))
        starts = self._places(quoted[rarest].key) - rarest
        starts = starts[(starts >= 0) & (starts + len(quoted) <= len(self._row))]
        for n, word in enumerate(quoted):
            if not len(starts):
                break
            starts = starts[self._row[starts + n] == self._numbers[word.key]]
        return starts

    def _aligned(self, quoted: Sequence[Word], stream: Stream, start: int, end: int) -> Match | None:
        start, end = max(0, start), min(end, len(stream.words))
        if start >= end or end - start > _WIDEST + 4 * len(quoted) or self.is_spent:
            return None
        self._cells += (end - start) * len(quoted)
        found = align(quoted, stream.words[start:end])
        a, b = found.report
        if a >= b:
            return None
        moved = tuple(step._replace(report=(step.report[0] - a, step.report[1] - a)) for step in found.steps)
        return Match(stream, start + a, start + b - 1, Alignment(found.cost, moved))

    def _promising(self, quoted: Sequence[Word]) -> Iterator[tuple[Stream, int, int]]:
        """Yield the stretches (stream, start, end) that share most with ``quoted``, rare words counting more.

        Every word votes for where the quotation would begin if it stood there; votes are counted by buckets.
        """
        width = max(32, len(quoted))
        votes = np.zeros(len(self._row) // width + 2)
        for n in range(0, len(quoted), math.ceil(len(quoted) / _VOTERS)):
            places = self._places(quoted[n].key)
            if len(places) and quoted[n].is_word:
                weight = math.log(1 + len(self._row) / len(places)) ** 2
                votes += np.bincount(np.maximum(places - n, 0) // width, minlength=len(votes)) * weight
        pairs = votes[:-1] + votes[1:]
        reach = _reach(quoted)
        taken: set[int] = set()
        least = max(float(pairs.max()) * _LEAST_SHARE, 1e-9)
        for bucket in map(int, np.argsort(-pairs, kind="stable")[: 4 * _WINDOWS]):
            if len(taken) == _WINDOWS or pairs[bucket] < least:
                break
            if {bucket - 1, bucket + 1} & taken:
                continue
            taken.add(bucket)
            start, end = bucket * width - reach, (bucket + 2) * width + reach
            for number in range(self._stream_at(max(0, start)), self._stream_at(min(end, len(self._row)) - 1) + 1):
                begin = int(self._begins[number])
                yield self._streams[number], start - begin, end - begin


def _parts(report: Report, asides: bool) -> Iterator[Span]:
    """Yield the parts of a report's text in order: its blocks, without ``asides`` only those of running text, and of
    paragraphs that a page break cuts what stands above and below it.
    """
    furniture = {
        _masked(line)
        for block in report.blocks
        if block.kind is BlockKind.FURNITURE
        for line in report.text[block.span.start : block.span.end].split("\n")
    }
    for block in report.blocks:
        start, end = block.content.start, block.content.end
        if asides:
            yield block.content
        elif block.kind not in _ASIDE:
            if _PAGE_BREAK.search(report.text, start, end):
                for line in _LINE.finditer(report.text, start, end):
                    if _masked(line.group()) in furniture or _PAGE_NUMBER.fullmatch(line.group()):
                        yield Span(start, line.start())
                        start = line.end()
            yield Span(start, end)


def _masked(line: str) -> str:
    """Return a line folded, its figures masked, as running headers differ in nothing but the page number."""
    return re.sub(r"\d+", "0", fold(line))


def _pieces(quoted: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """Yield where the runs of words between marks begin and end."""
    start = 0
    for n, word in enumerate(quoted):
        if word.is_mark:
            yield start, n
            start = n + 1
    yield start, len(quoted)


def _reach(quoted: Sequence[Word]) -> int:
    """Return how many of a report's words ``quoted`` may stand for at most."""
    marks = [word for word in quoted if word.is_mark]
    ellipses = sum(word.form == ELLIPSIS for word in marks)
    return len(quoted) + ellipses * ELLIPSIS_WORDS + (len(marks) - ellipses) * BRACKET_WORDS


def keeps_together(match: Match) -> bool:
    """Return whether no ellipsis leaves out too much, or joins words of two case studies."""
    left_out = [b - a for kind, _, (a, b) in match.alignment.steps if kind is Kind.ELLIPSIS]
    report, span = match.stream.report, match.span
    cases = [case.span for case in report.case_studies if case.span.start < span.end and span.start < case.span.end]
    inside = not cases or any(case.start <= span.start and span.end <= case.end for case in cases)
    return not left_out or (inside and max(left_out) <= ELLIPSIS_WORDS)

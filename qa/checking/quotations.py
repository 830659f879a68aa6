"""The quotations of a draft, and what stands beside each as its citation. Apostrophes are no quotation marks."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from qa.checking.drafts import Draft, DraftError, Paragraph, plain_figures

MAX_QUOTATIONS = 10_000
"""A draft with more is refused."""

_OPENERS = "“„\"‘'"
_ELIDED = re.compile(
    r"['‘](?:\d0s|\d\d\b|(?:em|til|tis|twas|n|cause|cos|bout|round|neath|ere|gainst)\b)(?!\s+[a-z]+['’])", re.I
)
_BEFORE_OPENING = re.compile(r"[\s(\[{<*_~|/–—―‐\-“‘\"'„:;,>]")
_LINK = re.compile(r"\[([^\[\]\n]{1,300})\]\([^()\s]{1,2000}\)")
_STRAIGHT = re.compile('["”]')
_DOUBLE = re.compile('[“„”"]')
_NESTED_MARKS = 9
"""Among how many marks behind an opening one its own closing one is looked for."""
_NEAR = 1_000
"""How many characters before or behind a quotation may tell what it cites."""
_HAS_WORD = re.compile(r"[^\W_]")

_CITED = (
    r"\^\[(?P<inline>[^\[\]]{1,1000})\]|\[\^(?P<note>[^\]\s]{1,100})\]|(?P<figure>[¹²³⁰⁴-⁹]{1,4})"
    r"|\((?P<round>[^()]{1,500}(?:\([^()]{1,200}\)[^()]{0,300})?)\)|\[(?P<square>[^\[\]]{1,500})\]"
)
_BESIDE = re.compile(rf"[\s,;.:*_]*(?:{_CITED})")
_AHEAD = re.compile(rf"(?:{_CITED})|(?P<stop>[.!?][\"'”’)*_]*(?=\s+[\"“‘'(]?[^\W\d_a-z]|\s*\Z))")
_SENTENCE_OVER = re.compile(r"[.!?][\"'”’)\]*_]*\Z")
_CAPITAL_NEXT = re.compile(r"[\s*_]*(?:[\"“‘'(]?[A-Z]|\Z)")
_SENTENCE_END = re.compile(r"[.!?][\"'”’)*_]*\s+(?=[\"“‘'(]?[^\W\d_a-z])")
_DASHED = re.compile(r"(?:\A|\n|(?<=[”\"’]))[ \t]*(?:[—–―]|--)[ \t]*(?P<by>[^\n—–―]{1,300})\s*\Z")
_SOURCE = re.compile(r"[\s*_]*(?:(?:[—–―]|--)[ \t]*|Sources?:[ \t]*|(?=\(|\[))(?P<by>.+)", re.S | re.I)
_AT_END = re.compile(rf"\s*(?:{_CITED})[\s.*_]*\Z")


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words that a draft gives as quoted.

    ``number`` is the line or paragraph where they begin. ``citations`` is what stands beside them as their source;
    ``lead_in`` the words of the same sentence before them. ``closed`` is False where the closing mark is missing.
    """

    text: str
    number: int
    citations: tuple[str, ...] = ()
    lead_in: str = ""
    closed: bool = True


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A quotation within one paragraph: the marks at ``start`` and before ``end``; not closed where ``end`` is open."""

    start: int
    end: int
    closed: bool


def find_quotations(draft: Draft, is_citation: Callable[[str], bool]) -> list[Quotation]:
    """Return the quotations of a draft in order, then those of its notes; ``is_citation`` tells a citation in brackets
    from other words there. Raises DraftError where there are more than ``MAX_QUOTATIONS``.
    """
    finder = _Finder(draft, is_citation)
    found: list[Quotation] = []
    for run in (draft.paragraphs, *((note,) for note in draft.notes.values())):
        for quotation in finder.run(run):
            found.append(quotation)
            if len(found) > MAX_QUOTATIONS:
                raise DraftError(f"the draft holds more than {MAX_QUOTATIONS:,} quotations", "check it in parts")
    return found


class _Finder:
    def __init__(self, draft: Draft, is_citation: Callable[[str], bool]) -> None:
        self._draft = draft
        self._is_citation = is_citation

    def run(self, paragraphs: Sequence[Paragraph]) -> Iterator[Quotation]:
        """Yield the quotations of paragraphs that follow each other."""
        parts = [list(group) for _, group in groupby(paragraphs, key=lambda p: p.block)]
        for n, part in enumerate(parts):
            if part[0].block is None:
                yield from self._marked(part)
            else:
                lead_in = parts[n - 1][-1].text if n else ""
                after = parts[n + 1][0].text if n + 1 < len(parts) else ""
                yield from self._block(part, lead_in, after)

    def _block(self, part: list[Paragraph], lead_in: str, after: str) -> Iterator[Quotation]:
        """Yield the quotations of a block quote: the whole of it up to each citation that ends a paragraph."""
        held: list[str] = []
        first = part[0]
        for paragraph in part:
            if not held:
                first = paragraph
            text, citations = self._split_off(paragraph.text)
            held.append(text)
            if citations or paragraph is part[-1]:
                if not citations and (source := _SOURCE.match(after)) and self._is_citation(source["by"][:600]):
                    citations = (source["by"][:600],)
                words = "\n\n".join(held).strip()
                if _HAS_WORD.search(words):
                    sentence = _last_sentence(lead_in)
                    yield Quotation(_plain(words), first.number, citations, sentence)
                held = []

    def _split_off(self, text: str) -> tuple[str, tuple[str, ...]]:
        """Return a paragraph of a block quote without the citations at its end, and these."""
        citations: list[str] = []
        if dashed := _DASHED.search(text):
            citations.append(dashed["by"])
            text = text[: dashed.start()]
        while (ended := _AT_END.search(text, max(0, len(text) - 1_500))) and (cited := self._resolve(ended)):
            citations.insert(0, cited)
            text = text[: ended.start()]
        return text, tuple(citations)

    def _marked(self, paragraphs: Sequence[Paragraph]) -> Iterator[Quotation]:
        """Yield the quotations in quotation marks, over several paragraphs where each begins with an opening mark."""
        held: list[str] = []
        begun, lead_in = 0, ""
        for n, paragraph in enumerate(paragraphs):
            text = paragraph.text
            stretches = scan(text)
            begins = bool(stretches) and not text[: stretches[0].start].strip(" \t\n*_>")
            if held and not begins:
                yield Quotation(_plain("\n\n".join(held)), begun, closed=False, lead_in=lead_in)
                held = []
            line, at = paragraph.number, 0
            for k, stretch in enumerate(stretches):
                if self._draft.unit == "line":
                    line += text.count("\n", at, stretch.start)
                at = stretch.start
                inner = text[stretch.start + 1 : stretch.end - stretch.closed]
                if not held:
                    begun = line
                    earlier = stretches[k - 1].end if k else 0
                    earlier = max(earlier, stretch.start - _NEAR)
                    lead_in = _last_sentence(text[earlier : stretch.start])
                held.append(inner)
                goes_on = n + 1 < len(paragraphs) and paragraphs[n + 1].text.lstrip()[:1] == text[stretch.start]
                if not stretch.closed and stretch is stretches[-1] and goes_on:
                    break
                words = _plain("\n\n".join(held))
                held = []
                if _HAS_WORD.search(words):
                    citations = self._beside(text, stretch.end, stretches[k + 1 : k + 20]) if stretch.closed else ()
                    yield Quotation(words, begun, citations, lead_in, stretch.closed)

    def _beside(self, text: str, end: int, later: Sequence[_Stretch]) -> tuple[str, ...]:
        """Return the citations behind a quotation that ends at ``end``: right beside it, or later in its sentence.

        Two quotations of one sentence share a citation behind the second.
        """
        found: list[str] = []
        at = self._adjacent(text, end, found)
        ended = _SENTENCE_OVER.search(text, max(0, end - 10), end)
        over = ended is not None and _CAPITAL_NEXT.match(text, at) is not None
        reach = min(len(text), end + _NEAR)
        for border in (*later, _Stretch(reach, reach, True)):
            if over or found or at >= reach:
                break
            before = min(border.start, reach)
            while not over and not found and (event := _AHEAD.search(text, at, before)):
                at, over = event.end(), event["stop"] is not None
                if cited := "" if over else self._resolve(event):
                    found.append(cited)
                if over or cited:
                    at = self._adjacent(text, at, found)
            if not over and not found:
                at = self._adjacent(text, border.end, found)
                ended = _SENTENCE_OVER.search(text, max(0, border.end - 10), border.end)
                over = ended is not None and _CAPITAL_NEXT.match(text, at) is not None
        return tuple(found)

    def _adjacent(self, text: str, at: int, found: list[str]) -> int:
        """Add the citations right at ``at`` to ``found`` and return where they end."""
        while beside := _BESIDE.match(text, at):
            cited = self._resolve(beside)
            if not cited:
                break
            found.append(cited)
            at = beside.end()
        return at

    def _resolve(self, mark: re.Match[str]) -> str:
        """Return what a mark cites: a note's text, or the words in brackets where they are a citation; else ""."""
        notes = self._draft.notes
        if identity := mark["note"]:
            return notes[identity].text if identity in notes else f"[^{identity}]"
        if mark["figure"]:
            figure = notes.get(plain_figures(mark["figure"]))
            return figure.text if figure else ""
        words = mark["inline"] or mark["round"] or mark["square"]
        if words in notes:
            return notes[words].text
        return words if mark["inline"] or self._is_citation(words) else ""


def scan(text: str) -> list[_Stretch]:
    """Return the outermost quotations of one paragraph, in order; quotations inside others are part of these."""
    found: list[_Stretch] = []
    closers = [n for n, c in enumerate(text) if c in "’'" and _may_close(text, n)]
    singles = [n for n, c in enumerate(text) if c in "‘'" and _may_open(text, n)]
    at = 0
    marks = re.compile(f"[{_OPENERS}”]")
    while opening := marks.search(text, at):
        start = opening.start()
        at = start + 1
        if not _may_open(text, start):
            continue
        if text[start] in "‘'":
            end = _single_end(text, start, closers, singles)
            if end is None:
                if text[start] == "'" or text[:start].strip():
                    continue  # an apostrophe, unless a paragraph begins with it
                found.append(_Stretch(start, len(text), False))
                break
        else:
            end = _double_end(text, start)
            if end is None:
                again = _STRAIGHT.search(text, start + 1)
                at = again.start() if again else len(text)
                found.append(_Stretch(start, at, False))
                continue
        found.append(_Stretch(start, end, True))
        at = end
    return found


def _may_open(text: str, at: int) -> bool:
    mark, before, after = text[at], text[at - 1 : at], text[at + 1 : at + 2]
    if not after or after.isspace():
        return False
    if mark in "“„":
        return True
    if before and not _BEFORE_OPENING.match(before):
        return False
    if mark in '"”':
        return True
    return not _ELIDED.match(text, at)


def _may_close(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return bool(before) and not before.isspace() and not after.isalnum()


def _single_end(text: str, start: int, closers: Sequence[int], singles: Sequence[int]) -> int | None:
    """Return where a quotation in single marks ends: before the next opening mark at the first closing one that is no
    plural's apostrophe, else at the first; None where nothing closes it.
    """
    later = bisect_right(singles, start)
    border = singles[later] if later < len(singles) else len(text)
    first = None
    for n in range(bisect_right(closers, start), len(closers)):
        at = closers[n]
        if at >= border:
            break
        if not (text[at - 1] in "sS" and text[at + 1 : at + 2] == " " and text[at + 2 : at + 3].isalpha()):
            return at + 1
        first = first or at + 1
    return first


def _double_end(text: str, start: int) -> int | None:
    """Return where a quotation in double marks ends; None where nothing closes it.

    Marks of the same kind inside count where they close soon.
    """
    if text[start] not in "“„":
        closing = _STRAIGHT.search(text, start + 1)
        at = closing.start() if closing else -1
        return None if at < 0 or (text[at - 1].isspace() and _may_open(text, at)) else at + 1
    depth, first = 1, None
    for mark in islice(_DOUBLE.finditer(text, start + 1), _NESTED_MARKS):
        at = mark.start()
        if text[at] in "“„":
            depth += 1
        elif text[at] == "”" or _may_close(text, at):
            depth -= 1
            first = first or at + 1
            if depth == 0:
                return at + 1
    return first


def _last_sentence(text: str) -> str:
    """Return the last sentence of ``text``, or the part of one that it ends with."""
    tail = text[-_NEAR:]
    ends = [m.end() for m in _SENTENCE_END.finditer(tail)]
    return tail[ends[-1] :] if ends else tail


def _plain(text: str) -> str:
    """Return quoted words without the targets of links in them."""
    return _LINK.sub(r"\1", text).strip()

"""Sentences as spans: boundaries from sentencex, mended where reports of this kind need it."""

import re

from sentencex import get_sentence_boundaries

from corpus.model import Span

MAX_WORDS = 200
"""A sentence with more words is cut where a clause ends, so that it fits a passage."""

_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|Rev|Hon|Sir|Gov|Sen|Capt|Lt|Col|Gen|Messrs|Cllr|Rt|No|Nos|Fig|Figs|Vol|Ch|Sec|[Pp]aras?|pp?"
    r"|cf|vs?|viz|[Aa]pprox|[Ii]ncl|[Ee]st|e\.g|i\.e|eg|ie|et al|[A-Z])\.)[\"'”’)]*\Z"
)
_ATTRIBUTION = re.compile(
    r"(?:[A-Z][\w'’-]+\s+){1,3}(?:says|said|explains|explained|asks|asked|adds|added|questions|notes|argues|reflects"
    r"|comments|tells us|told us|concludes|reveals|admits|shares|recalls)\b"
)
_OPENING = re.compile(r"[\"“‘'(\[*_]*")
_MARK = re.compile(r"[¹²³⁴-⁹⁰]+(?=\s|\Z)")
_MISSED = re.compile(
    r"(?P<close>(?<=[a-z0-9%)][.!?])[\"”’')]?|(?<=[a-z]{3}[.!?])[\"”’')]?(?:\d{1,2}|[¹²³⁴-⁹⁰]+))"
    r"\s+(?=[\"“‘(]?[A-Z][a-z ])"
)
_BREAKS = str.maketrans("\n\f", "  ")
_WORD = re.compile(r"\S+")
_THREE_WORDS = re.compile(r"\S+\s+\S+\s+\S")
_ATTRIBUTION_WORDS = 14
_NEAR = 200
"""How many characters on either side of a full stop tell whether it ends a sentence."""


def sentence_spans(text: str, start: int, end: int) -> list[Span]:
    """Return the spans of the sentences of ``text[start:end]``, in order, without the white space around them.

    Together they hold every character of the stretch that is not white space. None has more than ``MAX_WORDS``
    words, nor the white space of a cut inside. Offsets are into ``text``.
    """
    # A line may end anywhere in a sentence, and a page too; to sentencex a blank line is a border.
    stretch = text[start:end].translate(_BREAKS)
    merged: list[Span] = []
    for found in get_sentence_boundaries("en", stretch):
        trimmed = _trim(text, Span(start + found["start_index"], start + found["end_index"]))
        if trimmed is None:
            continue
        if merged and merged[-1].end == trimmed.start and (mark := _MARK.match(text, trimmed.start, trimmed.end)):
            merged[-1] = Span(merged[-1].start, mark.end())
            trimmed = _trim(text, Span(mark.end(), trimmed.end))
            if trimmed is None:
                continue
        if merged and _belongs_to(text, merged[-1], trimmed):
            merged[-1] = Span(merged[-1].start, trimmed.end)
        else:
            merged.append(trimmed)
    split = [part for span in merged for part in _split_missed(text, span)]
    return [part for span in split for part in _cut_long(text, span)]


def _trim(text: str, span: Span) -> Span | None:
    inner = text[span.start : span.end]
    if not inner.strip():
        return None
    return Span(span.start + len(inner) - len(inner.lstrip()), span.end - len(inner) + len(inner.rstrip()))


def _belongs_to(text: str, first: Span, second: Span) -> bool:
    """Return whether the stretch ``second`` goes on with the sentence ``first``."""
    before = text[max(first.start, first.end - _NEAR) : first.end]
    after = text[second.start : min(second.end, second.start + _NEAR)]
    if second.length <= 4 and not any(character.isalpha() for character in after):
        return True
    opening = _OPENING.match(after)
    begins = after[opening.end() if opening else 0 :][:1]
    if _ABBREVIATION.search(before) or begins.islower():
        return True
    said = before[-1:] in "\"'”’" and second.length < _NEAR and bool(_ATTRIBUTION.match(after))
    return said and len(after.split()) <= _ATTRIBUTION_WORDS and not after[:1].islower()


def _split_missed(text: str, span: Span) -> list[Span]:
    """Split where a full stop, a space and a capitalised word show an end that was passed over."""
    parts: list[Span] = []
    at = span.start
    for gap in _MISSED.finditer(text, span.start, span.end):
        before, after = Span(at, gap.end("close")), Span(gap.end(), span.end)
        if not _THREE_WORDS.match(text, before.start, before.end) or _belongs_to(text, before, after):
            continue
        parts.append(before)
        at = after.start
    parts.append(Span(at, span.end))
    return parts


def _cut_long(text: str, span: Span) -> list[Span]:
    """Cut a sentence of over ``MAX_WORDS`` words, at the last clause border that fits, else between words."""
    parts: list[Span] = []
    start = span.start
    words = list(_WORD.finditer(text, span.start, span.end))
    first = 0
    while len(words) - first > MAX_WORDS:
        last = first + MAX_WORDS
        clause = next((n for n in range(last, first + MAX_WORDS // 2, -1) if _ends_clause(words[n - 1].group())), last)
        parts.append(Span(start, words[clause - 1].end()))
        first = clause
        start = words[first].start()
    parts.append(Span(start, span.end))
    return parts


def _ends_clause(word: str) -> bool:
    return word[-1:] in ";:,)–—"

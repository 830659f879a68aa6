"""Sentences as spans: boundaries from sentencex, mended where reports of this kind need it."""

import re

from sentencex import get_sentence_boundaries

from corpus.model import Span

MAX_WORDS = 200
"""A sentence with more words is cut where a clause ends, so that it fits a passage."""

_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|Rev|Hon|Sir|Gov|Sen|Capt|Lt|Col|Gen|Messrs|No|Nos|Fig|Figs|Vol|Ch|Sec|Para|pp?"
    r"|cf|vs?|viz|approx|incl|est|e\.g|i\.e|eg|ie|et al|[A-Z])\.)[\"'”’)]*\Z"
)
_ATTRIBUTION = re.compile(
    r"(?:[A-Z][\w'’-]+\s+){1,3}(?:says|said|explains|explained|asks|asked|adds|added|questions|notes|argues|reflects"
    r"|comments|tells us|told us|concludes|reveals|admits|shares|recalls)\b"
)
_OPENING = re.compile(r"[\"“‘'(\[*_]*")


def sentence_spans(text: str, start: int, end: int) -> list[Span]:
    """Return the spans of the sentences of ``text[start:end]``, in order, without the white space around them.

    Together they hold every character of the stretch that is not white space. None has more than ``MAX_WORDS``
    words, nor the white space of a cut inside. Offsets are into ``text``.
    """
    stretch = text[start:end]
    found = get_sentence_boundaries("en", stretch)
    rough = [Span(start + b["start_index"], start + b["end_index"]) for b in found]
    merged: list[Span] = []
    for span in rough:
        trimmed = _trim(text, span)
        if trimmed is None:
            continue
        if merged and _belongs_to(text[merged[-1].start : merged[-1].end], text[trimmed.start : trimmed.end]):
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


def _belongs_to(before: str, after: str) -> bool:
    """Return whether ``after`` goes on with the sentence ``before``."""
    if not any(character.isalpha() for character in after) and len(after) <= 4:
        return True
    begins = after[_OPENING.match(after).end() :][:1]  # type: ignore[union-attr]
    if _ABBREVIATION.search(before) or begins.islower():
        return True
    return (
        before[-1:] in "\"'”’"
        and bool(_ATTRIBUTION.match(after))
        and len(after.split()) <= 14
        and not after[:1].islower()
    )


_MISSED = re.compile(r"(?<=[a-z0-9%)][.!?])(?P<close>[\"”’')]?)\s+(?=[\"“‘(]?[A-Z][a-z ])")


def _split_missed(text: str, span: Span) -> list[Span]:
    """Split where a full stop, a space and a capitalised word show an end that was passed over."""
    parts: list[Span] = []
    at = span.start
    inner = text[span.start : span.end]
    for gap in _MISSED.finditer(inner):
        before, after = inner[at - span.start : gap.end("close")], inner[gap.end() :]
        if len(before.split()) < 3 or _belongs_to(before, after):
            continue
        parts.append(Span(at, span.start + gap.end("close")))
        at = span.start + gap.end()
    parts.append(Span(at, span.end))
    return parts


def _cut_long(text: str, span: Span) -> list[Span]:
    """Cut a sentence of over ``MAX_WORDS`` words, at the last clause border that fits, else between words."""
    parts: list[Span] = []
    start = span.start
    words = list(re.finditer(r"\S+", text[span.start : span.end]))
    first = 0
    while len(words) - first > MAX_WORDS:
        last = first + MAX_WORDS
        clause = next((n for n in range(last, first + MAX_WORDS // 2, -1) if _ends_clause(words[n - 1].group())), last)
        parts.append(Span(start, span.start + words[clause - 1].end()))
        first = clause
        start = span.start + words[first].start()
    parts.append(Span(start, span.end))
    return parts


def _ends_clause(word: str) -> bool:
    return word[-1:] in ";:,)–—"

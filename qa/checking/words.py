"""Words as a quotation check compares them: what type, layout and markup change is folded, everything else counts."""

import re
from functools import lru_cache
from typing import NamedTuple

from corpus.folding import INVISIBLE, fold

ELLIPSIS, BRACKETS = "…", "[]"
"""Forms of the two marks by which a writer owns up to a change: words left out, and words put in."""

_APOSTROPHES = "'’‘‛′ʼ`´"
_SUPERSCRIPTS = "¹²³⁰⁴-⁹"
_DASHES = "-‐‑‒–—―−"
_LETTER = rf"(?:[^\W_{_SUPERSCRIPTS}][\u0300-\u036f]*)"
_LINE_END = rf"[{_DASHES}\u00ad][ \t]*\n\s*"
_JOINT = (
    rf"[{INVISIBLE}]+|[{_APOSTROPHES}]|(?<=\d)[.,:](?=\d)|(?<=[^\W\d_])\*{{1,3}}(?=[^\W\d_])"
    rf"|{_LINE_END}(?!(?:and|or|to)\b)|[-‐‑‒–−]"
)
_TOKEN = re.compile(
    rf"(?P<word>(?:(?<![^\W_])\[[^\W\d_]\](?=[^\W\d_]))?{_LETTER}+(?:(?:{_JOINT}){_LETTER}+)*)"
    rf"|(?P<ellipsis>…|\.(?:[ \xa0]?\.){{2,}})"
    rf"|(?P<dash>[{_DASHES}]+)"
    r"|(?P<note>\[\^[^\]\s]{1,100}\])"
    r"|(?P<target>(?<=\])\([^()\s]{1,2000}\))"
    r"|(?P<other>\S)"
)
_DROPPED = set("\"'“”‘’‚‛„‟«»′″`´*_#|~\\[]•▪■◦‣●○·➢✓" + INVISIBLE)
_SYMBOLS = set("%‰&@§+=<>°")
_BROKEN = re.compile(_LINE_END)
_HYPHEN = re.compile(f"[{_DASHES}]")
_APOSTROPHE = re.compile(f"[{_APOSTROPHES}]")
_UNIT = re.compile(r"(?:\A|[\W_])[^\W\d_]{1,2}\Z")
_BRACKETED = re.compile(
    r"(?P<letter>(?<![^\W_])\[[^\W\d_]\](?=[^\W\d_]))"
    r"|(?P<ellipsis>\[\s*(?:…|\.(?:[ \xa0]?\.){2,})\s*\]|\(\s*(?:…|\.(?:[ \xa0]?\.){2,})\s*\)|…|\.(?:[ \xa0]?\.){2,})"
    r"|(?P<remark>\[\s*(?:sic|emphasis (?:added|mine|in (?:the )?original)|(?:my|our) emphasis)\.?\s*[!?]?\])"
    r"|(?P<note>\[\^[^\]\s]{1,100}\])"
    r"|(?P<brackets>(?:[^\W_]+)?\[[^\[\]]{1,200}\](?!\()(?:[^\W_]+)?)",
    re.I,
)


class Word(NamedTuple):
    """A word, number, symbol or punctuation mark at ``start`` to ``end`` of the text it was read from.

    ``form`` is folded; in a word broken at the end of a line "\\n" stands for the hyphen that may be its own or not.
    ``key`` is the form without hyphens: two words that are the same have the same key.
    """

    form: str
    key: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether this is a word or number."""
        return self.form[0].isalnum()

    @property
    def is_mark(self) -> bool:
        """Whether this is one of the writer's marks, ``ELLIPSIS`` or ``BRACKETS``."""
        return self.form in (ELLIPSIS, BRACKETS)

    @property
    def is_punctuation(self) -> bool:
        """Whether this may be dropped or added at the ends of a quotation."""
        return not (self.is_word or self.is_mark or is_symbol(self.form))


def is_symbol(form: str) -> bool:
    """Return whether a form that is no word stands for one, as "%" and "£" do."""
    return form in _SYMBOLS or form in "£$€¥₹" or form in "½¼¾²³"


def read_words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """Return the words of ``text[start:end]``, without quotation marks, ellipses, brackets, markup and note marks."""
    found = []
    for match in _TOKEN.finditer(text, start, len(text) if end is None else end):
        kind = match.lastgroup
        if kind == "word":
            form, key = _fold_word(match.group())
        elif kind == "dash":
            form = key = "-"
        elif kind == "other" and match.group() not in _DROPPED and not _is_note_mark(text, match.start()):
            form = key = fold(match.group()) or match.group()
        else:
            continue
        found.append(Word(form, key, match.start(), match.end()))
    return found


def _is_note_mark(text: str, at: int) -> bool:
    """Return whether the superscript figure at ``at`` is the mark of a note and not, as in m², part of a unit."""
    return text[at] in "¹²³⁰⁴⁵⁶⁷⁸⁹" and not _UNIT.search(text[max(0, at - 3) : at])


@lru_cache(maxsize=200_000)
def _fold_word(raw: str) -> tuple[str, str]:
    """Return form and key. Between figures a hyphen at a line's end is one that the number has."""
    raw = raw.replace("[", "").replace("]", "")
    parts = [fold(part).replace(" ", "") for part in _BROKEN.split(_APOSTROPHE.sub("'", raw))]
    form = parts[0]
    for part in parts[1:]:
        letters = form[-1:].isalpha() and part[:1].isalpha()
        form += ("\n" if letters else "-") + part
    form = _HYPHEN.sub("-", form)
    return form, form.replace("-", "").replace("\n", "")


def same_form(a: str, b: str) -> bool:
    """Return whether two forms with the same key are one word: their hyphens agree, those at a line's end apart."""
    return a == b or a.replace("\n", "-") == b.replace("\n", "-") or a.replace("\n", "") == b.replace("\n", "")


def read_quotation(text: str) -> list[Word]:
    """Return the words of a quotation with the writer's marks: ``ELLIPSIS``, and ``BRACKETS`` for words put in.

    A first letter in brackets is part of its word, remarks such as [sic] are dropped, and so is punctuation next to a
    mark and at either end.
    """
    found: list[Word] = []
    at = 0
    for match in _BRACKETED.finditer(text):
        if match["letter"]:
            continue
        found += read_words(text, at, match.start())
        at = match.end()
        if match["ellipsis"]:
            found.append(Word(ELLIPSIS, ELLIPSIS, match.start(), match.end()))
        elif match["brackets"]:
            found.append(Word(BRACKETS, BRACKETS, match.start(), match.end()))
    found += read_words(text, at)
    return _trimmed(found)


def _trimmed(found: list[Word]) -> list[Word]:
    """Return ``found`` without marks at its ends and without punctuation at its ends and beside marks."""
    kept: list[Word] = []
    for word in found:
        if word.is_punctuation and (not kept or kept[-1].is_mark):
            continue
        if word.is_mark:
            while kept and kept[-1].is_punctuation:
                kept.pop()
            if not kept or (kept[-1].form == word.form == ELLIPSIS):
                continue
        kept.append(word)
    while kept and (kept[-1].is_punctuation or kept[-1].is_mark):
        kept.pop()
    return kept


def quoted_words(text: str) -> list[Word]:
    """Return the words of a quotation read as they stand, ellipses and brackets being no marks, without punctuation at
    either end.
    """
    found = read_words(text)
    inner = [n for n, word in enumerate(found) if not word.is_punctuation]
    return found[inner[0] : inner[-1] + 1] if inner else []

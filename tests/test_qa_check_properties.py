"""Every true slice of a report is found at its span however it is set, and no change of a word passes."""

import random
import re
import unicodedata
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reports_made_up import SHAPES, collection
from small_library import made_up_reports

from corpus.model import Report, Span
from corpus.report import parse
from qa.checking.check import MIN_WORDS, Check, Checker, Verdict, verify
from qa.checking.quotations import Quotation
from qa.checking.shelf import Stream
from qa.checking.words import quoted_words

FOUND = (Verdict.FOUND, Verdict.SEVERAL)
"""A slice that stands in several places is not called found, but its places are given."""


@cache
def made_up() -> tuple[Report, ...]:
    shapes = {shape.name: shape for shape in SHAPES}
    wanted = ("markdown-labelled", "plain-capitals-wrapped", "pages", "tight-wrapped")
    written = [parse(shapes[n].write(collection()).encode(), n + shapes[n].suffix) for n in wanted]
    return (*written, *made_up_reports())


@cache
def checkers() -> tuple[tuple[Report, Checker], ...]:
    """Each report with a checker that knows it alone, so that its span can be told."""
    return tuple((report, Checker([report])) for report in made_up())


def checked(checker: Checker, text: str) -> Check:
    return checker.check(Quotation(text, 1))


def slices(report: Report, chance: random.Random, longest: int = 60) -> tuple[Span, str]:
    """Return a stretch of the report's text that begins and ends with a word, and the text of it without asides."""
    stream = Stream(report, asides=False)
    whole = list(re.finditer(r"\S+", stream.text))
    first = chance.randrange(len(whole) - MIN_WORDS - 3)
    last = min(len(whole) - 1, first + chance.randint(MIN_WORDS + 2, longest))
    text = stream.text[whole[first].start() : whole[last].end()]
    inside = [w for w in stream.words if whole[first].start() <= w.start and w.end <= whole[last].end()]
    kept = [n for n, w in enumerate(inside) if not w.is_punctuation]
    at = stream.words.index(inside[kept[0]])
    return stream.span(at, at + kept[-1] - kept[0]), text


def restyled(text: str, chance: random.Random) -> str:
    """Return ``text`` in other type: marks, dashes, spaces, ligatures, hyphens at line ends, composed or not."""
    text = text.translate(str.maketrans(chance.choice([{}, {"’": "'", "‘": "'"}, {"'": "’"}])))
    text = re.sub(r"(?<=\s)[–—-](?=\s)", chance.choice("–—-"), text)
    text = re.sub(r"(?<=\w)-(?=\w)", chance.choice("-‐‑–"), text)
    if chance.random() < 0.5:
        text = text.replace("fi", "ﬁ").replace("fl", "ﬂ")
    if chance.random() < 0.3:
        text = unicodedata.normalize("NFD", text)
    text = re.sub(r"\s+", lambda _: chance.choice([" ", "  ", "\n", "\u00a0", " \n "]), text)
    broken = [m.end() for m in re.finditer(r"(?<=[^\W\d_]{3})(?=[^\W\d_]{3})", text)]
    for at in sorted(chance.sample(broken, min(len(broken), chance.randint(0, 2))), reverse=True):
        if not text[at:].startswith(("and", "or", "to")) and not unicodedata.combining(text[at]):
            text = f"{text[:at]}-\n{text[at:]}"
    if chance.random() < 0.3 and re.match(r"[^\W\d_]{2}", text):
        text = f"[{text[0].swapcase()}]{text[1:]}"
    return chance.choice(["{}", "…{}", "{} …", "“{}”", "'{}'"]).format(text)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_every_slice_is_found_at_its_span_however_it_is_set(seed: int) -> None:
    chance = random.Random(seed)
    report, checker = chance.choice(checkers())
    found_where_it_stands(report, checker, chance)


def found_where_it_stands(report: Report, checker: Checker, chance: random.Random) -> None:
    span, text = slices(report, chance)
    if len([w for w in quoted_words(text) if w.is_word]) < MIN_WORDS or "](" in text:
        return  # an address breaks at no hyphen
    quoted = restyled(text, chance)
    check = checked(checker, quoted)
    assert check.verdict in FOUND, (text, quoted, check.difference)
    if len(check.places) < 10:
        assert span in {place.span for place in check.places}, (text, quoted)
    assert verify(quoted, report, span)


@cache
def all_forms(checker: Checker) -> tuple[str, ...]:
    """Return the folded words of the one report that ``checker`` knows, with its asides and without."""
    (report,) = checker.reports
    return tuple(f" {' '.join(w.form for w in Stream(report, asides).words)} " for asides in (False, True))


WORDS = ("not", "never", "forty", "partnership", "17", "£", "less")


def changed(text: str, chance: random.Random) -> str | None:
    """Return ``text`` with one word put in, left out, put for another or changed places with the next."""
    words = text.split()
    at = chance.randrange(1, len(words) - 2)
    kind = chance.choice(["put in", "left out", "replaced", "swapped", "figure", "negated"])
    if kind == "put in":
        words.insert(at, chance.choice(WORDS))
    elif kind == "negated":
        words.insert(at, "not")
    elif kind == "left out":
        del words[at]
    elif kind == "replaced":
        words[at] = chance.choice(WORDS)
    elif kind == "swapped":
        words[at], words[at + 1] = words[at + 1], words[at]
    else:
        figures = [n for n, w in enumerate(words) if any(c.isdigit() for c in w)]
        if not figures:
            return None
        n = chance.choice(figures)
        words[n] = re.sub(r"\d", lambda d: str((int(d[0]) + 1) % 10), words[n], count=1)
    return " ".join(words)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_every_change_of_one_word_is_caught(seed: int) -> None:
    chance = random.Random(seed)
    report, checker = chance.choice(checkers())
    caught_when_changed(report, checker, chance)


def caught_when_changed(report: Report, checker: Checker, chance: random.Random) -> None:
    _, text = slices(report, chance)
    other = changed(text, chance)
    if other is None:
        return
    forms = " ".join(w.form for w in quoted_words(other))
    if any(f" {forms} " in every for every in all_forms(checker)):
        return  # the change happens to give words that stand elsewhere, or the same words
    check = checked(checker, restyled(other, random.Random(0)) if chance.random() < 0.2 else other)
    assert check.verdict not in FOUND, (text, other)
    assert not check.verified
    if sum(w.is_word for w in quoted_words(other)) >= MIN_WORDS:
        assert check.verdict is Verdict.ALTERED, (text, other)
        assert any(s.kind not in ("same", "ellipsis") for s in check.difference)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32))
def test_a_sentence_left_out_is_caught_and_an_ellipsis_for_it_is_found(seed: int) -> None:
    chance = random.Random(seed)
    report, checker = chance.choice(checkers())
    passages = [p for p in report.passages if len(p.sentences) > 2]
    passage = chance.choice(passages)
    n = chance.randrange(1, len(passage.sentences) - 1)
    before, after = passage.sentence_text(n - 1), passage.sentence_text(n + 1)
    if any(len([w for w in quoted_words(part) if w.is_word]) < MIN_WORDS for part in (before, after)):
        return
    assert checked(checker, f"{before} {after}").verdict is Verdict.ALTERED
    check = checked(checker, f"{before} {chance.choice(['…', '...', '[…]', '[ . . . ]', '(...)'])} {after}")
    assert check.verdict in FOUND
    assert any(place.span.start >= passage.sentences[n - 1].start for place in check.places)


@pytest.mark.reports
def test_the_same_holds_for_the_real_reports(real_reports: dict[str, Report]) -> None:
    chance = random.Random(7)
    for report in real_reports.values():
        checker = Checker([report])
        for _ in range(8):
            found_where_it_stands(report, checker, chance)
            caught_when_changed(report, checker, chance)

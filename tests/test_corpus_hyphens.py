"""Words that a line's end cuts: the printed hyphen stays where it is the word's own, and goes where layout put it."""

import pytest

from corpus.readers.pdf.hyphens import Vocabulary, joined_lines

LAYOUT_CUTS = Vocabulary(frozenset("the forum met at length".split()))
"""A document whose layout cuts words, with none of the words that the tests cut."""


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("strategic long-", "term progress", "strategic long-term progress"),
        ("a short-", "range model", "a short-range model"),
        ("a MySQL-", "compatible server", "a MySQL-compatible server"),
        ("the ICS-", "wide plan", "the ICS-wide plan"),
        ("the quasi-", "likelihood of it", "the quasi-likelihood of it"),
        ("services were co-", "produced there", "services were co-produced there"),
        ("an ex-", "chair of the board", "an ex-chair of the board"),
        ("a mid-", "year review", "a mid-year review"),
        ("an e-", "mail to all", "an e-mail to all"),
        ("more day-to-", "day work", "more day-to-day work"),
        ("at the end-of-", "life ward", "at the end-of-life ward"),
        ("a state-of-the-", "art ward", "a state-of-the-art ward"),
        ("from Newcastle-", "Gateshead", "from Newcastle-Gateshead"),
    ],
)
def test_the_hyphen_of_a_compound_stays_at_the_end_of_a_line(above: str, below: str, whole: str) -> None:
    assert joined_lines(above, below, LAYOUT_CUTS) == whole


@pytest.mark.parametrize(
    ("above", "below", "whole"),
    [
        ("what they ex-", "plored there", "what they explored there"),
        ("as she ex-", "plains it", "as she explains it"),
        ("the ex-", "perience of staff", "the experience of staff"),
        ("in the mid-", "dle of it", "in the middle of it"),
        ("a semi-", "nar in June", "a seminar in June"),
        ("it is non-", "sense", "it is nonsense"),
        ("the cross-", "ings of the river", "the crossings of the river"),
        ("a show-", "case of it", "a showcase of it"),
        ("they under-", "standably wrote", "they understandably wrote"),
        ("a non-special-", "ised ward", "a non-specialised ward"),
        ("the EXECUTIVE SUM-", "MARY", "the EXECUTIVE SUMMARY"),
        ("care in Cam-", "bridge", "care in Cambridge"),
        ("the reable-", "ment team", "the reablement team"),
    ],
)
def test_a_hyphen_that_layout_put_in_goes(above: str, below: str, whole: str) -> None:
    assert joined_lines(above, below, LAYOUT_CUTS) == whole


def test_the_words_of_the_document_go_before_usual_words() -> None:
    spelled = Vocabulary.of(
        ["A co-operative of peoples", "meets in the shopfloor impor-", "tant to it: impor-", "tant."]
    )
    assert spelled == Vocabulary(frozenset("a co-operative of peoples meets in the shopfloor to it".split()), True)
    assert joined_lines("a co-", "operative", spelled) == "a co-operative"
    assert joined_lines("the shop-", "floor", spelled) == "the shopfloor"


def test_one_word_that_layout_alone_can_have_cut_shows_that_layout_cuts_words() -> None:
    assert Vocabulary.of(["It is impor-", "tant to them."]).hyphenates
    assert not Vocabulary.of(["It is multi-", "disciplinary and long-", "term, for GPs."]).hyphenates


def test_where_layout_cuts_no_words_every_hyphen_stays() -> None:
    uncut = Vocabulary(frozenset({"impor"}), hyphenates=False)
    assert joined_lines("a multi-", "disciplinary team", uncut) == "a multi-disciplinary team"
    assert joined_lines("a show-", "case", uncut) == "a show-case"

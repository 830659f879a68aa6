"""The words of a quotation that have the shape a question asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.folding import words
from qa.marking import MOST_MARKS, Wanted, marks, wanted


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many practices are there?", Wanted.FIGURE),
        ("patient list size of the network", Wanted.FIGURE),
        ("How much did the festival cost?", Wanted.MONEY),
        ("What proportion of patients needs two carers?", Wanted.SHARE),
        ("In what year did the trust join?", Wanted.TIME),
        ("How often does the board meet?", Wanted.TIME),
        ("Who chairs the alliance?", Wanted.NAME),
        ("Which charity helped the wards?", Wanted.NAME),
        ("Why was trust hard to build?", Wanted.ANYTHING),
    ],
)
def test_a_question_tells_the_shape_of_its_answer(question: str, kind: Wanted) -> None:
    assert wanted(question) is kind


@pytest.mark.parametrize(
    ("question", "text", "marked"),
    [
        ("How many people live there?", "It looks after 49,792 people in two towns.", ["49,792"]),
        ("How many sites were there?", "Three sites opened.", ["Three"]),
        ("What did it cost?", "The clinic cost £2.5m and had 12 rooms.", ["£2.5m"]),
        ("What share of patients?", "Some 20 per cent of 340 patients.", ["20 per cent"]),
        ("How long did it take?", "It took two to three years, with 40 people.", ["two to three years"]),
        ("When did they merge?", "In April 2019 the two trusts merged.", ["April 2019"]),
        ("How often do they meet?", "The seven chairs meet weekly.", ["weekly"]),
        ("Who leads the Harbour Alliance?", "The Harbour Alliance is led by Amina Holt.", ["Amina Holt"]),
        ("Which charity helped in Leeds?", "In Leeds the Open Door Trust helped.", ["Open Door Trust"]),
        ("How many of the 12 sites closed?", "Of the 12 sites, 5 closed.", ["5"]),
        ("Why did it work?", "It worked as 12 trusts agreed in 2019.", []),
        ("How many were there?", "1 and 22, 33 but 44, then 55 or so: a list.", []),
        ("Who said so?", "nobody is named here", []),
    ],
)
def test_what_has_that_shape_is_marked(question: str, text: str, marked: list[str]) -> None:
    assert [text[span.start : span.end] for span in marks(question, text)] == marked


@given(st.text(max_size=200), st.text(max_size=400))
def test_marks_are_words_of_the_text_that_the_question_lacks(question: str, text: str) -> None:
    found = marks(question, text)
    assert len(found) <= MOST_MARKS
    for span in found:
        assert 0 <= span.start < span.end <= len(text)
        assert set(words(text[span.start : span.end])) - set(words(question))

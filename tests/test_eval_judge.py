"""Judging: anchors found in text, copies of one answer, and everything left out listed."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import QuestionError
from corpus.folding import fold
from corpus.report import parse
from eval.judge import Exclusion, Judgement, Reason, anchors_in, judge, trec_qrels
from eval.questions import Question


@dataclass(frozen=True)
class Stored:
    """A passage of a collection."""

    id: str
    text: str
    report_id: str = "r"


COLLECTION = (
    Stored("a", "Nurses were **led by Ann** from 2019 – a “first”."),
    Stored("b", "The board met weekly."),
    Stored("c", "The  board\nmet weekly.", "s"),
    Stored("d", "Trust took time, and money helped."),
)


def fact(*anchors: str, kind: str | None = "fact") -> Question:
    return Question("q", "Who?", kind, anchors)


@pytest.mark.parametrize(
    "anchor", ["led by ann", "Led By Ann from", 'led by ann from 2019 - a "first"', "#nurses__were"]
)
def test_anchors_are_found_whatever_case_markup_quotes_and_dashes(anchor: str) -> None:
    judgements, exclusions = judge([fact(anchor)], COLLECTION)
    assert (judgements["q"].firsts, exclusions) == (("a",), ())


def test_passages_of_a_parsed_report_can_be_judged() -> None:
    report = parse(b"# Care in Hill\n\n## Background\n\nNurses were led by Ann. The board met weekly.\n", "care.md")
    judgements, exclusions = judge([fact("led by ann")], report.passages)
    assert (judgements["q"].firsts, exclusions) == ((report.passages[0].id,), ())


def test_qrels_name_each_answer_by_its_first_passage_and_leave_out_what_nothing_answers() -> None:
    questions = [fact("board met", "trust took time"), Question("u", "Why?", "unanswerable")]
    # b and c are copies
    assert trec_qrels(judge(questions, COLLECTION)[0]) == {"q": {"b": 1, "d": 1}}


def test_copies_are_one_answer_and_their_reports_are_both_named() -> None:
    judgements, _ = judge([fact("board met", "trust took time", "money helped", kind="survey")], COLLECTION)
    found = judgements["q"]
    # b and c share an anchor; d holds two anchors: two answers in all.
    assert found.grades == (1, 1)
    assert found.by_anchor == {"board met": 0, "trust took time": 1, "money helped": 1}
    assert found.reports == ("r", "s")


def test_anchors_in_one_passage_join_their_other_passages() -> None:
    # One text with both anchors, and a copy cut in two between them: still one answer.
    cut = (Stored("whole", "one two"), Stored("left", "one"), Stored("right", "two"), Stored("far", "three"))
    judgements, _ = judge([fact("one", "two", "three")], cut)
    assert judgements["q"].by_anchor == {"one": 0, "two": 0, "three": 1}


def test_a_ranking_counts_each_answer_once_and_goes_by_text() -> None:
    found = judge([fact("board met", "trust took time", kind="survey")], COLLECTION)[0]["q"]
    passages = [
        ("b", "The board met weekly."),
        ("x", "Nothing."),
        ("c", "The board met weekly."),
        ("foreign", "In Hill, trust took time"),
        ("b", "an id alone is no evidence"),
    ]
    assert found.ranking(passages) == (0, None, None, 1, None)


def test_a_passage_with_several_answers_counts_as_one_and_leaves_the_other_open() -> None:
    found = judge([fact("board met", "trust took time", kind="survey")], COLLECTION)[0]["q"]
    assert found.ranking([("x", "The board met. Trust took time."), ("d", "Trust took time.")]) == (0, 1)


def test_vanished_and_ambiguous_anchors_are_listed_and_do_not_count() -> None:
    crowd = tuple(Stored(f"p{n}", f"Number {n} said care matters to us") for n in range(3))
    judgements, exclusions = judge([fact("care matters", "not there", "number 1")], crowd)
    assert judgements["q"].anchors == ("number 1",)
    assert judgements["q"].firsts == ("p1",)
    assert exclusions == (
        Exclusion("q", Reason.AMBIGUOUS, "care matters"),
        Exclusion("q", Reason.VANISHED, "not there"),
    )


def test_an_anchor_in_many_copies_of_two_texts_is_not_ambiguous() -> None:
    crowd = tuple(Stored(f"p{n}", f"Care matters, {'yes' if n % 2 else 'NO'}") for n in range(6))
    judgements, exclusions = judge([fact("care matters")], crowd)
    assert (judgements["q"].firsts, exclusions) == (("p0",), ())


def test_a_question_with_nothing_relevant_is_listed() -> None:
    judgements, exclusions = judge([fact("not there"), Question("p", "Why?")], COLLECTION)
    assert judgements == {"q": Judgement(), "p": Judgement()}
    assert exclusions == (
        Exclusion("q", Reason.VANISHED, "not there"),
        Exclusion("q", Reason.NOTHING_RELEVANT),
        Exclusion("p", Reason.NOTHING_RELEVANT),
    )


def test_anchors_and_judgements_of_an_unanswerable_question_are_listed() -> None:
    question = fact("board met", kind="unanswerable")
    judgements, exclusions = judge([question], COLLECTION, {"q": {"a": 1, "b": 0}})
    assert judgements == {"q": Judgement()}
    assert exclusions == (Exclusion("q", Reason.NOT_WANTED, "board met"), Exclusion("q", Reason.NOT_WANTED, "a"))


def test_qrels_say_what_is_relevant_and_anchors_still_cover() -> None:
    judgements, exclusions = judge([fact("led by ann")], COLLECTION, {"q": {"b": 1, "c": 3, "d": 2, "a": 0}})
    found = judgements["q"]
    # b and c are one text, so one answer, of the higher grade.
    assert (found.anchors, found.grades, found.firsts) == (("led by ann",), (3, 2), ("b", "d"))
    assert found.by_id == {"b": 0, "c": 0, "d": 1}
    assert found.ranking([("a", COLLECTION[0].text), ("x", "the board met weekly."), ("d", "...")]) == (None, 0, 1)
    assert exclusions == ()


def test_qrels_that_name_unknown_passages_or_questions_are_listed() -> None:
    judgements, exclusions = judge([fact()], COLLECTION, {"q": {"gone": 1}, "p": {"a": 1}})
    assert judgements == {"q": Judgement()}
    assert exclusions == (
        Exclusion("q", Reason.UNKNOWN_PASSAGE, "gone"),
        Exclusion("q", Reason.NOTHING_RELEVANT),
        Exclusion("p", Reason.UNKNOWN_QUESTION),
    )


def test_there_must_be_a_passage() -> None:
    with pytest.raises(QuestionError, match="no passage to judge with"):
        judge([fact("led by ann")], [])


@given(text=st.text(max_size=60), start=st.integers(0, 50), length=st.integers(1, 20))
def test_a_folded_slice_of_a_folded_text_is_found(text: str, start: int, length: int) -> None:
    anchor = fold(text)[start : start + length]
    assert anchors_in(text, [anchor]) == {anchor}


WORDS = st.lists(st.sampled_from(["one", "two", "three", "four"]), min_size=1, max_size=4).map(" ".join)


@given(texts=st.lists(WORDS, min_size=1, max_size=6), returned=st.lists(WORDS, max_size=6))
def test_no_answer_is_counted_twice_and_every_relevant_passage_has_one(texts: list[str], returned: list[str]) -> None:
    crowd = [Stored(str(n), text) for n, text in enumerate(texts)]
    found = judge([fact("one", "two", "three", kind="survey")], crowd)[0]["q"]
    answers = [answer for answer in found.ranking([("x", text) for text in returned]) if answer is not None]
    assert len(answers) == len(set(answers)) <= len(found.grades)
    for passage in crowd:
        # Inside the collection a passage gives one answer at most.
        holds = any(anchor in passage.text for anchor in found.anchors)
        assert len(found.answers(passage.id, passage.text)) == holds
    for answer, identity in enumerate(found.firsts):
        assert found.answers(identity, texts[int(identity)]) == {answer}

"""Question files: what is read, and that every fault is named with its line."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import QuestionError
from eval.questions import KINDS, Question, read_asked, read_questions


def write(folder: Path, *lines: str) -> Path:
    path = folder / "set.jsonl"
    path.write_bytes("\n".join(lines).encode())
    return path


def refusal(folder: Path, *lines: str) -> str:
    with pytest.raises(QuestionError) as caught:
        read_questions(write(folder, *lines))
    assert "\n" not in str(caught.value)
    return str(caught.value).replace(str(folder), "")


def test_reads_every_field_and_skips_blank_lines(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '\ufeff{"id": "a", "question": "Who led it?", "kind": "fact", "anchors": ["led by Ann"], "answer": "Ann"}',
        "   ",
        '{"id": "b", "q": "What helped?", "kind": "survey", "anchors": ["one", "two"], "source": 7}\r',
        '{"id": "c", "question": "Why?"}',
        "",
    )
    assert read_questions(path) == (
        Question("a", "Who led it?", "fact", ("led by Ann",), "Ann"),
        Question("b", "What helped?", "survey", ("one", "two")),
        Question("c", "Why?"),
    )


def test_asking_looks_at_nothing_but_the_question(tmp_path: Path) -> None:
    path = write(tmp_path, '{"id": "a", "q": "Who?", "kind": "odd", "anchors": 3}', '{"id": "b", "question": "Why?"}')
    assert read_asked(path) == (("a", "Who?"), ("b", "Why?"))
    with pytest.raises(QuestionError, match="line 2: the question id 'a' stands on line 1"):
        read_asked(write(tmp_path, GOOD, GOOD))
    with pytest.raises(QuestionError, match="holds no question"):
        read_asked(write(tmp_path, ""))


def test_a_very_long_question_is_kept_whole(tmp_path: Path) -> None:
    long = "why " * 30_000
    assert read_questions(write(tmp_path, json.dumps({"id": "a", "question": long})))[0].question == long


GOOD = '{"id": "a", "question": "Who?"}'


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param('{"id": "b", "question"', "line 2: not JSON", id="cut off"),
        pytest.param("[" * 100_000, "line 2: not JSON", id="nested too deep"),
        pytest.param('["b", "Who?"]', "line 2: ['b', 'Who?'] is not an object", id="a list"),
        pytest.param(
            '{"id": "b", "id": "c", "question": "Who?"}', "line 2: not JSON (the key 'id' stands", id="id twice"
        ),
        pytest.param('{"question": "Who?"}', "line 2: id is missing", id="no id"),
        pytest.param('{"id": " ", "question": "Who?"}', "line 2: id is empty", id="blank id"),
        pytest.param('{"id": 7.5, "question": "Who?"}', "line 2: id is 7.5", id="id a fraction"),
        pytest.param('{"id": "b"}', "line 2: question is missing", id="no question"),
        pytest.param('{"id": "b", "question": null, "q": "Who?"}', "line 2: question is None", id="question null"),
        pytest.param('{"id": "b", "q": "\\t"}', "line 2: q is empty", id="blank q"),
        pytest.param('{"id": "b", "q": "\\ud800"}', "line 2: q holds half a character", id="lone surrogate"),
        pytest.param(
            '{"id": "b", "q": "Who?", "kind": "facts"}', "line 2: kind is 'facts'; use one of fact", id="kind"
        ),
        pytest.param('{"id": "b", "q": "Who?", "kind": ["fact"]}', "line 2: kind is ['fact']", id="kind a list"),
        pytest.param('{"id": "a", "q": "Who?"}', "line 2: the question id 'a' stands on line 1", id="duplicate"),
        pytest.param('{"id": "b", "q": "Who?", "anchors": "led by"}', "line 2: anchors is 'led by'", id="anchors text"),
        pytest.param(
            '{"id": "b", "q": "Who?", "anchors": ["x", 3]}', "line 2: anchors is ['x', 3]", id="anchor number"
        ),
        pytest.param(
            '{"id": "b", "q": "Who?", "anchors": ["*#_"]}', "line 2: the anchor '*#_' is empty", id="no words"
        ),
        pytest.param('{"id": "b", "q": "Who?", "answer": 5}', "line 2: answer is 5", id="answer a number"),
    ],
)
def test_a_fault_names_its_line_and_value(tmp_path: Path, line: str, message: str) -> None:
    assert message in refusal(tmp_path, GOOD, line, '{"id": "z", "question": "Last?"}')


def test_blank_lines_count_in_line_numbers(tmp_path: Path) -> None:
    assert "line 4: id is missing" in refusal(tmp_path, GOOD, "", "", "{}")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "", "  ").startswith("/set.jsonl holds no question")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(QuestionError, match="cannot be read"):
            read_questions(path)


def test_bytes_that_are_not_utf8_name_their_line(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_bytes(GOOD.encode() + b'\n{"id": "b", "q": "caf\xe9"}\n')
    with pytest.raises(QuestionError, match="line 2: not UTF-8"):
        read_questions(path)


TEXT = st.text(min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
QUESTIONS = st.lists(
    st.builds(
        Question,
        id=TEXT,
        question=TEXT,
        kind=st.sampled_from((*KINDS, None)),
        anchors=st.lists(st.from_regex("[a-z]{1,9}( [a-z]{1,9})*", fullmatch=True), max_size=3).map(tuple),
        answer=st.text(max_size=20),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda question: question.id,
)


@given(questions=QUESTIONS, escaped=st.booleans())
def test_any_question_reads_back_as_written(
    tmp_path_factory: pytest.TempPathFactory, questions: list[Question], escaped: bool
) -> None:
    path = tmp_path_factory.mktemp("sets") / "set.jsonl"
    lines = [
        json.dumps(
            {"id": q.id, "question": q.question, "kind": q.kind, "anchors": q.anchors, "answer": q.answer},
            ensure_ascii=escaped,
        )
        for q in questions
    ]
    path.write_bytes("\n".join(lines).encode())
    assert read_questions(path) == tuple(questions)


def test_a_whole_number_is_an_id_too(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": 7, "question": "Who?", "answer": null}\n')
    assert read_asked(path) == (("7", "Who?"),)
    assert read_questions(path) == (Question("7", "Who?"),)

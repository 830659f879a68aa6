"""Run files: round trips, identical bytes for identical runs, and faults named with their line."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import QuestionError
from eval.questions import KINDS
from eval.runs import Result, Run, RunMeta, RunPassage, RunQuote, meta_path, read_run, write_run

NAME = st.text(min_size=1, max_size=10).filter(lambda text: bool(text.strip()))
TEXT = st.text(max_size=20)
FINITE = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FINITE | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
SPAN = st.lists(st.integers(0, 9999), min_size=2, max_size=2).map(sorted) | st.just([None, None])
PASSAGES = st.builds(
    lambda span, **rest: RunPassage(start=span[0], end=span[1], **rest),
    span=SPAN,
    id=NAME,
    text=TEXT,
    score=FINITE,
    report=TEXT,
    case_study=st.none() | TEXT,
    section=TEXT,
    page=st.none() | st.integers(0, 500),
)
RESULTS = st.builds(
    Result,
    id=NAME,
    question=NAME,
    passages=st.lists(PASSAGES, max_size=3, unique_by=lambda passage: passage.id).map(tuple),
    quotes=st.lists(st.builds(RunQuote, text=TEXT, passage_id=TEXT), max_size=2).map(tuple),
    abstained=st.booleans(),
    seconds=st.floats(0, 1e6),
    answerable=st.none() | st.floats(0, 1),
    kind=st.none() | st.sampled_from(KINDS),
    extra=st.dictionaries(st.from_regex("x_[a-z]{1,3}", fullmatch=True), JSON, max_size=2),
)
METAS = st.builds(
    RunMeta,
    corpus_fingerprint=TEXT,
    models=st.dictionaries(TEXT, TEXT, max_size=2),
    settings=st.dictionaries(TEXT, JSON, max_size=2),
    version=TEXT,
    date=TEXT,
    system=TEXT,
)
RUNS = st.builds(
    Run,
    results=st.lists(RESULTS, min_size=1, max_size=3, unique_by=lambda result: result.id).map(tuple),
    meta=st.none() | METAS,
)


@given(run=RUNS)
def test_a_run_reads_back_as_written(tmp_path_factory: pytest.TempPathFactory, run: Run) -> None:
    path = tmp_path_factory.mktemp("runs") / "first.jsonl"
    write_run(run, path)
    found = read_run(path)
    assert (found, found.name) == (run, "first")


PASSAGE = RunPassage("p1", "Trust was slow to build – “très” slow.", 0.75, "r", "Hill", "Lessons", 3, 10, 48)
RUN = Run(
    (Result("q1", "What was slow?", (PASSAGE,), (RunQuote("Trust was slow", "p1"),), False, 0.125, 0.875, "fact"),),
    RunMeta(
        "c0ffee", {"rerank": "22", "encode": "11"}, {"k": 10, "fusion": {"b": 1, "a": 2}}, "0.1", "2025-01-01", "us"
    ),
)


def test_the_bytes_of_a_run_are_these(tmp_path: Path) -> None:
    write_run(RUN, tmp_path / "run.jsonl")
    assert (tmp_path / "run.jsonl").read_text(encoding="utf-8") == (
        '{"id": "q1", "question": "What was slow?", "kind": "fact", "passages": [{"id": "p1", "text": "Trust was slow '
        'to build – “très” slow.", "report": "r", "case_study": "Hill", "section": "Lessons", "page": 3, "start": 10, '
        '"end": 48, "score": 0.75}], "quotes": [{"text": "Trust was slow", "passage_id": "p1"}], "abstained": false, '
        '"answerable": 0.875, "seconds": 0.125}\n'
    )
    assert json.loads(meta_path(tmp_path / "run.jsonl").read_text()) == {
        "corpus_fingerprint": "c0ffee",
        "date": "2025-01-01",
        "models": {"encode": "11", "rerank": "22"},
        "settings": {"fusion": {"a": 2, "b": 1}, "k": 10},
        "system": "us",
        "version": "0.1",
    }


def test_equal_runs_differ_only_in_seconds_and_date(tmp_path: Path) -> None:
    assert RUN.meta is not None
    again = Run(
        (replace(RUN.results[0], seconds=9.5, extra={"b": 1, "a": {"d": 1, "c": 2}}),),
        replace(
            RUN.meta,
            date="2026-02-02",
            models={"encode": "11", "rerank": "22"},
            settings={"fusion": {"a": 2, "b": 1}, "k": 10},
        ),
    )
    first = replace(RUN, results=(replace(RUN.results[0], extra={"a": {"c": 2, "d": 1}, "b": 1}),))
    write_run(first, tmp_path / "one.jsonl")
    write_run(again, tmp_path / "two.jsonl")
    one, two = ((tmp_path / name).read_text() for name in ("one.jsonl", "two.jsonl"))
    assert one.replace('"seconds": 0.125', '"seconds": 9.5') == two
    one, two = (meta_path(tmp_path / name).read_text() for name in ("one.jsonl", "two.jsonl"))
    assert one.replace("2025-01-01", "2026-02-02") == two


def test_only_id_text_and_score_of_a_passage_are_needed(tmp_path: Path) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(line(passages=[{"id": "p", "text": "t", "score": 1}]))
    assert read_run(path).results[0].passages == (RunPassage("p", "t", 1.0),)


def test_writing_a_run_without_metadata_takes_the_old_metadata_away(tmp_path: Path) -> None:
    write_run(RUN, tmp_path / "run.jsonl")
    write_run(replace(RUN, meta=None), tmp_path / "run.jsonl")
    assert read_run(tmp_path / "run.jsonl").meta is None
    assert [path.name for path in tmp_path.iterdir()] == ["run.jsonl"]


def line(**changes: Any) -> str:
    whole = {"id": "q2", "question": "Who?", "passages": [], "quotes": [], "abstained": True, "seconds": 0.5}
    return json.dumps({key: value for key, value in {**whole, **changes}.items() if value is not ...})


def passage(**changes: Any) -> dict[str, Any]:
    return {"id": "p", "text": "t", "score": 1.0, **changes}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("{", "line 2: not JSON", id="cut off"),
        pytest.param(line(id="q1"), "line 2: the question id 'q1' stands on line 1", id="duplicate"),
        pytest.param(line(abstained=...), "line 2: abstained is missing", id="no decision"),
        pytest.param(line(abstained=0), "line 2: abstained is 0; give true or false", id="decision a number"),
        pytest.param(line(seconds=-1), "line 2: seconds is -1.0", id="negative time"),
        pytest.param(line(seconds=True), "line 2: seconds is True", id="time a truth"),
        pytest.param(line(answerable=1.5), "line 2: answerable is 1.5; give a probability", id="probability"),
        pytest.param(line(kind="facts"), "line 2: kind is 'facts'", id="kind"),
        pytest.param(line(passages={}), "line 2: passages is {}", id="passages no list"),
        pytest.param(line(passages=["p"]), "line 2, passages number 1: 'p' is not an object", id="passage no object"),
        pytest.param(line(passages=[passage(), passage()]), "line 2: the passage 'p' is returned twice", id="twice"),
        pytest.param(line(passages=[passage(score="1")]), "passages number 1: score is '1'", id="score text"),
        pytest.param(line(passages=[passage(score=10**400)]), "passages number 1: score is 1000", id="score huge"),
        pytest.param(line(passages=[passage(score=float("nan"))]), "line 2: not JSON", id="score not a number"),
        pytest.param(line(passages=[passage(text=None)]), "passages number 1: text is None", id="no text"),
        pytest.param(line(passages=[passage(start=3)]), "passages number 1: the span is 3 to None", id="half a span"),
        pytest.param(line(passages=[passage(start=3, end=2)]), "number 1: the span is 3 to 2", id="span backwards"),
        pytest.param(line(passages=[passage(page=1.5)]), "passages number 1: page is 1.5", id="page"),
        pytest.param(
            line(passages=[passage(rank=1)]), "passages number 1: the key 'rank' is unknown", id="unknown key"
        ),
        pytest.param(line(quotes=[{"text": "t"}]), "quotes number 1: passage_id is missing", id="quote"),
    ],
)
def test_a_fault_names_its_line_and_value(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text(f"{line(id='q1')}\n{text}\n")
    with pytest.raises(QuestionError) as caught:
        read_run(path)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("meta", "message"),
    [
        ("{}", "corpus_fingerprint is missing"),
        ('{"corpus_fingerprint": "c", "seed": 1}', "the key 'seed' is unknown"),
        ('{"corpus_fingerprint": "c", "models": {"m": 1}}', "models is {'m': 1}"),
        ('{"corpus_fingerprint": "c", "settings": 5}', "settings is 5"),
        ("[]", r"\[\] is not an object"),
    ],
)
def test_a_fault_in_the_metadata_is_named(tmp_path: Path, meta: str, message: str) -> None:
    write_run(replace(RUN, meta=None), tmp_path / "run.jsonl")
    meta_path(tmp_path / "run.jsonl").write_text(meta)
    with pytest.raises(QuestionError, match=message):
        read_run(tmp_path / "run.jsonl")


def test_an_empty_run_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.jsonl").write_text("\n")
    with pytest.raises(QuestionError, match="holds no result"):
        read_run(tmp_path / "run.jsonl")


@pytest.mark.parametrize(
    ("results", "message"),
    [
        pytest.param((), "there is no result to write", id="empty"),
        pytest.param((replace(RUN.results[0], seconds=float("nan")),), "cannot be written as JSON", id="no number"),
        pytest.param((replace(RUN.results[0], question="\ud800"),), "half a character", id="lone surrogate"),
        pytest.param((replace(RUN.results[0], extra={"id": "x"}),), "has id as an extra key", id="extra id"),
        pytest.param((replace(RUN.results[0], answerable=2.0),), "answerable is 2.0", id="probability"),
        pytest.param((RUN.results[0], RUN.results[0]), "stands on line 1 already", id="twice"),
    ],
)
def test_what_could_not_be_read_back_is_not_written(tmp_path: Path, results: tuple[Result, ...], message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        write_run(Run(results), tmp_path / "run.jsonl")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match="cannot be written"):
        write_run(RUN, tmp_path / "none" / "run.jsonl")

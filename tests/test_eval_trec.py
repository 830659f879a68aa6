"""TREC files: round trips, agreement with ir_measures' own readers, and faults named with their line."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import ir_measures
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.errors import QuestionError
from eval.convert import run_from_trec, trec_run
from eval.judge import judge, trec_qrels
from eval.metrics import RANKING_MEASURES
from eval.questions import Question
from eval.runs import Result, Run, RunPassage
from eval.score import score_run
from eval.trec import Qrels, TrecRun, read_qrels, read_trec_run, write_qrels, write_trec_run

WORD = st.text(min_size=1, max_size=8).filter(lambda word: word.split() == [word] and "\ufeff" not in word)
QRELS = st.dictionaries(WORD, st.dictionaries(WORD, st.integers(-3, 9), min_size=1, max_size=4), min_size=1, max_size=4)
SCORES = st.floats(allow_nan=False, allow_infinity=False)
RANKING = st.lists(st.tuples(WORD, SCORES), min_size=1, max_size=6, unique_by=lambda pair: pair[0]).map(
    lambda pairs: tuple(sorted(pairs, key=lambda pair: -pair[1]))
)
RUNS = st.builds(TrecRun, tag=WORD, rankings=st.dictionaries(WORD, RANKING, min_size=1, max_size=3))


@given(qrels=QRELS)
def test_qrels_read_back_as_written(tmp_path_factory: pytest.TempPathFactory, qrels: Qrels) -> None:
    path = tmp_path_factory.mktemp("trec") / "qrels"
    write_qrels(qrels, path)
    assert read_qrels(path) == qrels


@given(run=RUNS)
def test_a_run_reads_back_as_written(tmp_path_factory: pytest.TempPathFactory, run: TrecRun) -> None:
    path = tmp_path_factory.mktemp("trec") / "run"
    write_trec_run(run, path)
    assert read_trec_run(path) == run


def test_ir_measures_reads_what_is_written(tmp_path: Path) -> None:
    write_qrels({"q1": {"a": 1, "b": 0}, "q2": {"c": 2}}, tmp_path / "qrels")
    write_trec_run(TrecRun("bm25", {"q1": (("a", 2.5), ("b", 1.0))}), tmp_path / "run")
    assert (tmp_path / "qrels").read_text() == "q1 0 a 1\nq1 0 b 0\nq2 0 c 2\n"
    assert (tmp_path / "run").read_text() == "q1 Q0 a 1 2.5 bm25\nq1 Q0 b 2 1.0 bm25\n"
    assert [tuple(qrel)[:3] for qrel in ir_measures.read_trec_qrels(str(tmp_path / "qrels"))] == [
        ("q1", "a", 1),
        ("q1", "b", 0),
        ("q2", "c", 2),
    ]
    assert [tuple(scored) for scored in ir_measures.read_trec_run(str(tmp_path / "run"))] == [
        ("q1", "a", 2.5),
        ("q1", "b", 1.0),
    ]


def test_the_score_orders_and_the_rank_breaks_ties(tmp_path: Path) -> None:
    path = tmp_path / "run"
    path.write_text("q\tQ0\tlow\t1\t0.1\tx\nq Q0 second 3 0.5 x\n\nq Q0 first 2 0.5 x\n")
    assert read_trec_run(path) == TrecRun("x", {"q": (("first", 0.5), ("second", 0.5), ("low", 0.1))})


@pytest.mark.parametrize(
    ("read", "lines", "message"),
    [
        pytest.param(read_qrels, "q 0 a 1\nq a 1\n", "line 2: 3 columns", id="qrels columns"),
        pytest.param(read_qrels, "q 0 a 1\nq 0 b yes\n", "line 2: the relevance 'yes'", id="qrels relevance"),
        pytest.param(read_qrels, "q 0 a 1\n\nq 0 a 0\n", "line 3: q a is judged twice", id="qrels twice"),
        pytest.param(read_qrels, "\n", "holds no judgement", id="qrels empty"),
        pytest.param(read_trec_run, "q Q0 a 1 0.5\n", "line 1: 5 columns", id="run columns"),
        pytest.param(read_trec_run, "q Q0 a first 0.5 x\n", "line 1: the rank 'first'", id="run rank"),
        pytest.param(read_trec_run, "q Q0 a 1 nan x\n", "line 1: the score 'nan'", id="run score"),
        pytest.param(read_trec_run, "q Q0 a 1 1 x\nq Q0 a 2 0 x\n", "line 2: q a is ranked twice", id="run twice"),
        pytest.param(read_trec_run, "q Q0 a 1 1 x\nq Q0 b 2 0 y\n", "line 2: the tag 'y' after 'x'", id="two runs"),
        pytest.param(read_trec_run, "", "holds no ranking", id="run empty"),
    ],
)
def test_a_fault_names_its_line(tmp_path: Path, read: Callable[[Path], object], lines: str, message: str) -> None:
    path = tmp_path / "file"
    path.write_text(lines)
    with pytest.raises(QuestionError, match=message):
        read(path)


@pytest.mark.parametrize("identity", ["", "two words", "tab\tbed", "\ufeffmark"])
def test_an_id_the_format_cannot_hold_is_refused(tmp_path: Path, identity: str) -> None:
    with pytest.raises(QuestionError, match="cannot stand in a TREC file"):
        write_qrels({identity: {"a": 1}}, tmp_path / "qrels")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("ranking", "message"),
    [
        pytest.param((("a", 1.0), ("b", 2.0)), "out of order", id="rising"),
        pytest.param((("a", float("nan")),), "out of order", id="not a number"),
        pytest.param((("a", 2.0), ("a", 1.0)), "names a passage twice", id="twice"),
    ],
)
def test_a_ranking_that_would_read_otherwise_is_refused(
    tmp_path: Path, ranking: tuple[tuple[str, float], ...], message: str
) -> None:
    with pytest.raises(QuestionError, match=message):
        write_trec_run(TrecRun("x", {"q": ranking}), tmp_path / "run")


def result(*found: tuple[str, float]) -> Result:
    passages = tuple(RunPassage(identity, f"text of {identity[0]}", score, "report") for identity, score in found)
    return Result("q", "Who?", passages, (), False, 0.0, kind="fact")


class Stored:
    """A passage of the collection; its text is told by the first letter of its id, so that b and b2 are copies."""

    def __init__(self, identity: str) -> None:
        self.id, self.text, self.report_id = identity, f"text of {identity[0]}", "report"


def test_scores_that_fall_go_to_trec_as_they_are() -> None:
    found = trec_run(Run((result(("a", 0.9), ("b", 0.2)),)), {}, "x")
    assert found == TrecRun("x", {"q": (("a", 0.9), ("b", 0.2))})


@pytest.mark.parametrize(
    "scores",
    [(0.2, 0.9, 0.5), (0.9, 0.9, 0.5), (0.9, 0.9 - 1e-9, 0.5), (1e300, 1e299, 0.5)],
    ids=["rising", "tied", "tied in single precision", "beyond single precision"],
)
def test_other_rankings_go_to_trec_with_reciprocal_ranks(scores: tuple[float, float, float]) -> None:
    found = trec_run(Run((result(*zip("abc", scores, strict=True)),)), {}, "x")
    assert found.rankings == {"q": (("a", 1.0), ("b", 1 / 2), ("c", 1 / 3))}


@pytest.mark.parametrize(
    ("returned", "written"),
    [("x b2 a", "x b a"), ("b2 b a", "b b2 a"), ("b b2", "b b2"), ("x y", "x y"), ("b3 b2 b", "b b2 b3")],
)
def test_the_best_of_an_answers_copies_stands_under_the_id_that_is_judged(returned: str, written: str) -> None:
    questions = [Question("q", "Who?", "fact", ("text of a", "text of b"))]
    judgements, _ = judge(questions, [Stored(name) for name in ("a", "b", "b2", "b3", "x", "y")])
    found = trec_run(Run((result(*((name, -float(n)) for n, name in enumerate(returned.split()))),)), judgements, "x")
    assert [identity for identity, _ in found.rankings["q"]] == written.split()


def test_a_run_with_another_text_under_the_id_of_an_answer_is_refused() -> None:
    judgements, _ = judge([Question("q", "Who?", "fact", ("text of a",))], [Stored("a")])
    other = Result("q", "Who?", (RunPassage("a", "something else", 1.0),), (), False, 0.0)
    with pytest.raises(QuestionError, match="another text under the id 'a' for 'q'"):
        trec_run(Run((other,)), judgements, "x")


def test_a_run_comes_back_from_trec_with_the_text_of_its_passages() -> None:
    run = Run((result(("a", 0.9), ("b", 0.2)),))
    questions = [Question("q", "Who?", "fact"), Question("other", "Why?")]
    found = run_from_trec(trec_run(run, {}, "x"), questions, [Stored("a"), Stored("b"), Stored("c")])
    assert (found, found.name, found.rankings_only) == (run, "x", True)


def test_a_trec_run_over_other_passages_or_questions_is_refused() -> None:
    trec = trec_run(Run((result(("a", 0.9)),)), {}, "x")
    with pytest.raises(QuestionError, match="unknown passage 'a' for q"):
        run_from_trec(trec, [Question("q", "Who?")], [Stored("b")])
    with pytest.raises(QuestionError, match="unknown question 'q'"):
        run_from_trec(trec, [Question("p", "Who?")], [Stored("a")])


TEXTS = [f"{word} said" for word in ("ann", "bob", "cem", "dan", "eve")]
COLLECTION = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=8)


@given(texts=COLLECTION, data=st.data())
def test_trec_tools_come_to_the_values_of_the_score(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], data: st.DataObject
) -> None:
    @dataclass(frozen=True)
    class Kept:
        id: str
        text: str
        report_id: str = "r"

    crowd = [Kept(f"p{n}", text) for n, text in enumerate(texts)]
    questions = [Question(f"q{n}", "Who?", "survey", ("ann said", "bob said", "cem said")) for n in range(2)]
    results = []
    for question in questions:
        order = data.draw(st.permutations(crowd))[: data.draw(st.integers(0, len(crowd)))]
        passages = tuple(RunPassage(kept.id, kept.text, data.draw(st.floats(-1, 1))) for kept in order)
        results.append(Result(question.id, "Who?", passages, (), False, 0.0))
    run = Run(tuple(results))
    judgements, _ = judge(questions, crowd)
    assume(judgements["q0"].grades and any(found.passages for found in results))
    folder = tmp_path_factory.mktemp("trec")
    write_trec_run(trec_run(run, judgements, "x"), folder / "run")
    write_qrels(trec_qrels(judgements), folder / "qrels")
    scores = score_run(run, questions, crowd, resamples=10)
    measured = ir_measures.calc_aggregate(
        [ir_measures.parse_measure(name) for name in RANKING_MEASURES],
        ir_measures.read_trec_qrels(str(folder / "qrels")),
        ir_measures.read_trec_run(str(folder / "run")),
    )
    expected = {name: scores.overall[name].mean for name in RANKING_MEASURES}
    assert {str(measure): value for measure, value in measured.items()} == pytest.approx(expected)
    back = run_from_trec(read_trec_run(folder / "run"), questions, crowd)
    again = score_run(back, questions, crowd, resamples=10).overall
    assert {name: again[name].mean for name in RANKING_MEASURES} == pytest.approx(expected)

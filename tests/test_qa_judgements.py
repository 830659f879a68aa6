"""Judgements of passages: kept at once, found again for the same question, and just what casebook eval takes."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import test_app_commands
from hypothesis import assume, given
from hypothesis import strategies as st

from corpus.disk import exclusive
from corpus.errors import CasebookError, QuestionError
from eval.questions import KINDS, Question, read_questions
from eval.trec import read_qrels
from qa.answer import check_question
from qa.backup import backup, restore
from qa.judgements import (
    FOLDER,
    QRELS,
    QUESTIONS,
    Judged,
    JudgementError,
    Kind,
    Relevance,
    choose_kind,
    judge_passage,
    judged,
    question_id,
    read_judgements,
)
from qa.workspace import Workspace

Run = test_app_commands.Run
run = test_app_commands.run
home = test_app_commands.home

WHO = "Who pays for transport?"


def files(folder: Path) -> tuple[str, str]:
    """Return the content of both files."""
    return (folder / FOLDER / QUESTIONS).read_text("utf-8"), (folder / FOLDER / QRELS).read_text("utf-8")


def test_a_judgement_stands_in_both_files_at_once(tmp_path: Path) -> None:
    judge_passage(tmp_path, WHO, "north-1", Relevance.RELEVANT)
    judge_passage(tmp_path, WHO, "north-2", Relevance.NOT)
    found = judge_passage(tmp_path, WHO, "south-1", Relevance.PARTLY)
    identity = question_id(WHO)
    assert found == Judged(identity, WHO, None, {"north-1": 2, "north-2": 0, "south-1": 1})
    assert read_judgements(tmp_path) == {identity: found}
    assert files(tmp_path) == (
        json.dumps({"id": identity, "question": WHO}) + "\n",
        f"{identity} 0 north-1 2\n{identity} 0 north-2 0\n{identity} 0 south-1 1\n",
    )


def test_the_same_question_in_other_type_finds_its_judgements(tmp_path: Path) -> None:
    judge_passage(tmp_path, WHO, "north-1", Relevance.RELEVANT)
    assert judged(tmp_path, "  who pays\nfor TRANSPORT? ").passages == {"north-1": 2}
    assert judged(tmp_path, "Who pays for beds?").passages == {}


def test_a_judgement_is_changed_and_taken_back(tmp_path: Path) -> None:
    judge_passage(tmp_path, WHO, "north-1", Relevance.RELEVANT)
    assert judge_passage(tmp_path, WHO, "north-1", Relevance.NOT).passages == {"north-1": 0}
    assert judge_passage(tmp_path, WHO, "north-1", None).passages == {}
    assert files(tmp_path) == ("", "")


def test_a_kind_is_kept_without_a_judgement_until_it_is_taken_back(tmp_path: Path) -> None:
    assert choose_kind(tmp_path, WHO, Kind.UNANSWERABLE).kind is Kind.UNANSWERABLE
    assert json.loads(files(tmp_path)[0]) == {"id": question_id(WHO), "question": WHO, "kind": "unanswerable"}
    choose_kind(tmp_path, WHO, None)
    assert read_judgements(tmp_path) == {}


def test_kinds_are_those_of_question_sets() -> None:
    assert tuple(Kind) == KINDS


@given(st.text(min_size=1, max_size=60), st.sampled_from([*Kind, None]), st.sampled_from(Relevance))
def test_eval_reads_back_whatever_was_asked(
    tmp_path_factory: pytest.TempPathFactory, question: str, kind: Kind | None, relevance: Relevance
) -> None:
    try:
        asked = check_question(question)
    except QuestionError:
        assume(False)
    folder = tmp_path_factory.mktemp("home")
    judge_passage(folder, question, "north-1", relevance)
    choose_kind(folder, question, kind)
    identity = question_id(asked)
    assert read_questions(folder / FOLDER / QUESTIONS) == (Question(identity, asked, kind),)
    assert read_qrels(folder / FOLDER / QRELS) == {identity: {"north-1": int(relevance)}}
    assert read_judgements(folder) == {identity: Judged(identity, asked, kind, {"north-1": int(relevance)})}


@pytest.mark.parametrize("identity", ["", "two words", "a\nb", "né", "x\u2028y"])
def test_what_is_no_id_of_a_passage_is_not_kept(tmp_path: Path, identity: str) -> None:
    with pytest.raises(JudgementError, match="no id of a passage"):
        judge_passage(tmp_path, WHO, identity, Relevance.RELEVANT)
    assert not (tmp_path / FOLDER).exists()


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        (QRELS, "q1 0 north-1\n", "line 1 is no judgement"),
        (QRELS, "\nq1 0 north-1 very\n", "line 2 is no judgement"),
        (QRELS, "q1 0 north-1 2\n", "judges 'q1', which is no question"),
        (QUESTIONS, "{}\n", "line 1 is no judgement"),
        (QUESTIONS, '{"id": "q1", "question": "Who?", "kind": "odd"}\n', "line 1 is no judgement"),
        (QUESTIONS, "[" * 100_000, "line 1 is no judgement"),
        (QUESTIONS, '"text"', "line 1 is no judgement"),
    ],
    ids=["columns", "grade", "stranger", "empty", "kind", "deep", "no object"],
)
def test_damaged_judgements_are_named_and_left_alone(tmp_path: Path, name: str, content: str, line: str) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / name).write_text(content)
    with pytest.raises(JudgementError, match=line):
        judge_passage(tmp_path, WHO, "north-1", Relevance.RELEVANT)
    assert (tmp_path / FOLDER / name).read_text() == content


def test_people_who_judge_at_once_lose_nothing(tmp_path: Path) -> None:
    questions = [f"Who pays for transport in town {number}?" for number in range(6)]

    def judge_all(question: str) -> None:
        for number in range(5):
            judge_passage(tmp_path, question, f"north-{number}", Relevance.PARTLY)

    with ThreadPoolExecutor(6) as people:
        list(people.map(judge_all, questions))
    passages = {f"north-{number}": 1 for number in range(5)}
    assert {one.question: one.passages for one in read_judgements(tmp_path).values()} == dict.fromkeys(
        questions, passages
    )


def test_judging_does_not_wait_for_the_library_to_be_indexed(tmp_path: Path) -> None:
    with exclusive(tmp_path):
        assert judge_passage(tmp_path, WHO, "north-1", Relevance.RELEVANT).passages == {"north-1": 2}


def test_a_question_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CasebookError, match="holds no word"):
        choose_kind(tmp_path, "?!", Kind.FACT)


def test_eval_runs_and_scores_judgements_as_they_are(run: Run, home: Path, tmp_path: Path) -> None:
    index = Workspace(home).open()
    paying = next(passage for _, passage in index.passages if "who pays for transport" in passage.text)
    other = next(passage for _, passage in index.passages if "dementia clinic" in passage.text)
    judge_passage(home, WHO, paying.id, Relevance.RELEVANT)
    judge_passage(home, WHO, other.id, Relevance.NOT)
    choose_kind(home, WHO, Kind.FACT)
    judge_passage(home, "What will open in an empty school?", other.id, Relevance.PARTLY)
    questions, qrels, out = home / FOLDER / QUESTIONS, home / FOLDER / QRELS, tmp_path / "run.jsonl"
    assert run("eval", "run", questions, "--out", out, "--home", home).code == 0
    done = run("eval", "score", out, questions, "--qrels", qrels, "--home", home, "--json")
    assert done.code == 0
    scores = json.loads(done.out)
    assert {one["question"]: one["found_at"] for one in scores["questions"]} == {
        WHO: 1,
        "What will open in an empty school?": 1,
    }
    assert scores["overall"]["RR@10"]["mean"] == 1.0
    assert scores["exclusions"] == []


def test_a_backup_holds_judgements_and_gives_them_back(tmp_path: Path) -> None:
    judge_passage(tmp_path / "home", WHO, "north-1", Relevance.RELEVANT)
    assert backup(tmp_path / "home", tmp_path / "kept.zip") == 2
    assert restore(tmp_path / "other", tmp_path / "kept.zip") == 2
    assert read_judgements(tmp_path / "other") == read_judgements(tmp_path / "home")

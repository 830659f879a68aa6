"""The bundled digests: what a first run answers from, with the index that ships, and how good it is."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from corpus.digests import REPORT_ID_PREFIX
from corpus.errors import LibraryError
from eval.questions import read_questions
from eval.runner import ask_all
from eval.score import Scores, score_run
from index import store
from index.build import fingerprint
from index.context import standing, with_standing
from index.encoders import DEFAULT_ENCODER
from index.search import Searcher
from index.settings import IndexOptions
from qa.answer import Status, ask
from qa.briefing import Standing, look_up_all, pin
from qa.calibration import is_strange
from qa.digests import FOLDER, NAME, QUESTIONS, digests, searcher
from qa.workspace import Workspace

REPORT = "# Two quays\n\n## What helped\n\nA shared rota helped the wards most of all.\n"


@pytest.fixture(scope="module")
def found() -> Searcher:
    return searcher()


@pytest.fixture(scope="module")
def scores(found: Searcher) -> Iterator[Scores]:
    questions = read_questions(QUESTIONS)
    run = ask_all(found, [(question.id, question.question) for question in questions])
    yield score_run(run, questions, [passage for _, passage in found.index.passages])


def test_the_shipped_index_is_of_just_the_digests_as_this_version_reads_them() -> None:
    manifest = store.read_manifest(FOLDER)
    assert manifest["corpus"] == fingerprint(digests())
    assert manifest["options"] == asdict(IndexOptions())


def test_the_shipped_vectors_are_those_of_the_default_encoder(found: Searcher) -> None:
    """To within what another processor's arithmetic may change: a text's nearest is the text itself."""
    encoder = found.encoder
    assert found.index.manifest["encoder"] == {"name": DEFAULT_ENCODER, "fingerprint": encoder.fingerprint}
    for number in (0, 40, 80, 120):
        report, passage = found.index.passages[number]
        vectors = encoder.encode_passages([with_standing(standing(report, passage), passage.text)])
        scores, _ = found.index.rank("", vectors[0], 0.0)
        assert int(np.argmax(scores["passage"])) == number
        assert scores["passage"].max() > 0.99


def test_an_empty_library_answers_from_the_digests_and_cites_what_they_digest(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "home")
    assert workspace.serves_digests
    assert workspace.generation() == NAME
    answer = ask(workspace.searcher(), "what helped mutual aid in COVID")
    assert answer.status is Status.ANSWERED
    cited = answer.quotes[0].citation
    assert cited.report.startswith("Digest of ")
    assert cited.publisher == "casebook"
    assert cited.digests
    line = ask(workspace.searcher(), "How did Bradford agree on a fixed income contract?").quotes[0].citation.line()
    assert "It sums up: " in line
    assert not (tmp_path / "home").exists()


def test_a_quote_of_a_digest_can_be_pinned_and_stands(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "home")
    index = workspace.open()
    pin(index, workspace.home, index.passages[3][1].id)
    assert [one.standing for one in look_up_all(index, workspace.library)] == [Standing.STANDS]


def test_the_digests_make_way_for_the_first_report(tmp_path: Path) -> None:
    (tmp_path / "two-quays.md").write_text(REPORT, encoding="utf-8")
    workspace = Workspace(tmp_path / "home")
    workspace.add([tmp_path / "two-quays.md"])
    assert not workspace.serves_digests
    assert list(workspace.open().reports) == ["two-quays"]
    workspace.remove("two-quays")
    assert all(identity.startswith(REPORT_ID_PREFIX) for identity in workspace.open().reports)


def test_another_encoder_has_no_digests(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="holds no report yet"):
        Workspace(tmp_path / "home", "some/other-encoder").open()


def test_forty_questions_come_with_the_digests(found: Searcher) -> None:
    questions = read_questions(QUESTIONS)
    kinds = [question.kind for question in questions]
    assert [kinds.count(kind) for kind in ("fact", "survey", "unanswerable")] == [24, 6, 10]
    texts = [passage.text for _, passage in found.index.passages]
    assert not [a for question in questions for a in question.anchors if sum(a in text for text in texts) > 1]


def test_the_measured_quality_holds(scores: Scores) -> None:
    """Floors well under what was measured (0.92, 1.00, 0.88, 0.64, 0.87), as forty questions are few."""
    fact, survey = scores.by_kind["fact"], scores.by_kind["survey"]
    assert not scores.exclusions
    assert fact["Success@1"].mean >= 0.8
    assert fact["Success@5"].mean >= 0.95
    assert fact["AnswerHit"].mean >= 0.75
    assert survey["Coverage@10"].mean >= 0.5
    assert scores.abstention is not None
    assert scores.abstention.auroc.mean >= 0.75


@pytest.mark.parametrize(
    ("question", "strange"),
    [
        ("how do penguins keep warm", True),
        ("When was the printing press invented?", True),
        ("how do trusts keep warm", False),
        ("what helped mutual aid in COVID", False),
        ("how do they", False),
    ],
)
def test_a_question_whose_words_the_reports_do_not_know_is_not_answered(
    found: Searcher, question: str, strange: bool
) -> None:
    assert is_strange(found.index, question) is strange
    if strange:
        assert ask(found, question).status is Status.NOT_FOUND


def test_no_answerable_question_about_the_digests_is_strange(found: Searcher) -> None:
    asked = [question.question for question in read_questions(QUESTIONS) if question.kind != "unanswerable"]
    assert not [question for question in asked if is_strange(found.index, question)]

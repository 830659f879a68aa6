"""Calibration: fitted on questions, told by cross-validation, kept by the library."""

import json
from pathlib import Path

import numpy as np
import pytest
from small_library import HashEncoder, OverlapReranker, made_up_reports

from corpus.errors import QuestionError
from eval.calibrate import FEWEST, calibrate, cross_validated, fitted
from index.build import build
from index.search import Searcher, open_index
from qa.answer import Status, ask
from qa.calibration import EVIDENCE, CalibrationError

ANSWERED = ("mutual aid between the hospitals", "the calls at seven each morning", "twelve practices share one rota")
MISSED = ("zeppelin timetable", "price of saffron", "wingspan of an albatross")


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    folder = tmp_path_factory.mktemp("home") / "index"
    build(folder, made_up_reports(), HashEncoder(), {"casebook": "0", "date": "2026-01-01"})
    return Searcher(open_index(folder), HashEncoder(), OverlapReranker)


def write(path: Path, each: int) -> Path:
    rows = [{"question": f"{text} {n}", "kind": "fact"} for text in ANSWERED for n in range(each)]
    rows += [{"question": f"{text} {n}", "kind": "unanswerable"} for text in MISSED for n in range(each)]
    path.write_text("".join(json.dumps({"id": f"q{n}", **row}) + "\n" for n, row in enumerate(rows)), encoding="utf-8")
    return path


def test_questions_that_differ_are_told_apart(searcher: Searcher, tmp_path: Path) -> None:
    found, measured = calibrate(searcher, [write(tmp_path / "q.jsonl", 8)])
    assert (found.answerable, found.unanswerable) == (24, 24)
    assert found.auroc == 1.0
    assert found.refused <= 0.05 + 1 / 24
    assert measured.reliability
    assert found.fits("hash-64", "overlap")
    assert ask(searcher, "mutual aid between the hospitals 1", calibration=found).status is Status.ANSWERED
    assert ask(searcher, "wingspan of an albatross 1", calibration=found).status is Status.NOT_FOUND


def test_it_is_the_same_every_time(searcher: Searcher, tmp_path: Path) -> None:
    path = write(tmp_path / "q.jsonl", 7)
    first, second = (calibrate(searcher, [path])[0].to_json() for _ in range(2))
    assert {**first, "date": ""} == {**second, "date": ""}
    other = write(tmp_path / "other.jsonl", 8)
    assert calibrate(searcher, [other])[0].questions != first["questions"]


def test_too_few_or_unsorted_questions_are_refused(searcher: Searcher, tmp_path: Path) -> None:
    with pytest.raises(QuestionError, match=f"at least {FEWEST}"):
        calibrate(searcher, [write(tmp_path / "few.jsonl", 2)])
    path = tmp_path / "none.jsonl"
    path.write_text('{"id": "a", "question": "mutual aid"}\n', encoding="utf-8")
    with pytest.raises(QuestionError, match="has no kind"):
        calibrate(searcher, [path])


def test_without_a_reranker_there_is_nothing_to_calibrate(searcher: Searcher, tmp_path: Path) -> None:
    with pytest.raises(CalibrationError):
        calibrate(Searcher(searcher.index, searcher.encoder), [write(tmp_path / "q.jsonl", 8)])


def test_the_fit_finds_the_weights_that_made_the_data() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(3.0, 2.0, size=(4000, len(EVIDENCE)))
    true = np.linspace(-1, 1, len(EVIDENCE))
    answerable = rng.random(4000) < 1 / (1 + np.exp(-(values @ true + 0.5)))
    weights, bias = fitted(values, answerable)
    assert np.allclose(weights, true, atol=0.15)
    assert bias == pytest.approx(0.5, abs=0.6)


def test_what_is_told_of_noise_is_chance() -> None:
    rng = np.random.default_rng(1)
    values, answerable = rng.normal(size=(400, len(EVIDENCE))), rng.random(400) < 0.5
    unseen = cross_validated(values, answerable)
    order = unseen.argsort().argsort()
    positive, negative = int(answerable.sum()), int((~answerable).sum())
    area = (order[answerable].sum() - positive * (positive - 1) / 2) / (positive * negative)
    assert 0.4 < area < 0.6

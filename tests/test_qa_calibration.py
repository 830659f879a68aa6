"""The probability that the reports answer, and how it is kept."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.models import BGE_SMALL, RERANKER
from qa.calibration import EVIDENCE, FILE_NAME, CalibrationError, from_json, read_calibration, shipped

NUMBERS = st.floats(-1e3, 1e3)


def test_the_shipped_one_is_for_the_packaged_models() -> None:
    made = shipped()
    assert made.fits(BGE_SMALL.fingerprint, RERANKER.fingerprint)
    assert not made.fits(BGE_SMALL.fingerprint, "other")
    assert set(made.weights) == set(EVIDENCE)
    assert 0 < made.threshold < 1
    assert sum(count for _, _, count in made.reliability) == made.answerable + made.unanswerable
    assert made.refused <= 0.05 + 1 / made.answerable


@given(st.fixed_dictionaries({name: NUMBERS for name in EVIDENCE}), NUMBERS)
def test_it_is_a_probability_that_rises_with_the_evidence_it_favours(evidence: dict[str, float], more: float) -> None:
    made = shipped()
    probability = made.probability(evidence)
    assert 0 <= probability <= 1
    name = EVIDENCE[0]
    changed = made.probability({**evidence, name: evidence[name] + abs(more)})
    assert changed >= probability if made.weights[name] >= 0 else changed <= probability


def test_it_is_read_back_as_written(tmp_path: Path) -> None:
    made = replace(shipped(), threshold=0.25, reliability=((0.1, 0.2, 3), (0.9, 1.0, 7)))
    (tmp_path / FILE_NAME).write_text(json.dumps(made.to_json()), encoding="utf-8")
    assert read_calibration(tmp_path) == made


def test_without_one_of_its_own_a_library_has_the_shipped_one(tmp_path: Path) -> None:
    assert read_calibration(tmp_path) == shipped()


@pytest.mark.parametrize(
    "change",
    [
        {"threshold": 2},
        {"threshold": "high"},
        {"bias": None},
        {"bias": float("nan")},
        {"weights": []},
        {"weights": {"phase of the moon": 1.0}},
        {"reliability": [[1, 2]]},
        {"answerable": "many"},
    ],
    ids=str,
)
def test_what_is_no_calibration_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(CalibrationError, match="a file"):
        from_json({**shipped().to_json(), **change}, "a file")


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", "{", "\N{BYTE ORDER MARK}{}"])
def test_a_damaged_file_is_named_with_the_remedy(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(CalibrationError, match=r"calibration\.json.*casebook eval calibrate"):
        read_calibration(tmp_path)

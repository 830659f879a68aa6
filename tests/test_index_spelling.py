"""Slips of the pen in a question: which word of the reports was meant."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_library import HashEncoder, made_up_reports

from index.build import build
from index.search import Index, open_index
from index.spelling import corrected, distance

LETTERS = st.text("abcd", max_size=7)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    folder: Path = tmp_path_factory.mktemp("home") / "index"
    build(folder, made_up_reports(), HashEncoder(), {"casebook": "0", "date": "2026-01-01"})
    return open_index(folder)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("hospitls", "hospitals"),  # a letter missing
        ("hospitaals", "hospitals"),  # one too many
        ("hospitsls", "hospitals"),  # another
        ("hospitlas", "hospitals"),  # two exchanged
        ("hospptlas", "hospitals"),  # two slips in a long word
        ("hobour", None),  # two slips in a short word
        ("zeppelins", None),  # no slip of anything
        ("aid5", None),  # no word
        ("ait", None),  # too short to tell
    ],
)
def test_a_slip_is_of_the_nearest_word_of_the_reports(index: Index, word: str, meant: str | None) -> None:
    assert corrected(index, word, lambda _: False) == meant


def test_a_word_that_is_known_is_no_slip(index: Index) -> None:
    assert corrected(index, "hospitls", lambda word: word == "hospitls") is None


def test_a_word_with_a_known_one_inside_is_another(index: Index) -> None:
    assert corrected(index, "unhospitals", lambda _: False) is None


def alignment(one: str, other: str) -> int:
    """Return the distance by its definition, without a limit."""
    if not one or not other:
        return len(one) + len(other)
    least = min(
        alignment(one[:-1], other) + 1,
        alignment(one, other[:-1]) + 1,
        alignment(one[:-1], other[:-1]) + (one[-1] != other[-1]),
    )
    if one[-2:] == other[-2:][::-1] and len(one) > 1 and len(other) > 1:
        least = min(least, alignment(one[:-2], other[:-2]) + 1)
    return least


@given(LETTERS, LETTERS, st.integers(0, 3))
def test_the_distance_is_that_of_its_definition_up_to_the_limit(one: str, other: str, most: int) -> None:
    assert distance(one, other, most) == min(alignment(one, other), most + 1)

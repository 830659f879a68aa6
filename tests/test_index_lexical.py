"""BM25: the same scores as rank-bm25, and terms and variants as a reader would expect."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Okapi

from index.lexical import K1, Analyzer, B, LexicalIndex
from index.variants import Variants, abbreviations, reviewed

TERMS = st.lists(st.sampled_from("a b c d e f".split()), max_size=12)


@given(st.lists(TERMS, min_size=1, max_size=8).filter(any), TERMS)
def test_scores_are_those_of_rank_bm25(documents: list[list[str]], query: list[str]) -> None:
    expected = BM25Okapi(documents, k1=K1, b=B).get_scores(query)
    assert np.allclose(LexicalIndex.build(documents).scores(query), expected, atol=1e-12)


def test_a_score_worked_by_hand() -> None:
    # Two documents of 1 and 3 terms, mean length 2. "b" is in one of two: idf = ln((2 - 1 + 0.5) / (1 + 0.5)) = 0.
    # "c" is in one of three below: idf = ln((3 - 1 + 0.5) / (1 + 0.5)) = ln(5/3); length 2 = mean, so the norm is k1:
    # score = ln(5/3) * 1 * (1.2 + 1) / (1 + 1.2) = ln(5/3).
    index = LexicalIndex.build([["a", "c"], ["a", "b"], ["b", "a"]])
    assert index.scores(["c"])[0] == pytest.approx(np.log(5 / 3))
    assert index.scores(["c"])[1:].tolist() == [0, 0]


def test_a_term_outside_the_vocabulary_scores_nothing() -> None:
    index = LexicalIndex.build([["a"], ["b"]])
    assert index.scores(["z"]).tolist() == [0, 0]
    assert index.frequency("z") == 0


def test_weights_multiply_the_scores_of_their_terms() -> None:
    index = LexicalIndex.build([["a", "c"], ["a", "b"], ["b", "a"]])
    assert np.allclose(index.weighted_scores({"c": 0.5}), 0.5 * index.scores(["c"]))


def test_terms_are_stemmed_and_stop_words_left_out() -> None:
    assert Analyzer().terms("The hospitals’ sharing of STAFF, and the trust's plans") == [
        "hospit",
        "share",
        "staff",
        "trust",
        "plan",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("integrated care systems (ICSs) plan", [("ICS", "integrated care systems")]),
        ("the Acute Hospitals Alliance (AHA)", [("AHA", "Acute Hospitals Alliance")]),
        (
            "prevention and management of violence and aggression (PMVA)",
            [("PMVA", "prevention and management of violence and aggression")],
        ),
        ("multi-disciplinary team (MDT)", [("MDT", "multi disciplinary team")]),
        ("it rose (NHS England said)", []),
        ("several people (ABC)", []),
    ],
)
def test_abbreviations_are_learned_where_the_text_explains_them(text: str, expected: list[tuple[str, str]]) -> None:
    assert abbreviations(text) == expected


def test_variants_bring_the_other_words_for_the_same_thing() -> None:
    analyzer = Analyzer()
    variants = Variants([["gp", "family doctor"], ["ics", "integrated care system"]], analyzer)
    assert variants.expand(analyzer.terms("my family doctor")) == {"gp": 1.0}
    assert variants.expand(analyzer.terms("GP")) == {"famili": 0.5, "doctor": 0.5}
    assert variants.expand(analyzer.terms("a family")) == {}


def test_the_reviewed_list_is_well_formed() -> None:
    analyzer = Analyzer()
    for group in reviewed():
        assert len(group) == len(set(group)) >= 2
        assert all(phrase == phrase.lower().strip() for phrase in group)
        assert any(analyzer.terms(phrase) for phrase in group)

"""Where sentences begin and end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import MAX_WORDS, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[s.start : s.end] for s in sentence_spans(text, 0, len(text))]


@pytest.mark.parametrize(
    "expected",
    [
        pytest.param(["Dr Holt came.", "She met St. Mary's staff."], id="titles"),
        pytest.param(["Mr. Smith of No. 10 agreed.", "So did Prof. Dee."], id="abbreviations"),
        pytest.param(["Approx. 30 nurses came.", "Cllr. Brown read para. 4."], id="more abbreviations"),
        pytest.param(["The hub serves several towns, e.g. Lowmere.", "It is small."], id="e.g."),
        pytest.param(["Savings count, i.e. money saved.", "They do."], id="i.e."),
        pytest.param(["It fell by 3.5 per cent.", "In 2020 it had been 3.1 per cent.", "Then it rose."], id="per cent"),
        pytest.param(["Costs fell by 10%.", "Demand rose."], id="percent sign"),
        pytest.param(["He said, “it works.”", "Then he left."], id="quotation ends a sentence"),
        pytest.param(['She says: "we did it."', "It was good."], id="straight quotation marks"),
        pytest.param(["“Why would we go back?” she asks.", "Nobody knew."], id="question inside a quotation"),
        pytest.param(["“Why not?” James Sutherland questions.", "“We would.”"], id="attribution with a name"),
        pytest.param(["See https://www.example.org/a.b?c=1.", "Then visit www.example.org for more."], id="addresses"),
        pytest.param(["It grew.¹", "Then it shrank.2", "It has stopped."], id="footnote marks"),
        pytest.param(["The page (see p. 4) helps.", "Fig. 2 does not."], id="references"),
        pytest.param(["Is it so?", "Yes!", "Done."], id="short sentences"),
    ],
)
def test_sentences_end_where_a_reader_ends_them(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_a_blank_line_or_a_page_break_inside_a_sentence_does_not_end_it() -> None:
    assert sentences("The Group works with\n\n\fWarwick Council. It began in May.") == [
        "The Group works with\n\n\fWarwick Council.",
        "It began in May.",
    ]


def test_a_sentence_over_the_limit_is_cut_behind_a_clause() -> None:
    text = " ".join(f"word{n}" + ("," if n % 60 == 59 else "") for n in range(450)) + "."
    found = sentences(text)
    # Commas close words 60, 120, 180, 240, ...: the last in reach of 200 words is word 180, then 360, then the rest.
    assert [len(s.split()) for s in found] == [180, 180, 90]


def test_a_sentence_over_the_limit_without_clauses_is_cut_between_words() -> None:
    assert [len(s.split()) for s in sentences("word " * 450)] == [MAX_WORDS, MAX_WORDS, 50]


@given(
    st.text(alphabet=st.sampled_from("aB1.?!,;:'\"”“’ \n\f()¹"), max_size=200), st.integers(0, 20), st.integers(0, 20)
)
def test_sentences_hold_every_visible_character_once_and_in_order(text: str, begin: int, cut: int) -> None:
    end = max(begin, len(text) - cut)
    spans = sentence_spans(text, begin, end)
    assert "".join("".join(text[s.start : s.end].split()) for s in spans) == "".join(text[begin:end].split())
    assert spans == sorted(spans)
    assert all(text[s.start : s.end] == text[s.start : s.end].strip() != "" for s in spans)
    assert all(len(text[s.start : s.end].split()) <= MAX_WORDS for s in spans)

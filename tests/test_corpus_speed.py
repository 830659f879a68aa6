"""Reading takes time in proportion to the file, whatever is in it.

The limits are ten times and more what a slow machine needs; what they catch is time that grows with the square.
"""

import random
import string
import time
from collections.abc import Callable

import pytest

from corpus.errors import ReportError
from corpus.report import parse

CHANCE = random.Random(7)
WORDS = ["".join(CHANCE.choices(string.ascii_lowercase, k=CHANCE.randint(2, 9))) for _ in range(2000)]


def sentence() -> str:
    return " ".join(CHANCE.choices(WORDS, k=CHANCE.randint(8, 20))).capitalize() + "."


def name() -> str:
    return " ".join(CHANCE.choices(WORDS, k=2)).capitalize()


def repeated(count: int, make: Callable[[int], str], between: str = "\n\n") -> str:
    return between.join(make(n) for n in range(count))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(repeated(20_000, lambda _: name(), "\n"), id="short-lines"),
        pytest.param(repeated(10_000, lambda _: name()), id="short-lines-with-gaps"),
        pytest.param(repeated(10_000, lambda _: "Background"), id="one-heading-again-and-again"),
        pytest.param(repeated(3_000, lambda n: f"{name()} {n}\n\n{sentence()}"), id="many-headings"),
        pytest.param(repeated(3_000, lambda n: f"## {name()} {n}\n\n{sentence()}"), id="many-marked-headings"),
        pytest.param(repeated(10_000, lambda _: "# a"), id="headings-only"),
        pytest.param(
            repeated(1_000, lambda n: f"## Case study {n}: {name()}\n\n### Background\n\n{sentence()}"),
            id="case-studies",
        ),
        pytest.param(
            repeated(1_000, lambda n: f"{name()} {n}\n\nPartners involved\n\n- one\n- two\n\nResults\n\n{sentence()}"),
            id="partners",
        ),
        pytest.param(
            repeated(1_000, lambda n: f"Chapter {n} ........ {n // 50}", "\n")
            + "\n\n"
            + repeated(1_000, lambda n: f"Chapter {n}\n\n{sentence()}"),
            id="long-contents-list",
        ),
        pytest.param(repeated(3_000, lambda n: " " * (n % 200) + "- " + sentence(), "\n"), id="nested-lists"),
        pytest.param(repeated(20_000, lambda _: '"' * 60, "\n") + " a", id="lines-of-quotation-marks"),
        pytest.param(repeated(3_000, lambda _: "and " + " ".join(WORDS[:60])), id="one-paragraph-cut-anew-and-anew"),
        pytest.param(repeated(20_000, lambda _: " ".join(WORDS[:12]), "\n"), id="one-wrapped-paragraph"),
        pytest.param(repeated(5_000, lambda _: "Jane Smith\n\nChief executive"), id="sign-offs"),
        pytest.param(repeated(5_000, lambda n: f"a\tb {n}\tc", "\n"), id="table"),
        pytest.param(" ".join(sentence() for _ in range(15_000))[:1_900_000], id="one-long-line"),
        pytest.param("a" * 1_900_000, id="one-long-word"),
        pytest.param("#" * 1_000_000 + " a", id="hashes"),
        pytest.param("# a" + "#" * 1_000_000 + "a", id="hashes-behind-a-heading"),
        pytest.param("- " * 500_000 + "x", id="list-markers-in-a-line"),
        pytest.param("a" + " " * 1_900_000 + "b", id="spaces"),
        pytest.param("a" + "\t" * 1_000_000 + "b", id="tabs"),
        pytest.param("a\tb" + "c " * 900_000, id="one-tab"),
        pytest.param("." * 1_900_000 + " a", id="dots"),
        pytest.param("*" * 1_900_000 + "a", id="asterisks"),
        pytest.param("1 " * 190 + "x", id="figures-like-a-telephone-number"),
        pytest.param("www." * 90 + "@ x", id="addresses-in-addresses"),
        pytest.param("a." * 190 + "@", id="half-an-address"),
        pytest.param("Mr. Aa " * 100_000, id="abbreviations"),
        pytest.param("Hm! " * 100_000, id="sentences-of-a-word"),
        pytest.param('"Aa!" Bb says. ' * 50_000, id="attributions"),
        pytest.param("a b c\f" * 100_000, id="form-feeds"),
        pytest.param("---\n" + "a: b\n" * 100_000, id="front-matter-without-end"),
    ],
)
def test_hostile_text_is_read_in_bounded_time(text: str) -> None:
    begun = time.process_time()
    try:
        parse((text + "\n\n# End\n\nOne sentence is left at the end.").encode(), "hostile.md")
    except ReportError:
        pass
    assert time.process_time() - begun < 8


def test_twice_the_text_takes_no_more_than_three_times_as_long() -> None:
    def seconds(paragraphs: int) -> float:
        data = repeated(paragraphs, lambda _: " ".join(sentence() for _ in range(5))).encode()
        begun = time.process_time()
        parse(data, "large.txt")
        return time.process_time() - begun

    assert min(seconds(2_000), seconds(2_000)) < 3 * max(seconds(1_000), seconds(1_000))

"""Contents lists with dot leaders never leak into passages, also where their entries are wrapped or run together."""

import pytest

from corpus.blocks import find_pieces
from corpus.report import parse

BODY = "The clinic on the quay counts its visits every week. It sends the figures to the ferry company on Monday."
DOTS = " . . . . . . . . . . . . . . "


def text_of(*listed: str) -> str:
    return "\n\n".join(
        ["Care by the quay", "Contents", *listed, "The clinic", BODY, "The ferry", BODY.replace("Mon", "Fri")]
    )


@pytest.mark.parametrize(
    "listed",
    [
        [
            f"1 The clinic{DOTS}3",
            "1.1 A heading that is so long that its entry in the list of contents goes on",
            f"below it on a line of its own{DOTS}4",
            f"2 The ferry{DOTS}5",
        ],
        [
            f"1 The clinic{DOTS}3",
            f"1.1 How it began{DOTS}4 1.2 How it went on, with a heading that does not fit{DOTS}5 1.3 What{DOTS}",
            f"{DOTS.strip()} 5 2 The ferry{DOTS}6",
            "Index\t9",
        ],
        [
            f"1 The clinic{DOTS}3",
            f"1.1 How it began{DOTS}3",
            "Care by the quay",
            "Page 2",
            "1.2 count(self, week=None, ward=None, only=False)4",
            f"1.3 send(figures){DOTS}4",
            f"2 The ferry{DOTS}12",
        ],
        ["1) The clinic" + 300 * "." + "3 1.1) How it began" + 300 * "." + "4", "2) The ferry" + 300 * "." + "12"],
        ["Preface\ti", "1 The clinic\t1", f"1.1 How it began{DOTS}2", f"{DOTS.strip()} 3", "2 The ferry\t4"],
    ],
    ids=["wrapped", "run together", "over two pages", "without spaces", "roman pages"],
)
def test_entries_with_dot_leaders_are_no_passages(listed: list[str]) -> None:
    report = parse(text_of(*listed).encode(), "quay.txt")
    assert [passage.text for passage in report.passages] == [BODY, BODY.replace("Mon", "Fri")]
    assert [section.heading for section in report.sections] == ["The clinic", "The ferry"]


@pytest.mark.parametrize(
    "line",
    [
        "He said … that it was … not 3 of them … but 4",
        "1 -- *...........",
        "34690 2526 ... ... ... 2557",
        "The wait .......... 12 people long .. was over.",
        "Wait......... and see what 12 people do",
    ],
)
def test_dots_that_lead_to_no_page_are_text(line: str) -> None:
    pieces, _ = find_pieces(f"{BODY}\n\n{line}\n\n{BODY}")
    assert [(piece.text, piece.in_contents) for piece in pieces] == [(BODY, False), (line, False), (BODY, False)]


def test_a_line_of_dots_is_searched_in_one_pass() -> None:
    line = ". " * 500_000
    (piece,) = find_pieces(line)[0]
    assert (piece.text, piece.in_contents) == (line.strip(), False)

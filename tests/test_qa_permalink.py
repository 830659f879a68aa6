"""Permalinks: a passage in its context, and what became of one that is no more."""

import json
from pathlib import Path

import pytest
import test_app_commands
from small_library import NORTH, SOUTH, HashEncoder, write_reports

from corpus.errors import LibraryError
from corpus.model import Report
from corpus.passages import words_hash
from corpus.report import parse
from index.build import build
from index.search import Index, open_index
from qa.permalink import FILE_NAME, Change, Shown, Vanished, find_passage, read_former, remember, show

Run = test_app_commands.Run
run = test_app_commands.run

MONEY = "Money was the hardest subject. The partners could not agree who pays for transport, so volunteers drove"
WRONG_TYPE = '{"id": "a", "report_id": "b", "sha256": "c", "case_study": null, "section": "d", "opening": 1}'


def indexed(folder: Path, *texts: tuple[str, str]) -> Index:
    """Return an index of reports given by file name and text."""
    build(folder, [parse(text.encode(), name) for name, text in texts], HashEncoder(), {"casebook": "0", "date": "x"})
    return open_index(folder)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    return indexed(tmp_path_factory.mktemp("p") / "index", ("north.md", NORTH), ("south.md", SOUTH))


def passage_with(report: Report, words: str) -> str:
    """Return the id of the passage of ``report`` that holds ``words``."""
    (found,) = [p.id for p in report.passages if words in p.text]
    return found


def test_a_passage_is_shown_between_its_neighbours_and_with_its_repeats(index: Index, tmp_path: Path) -> None:
    north = index.reports["north"]
    wanted = passage_with(north, "ventilators")
    found = show(index, tmp_path, wanted)
    assert isinstance(found, Shown)
    assert found.passage.id == wanted
    assert [p.text.split()[:3] for p in (*found.before, *found.after)] == [
        ["The", "Harbour", "Alliance"],
        ["The", "Valley", "Partnership"],
    ]
    assert found.citation.pinpoint == "Harbour Alliance, The impact of COVID-19"
    assert [citation.report_id for citation in found.also_in] == ["south"]
    assert show(index, tmp_path, wanted, context=0).to_json()["before"] == []
    everything = show(index, tmp_path, wanted, context=50)
    assert isinstance(everything, Shown)
    assert (*everything.before, everything.passage, *everything.after) == north.passages


def test_the_last_twelve_digits_are_enough_where_they_name_one_passage(index: Index) -> None:
    wanted = passage_with(index.reports["north"], "Money")
    found = find_passage(index, wanted[-12:])
    assert found is not None
    assert found[1].id == wanted
    assert find_passage(index, wanted[-11:]) is None
    twice = passage_with(index.reports["south"], "ventilators")[-12:]
    with pytest.raises(LibraryError, match=f"2 passages have an id .*; give one whole: north-{twice} or south-{twice}"):
        find_passage(index, twice)


def test_an_id_never_seen_is_unknown(index: Index, tmp_path: Path) -> None:
    for name, detail in [
        ("north-0123456789ab", "the report 'north' holds no such passage, and none is remembered"),
        ("east-0123456789ab", "the library holds no report that this id could belong to, and remembers none"),
        ("\x00../..", "the library holds no report that this id could belong to, and remembers none"),
    ]:
        found = show(index, tmp_path, name)
        assert isinstance(found, Vanished)
        assert (found.change, found.detail, found.closest) == (Change.UNKNOWN, detail, None)


def test_the_same_words_in_another_report_are_the_closest(index: Index, tmp_path: Path) -> None:
    moved = show(index, tmp_path, f"renamed-{words_hash(index.reports['north'].passages[-1].text)}")
    assert isinstance(moved, Vanished)
    assert moved.closest == (index.reports["north"], index.reports["north"].passages[-1])


@pytest.mark.parametrize(
    ("now", "change", "begins"),
    [
        pytest.param(
            [("north.md", NORTH.replace("hardest", "most difficult")), ("south.md", SOUTH)],
            Change.REPORT_CHANGED,
            "Money was the most difficult",
            id="reworded",
        ),
        pytest.param([("south.md", SOUTH)], Change.REPORT_GONE, None, id="taken-out"),
        pytest.param(
            [("south.md", SOUTH), ("new.md", NORTH)], Change.REPORT_GONE, "Money was the hardest", id="renamed"
        ),
        pytest.param([("north.md", SOUTH)], Change.REPORT_CHANGED, None, id="replaced"),
    ],
)
def test_a_passage_that_is_no_more_is_remembered_with_what_changed(
    index: Index, tmp_path: Path, now: list[tuple[str, str]], change: Change, begins: str | None
) -> None:
    new = indexed(tmp_path / "index", *now)
    gone = passage_with(index.reports["north"], "Money")
    remember(tmp_path, index.reports.values(), new.reports.values())
    found = show(new, tmp_path, gone)
    assert isinstance(found, Vanished)
    assert found.change is change
    assert found.former is not None
    assert found.former.opening.startswith(MONEY)
    assert (found.former.case_study, found.former.section) == ("Valley Partnership", "Challenges")
    assert (found.closest[1].text[: len(begins)] if found.closest and begins else None) == begins
    assert (found.closest is None) == (begins is None)
    json.dumps(found.to_json())
    by_digits = show(new, tmp_path, gone[-12:])
    if change is Change.REPORT_CHANGED:
        assert isinstance(by_digits, Vanished)
        assert (by_digits.former, by_digits.closest) == (found.former, found.closest)


def test_a_file_divided_otherwise_is_no_changed_report(index: Index, tmp_path: Path) -> None:
    finer = [parse(NORTH.encode(), "north.md", target_words=15), index.reports["south"]]
    build(tmp_path / "index", finer, HashEncoder(), {})
    new = open_index(tmp_path / "index")
    remember(tmp_path, index.reports.values(), new.reports.values())
    gone = passage_with(index.reports["north"], "ventilators")
    found = show(new, tmp_path, gone)
    assert isinstance(found, Vanished)
    assert found.change is Change.READ_OTHERWISE
    assert found.closest is not None
    assert found.closest[1].text.startswith("Mutual aid between the hospitals")


def test_passages_that_come_back_are_shown_again_and_none_is_remembered_twice(index: Index, tmp_path: Path) -> None:
    both, one = index.reports.values(), [index.reports["south"]]
    for old, new in [(both, one), (one, both), (both, one)]:
        remember(tmp_path, old, new)
    lines = (tmp_path / FILE_NAME).read_text("utf-8").splitlines()
    assert len(lines) == len(index.reports["north"].passages) == len(read_former(tmp_path))
    assert isinstance(show(index, tmp_path, index.reports["north"].passages[0].id), Shown)


def test_nothing_is_written_where_nothing_is_gone(index: Index, tmp_path: Path) -> None:
    remember(tmp_path, [], index.reports.values())
    remember(tmp_path, index.reports.values(), index.reports.values())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["nonsense", "[1]", '{"id": "a"}', "\udcff", WRONG_TYPE])
def test_a_damaged_memory_is_named(index: Index, tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(
        LibraryError, match=r"former-passages\.jsonl' cannot be read .*; mend it, or delete it to forget"
    ):
        show(index, tmp_path, "north-0123456789ab")


def test_show_and_cite_at_the_command_line(run: Run, tmp_path: Path) -> None:
    reports, home = write_reports(tmp_path / "reports"), tmp_path / "home"
    run("add", reports, "--home", home)
    hits = json.loads(run("search", "who pays for transport", "--home", home, "--json").out)["passages"]
    wanted = hits[0]["id"]
    shown = run("show", wanted, "--home", home)
    assert shown.code == 0
    assert shown.out.startswith("Background\n   north-")
    assert "— Valley Partnership. Challenges. Working together in the north\n" in shown.out
    assert not any(line != line.rstrip() for line in shown.out.split("\n"))
    assert json.loads(run("show", wanted, "--home", home, "--json").out)["status"] == "found"
    assert run("cite", wanted, "--as", "ris", "--home", home).out.startswith("TY  - RPRT\r\nID  - north\r\n")
    assert run("cite", wanted, "--as", "nonsense", "--home", home).code == 2

    (reports / "north.md").write_text(NORTH.replace("hardest", "most difficult"), encoding="utf-8")
    run("add", reports, "--home", home)
    gone = run("show", wanted, "--home", home)
    assert gone.code == 3
    assert gone.out.startswith(f"There is no passage {wanted}: the file of the report 'north' has changed")
    assert f"It stood in Valley Partnership, Challenges and began: {MONEY}" in gone.out
    assert "Money was the most difficult subject." in gone.out
    assert run("cite", wanted, "--home", home).code == 3
    told = json.loads(run("show", wanted, "--home", home, "--json").out)
    assert (told["status"], told["change"]) == ("not found", "report changed")
    assert told["closest"]["text"].startswith("Money was the most difficult")

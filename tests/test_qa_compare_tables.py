"""A comparison as a table, CSV and workbook: nothing in them is calculated, whatever a report says."""

import csv
import io
import json
import sys
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_library import write_reports

import app
from corpus.characters import flat
from corpus.model import Span
from qa.citation import Citation
from qa.compare import Comparison, Row
from qa.quotes import Quote
from qa.tables import COLUMNS, records, to_csv, to_text, to_xlsx
from qa.units import By, UnitKind

FORMULA = tuple("=+-@＝＋－＠\t\r\n")
TEXTS = st.text(max_size=60) | st.sampled_from(FORMULA).flatmap(lambda sign: st.text(max_size=20).map(sign.__add__))
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def comparison(text: str, name: str = "Harbour") -> Comparison:
    """Return a comparison of one unit that says ``text`` and one silent one; report and headings say it too."""
    cited = Citation("r", text, text, "2021", text, name, text, (text, text), 3, (text,), text)
    quote = Quote(text, Span(5, 5 + len(text)), "r-1", 12.5, cited, (cited,))
    rows = (
        Row(UnitKind.CASE_STUDY, name, (("r", text),), 4, (quote,), None),
        Row(UnitKind.PART, text, (("r", text),), 1, (), quote),
    )
    return Comparison(text, By.CASE_STUDY, rows, {"corpus": "abc", "settings": {"rerank": True}, "date": "2026-11-21"})


def cells(data: bytes, sheet: int) -> list[list[str]]:
    """Return what a workbook shows, row by row, decoded from its parts as the standard (ISO 29500) lays them down."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        shared = [
            "".join(t.text or "" for t in item.iter(f"{SHEET}t"))
            for item in ElementTree.fromstring(book.read("xl/sharedStrings.xml")).iter(f"{SHEET}si")
        ]
        root = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{sheet}.xml"))
    assert not list(root.iter(f"{SHEET}f"))
    assert not list(root.iter(f"{SHEET}hyperlink"))
    rows = []
    for row in root.iter(f"{SHEET}row"):
        found = []
        for cell in row.iter(f"{SHEET}c"):
            value = cell.find(f"{SHEET}v")
            if value is not None:
                assert cell.get("t") in ("s", None)
                found.append(shared[int(value.text or "")] if cell.get("t") == "s" else str(value.text))
        rows.append(found)
    return rows


@given(TEXTS)
def test_no_csv_cell_of_text_is_a_formula_and_all_come_back(text: str) -> None:
    found = list(csv.DictReader(io.StringIO(to_csv(comparison(text)), newline="")))
    assert [record["speaks"] for record in found] == ["yes", "no"]
    numbers = {"quote_number", "page", "start", "end", "score"}
    for record, plain in zip(found, records(comparison(text)), strict=True):
        assert list(record) == list(COLUMNS)
        for name in COLUMNS.keys() - numbers:
            assert not record[name].startswith(FORMULA)
            assert record[name] in (plain[name] or "", f"'{plain[name]}")
    assert found[0]["quote"].removeprefix("'") == flat(text).removeprefix("'")


@given(TEXTS)
def test_no_workbook_cell_is_a_formula_and_all_come_back(text: str) -> None:
    data = to_xlsx(comparison(text))
    heading, first, _ = cells(data, 1)
    assert heading == [name.replace("_", " ") for name in COLUMNS]
    said = flat(text)
    assert said in first
    assert first[:3] == ["case study", "Harbour", "yes"]
    facts = {row[0]: row[1] for row in cells(data, 2)[1:] if len(row) == 2}
    assert facts["corpus"] == "abc"
    assert json.loads(facts["settings"]) == {"rerank": True}
    assert facts["found"] == "1 of 1 case studies and 0 of 1 parts outside them speak to this"


def test_a_workbook_has_a_frozen_heading_and_wrapped_text_and_no_cell_that_is_too_long() -> None:
    data = to_xlsx(comparison("=" + "word " * 10_000))
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet, styles = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/styles.xml").decode()
    assert 'state="frozen"' in sheet
    assert 'wrapText="1"' in styles
    quote = next(cell for cell in cells(data, 1)[1] if cell.startswith("=word"))
    assert (len(quote), quote[-1]) == (32_767, "…")


def test_the_table_shows_quotes_with_their_places_and_names_the_silent() -> None:
    shown = to_text(comparison("They \x1b[31mlent\n ventilators", "Harbour Alliance"))
    assert "\x1b" not in shown
    assert shown.startswith("1 of 1 case studies and 0 of 1 parts outside them speak to this\n")
    assert "Harbour Alliance  They [31mlent ventilators\n" in shown
    assert "p. 3" in shown
    assert "Silent: They [31mlent ventilators\n" in shown
    assert not any(line != line.rstrip() for line in shown.split("\n"))
    assert max(map(len, to_text(comparison("word " * 90), 80).split("\n"))) <= 80


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from qa.workspace import Workspace

    folder = tmp_path_factory.mktemp("casebook")
    Workspace(folder / "home").add([write_reports(folder / "reports")])
    return folder / "home"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["casebook", "compare", *map(str, arguments)])
    try:
        app.main()
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


QUESTION = "How did hospitals help each other in the pandemic?"


def test_compare_as_json_has_stable_keys(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, QUESTION, "--home", home, "--format", "json") == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["question", "by", "lead", "counts", "rows", "produced_by"]
    assert [row["name"] for row in found["rows"]] == ["Harbour Alliance", "Valley Partnership", "Downland Trust"]
    assert found["counts"] == {"case study": {"speak": 1, "examined": 3}}
    harbour, valley, _ = found["rows"]
    assert list(harbour) == ["name", "kind", "reports", "passages", "speaks", "quotes", "nearest"]
    assert [report["report_id"] for report in harbour["reports"]] == ["north", "south"]
    assert harbour["quotes"][0]["text"].startswith("Mutual aid between the hospitals")
    assert (valley["speaks"], valley["quotes"]) == (False, [])
    assert valley["nearest"]["citation"]["case_study"] == "Valley Partnership"


def test_the_file_written_is_what_its_name_ends_in(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    beginnings = {"a.xlsx": b"PK", "a.csv": b"\xef\xbb\xbfkind,name,", "a.json": b"{", "a.txt": b"1 of 3 case studies"}
    for name, beginning in beginnings.items():
        assert run(monkeypatch, QUESTION, "--home", home, "--out", tmp_path / name) == 0
        assert (tmp_path / name).read_bytes().startswith(beginning)
        assert capsys.readouterr().out == f"1 of 3 case studies speak to this; written to {tmp_path / name}\n"


def test_compare_by_kind_of_section_and_in_one_report(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, QUESTION, "--home", home, "--by", "section-kind", "--format", "csv") == 0
    found = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert (found[0]["kind"], found[0]["name"], found[0]["speaks"]) == ("section kind", "covid", "yes")
    assert run(monkeypatch, "Who pays for transport?", "--home", home, "--report", "north") == 0
    assert "of 2 case studies" in capsys.readouterr().out


def test_compare_exits_with_3_where_all_are_silent_and_with_2_or_1_where_it_cannot_be_written(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "What is the speed of light?", "--home", home) == 3
    assert capsys.readouterr().out.startswith("0 of 3 case studies speak to this\n\nSilent: Harbour Alliance; ")
    assert run(monkeypatch, QUESTION, "--home", home, "--format", "xlsx") == 2
    assert "--out" in capsys.readouterr().err
    assert run(monkeypatch, QUESTION, "--home", home, "--out", tmp_path / "none" / "a.csv") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("casebook: ")

"""Reading files: encodings, line ends, and files that are no reports."""

import os
from pathlib import Path

import pytest

from corpus.errors import ReportError
from corpus.readers import MAX_FILE_BYTES, READERS, load, read
from corpus.report import parse, report_id

SENTENCE = "The café’s team met every week."


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(SENTENCE.encode(), id="utf-8"),
        pytest.param(SENTENCE.encode("utf-8-sig"), id="utf-8-with-mark"),
        pytest.param(SENTENCE.encode("utf-16"), id="utf-16-with-mark"),
        pytest.param(b"\xfe\xff" + SENTENCE.encode("utf-16-be"), id="utf-16-big-endian"),
    ],
)
def test_text_is_decoded_without_its_mark(data: bytes) -> None:
    assert read(data, "a.txt").text == SENTENCE


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_become_newlines(end: str) -> None:
    assert read(f"One.{end}{end}Two.{end}".encode(), "a.txt").text == "One.\n\nTwo.\n"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            b"\x7fELF\x00\x01\x02" * 30,
            "'a.txt' holds binary data, not text; save the report as UTF-8 text and add that",
            id="binary",
        ),
        pytest.param(
            b"text \xff text",
            "'a.txt' is not valid UTF-8 (byte 5); open it in its editor, save it as text in UTF-8, and add that",
            id="invalid-utf-8",
        ),
        pytest.param(
            b"\xff\xfea\x00b",
            "'a.txt' is not valid UTF-16 (byte 4); open it in its editor, save it as text in UTF-8, and add that",
            id="half-a-character",
        ),
        pytest.param(
            b"\x01\x02\x03 some text",
            "'a.txt' holds control characters, not text; save the report as UTF-8 text and add that",
            id="control-characters",
        ),
        pytest.param("— … “”".encode(), "'a.txt' has no words; give a file with the report's text", id="wordless"),
        pytest.param(b"", "'a.txt' has no words; give a file with the report's text", id="nothing"),
        pytest.param(
            b"# Title only", "'a.txt' holds no sentence to cite; give a file with the report's text", id="no-sentence"
        ),
    ],
)
def test_what_is_no_report_is_one_line_with_a_remedy(data: bytes, message: str) -> None:
    with pytest.raises(ReportError) as error:
        parse(data, "a.txt")
    assert str(error.value) == message


def test_a_line_of_fifty_megabytes_is_refused_by_name() -> None:
    with pytest.raises(ReportError) as error:
        parse(b"word " * 10_000_000, "long.txt")
    assert str(error.value) == (
        "'long.txt' has a line of 50,000,000 characters, more than the 2,000,000 casebook reads; "
        "break the text into paragraphs"
    )


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        pytest.param("a.txt", b"", "'a.txt' is empty; give a file with the report's text", id="empty"),
        pytest.param("b.txt", b" \n\t\n", "'b.txt' is empty; give a file with the report's text", id="white-space"),
        pytest.param(
            "c.odt",
            b"words",
            f"'c.odt' is of no format casebook reads; convert it to one of {', '.join(sorted(READERS))}",
            id="unknown-format",
        ),
    ],
)
def test_a_file_that_cannot_be_a_report_is_refused(tmp_path: Path, name: str, data: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ReportError) as error:
        load(tmp_path / name)
    assert str(error.value) == message


def test_a_missing_file_a_folder_and_a_huge_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"there is no file .*none\.txt'; check the path"):
        load(tmp_path / "none.txt")
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(ReportError, match=r"folder\.txt' cannot be read \(Is a directory\); check the file"):
        load(tmp_path / "folder.txt")
    with (tmp_path / "huge.txt").open("wb") as file:
        os.truncate(file.fileno(), MAX_FILE_BYTES + 1)
    with pytest.raises(ReportError, match=r"'huge\.txt' has 67,108,865 bytes, more than the 67,108,864"):
        load(tmp_path / "huge.txt")


def test_pages_begin_behind_form_feeds() -> None:
    report = parse(b"The first page.\n\fThe second page.\n\fThe third.\n\f", "a.txt")
    assert report.page_starts == (0, 17, 35)
    assert [report.page_at(at) for at in (0, 16, 17, 34, 35)] == [1, 1, 2, 2, 3]
    assert parse(b"No pages here.", "a.txt").page_at(3) is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("NHS Providers 2021.txt", "nhs-providers-2021"),
        ("Étude  (final)_v2.md", "etude-final-v2"),
        ("-rf.txt", "rf"),
        ("a" * 200 + ".txt", "a" * 100),
        ("two\nlines.txt", "two-lines"),
    ],
)
def test_an_id_is_the_file_name_in_plain_letters(name: str, expected: str) -> None:
    assert report_id(name) == expected


def test_names_without_plain_letters_get_ids_that_differ() -> None:
    first, second = report_id("報告.txt"), report_id("概要.txt")
    assert first != second
    assert first.startswith("report-") and len(first) == len("report-") + 8

"""Zip files of reports: what is added, what is refused and named, and that nothing is lost."""

from pathlib import Path

import hostile_files as hostile
import pytest
from hostile_files import SENTENCE
from kept_library import kept_library, refusal

from corpus.errors import CasebookError, ReportError
from corpus.library import Library, Outcome, find_files
from corpus.model import Metadata


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library that holds one report, with metadata."""
    return kept_library(tmp_path)


def test_the_reports_in_a_zip_file_are_added_with_their_metadata(library: Library, tmp_path: Path) -> None:
    (tmp_path / "reports.zip").write_bytes(
        hostile.zip_of(
            {
                "b.md": f"# B\n\n{SENTENCE}".encode(),
                "deep/er/a.txt": SENTENCE.encode(),
                "deep/er/catalogue.toml": b'[a]\ntitle = "The A report"\n[b]\ntitle = "Another B"\n',
                "c.docx": hostile.word_file(),
                "picture.png": b"\x89PNG",
                ".hidden.txt": b"no",
                "__MACOSX/deep/._a.txt": b"no",
                "empty folder/": b"",
            }
        )
    )
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "reports.zip").rename(folder / "Reports.ZIP")
    found = list(find_files([folder]))
    assert [(library.add(each).file_name, each.metadata) for each in found] == [
        ("b.md", None),
        ("c.docx", None),
        ("a.txt", Metadata(title="The A report")),
    ]
    assert {report.file_name: report.title for report in library.read()} == {
        "a.txt": "The A report",
        "b.md": "B",
        "c.docx": "c",
        "kept.txt": "Kept",
    }
    assert [library.add(each).outcome for each in find_files([folder])] == [Outcome.UNCHANGED] * 3


GOOD = {"good.txt": SENTENCE.encode()}
TRUST = "; unpack the zip file and add what you trust in it"


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        pytest.param({"../a.txt": b"words"}, "'../a.txt' in 'x.zip' has a name that leads out of the folder", id="up"),
        pytest.param({"b/../../a.txt": b"words"}, "'b/../../a.txt' in 'x.zip' has a name that leads out", id="down-up"),
        pytest.param({"/etc/a.txt": b"words"}, "'/etc/a.txt' in 'x.zip' has a name that leads out", id="absolute"),
        pytest.param({"C:\\a.txt": b"words"}, "'C:/a.txt' in 'x.zip' has a name that leads out", id="drive"),
        pytest.param({"..\\a.txt": b"words"}, "'../a.txt' in 'x.zip' has a name that leads out", id="backslash"),
        pytest.param({"a.zip": hostile.zip_of(GOOD)}, "'a.zip' in 'x.zip' is a zip file itself", id="nested"),
        pytest.param([hostile.link("a.txt", "/etc/passwd")], "'a.txt' in 'x.zip' is a link to another file", id="link"),
        pytest.param(
            {"a.txt": b"word " * 400_000},
            "'a.txt' in 'x.zip' unpacks to 2,000,000 bytes from 2,",
            id="ratio",
        ),
        pytest.param(
            {"a/a.txt": SENTENCE.encode(), "b/A.md": SENTENCE.encode()},
            "'b/A.md' in 'x.zip' gives the report id 'a', as a file before it does",
            id="same-id",
        ),
        pytest.param({"a.txt": b" \n"}, "'a.txt' in 'x.zip' is empty; give a file with the report's text", id="empty"),
        pytest.param(
            {"nul.txt": b"words"}, "'nul.txt' is the name of a device on Windows; rename the file", id="device"
        ),
        pytest.param({"a\nb.txt": b"\x00"}, "'a\\nb.txt' holds binary data, not text", id="newline"),
    ],
)
def test_an_entry_that_is_refused_is_named_and_the_others_are_added(
    library: Library, tmp_path: Path, archive: dict[str, bytes], message: str
) -> None:
    entries = [*archive.items()] if isinstance(archive, dict) else archive
    (tmp_path / "x.zip").write_bytes(hostile.zip_of([*entries, *GOOD.items()]))
    refused = []
    for found in find_files([tmp_path / "x.zip"]):
        try:
            library.add(found)
        except CasebookError as error:
            refused.append(str(error))
    assert len(refused) == 1 and refused[0].startswith(message)
    assert {"good.txt", "kept.txt"} <= {report.file_name for report in library.read()}
    assert not (tmp_path / "a.txt").exists()


@pytest.mark.parametrize(
    ("archive", "message"),
    [
        pytest.param(
            b"PK\x03\x04 words", "'x.zip' is no zip file that can be read (File is not a zip file)", id="none"
        ),
        pytest.param(hostile.zip_of(GOOD)[:-30], "'x.zip' is no zip file that can be read", id="truncated"),
        pytest.param(
            hostile.zip_of({"a.png": b"x"}), "the zip file 'x.zip' holds no report; put files of", id="nothing"
        ),
        pytest.param(hostile.zip_of({}), "the zip file 'x.zip' holds no report; put files of type .docx", id="empty"),
        pytest.param(
            hostile.zip_of({f"{n}.txt": b"a" for n in range(2_001)}),
            "'x.zip' holds more than 2,000 files; split it into several",
            id="many",
        ),
        pytest.param(
            hostile.zip_of(GOOD, 0) + b"PK\x01\x02" * 100_000,
            "'x.zip' holds more than 2,000 files; split it into several",
            id="very-many",
        ),
        pytest.param(
            hostile.with_flag(hostile.zip_of(GOOD), 1), "'good.txt' in 'x.zip' has a password" + TRUST, id="locked"
        ),
        pytest.param(
            hostile.zip_of(GOOD, 14),
            "'good.txt' in 'x.zip' is packed in a way that casebook does not read" + TRUST,
            id="method",
        ),
        pytest.param(
            hostile.with_sizes(hostile.zip_of(GOOD, 0), 2**31),
            "'good.txt' in 'x.zip' unpacks to 2,147,483,648 bytes, more than the 67,108,864 casebook reads" + TRUST,
            id="size",
        ),
        pytest.param(
            hostile.with_sizes(hostile.zip_of({"a.txt": SENTENCE.encode() * 99}), 9),
            "'a.txt' in 'x.zip' cannot be unpacked (Bad CRC-32 for file 'a.txt'); pack the zip file anew",
            id="says-less",
        ),
        pytest.param(
            hostile.zip_of({"catalogue.toml": b"a = " + b"[" * 9_000, **GOOD}),
            "'x.zip/catalogue.toml' cannot be read as TOML",
            id="catalogue",
        ),
    ],
)
def test_a_zip_file_that_is_wrong_is_refused(library: Library, tmp_path: Path, archive: bytes, message: str) -> None:
    (tmp_path / "x.zip").write_bytes(archive)
    assert refusal(library, tmp_path / "x.zip").startswith(message)


def test_a_zip_file_may_not_unpack_to_more_than_it_is_allowed_in_all(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("corpus.zips.MAX_ZIP_BYTES", 1_000)
    (tmp_path / "x.zip").write_bytes(hostile.zip_of({f"{n}.txt": SENTENCE.encode() * 6 for n in range(4)}))
    first, second, third, fourth = find_files([tmp_path / "x.zip"])
    for found in (first, second, third):
        assert found.load() == SENTENCE.encode() * 6
    with pytest.raises(
        ReportError, match=r"'3\.txt' in 'x\.zip' goes beyond the 1,000 bytes that a zip file may unpack"
    ):
        fourth.load()


def test_names_in_a_zip_file_are_read_as_utf_8_where_they_can_be(tmp_path: Path) -> None:
    said = hostile.zip_of({"zwölf – ü.txt": b"words"})
    unsaid = bytearray(hostile.zip_of({"zw__lf.txt": b"words"}))
    other = bytes(unsaid).replace(b"zw__lf", b"zw\x94\x94lf")
    unsaid = bytes(unsaid).replace(b"zw__lf", "zwölf".encode())
    for data, name in ((said, "zwölf – ü.txt"), (unsaid, "zwölf.txt"), (other, "zwöölf.txt")):
        (tmp_path / "x.zip").write_bytes(data)
        assert [found.path.name for found in find_files([tmp_path / "x.zip"])] == [name]

"""Files that are broken or made to harm: an error or a warning, in bounded time and memory, and nothing lost."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import hostile_files as hostile
import pytest
from hostile_files import SENTENCE
from kept_library import kept_library, refusal

from corpus import readers
from corpus.errors import LibraryError, ReportError
from corpus.folding import fold
from corpus.library import Found, Library, Outcome, find_files
from corpus.readers.child import Limits, read_in_child
from corpus.report import parse
from qa.checking.words import read_words as quoted_words

POSIX = os.name == "posix"
TIGHT = Limits(seconds=60, memory=200 * 1024 * 1024, answer=1024 * 1024)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """A library that holds one report, with metadata."""
    return kept_library(tmp_path)


# Names, places and kinds of files.


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_pipes_and_devices_are_never_waited_for(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("pipe.txt", "pipe.zip", "pipe.docx"):
        os.mkfifo(folder / name)
        assert "is a device or a pipe, no file" in refusal(library, folder / name)
    (folder / "zero.txt").symlink_to("/dev/zero")
    assert "is a device or a pipe, no file" in refusal(library, folder / "zero.txt")
    assert [found.path.name for found in find_files([folder])] == ["pipe.docx", "pipe.txt", "pipe.zip", "zero.txt"]
    os.mkfifo(folder / "catalogue.toml")
    (folder / "a.txt").write_text(SENTENCE)
    with pytest.raises(LibraryError, match=r"catalogue\.toml' is no file; move it away"):
        list(find_files([folder]))


def test_links_in_a_folder_are_followed_to_files_and_not_to_folders(library: Library, tmp_path: Path) -> None:
    folder, other = tmp_path / "in", tmp_path / "other"
    (folder / "deep").mkdir(parents=True)
    other.mkdir()
    (other / "a.txt").write_text(SENTENCE)
    (folder / "a.txt").symlink_to(other / "a.txt")
    (folder / "gone.txt").symlink_to(other / "gone.txt")
    (folder / "self.txt").symlink_to(folder / "self.txt")
    (folder / "deep" / "circle").symlink_to(folder)
    found = {each.path.name: each for each in find_files([folder])}
    assert [*found] == ["a.txt", "gone.txt", "self.txt"]
    for name in ("gone.txt", "self.txt"):
        assert "there is no file" in refusal(library, folder / name)
        with pytest.raises(ReportError, match=r"there is no file|Too many levels of symbolic links"):
            found[name].load()
    library.add(found["a.txt"])
    assert not (library.folder / "a.txt").is_symlink()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(("A.\n" * 200_001), "'a.txt' has 200,001 lines of text, more than the 200,000", id="lines"),
        pytest.param(
            (SENTENCE * 20 + "\n") * 9_500, "'a.txt' has 10,269,500 characters of text, more than the", id="characters"
        ),
    ],
)
def test_more_text_than_a_report_has_is_refused(library: Library, tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "a.txt").write_text(text)
    message = refusal(library, tmp_path / "a.txt")
    assert message.startswith(problem) and message.endswith("; split it into single reports")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("two\nlines\r\t\x1b[31m.txt", id="control-characters"),
        pytest.param("\u202eetxt.\u200bdocx.txt", id="right-to-left"),
        pytest.param("x" * 251 + ".txt", id="as-long-as-can-be"),
        pytest.param("..txt.txt", id="dots"),
        pytest.param("'; rm -rf $HOME `id` %s {0}.txt", id="marks"),
    ],
)
@pytest.mark.skipif(not POSIX, reason="such names cannot be made here")
def test_a_report_with_any_name_is_added_and_read_again(library: Library, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SENTENCE)
    (found,) = find_files([tmp_path / name])
    assert library.add(found).outcome is Outcome.ADDED
    library.edit(library.add(found).report_id, {"title": "Found again"})
    assert {r.file_name: r.text for r in library.read() if r.title == "Found again"} == {name: SENTENCE}


@pytest.mark.parametrize("name", ["con.txt", "NUL.md", "com1.report.txt", "Aux .txt"])
def test_the_name_of_a_device_is_refused(library: Library, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(SENTENCE)
    assert refusal(library, tmp_path / name) == f"{name!r} is the name of a device on Windows; rename the file"


@pytest.mark.skipif(sys.platform != "linux", reason="such names cannot be made here")
def test_a_name_that_is_no_text_is_refused(library: Library, tmp_path: Path) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.txt")
    path.write_text(SENTENCE)
    assert refusal(library, path) == r"'caf\udce9.txt' is no name in UTF-8; rename the file"


def test_a_name_that_is_no_name_is_an_error() -> None:
    for name in ("a\x00b.txt", "x" * 5_000 + ".txt"):
        with pytest.raises(ReportError, match=r"cannot be read \("):
            readers.load(Path(name))


@pytest.mark.skipif(not POSIX or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_the_right_to_read_is_refused(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(SENTENCE)
    (tmp_path / "a.txt").chmod(0)
    assert "cannot be read (Permission denied); check the file and its rights" in refusal(library, tmp_path / "a.txt")


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda path: path.write_text(SENTENCE * 2), id="grows"),
        pytest.param(lambda path: path.write_text(SENTENCE[:20]), id="shrinks"),
        pytest.param(lambda path: path.write_text(SENTENCE.upper()), id="is-overwritten"),
    ],
)
def test_a_file_that_changes_while_it_is_read_is_refused(
    library: Library, tmp_path: Path, change: Callable[[Path], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(SENTENCE)
    os.utime(path, (1, 1))
    changes = [change]
    really_look = os.fstat

    def look_before_the_change(at: int) -> os.stat_result:
        found = really_look(at)
        while changes:
            changes.pop()(path)
        return found

    monkeypatch.setattr(os, "fstat", look_before_the_change)
    assert refusal(library, path) == "'a.txt' changed while it was read; add it again when it is complete"


# Files that are not what their names say.

MISNAMED = [
    pytest.param("a.txt", hostile.word_file, "a Word file", ".txt", id="word-as-text"),
    pytest.param("a.html", hostile.word_file, "a Word file", ".html", id="word-as-page"),
    pytest.param("a.md", lambda: f"<!DOCTYPE html><p>{SENTENCE}</p>".encode(), "a web page", ".md", id="page-as-md"),
    pytest.param(
        "a.TXT",
        lambda: f"\n<?xml version='1.0'?>\n<html xml:lang='en'><p>{SENTENCE}</p></html>".encode("utf-16"),
        "a web page",
        ".txt",
        id="page-as-text",
    ),
    pytest.param(
        "a.docx", lambda: f"<HTML><p>{SENTENCE}".encode("utf-8-sig"), "a web page", ".docx", id="page-as-word"
    ),
    pytest.param("a.md", lambda: hostile.pages([hostile.stream(hostile.drawn())]), "a PDF file", ".md", id="pdf-as-md"),
    pytest.param(
        "a.docx", lambda: hostile.pages([hostile.stream(hostile.drawn())]), "a PDF file", ".docx", id="pdf-as-word"
    ),
    pytest.param("a.pdf", hostile.word_file, "a Word file", ".pdf", id="word-as-pdf"),
]


@pytest.mark.parametrize(("name", "make", "kind", "suffix"), MISNAMED)
def test_a_file_is_read_as_what_it_is_with_a_warning(
    library: Library, tmp_path: Path, name: str, make: Callable[[], bytes], kind: str, suffix: str
) -> None:
    (tmp_path / name).write_bytes(make())
    library.add(Found(tmp_path / name))
    report = {report.id: report for report in library.read()}["a"]
    assert report.warnings == (f"The name ends in {suffix}, but the file is {kind} and was read as one.",)
    assert [passage.text for passage in report.passages] == [SENTENCE]


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        pytest.param(
            "a.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
            "'a.docx' is a Word file of the old format or with a password; save it as .docx without a password",
            id="old-word",
        ),
        pytest.param(
            "a.txt",
            rb"{\rtf1\ansi words}",
            "'a.txt' is a rich text file; save it as .docx, .pdf or .txt and add that",
            id="rich-text",
        ),
        pytest.param(
            "a.docx",
            hostile.zip_of({"a.txt": b"words"}),
            "'a.docx' is a zip file; let its name end in .zip and add it again",
            id="zip",
        ),
        pytest.param(
            "a.docx",
            hostile.zip_of({"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"}),
            "'a.docx' is a workbook or a set of slides; save it as a PDF and add that",
            id="workbook",
        ),
        pytest.param(
            "a.docx",
            hostile.zip_of({"mimetype": b"application/vnd.oasis.opendocument.text"}),
            "'a.docx' is an e-book or an OpenDocument file; save it as .docx, .pdf or .txt and add that",
            id="open-document",
        ),
        pytest.param(
            "a.html",
            b"\x89PNG\r\n\x1a\n" + bytes(99),
            "'a.html' is a picture; have its text recognised (OCR) and add the text",
            id="picture",
        ),
        pytest.param(
            "a.txt",
            b"\x1f\x8b\x08" + bytes(99),
            "'a.txt' is a packed file; unpack it and add what it holds",
            id="packed",
        ),
    ],
)
def test_a_file_of_another_format_is_refused_by_its_kind(
    library: Library, tmp_path: Path, name: str, data: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(data)
    assert refusal(library, tmp_path / name) == message


def test_text_about_formats_is_text() -> None:
    for text in ("It says %PDF-1.7 there.", "PK is how they begin.", "<html-like> words, that is.", "GIF8 is short."):
        reading = readers.read(text.encode(), "a.txt")
        assert (reading.text, reading.warnings) == (text, ())


# Word files, web pages and PDF files made to harm.

MANY = 50_000


def page(inside: str) -> bytes:
    """Return a web page with ``inside`` in its body, and a sentence under it."""
    return f"<!DOCTYPE html><html><body>{inside}<p>{SENTENCE}</p></body></html>".encode()


def drawing(operators: bytes = b"", packings: int = 1, **more: bytes) -> bytes:
    """Return a PDF file whose one page shows a sentence after ``operators``; it has the form or picture ``/I``."""
    resources = b"/XObject<</I 1000000 0 R>>" if more else b""
    objects = {1_000_000 + n: content for n, content in enumerate(more.values())}
    return hostile.pages([hostile.stream(hostile.drawn() + b" " + operators, packings=packings)], objects, resources)


def form(inside: bytes, number: int) -> bytes:
    """Return a form that draws ``inside``, in which ``/I`` is the object ``number``."""
    return hostile.stream(
        inside, b"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources<</XObject<</I %d 0 R>>>>" % number
    )


PICTURE = b"/Type/XObject/Subtype/Image/Width 60000/Height 60000/ColorSpace/DeviceGray/BitsPerComponent 8"


@pytest.mark.parametrize(
    ("name", "make"),
    [
        pytest.param(
            "a.docx", lambda: hostile.word_file(parts={"word/media/a.bin": bytes(100_000_000)}), id="word-big-part"
        ),
        pytest.param(
            "a.docx",
            lambda: hostile.word_file(parts={f"word/media/{n}.bin": b"a" for n in range(2_000)}),
            id="word-many-parts",
        ),
        pytest.param("a.html", lambda: page("<script>alert('no')</script><style>no</style>"), id="page-script"),
        pytest.param("a.html", lambda: page(f"<p title='{'no ' * 1_000_000}'></p>"), id="page-megabyte-attribute"),
        pytest.param("a.html", lambda: page("<b><i><p>" * 5_000), id="page-nothing-closed"),
        pytest.param("a.html", lambda: page("<script>" * MANY + "</script>"), id="page-scripts"),
        pytest.param("a.html", lambda: page("<table><tr><td colspan=999999999 rowspan=999999999>"), id="page-spans"),
        pytest.param("a.pdf", lambda: drawing(b" " * 100_000_000, 2), id="pdf-packed-twice"),
        pytest.param("a.pdf", lambda: drawing(b"q " * 200_000), id="pdf-states"),
        pytest.param("a.pdf", lambda: drawing(b"1 1 m 2 2 l S " * 100_000), id="pdf-paths"),
        pytest.param(
            "a.pdf",
            lambda: drawing(b"/I Do", picture=hostile.stream(bytes(10_000_000), PICTURE, 1)),
            id="pdf-huge-picture",
        ),
        pytest.param("a.pdf", lambda: drawing(b"/I Do", form=form(b"/I Do", 1_000_000)), id="pdf-form-in-itself"),
        pytest.param("a.pdf", lambda: drawing().replace(b"/Count 1", b"/Count 2000000000"), id="pdf-false-count"),
        pytest.param("a.pdf", lambda: drawing().replace(b"595 842", b"9e9 9e9"), id="pdf-huge-page"),
        pytest.param("a.pdf", lambda: drawing().replace(b"595 842", b"0 0"), id="pdf-page-without-size"),
        pytest.param("a.pdf", lambda: drawing()[:-20], id="pdf-without-end"),
        pytest.param("a.pdf", lambda: drawing().replace(b"0000000", b"9999999"), id="pdf-false-offsets"),
    ],
)
def test_what_can_be_read_of_a_hostile_file_is_read(
    library: Library, tmp_path: Path, name: str, make: Callable[[], bytes]
) -> None:
    (tmp_path / name).write_bytes(make())
    library.add(Found(tmp_path / name))
    reports = {report.file_name: report for report in library.read()}
    assert {*reports} == {"kept.txt", name}
    assert [passage.text for passage in reports[name].passages] == [SENTENCE]


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        pytest.param(
            "a.docx",
            lambda: hostile.word_file(hostile.paragraph(" " * 100_000_000)),
            "'a.docx' has a part of 100,000,146 bytes, more than",
            id="word-packed",
        ),
        pytest.param(
            "a.docx",
            lambda: hostile.word_file(hostile.paragraph("&l;"), hostile.laughs()),
            "'a.docx' is damaged in its part 'word/document.xml'",
            id="word-laughs",
        ),
        pytest.param(
            "a.docx",
            lambda: hostile.word_file(
                hostile.paragraph("&l;"), f"<!DOCTYPE a [<!ENTITY l SYSTEM '{Path(__file__).as_uri()}'>]>"
            ),
            "'a.docx' declares a document type, which no Word file may",
            id="word-foreign-entity",
        ),
        pytest.param(
            "a.docx",
            lambda: hostile.word_file("<w:p>" * MANY + "</w:p>" * MANY),
            "'a.docx' is damaged in its part 'word/document.xml'",
            id="word-deep",
        ),
        pytest.param("a.docx", lambda: hostile.word_file()[:-99], "'a.docx' ", id="word-truncated"),
        pytest.param("a.html", lambda: page("<div>" * MANY), "'a.html' is nested deeper than", id="page-deep"),
        pytest.param(
            "a.html", lambda: b"<!--" * MANY + page(""), "'a.html' holds no sentence to cite", id="page-comments"
        ),
        pytest.param("a.mht", lambda: SENTENCE.encode(), "'a.mht' holds no saved web page", id="no-saved-page"),
        pytest.param("a.pdf", lambda: SENTENCE.encode(), "'a.pdf' is no PDF", id="no-pdf"),
        pytest.param("a.pdf", lambda: drawing()[:200], "'a.pdf' is no PDF, or too damaged to open", id="pdf-truncated"),
        pytest.param(
            "a.pdf", lambda: hostile.packed_objects(1_000_000), "'a.pdf' is no PDF, or too damaged", id="pdf-objects"
        ),
        pytest.param(
            "a.pdf",
            lambda: hostile.pdf_file({1: b"[" * MANY + b"]" * MANY, 2: b"<</Type/Catalog/Pages 1 0 R>>"}, 2),
            "'a.pdf' is no PDF, or too damaged to open",
            id="pdf-deep",
        ),
        pytest.param(
            "a.pdf",
            lambda: hostile.pdf_file(
                {1: b"<</Type/Catalog/Pages 2 0 R>>"}
                | {n: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (n + 1) for n in range(2, 5_000)}
            ),
            "'a.pdf' has no page that can be read",
            id="pdf-deep-pages",
        ),
    ],
)
def test_a_hostile_file_is_refused_in_one_line(
    library: Library, tmp_path: Path, name: str, make: Callable[[], bytes], message: str
) -> None:
    (tmp_path / name).write_bytes(make())
    assert refusal(library, tmp_path / name).startswith(message)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        pytest.param("a.html", lambda: page("<p>words" * 1_000_000), id="page-paragraphs"),
        pytest.param("a.pdf", lambda: drawing(b" " * 300_000_000, 2), id="pdf-packed-twice"),
        pytest.param("a.pdf", lambda: drawing(b"q 1 0 0 1 0 0 cm " * 1_000_000), id="pdf-states"),
    ],
)
@pytest.mark.skipif(not POSIX, reason="memory is not limited here")
def test_a_file_that_takes_more_memory_than_it_may_is_refused(name: str, make: Callable[[], bytes]) -> None:
    data = make()
    assert len(data) < 10_000_000
    with pytest.raises(
        ReportError, match=r"needs more than the 150 MB of memory|or too large for the memory|XMLSyntaxError"
    ):
        read_in_child(readers.READERS[Path(name).suffix], data, name, Limits(memory=150 * 1024 * 1024))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        pytest.param("a.html", lambda: page("<p " + " ".join(f"a{n}" for n in range(200_000)) + ">"), id="attributes"),
        pytest.param("a.pdf", lambda: drawing(b"1 1 m 2 2 l S " * 3_000_000), id="pdf-paths"),
    ],
)
def test_a_file_that_takes_more_time_than_it_may_is_refused(name: str, make: Callable[[], bytes]) -> None:
    with pytest.raises(ReportError, match=r"takes more than the 1 seconds"):
        read_in_child(readers.READERS[Path(name).suffix], make(), name, Limits(seconds=1))


def test_of_ten_thousand_pages_some_are_read_and_the_rest_is_told() -> None:
    many = hostile.pages([hostile.stream(hostile.drawn(f"Page {n}. {SENTENCE}")) for n in range(10_000)])
    report = parse(many, "a.pdf")
    assert report.warnings == ("Of 10,000 pages the first 2,000 were read.",)
    assert len(report.page_starts) == 2_000


def test_a_tree_of_pages_that_holds_itself_ends() -> None:
    report = parse(hostile.circular_pages(), "a.pdf")
    assert report.passages[0].text == SENTENCE


# Characters.

DIRECTED = (
    "The \u2067team\u2069 met every \u202eweek\u202c, and\u200e nobo\u00addy was le\u200bft out\u2060 of\ufeff it."
)
PLAIN = "The team met every week, and nobody was left out of it."


@pytest.mark.parametrize(
    ("name", "data"),
    [
        pytest.param("a.txt", DIRECTED.encode(), id="text"),
        pytest.param("a.txt", DIRECTED.encode("utf-16"), id="utf-16"),
        pytest.param("a.md", f"# Heading\n\n{DIRECTED}".encode(), id="markdown"),
    ],
)
def test_invisible_characters_stay_in_the_quote_and_out_of_the_comparison(name: str, data: bytes) -> None:
    report = parse(data, name)
    (passage,) = report.passages
    assert passage.text == DIRECTED == report.text[passage.span.start : passage.span.end]
    assert fold(passage.text) == fold(PLAIN)
    assert passage.id == parse(PLAIN.encode(), name).passages[0].id


def test_a_quotation_without_the_invisible_characters_is_found() -> None:
    words = [word.form for word in quoted_words(DIRECTED)]
    assert words == [word.form for word in quoted_words(PLAIN)]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(f"{SENTENCE} é ".encode() + "é".encode("latin-1"), "is not valid UTF-8", id="latin-1-in-utf-8"),
        pytest.param(SENTENCE.encode("utf-16-le"), "holds binary data, not text", id="utf-16-without-mark"),
        pytest.param(SENTENCE.encode("utf-32"), "holds control characters, not text", id="utf-32"),
        pytest.param(b"\xed\xa0\xbd" + SENTENCE.encode(), "is not valid UTF-8", id="half-a-pair"),
        pytest.param(b"\xff\xfe\x3d\xd8" + "a.".encode("utf-16-le"), "is not valid UTF-16", id="half-a-pair-in-utf-16"),
    ],
)
def test_encodings_that_are_mixed_are_refused(library: Library, tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "a.txt").write_bytes(data)
    assert message in refusal(library, tmp_path / "a.txt")

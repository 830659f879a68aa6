"""A process of its own for each file: what comes back, what it may cost, and what it can see."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import hostile_files as hostile
import pytest
import report_formats
from pdf_writer import write_pdf

from corpus import readers
from corpus.errors import ReportError
from corpus.readers.child import COMMAND, Limits, read_in_child, request

POSIX = os.name == "posix"
TIGHT = Limits(seconds=60, memory=200 * 1024 * 1024, answer=1024 * 1024)


def test_a_reading_comes_back_from_its_process_as_it_was_made() -> None:
    data, name = "Zwölf\n\x00 \u202e words \U0001f600".encode(), "two\nlines – ü.pdf"
    here = hostile.reads(data, name)
    assert read_in_child(hostile.reads, data, name) == replace(here, text=here.text.replace("\ud83d", "\ufffd"))


@pytest.mark.parametrize(
    ("name", "make"),
    [
        pytest.param("a.docx", report_formats.docx_file, id="word"),
        pytest.param("a.html", report_formats.web_page, id="page"),
        pytest.param("a.pdf", lambda: write_pdf(report_formats.REPORT, 2).data, id="pdf"),
    ],
)
def test_a_report_reads_in_a_process_of_its_own_as_it_reads_here(name: str, make: Callable[[], bytes]) -> None:
    data = make()
    here = readers.READERS[Path(name).suffix](data, name)
    assert len(here.text) > 5_000 and here.marks
    assert readers.read(data, name) == here


def test_a_refusal_comes_back_from_its_process_as_it_was_made() -> None:
    with pytest.raises(ReportError) as here:
        hostile.refuses(b"", "a\nb" * 200)
    with pytest.raises(ReportError) as there:
        read_in_child(hostile.refuses, b"", "a\nb" * 200)
    assert (there.value.problem, there.value.remedy) == (here.value.problem, here.value.remedy)


@pytest.mark.parametrize(
    ("reader", "problem"),
    [
        pytest.param(
            hostile.eats, "'a.pdf' needs more than the 200 MB of memory that reading a file may take", id="memory"
        ),
        pytest.param(hostile.floods, "'a.pdf' holds more text than the 1 MB that casebook reads", id="text"),
        pytest.param(
            hostile.crashes,
            "'a.pdf' is damaged, or too large for the memory that reading may take: its reader stopped (Segm",
            id="crashes",
        ),
        pytest.param(hostile.stumbles, "'a.pdf' cannot be read (KeyError: 'no such\\npart')", id="stumbles"),
        pytest.param(
            hostile.recurses, "'a.pdf' cannot be read (RecursionError: maximum recursion depth exceeded", id="recurses"
        ),
        pytest.param(hostile.leaves, "'a.pdf' is damaged: its reader gave no sense", id="leaves"),
    ],
)
@pytest.mark.skipif(not POSIX, reason="limits of memory and names of signals are not known here")
def test_what_a_parser_does_to_its_process_is_one_line_about_the_file(
    reader: Callable[[bytes, str], readers.Reading], problem: str
) -> None:
    with pytest.raises(ReportError) as error:
        read_in_child(reader, b"400000", "a.pdf", TIGHT)
    assert error.value.problem.startswith(problem)
    assert error.value.remedy == "open it in its program, save it anew or as plain text (.txt), and add that"


@pytest.mark.parametrize("reader", [hostile.sleeps, hostile.spins])
def test_a_parser_that_hangs_is_stopped(reader: Callable[[bytes, str], readers.Reading]) -> None:
    with pytest.raises(
        ReportError, match=r"'a\.pdf' takes more than the 0\.5 seconds that reading a file may take; open"
    ):
        read_in_child(reader, b"", "a.pdf", Limits(seconds=0.5))


@pytest.mark.skipif(not hasattr(signal, "SIGXCPU"), reason="processor time is not limited here")
def test_a_process_left_behind_ends_itself(tmp_path: Path) -> None:
    """Whoever kills casebook while it reads leaves no process that runs on."""
    asked = request(hostile.spins, "a.pdf", Limits(seconds=0.1))
    assert subprocess.run(COMMAND, input=asked, timeout=30).returncode == -signal.SIGXCPU


@pytest.mark.skipif(not POSIX, reason="memory is not measured here")
def test_memory_is_watched_where_the_system_sets_no_limit() -> None:
    code = "import time; from corpus.readers.child import watch_memory; watch_memory({}); b'x' * 10**8; time.sleep({})"
    # Started by a small process, as the memory of this one would count.
    start = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', sys.argv[1]]).returncode)"
    codes = [
        subprocess.run([sys.executable, "-c", start, code.format(most, seconds)], timeout=60).returncode
        for most, seconds in ((50_000_000, 30), (500_000_000, 0.2))
    ]
    assert codes == [77, 0]


def test_a_process_sees_nothing_of_its_surroundings_and_prints_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CASEBOOK_SECRET", "key")
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    variables = ["OPENBLAS_NUM_THREADS", "TEMP", "TMP", "TMPDIR"]
    kept = [name for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ]
    seen = {*read_in_child(hostile.looks_around, b"", "a.pdf").text.split("\n")}
    assert seen - {"LC_CTYPE", "__CF_USER_TEXT_ENCODING"} == {*variables, *kept, "answer", "request", "casebook-"}
    assert read_in_child(hostile.shouts, b"", "a.pdf").text == "read"
    assert capfd.readouterr() == ("", "")


def children() -> set[str]:
    """Return the ids of this process's children, where the system tells them in /proc."""
    found = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            parent = stat.read_text(errors="replace").rpartition(")")[2].split()[1]
            found |= {stat.parent.name} if parent == str(os.getpid()) else set()
    return found


def test_no_process_and_no_folder_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = children()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for reader in (hostile.reads, hostile.refuses, hostile.crashes, hostile.sleeps):
        try:
            read_in_child(reader, b"", "a.pdf", Limits(seconds=0.5))
        except ReportError:
            pass
    assert list(tmp_path.iterdir()) == []
    assert children() <= before


def test_a_format_with_a_parser_is_read_in_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(readers.READERS, ".bad", hostile.crashes)
    with pytest.raises(ReportError, match=r"'a\.bad' is damaged"):
        readers.read(b"text", "a.bad")
    assert {".txt", ".text", ".md", ".markdown"} == readers.DECODED

"""A pinned quote and the sentence it leans on: looked up anew, shown before it, and exported apart from it."""

import io
from pathlib import Path
from typing import Any

import docx
import pytest
from small_library import HashWorkspace

from corpus.library import Library
from qa.briefing import Pinned, look_up_all, pin
from qa.checking.check import check_file
from qa.export import export
from qa.terminal import print_briefing
from qa.web.briefing import briefing_html
from qa.web.place import Place

FERRIES = """# Ferries and wards

## Case study 1: Island Care

### Background

Rosa Marsh, chief nurse at Island Care [NHS] Trust, has worked on the island for ten years.

The nights were the hardest. Rosa says the crews were patient. Waiting fell by a third.
"""
BEFORE = "Rosa Marsh, chief nurse at Island Care [NHS] Trust, has worked on the island for ten years."
QUOTE = "Rosa says the crews were patient."
PLAIN = "Waiting fell by a third."
MADE: dict[str, Any] = {
    "casebook": "9.9", "corpus": "c0ffee", "encoder": "hash (h)", "reranker": None, "settings": {},
    "date": "2026-01-02T03:04:05+00:00",
}  # fmt: skip


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> HashWorkspace:
    """A library of one report, with a quote pinned that leans on a sentence before it, and one that does not."""
    folder = tmp_path_factory.mktemp("leaning")
    (folder / "ferries.md").write_text(FERRIES, encoding="utf-8")
    workspace = HashWorkspace(folder / "home")
    workspace.add([folder / "ferries.md"])
    for words in (QUOTE, PLAIN):
        _, passage = next(one for one in workspace.open().passages if words in one[1].text)
        pin(workspace.open(), workspace.home, passage.id, words)
    return workspace


@pytest.fixture
def pinned(workspace: HashWorkspace) -> list[Pinned]:
    return look_up_all(workspace.open(), Library(workspace.home))


def test_the_sentence_is_told_by_the_report_and_not_kept(workspace: HashWorkspace, pinned: list[Pinned]) -> None:
    first, second = pinned
    assert first.leans_on is not None
    text = workspace.open().reports["ferries"].text
    assert first.leans_on.text == text[first.leans_on.span.start : first.leans_on.span.end] == BEFORE
    assert first.to_json()["leans_on"] == {
        "text": BEFORE,
        "start": first.leans_on.span.start,
        "end": first.leans_on.span.end,
    }
    assert second.leans_on is None
    assert BEFORE not in (workspace.home / "briefing.json").read_text(encoding="utf-8")


def test_the_view_shows_it_before_the_quote(pinned: list[Pinned]) -> None:
    html = briefing_html(pinned, [], Place())
    assert html.count("cb-before") == 1
    assert f'<p class="cb-before" dir="auto">{BEFORE}</p><blockquote dir="auto">{QUOTE}</blockquote>' in html


def test_markdown_has_it_in_brackets_outside_the_block(pinned: list[Pinned]) -> None:
    text = export(pinned, ".md", MADE).content.decode()
    escaped = BEFORE.replace("[", "\\[").replace("]", "\\]")
    assert text.startswith(f"# Briefing\n\n\\[{escaped}\\]\n\n> {QUOTE}[^1]\n\n> {PLAIN}[^2]\n\n---\n")


def test_word_has_it_in_brackets_in_another_style_than_the_quote(pinned: list[Pinned]) -> None:
    document = docx.Document(io.BytesIO(export(pinned, ".docx", MADE).content))
    shown = [(one.style.name if one.style else "", one.text) for one in document.paragraphs[1:4]]
    assert shown == [("Normal", f"[{BEFORE}]"), ("Quote", QUOTE), ("Quote", PLAIN)]
    assert document.paragraphs[1].paragraph_format.keep_with_next


@pytest.mark.parametrize("suffix", [".md", ".docx"])
def test_what_is_exported_is_found_word_for_word_when_it_is_checked(
    workspace: HashWorkspace, pinned: list[Pinned], suffix: str, tmp_path: Path
) -> None:
    file = tmp_path / f"briefing{suffix}"
    file.write_bytes(export(pinned, suffix, MADE).content)
    _, found = check_file(file, workspace.open().reports.values())
    assert [(one.quotation.text, one.verdict.value) for one in found] == [(QUOTE, "found"), (PLAIN, "found")]


@pytest.mark.parametrize("suffix", [".ris", ".bib", ".json"])
def test_references_say_nothing_of_it(pinned: list[Pinned], suffix: str) -> None:
    assert "Rosa Marsh" not in export(pinned, suffix, MADE).content.decode()


def test_the_terminal_prints_it_in_brackets(pinned: list[Pinned], capsys: pytest.CaptureFixture[str]) -> None:
    print_briefing(pinned)
    assert capsys.readouterr().out.startswith(f"1. stands\n   [{BEFORE}]\n   {QUOTE}\n     — Island Care. Background.")

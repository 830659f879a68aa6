"""The briefing as a file: Markdown or Word with footnotes, or its references in RIS, BibTeX or CSL-JSON.

Only quotes whose words were found again in their reports go out, and every file says what it was made from.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.characters import flat, flowed, inert
from corpus.disk import replace_file
from corpus.errors import one_line
from qa.briefing import Pinned, Standing
from qa.citation import Citation
from qa.markdown import escaped
from qa.pins import EMPTY, TITLE, BriefingError
from qa.references import Style, bibtex, csl_json, linked, ris, styled

FORMATS = (".md", ".docx", ".ris", ".bib", ".json")


@dataclass(frozen=True, slots=True)
class Exported:
    """A file's content, and the quotes that were left out of it because they no longer stand in their reports."""

    content: bytes
    refused: tuple[Pinned, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A quote as it is written: the user's note, the words, and the footnote, which cites ``cited``."""

    note: str
    words: str
    footnote: str
    cited: tuple[Citation, ...]


def export(
    pinned: Sequence[Pinned],
    suffix: str,
    produced_by: Mapping[str, Any],
    style: Style = Style.PLAIN,
    title: str = TITLE,
) -> Exported:
    """Return the briefing in the format that ``suffix`` (one of ``FORMATS``) stands for.

    ``pinned`` must just have been looked up; ``produced_by`` is as in ``qa.answer``. Raises BriefingError for another
    suffix, an empty briefing, and one of which no quote stands.
    """
    if suffix.lower() not in FORMATS:
        raise BriefingError(f"a briefing is not written as {suffix!r}", f"use a name that ends in {', '.join(FORMATS)}")
    if not pinned:
        raise BriefingError("the briefing is empty", EMPTY)
    refused = tuple(one for one in pinned if one.standing is Standing.REFUSED)
    kept = [one for one in pinned if one.standing is not Standing.REFUSED]
    if not kept:
        raise BriefingError(f"no quote of the briefing can be exported: {refused[0].detail}", "see: casebook briefing")
    made = _made(produced_by, style, kept, refused)
    citations = [citation for one in kept for citation in one.citations]
    lists = {".ris": ris, ".bib": bibtex, ".json": csl_json}
    if (write := lists.get(suffix.lower())) is not None:
        return Exported(write(citations, made).encode(), refused)
    done = styled(citations, style)
    entries = _entries(kept, done.notes)
    if suffix.lower() == ".md":
        return Exported(_markdown(flat(title), entries, done.references, made).encode(), refused)
    return Exported(_word(flat(title), entries, done.references, made), refused)


def save(path: Path, content: bytes) -> None:
    """Write a file in one step. Raises BriefingError, naming it, where it cannot be written."""
    try:
        replace_file(path, content)
    except OSError as error:
        raise BriefingError(
            f"{str(path)!r} cannot be written ({error.strerror})", "check the folder and its rights"
        ) from None


def refusal(one: Pinned) -> str:
    """Return why a quote was left out, in one line that names it."""
    return f"{one_line(one.name)} is left out: {one_line(one.detail)}"


def _made(produced_by: Mapping[str, Any], style: Style, kept: Sequence[Pinned], refused: Sequence[Pinned]) -> str:
    """Return the line that says what made a file, for whoever wants to make it again."""
    made = produced_by
    parts = [
        f"Made by casebook {made['casebook']}, {made['date']}",
        f"corpus {made['corpus']}",
        f"encoder {made['encoder']}",
        f"reranker {made['reranker'] or 'none'}",
        f"settings {json.dumps(made['settings'], separators=(',', ':'))}",
        f"style {style.value}",
        f"{len(kept)} of {len(kept) + len(refused)} quotes found word for word in their reports at that time",
    ]
    return flat("; ".join(parts)) + "."


def _entries(kept: Sequence[Pinned], notes: Sequence[str]) -> list[_Entry]:
    entries, at = [], 0
    for one in kept:
        first, *others = notes[at : at + len(one.citations)]
        at += len(one.citations)
        footnote = "; also in: ".join([first, "; ".join(others)]) if others else first
        entries.append(_Entry(inert(one.pin.note).strip(), flowed(one.text).strip(), footnote, one.citations))
    return entries


def _markdown(title: str, entries: Sequence[_Entry], references: Sequence[str], made: str) -> str:
    parts = [f"# {escaped(title)}"]
    for number, entry in enumerate(entries, 1):
        if entry.note:
            parts.append("\n\n".join(escaped(flat(line)) for line in entry.note.split("\n") if line.strip()))
        lines = [escaped(line.strip()) for line in entry.words.split("\n")]
        parts.append("> " + "\\\n> ".join(lines) + f"[^{number}]")
    cited = [citation for entry in entries for citation in entry.cited]
    if references:
        parts += ["## References", "\n\n".join(linked(reference, cited) for reference in references)]
    parts.append(f"---\n\n{escaped(made)}")
    parts += [f"[^{number}]: {linked(entry.footnote, entry.cited)}" for number, entry in enumerate(entries, 1)]
    return "\n\n".join(parts) + "\n"


def _word(title: str, entries: Sequence[_Entry], references: Sequence[str], made: str) -> bytes:
    import docx
    from docx.shared import Cm

    from qa.word import Footnotes, add_paragraph

    document = docx.Document()
    document.core_properties.author, document.core_properties.comments = "casebook", ""
    document.core_properties.title = title[:255]
    document.add_heading(title, 0)
    footnotes = Footnotes(document)
    for entry in entries:
        for line in entry.note.split("\n"):
            if line.strip():
                add_paragraph(document, line.strip())
        quote = add_paragraph(document, entry.words, "Quote")
        quote.paragraph_format.left_indent = Cm(1)
        footnotes.add(quote, entry.footnote)
    if references:
        document.add_heading("References", 1)
        for reference in references:
            add_paragraph(document, reference)
    document.add_heading("How this was made", 1)
    add_paragraph(document, made)
    footnotes.close()
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()

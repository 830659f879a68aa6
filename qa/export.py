"""The briefing as a file: Markdown or Word with footnotes, or its references in RIS, BibTeX or CSL-JSON.

Only quotes whose words were found again in their reports go out, and every file says what it was made from.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus.characters import flat, flowed, inert
from corpus.disk import replace_file
from corpus.errors import one_line
from index.settings import Settings
from qa.briefing import COMMANDS, Pinned, Refusal, Standing
from qa.citation import Citation
from qa.markdown import escaped
from qa.pins import EMPTY, TITLE, BriefingError
from qa.references import Style, bibtex, csl_json, linked, ris, styled

FORMATS = (".md", ".docx", ".ris", ".bib", ".json")


class NothingStandsError(BriefingError):
    """A briefing of which no quote stands; ``first`` is its first. The remedy is the command line's."""

    def __init__(self, first: Pinned) -> None:
        self.first = first
        super().__init__(f"no quote of the briefing can be exported: {first.detail}", "see: casebook briefing")


@dataclass(frozen=True, slots=True)
class Exported:
    """A file's content, and the quotes that were left out of it because they no longer stand in their reports."""

    content: bytes
    refused: tuple[Pinned, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A quote as it is written: the user's note, the sentence in brackets that it leans on, if any, the words, and the
    footnote, which cites ``cited``.
    """

    note: str
    before: str
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
    suffix and an empty briefing, NothingStandsError for one of which no quote stands.
    """
    if suffix.lower() not in FORMATS:
        raise BriefingError(f"a briefing is not written as {suffix!r}", f"use a name that ends in {', '.join(FORMATS)}")
    if not pinned:
        raise BriefingError("the briefing is empty", EMPTY)
    refused = tuple(one for one in pinned if one.standing is Standing.REFUSED)
    kept = [one for one in pinned if one.standing is not Standing.REFUSED]
    if not kept:
        raise NothingStandsError(refused[0])
    made = _made(produced_by, style, kept, refused)
    citations = [citation for one in kept for citation in one.citations]
    lists = {".ris": ris, ".bib": bibtex, ".json": csl_json}
    if (write := lists.get(suffix.lower())) is not None:
        return Exported(write(citations, " ".join(made)).encode(), refused)
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


def refusal(one: Pinned, remedies: Mapping[Refusal, str] = COMMANDS) -> str:
    """Return why a quote was left out, and what ``remedies`` have against it, in one line that names the quote."""
    return f"{one_line(one.name)} is left out: {one_line(one.reason(remedies))}"


def _made(produced_by: Mapping[str, Any], style: Style, kept: Sequence[Pinned], refused: Sequence[Pinned]) -> list[str]:
    """Return two lines that say what made a file: one for every reader, one for whoever wants to make it again."""
    made = produced_by
    when = datetime.fromisoformat(made["date"]).astimezone(UTC)
    every = len(kept) + len(refused)
    then = f"{len(kept)} of {every} quotes found word for word in their reports at that time"
    parts = [
        f"Corpus {made['corpus']}",
        f"encoder {made['encoder']}",
        f"cross-encoder {made['reranker'] or 'none'}",
        _settings(made["settings"]),
        f"references in {style.value} style",
    ]
    return [
        f"Made by casebook {made['casebook']} on {when:%Y-%m-%d at %H:%M} UTC; {then}.",
        flat("; ".join(parts)) + ".",
    ]


def _settings(used: Mapping[str, Any]) -> str:
    """Return the settings as a phrase that names each one that is not the standard one, with all of its value."""
    standard = Settings().to_json()
    other = {name: value for name, value in used.items() if name not in standard or value != standard[name]}
    if not other:
        return "standard settings"
    told = ", ".join(f"{name.replace('_', ' ')} {_plain(value)}" for name, value in other.items())
    return f"standard settings but for {told}"


def _plain(value: Any) -> str:
    return json.dumps(value).replace('"', "")


def _entries(kept: Sequence[Pinned], notes: Sequence[str]) -> list[_Entry]:
    entries, at = [], 0
    for one in kept:
        first, *others = notes[at : at + len(one.citations)]
        at += len(one.citations)
        footnote = "; also in: ".join([first, "; ".join(others)]) if others else first
        before = f"[{flat(one.leans_on.text)}]" if one.leans_on else ""
        entries.append(_Entry(inert(one.pin.note).strip(), before, flowed(one.text).strip(), footnote, one.citations))
    return entries


def _markdown(title: str, entries: Sequence[_Entry], references: Sequence[str], made: Sequence[str]) -> str:
    parts = [f"# {escaped(title)}"]
    for number, entry in enumerate(entries, 1):
        if entry.note:
            parts.append("\n\n".join(escaped(flat(line)) for line in entry.note.split("\n") if line.strip()))
        if entry.before:  # a paragraph of its own, as all that stands in the block is the quotation
            parts.append(escaped(entry.before))
        lines = [escaped(line.strip()) for line in entry.words.split("\n")]
        parts.append("> " + "\\\n> ".join(lines) + f"[^{number}]")
    cited = [citation for entry in entries for citation in entry.cited]
    if references:
        parts += ["## References", "\n\n".join(linked(reference, cited) for reference in references)]
    parts += ["---", *map(escaped, made)]
    parts += [f"[^{number}]: {linked(entry.footnote, entry.cited)}" for number, entry in enumerate(entries, 1)]
    return "\n\n".join(parts) + "\n"


def _word(title: str, entries: Sequence[_Entry], references: Sequence[str], made: Sequence[str]) -> bytes:
    import docx
    from docx.shared import Cm

    from qa.word import Footnotes, add_before, add_paragraph

    document = docx.Document()
    document.core_properties.author, document.core_properties.comments = "casebook", ""
    document.core_properties.title = title[:255]
    document.add_heading(title, 0)
    footnotes = Footnotes(document)
    for entry in entries:
        for line in entry.note.split("\n"):
            if line.strip():
                add_paragraph(document, line.strip())
        if entry.before:
            add_before(document, entry.before).paragraph_format.left_indent = Cm(1)
        quote = add_paragraph(document, entry.words, "Quote")
        quote.paragraph_format.left_indent = Cm(1)
        footnotes.add(quote, entry.footnote)
    if references:
        document.add_heading("References", 1)
        for reference in references:
            add_paragraph(document, reference)
    document.add_heading("How this was made", 1)
    for line in made:
        add_paragraph(document, line)
    footnotes.close()
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()

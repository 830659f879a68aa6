"""Answers and hits on a terminal."""

import sys
from collections.abc import Sequence
from itertools import count
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from corpus.characters import flat, flowed
from corpus.model import Passage
from index.search import Hit
from qa.answer import Answer
from qa.briefing import Pinned
from qa.citation import cite
from qa.permalink import Shown, Vanished
from qa.quotes import Quote, in_pieces

if TYPE_CHECKING:
    from qa.synthesis import Synthesis

PIPED_WIDTH = 100_000
"""Text that goes to a file or another program is not wrapped, so that quotations can be searched for."""


def print_answer(answer: Answer, synthesis: "Synthesis | None" = None) -> None:
    """Print the quotes of ``answer`` by group with their citations, then its passages.

    A ``synthesis`` stands before them, and then the quotes have the numbers that it cites.
    """
    console = _console()
    if synthesis:
        _print_synthesis(console, synthesis)
    console.print(Text(answer.lead, style="bold"))
    for caution in answer.cautions:
        console.print(Text(caution))
    if answer.did_you_mean:
        console.print(Text(f"Did you mean: {answer.did_you_mean}"))
    if answer.sentence:
        _print_quote(console, answer.sentence)
    console.print()
    number = count(1)
    for group in answer.groups:
        console.print(Text(group.name, style="bold"))
        for quote in group.quotes:
            _print_quote(console, quote, f"[{next(number)}] " if synthesis else "")
        console.print()
    if answer.passages:
        console.print(Text("Passages" if answer.groups else "Nearest passages, not an answer", style="bold"))
        print_hits(answer.passages)


def _print_quote(console: Console, quote: Quote, mark: str = "") -> None:
    """Print a quote, what it leans on before it, and its citations; figures and names that answer stand out."""
    if quote.leans_on:
        _print_indented(console, Text(f"[{flowed(quote.leans_on.text)}]", "dim"), 2)
    pieces = [(flowed(text), "bold underline" if marked else "") for text, marked in in_pieces(quote)]
    _print_indented(console, Text.assemble(mark, *pieces), 2)
    for citation in (quote.citation, *quote.also_in):
        _print_indented(console, Text(f"— {citation.line()}", style="dim"), 4)


def print_hits(hits: Sequence[Hit]) -> None:
    """Print passages in order, each with its citation and id, its best sentence in bold."""
    console = _console()
    for number, hit in enumerate(hits, 1):
        console.print(Text(f"{number}. {cite(hit.report, hit.passage).line()}"))
        console.print(Text(f"   {hit.passage.id}", style="dim"))
        start, text = hit.passage.span.start, hit.passage.text
        a, b = hit.best_sentence.start - start, hit.best_sentence.end - start
        marked = Text.assemble(flowed(text[:a]), (flowed(text[a:b]), "bold"), flowed(text[b:]))
        _print_indented(console, marked, 3)
        console.print()


def print_shown(found: Shown | Vanished) -> None:
    """Print a passage in bold between its neighbours, or what became of it and the passage most like it."""
    console = _console()
    if isinstance(found, Vanished):
        console.print(Text(f"There is no passage {found.id}: {found.detail}."))
        if found.former:
            place = ", ".join(part for part in (found.former.case_study, found.former.section) if part)
            console.print(Text(f"It stood in {place} and began: {found.former.opening} …"))
        if found.closest:
            report, passage = found.closest
            console.print(Text("\nThe passage most like it"))
            _print_passage(console, passage, cite(report, passage).line())
        return
    heading = ""
    for passage in (*found.before, found.passage, *found.after):
        if (path := " › ".join(found.report.section_path(passage.section))) != heading:
            console.print(Text(path, style="dim"))
            heading = path
        if passage is found.passage:
            _print_passage(console, passage, *(c.line() for c in (found.citation, *found.also_in)), style="bold")
        else:
            _print_passage(console, passage)


def print_briefing(found: Sequence[Pinned]) -> None:
    """Print pinned quotes in order, each with its note, its citations and what became of it."""
    console = _console()
    if not found:
        console.print("The briefing is empty.")
    for one in found:
        state = one.standing.value + (f": {one.reason()}" if one.detail else "")
        console.print(Text.assemble((f"{one.number}. ", "bold"), (state, "dim")))
        if one.pin.note:
            _print_indented(console, Text(flat(one.pin.note), "italic"), 3)
        if one.leans_on:
            _print_indented(console, Text(f"[{flowed(one.leans_on.text)}]", "dim"), 3)
        _print_indented(console, Text(flowed(one.text or one.pin.text)), 3)
        for citation in one.citations:
            _print_indented(console, Text(f"— {citation.line()}", style="dim"), 5)
        console.print()


def _print_passage(console: Console, passage: Passage, *citations: str, style: str = "") -> None:
    console.print(Text(f"   {passage.id}", style="dim"))
    _print_indented(console, Text(flowed(passage.text), style), 3)
    for citation in citations:
        _print_indented(console, Text(f"— {citation}"), 5)
    console.print()


def _print_synthesis(console: Console, synthesis: "Synthesis") -> None:
    console.print(
        Text(f"Summed up by {synthesis.server.model} in its own words; the numbers are the quotes below", "bold")
    )
    if synthesis.sentences:
        _print_indented(console, Text(synthesis.text), 2)
    else:
        console.print("  (nothing that the quotes bear out)")
    if synthesis.dropped:
        sentences = "1 sentence" if synthesis.dropped == 1 else f"{synthesis.dropped} sentences"
        console.print(Text(f"  {sentences} without evidence left out", "dim"))
    console.print()


def _print_indented(console: Console, text: Text, indent: int) -> None:
    """Print ``text`` as far in as ``indent``, each line no longer than its words: rich's Padding fills lines up."""
    for line in text.wrap(console, max(1, console.width - indent)):
        line.rstrip()
        line.pad_left(indent)
        console.print(line)


def _console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)

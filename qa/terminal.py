"""Answers and hits on a terminal."""

import re
import sys
from collections.abc import Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from index.search import Hit
from qa.answer import Answer
from qa.citation import cite

PIPED_WIDTH = 100_000
"""Text that goes to a file or another program is not wrapped, so that quotations can be searched for."""


def print_answer(answer: Answer) -> None:
    """Print the quotes of ``answer`` by group with their citations, then its passages."""
    console = _console()
    if not answer.groups:
        console.print(Text("The reports do not say.", style="bold"))
        console.print()
    for group in answer.groups:
        console.print(Text(group.name, style="bold"))
        for quote in group.quotes:
            console.print(Padding(Text(_flat(quote.text)), (0, 0, 0, 2), expand=False))
            for citation in (quote.citation, *quote.also_in):
                console.print(Padding(Text(f"— {citation.line()}", style="dim"), (0, 0, 0, 4), expand=False))
        console.print()
    if answer.passages:
        console.print(Text("Passages" if answer.groups else "Nearest passages, not an answer", style="bold"))
        print_hits(answer.passages)


def print_hits(hits: Sequence[Hit]) -> None:
    """Print passages in order, each with its citation and id, its best sentence in bold."""
    console = _console()
    for number, hit in enumerate(hits, 1):
        console.print(Text(f"{number}. {cite(hit.report, hit.passage).line()}"))
        console.print(Text(f"   {hit.passage.id}", style="dim"))
        start, text = hit.passage.span.start, hit.passage.text
        a, b = hit.best_sentence.start - start, hit.best_sentence.end - start
        marked = Text.assemble(_flat(text[:a]), (_flat(text[a:b]), "bold"), _flat(text[b:]))
        console.print(Padding(marked, (0, 0, 0, 3), expand=False))
        console.print()


def _flat(text: str) -> str:
    """Return ``text`` with every run of white space as one space, or one line break before a list item."""
    return re.sub(r"\s+(?P<item>[-•*]\s|\d+[.)]\s)?", lambda gap: "\n" + gap["item"] if gap["item"] else " ", text)


def _console() -> Console:
    return Console(highlight=False, width=None if sys.stdout.isatty() else PIPED_WIDTH)

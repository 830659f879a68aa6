"""How well questions are answered, as measured by whoever is given to the page to measure it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from index.search import Searcher
from qa.calibration import Calibration


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot: what it shows, how to read it, and the picture as an ``svg`` element that is safe to show."""

    title: str
    note: str
    svg: str


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A question that was not answered as it should be, and what happened to it."""

    question: str
    happened: str


@dataclass(frozen=True, slots=True)
class Quality:
    """What was measured on how many questions and when (UTC).

    ``measures`` are names with their meaning and the mean with its interval and number of questions; ``left_out`` says
    what could not be counted.
    """

    questions: int
    date: str
    measures: tuple[tuple[str, str, str], ...]
    charts: tuple[Chart, ...]
    shortfalls: tuple[Shortfall, ...]
    left_out: tuple[str, ...]


Measure = Callable[[Searcher, Calibration, Path, Path | None, Callable[[int, int], None]], Quality]
"""Asks the questions of a file, judges them by TREC judgements (None: by anchors) and tells how far it is."""

"""Permalinks: from the id of a passage to the passage in its context, or to what became of it.

An id holds the report's id and a hash of the passage's words, so it outlives a new index, and dies with the words. What
died is remembered in <home>/former-passages.jsonl: a line a passage, with its place and opening words, written whenever
an index is replaced.
"""

import itertools
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from corpus.disk import disk_errors, replace_file
from corpus.errors import LibraryError
from corpus.folding import words
from corpus.model import Passage, Report
from corpus.serial import record_from_json
from index.search import Index
from qa.citation import Citation, cite

FILE_NAME = "former-passages.jsonl"
OPENING_WORDS = 25
MIN_SHARED = 0.4
"""A passage that holds a smaller share of a former one's opening words is not offered as its like."""

_DIGITS = re.compile(r"[0-9a-f]{12}")
_ID = re.compile(rf"(?P<report>[a-z0-9-]+)-(?P<hash>{_DIGITS.pattern})(?:-\d+)?")


class Change(StrEnum):
    """Why an id names no passage."""

    REPORT_GONE = "report gone"
    REPORT_CHANGED = "report changed"
    READ_OTHERWISE = "read otherwise"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Former:
    """What is remembered of a passage that is no more: place, opening words, and the SHA-256 of its report's file."""

    id: str
    report_id: str
    sha256: str
    case_study: str | None
    section: str
    opening: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage in its context: the passages before and behind it in the report, and where else its words stand."""

    report: Report
    passage: Passage
    before: tuple[Passage, ...]
    after: tuple[Passage, ...]
    also_in: tuple[Citation, ...]

    @property
    def citation(self) -> Citation:
        """The citation of the passage."""
        return cite(self.report, self.passage)

    def to_json(self) -> dict[str, Any]:
        """Return the passage and its context as a JSON object."""
        return {
            "status": "found",
            **_passage_to_json(self.report, self.passage),
            "section_kind": self.report.sections[self.passage.section].kind.value,
            "citation": self.citation.to_json(),
            "also_in": [citation.to_json() for citation in self.also_in],
            "before": [_passage_to_json(self.report, passage) for passage in self.before],
            "after": [_passage_to_json(self.report, passage) for passage in self.after],
        }


@dataclass(frozen=True, slots=True)
class Vanished:
    """What became of an id that names no passage: the change, what was remembered, and the passage most like it."""

    id: str
    change: Change
    former: Former | None
    closest: tuple[Report, Passage] | None
    detail: str

    def to_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        closest = None
        if self.closest:
            closest = _passage_to_json(*self.closest) | {"citation": cite(*self.closest).to_json()}
        return {
            "status": "not found",
            "id": self.id,
            "change": self.change.value,
            "detail": self.detail,
            "former": asdict(self.former) if self.former else None,
            "closest": closest,
        }


def find_passage(index: Index, name: str) -> tuple[Report, Passage] | None:
    """Return the passage with the id ``name``, or the only one whose id ends with the twelve digits ``name``.

    None where there is none. Raises LibraryError where several passages have an id with these digits.
    """
    if name in index.number_of:
        return index.passages[index.number_of[name]]
    ending = [place for place in index.passages if _ends_with(place[1].id, name)]
    if len(ending) > 1:
        ids = " or ".join(passage.id for _, passage in ending)
        raise LibraryError(f"{len(ending)} passages have an id that ends with {name!r}", f"give one whole: {ids}")
    return ending[0] if ending else None


def _ends_with(passage_id: str, name: str) -> bool:
    return bool(_DIGITS.fullmatch(name)) and passage_id.endswith(f"-{name}")


def repeats(index: Index, passage: Passage) -> list[tuple[Report, Passage]]:
    """Return the other passages that are near enough the same as ``passage``."""
    number = index.number_of[passage.id]
    _, others = index.fold([number, *range(len(index.passages))])[0]
    return [index.passages[other] for other in others if other != number]


def show(index: Index, home: Path, passage_id: str, context: int = 1) -> Shown | Vanished:
    """Return the passage ``passage_id`` with ``context`` passages on either side, or what became of it.

    Raises LibraryError where what is remembered of former passages in ``home`` cannot be read.
    """
    found = find_passage(index, passage_id.strip())
    if found is None:
        return _vanished(index, passage_id.strip(), read_former(home))
    report, passage = found
    at = report.passages.index(passage)
    return Shown(
        report=report,
        passage=passage,
        before=report.passages[max(0, at - context) : at],
        after=report.passages[at + 1 : at + 1 + context],
        also_in=tuple(cite(*place) for place in repeats(index, passage)),
    )


def _vanished(index: Index, passage_id: str, known: Mapping[str, Former]) -> Vanished:
    former = known.get(passage_id) or next((f for f in known.values() if _ends_with(f.id, passage_id)), None)
    parts = _ID.fullmatch(former.id if former else passage_id)
    change, detail = _change(index, parts["report"] if parts else "", former)
    return Vanished(passage_id, change, former, _closest(index, parts["hash"] if parts else "", former), detail)


def _change(index: Index, report_id: str, former: Former | None) -> tuple[Change, str]:
    report = index.reports.get(report_id)
    if report is None and former is not None:
        return Change.REPORT_GONE, f"the report {report_id!r} is no longer in the library"
    if report is None:
        return Change.UNKNOWN, "the library holds no report that this id could belong to, and remembers none"
    if former is None:
        return Change.UNKNOWN, f"the report {report_id!r} holds no such passage, and none is remembered"
    if report.sha256 != former.sha256:
        return Change.REPORT_CHANGED, f"the file of the report {report_id!r} has changed, and these words with it"
    return Change.READ_OTHERWISE, f"the report {report_id!r} is the same file, now divided into other passages"


def _closest(index: Index, words_hash: str, former: Former | None) -> tuple[Report, Passage] | None:
    """Return the passage with the same words in another report, else the one that shares most of the opening words,
    one of the same report where two share as many.
    """
    for report, passage in index.passages:
        if words_hash and f"-{words_hash}" in passage.id[len(report.id) :]:
            return report, passage
    if former is None:
        return None

    def likeness(place: tuple[Report, Passage]) -> tuple[float, bool]:
        return _shared(words(former.opening), words(place[1].text)), place[0].id == former.report_id

    best = max(index.passages, key=likeness)
    return best if likeness(best)[0] >= MIN_SHARED else None


def _shared(opening: Sequence[str], text: Sequence[str]) -> float:
    """Return the share of the pairs of neighbouring words of ``opening`` that ``text`` holds too."""
    pairs = Counter(itertools.pairwise(opening))
    both = pairs & Counter(itertools.pairwise(text))
    return both.total() / pairs.total() if pairs else 0.0


def read_former(home: Path) -> dict[str, Former]:
    """Return what is remembered of former passages, by id. Raises LibraryError where the file is damaged."""
    path = home / FILE_NAME
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
        former = [record_from_json(Former, json.loads(line)) for line in lines if line]
    except FileNotFoundError:
        return {}
    except (OSError, TypeError, ValueError) as error:
        raise LibraryError(f"{str(path)!r} cannot be read ({error})", "mend it, or delete it to forget") from None
    return {one.id: one for one in former}


def remember(home: Path, old: Iterable[Report], new: Iterable[Report]) -> None:
    """Add to the former passages in ``home`` what ``old`` reports hold and ``new`` ones do not.

    Raises CasebookError where that cannot be read or written. The caller holds the right to write under ``home``.
    """
    present = {passage.id for report in new for passage in report.passages}
    gone = [(report, p) for report in old for p in report.passages if p.id not in present]
    if not gone:
        return
    known = read_former(home) | {passage.id: _former(report, passage) for report, passage in gone}
    lines = "".join(json.dumps(asdict(former), ensure_ascii=False) + "\n" for former in known.values())
    with disk_errors(home):
        replace_file(home / FILE_NAME, lines.encode("utf-8", "replace"))


def _former(report: Report, passage: Passage) -> Former:
    citation = cite(report, passage)
    opening = " ".join(passage.text.split()[:OPENING_WORDS])
    return Former(passage.id, report.id, report.sha256, citation.case_study, citation.section, opening)


def _passage_to_json(report: Report, passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.id,
        "text": passage.text,
        "start": passage.span.start,
        "end": passage.span.end,
        "section": report.sections[passage.section].heading,
    }

"""What a quotation leans on: the sentence before it, or the one that says who speaks."""

import re
from collections.abc import Iterable, Iterator

from corpus.model import Passage, Report, Span

_OPENINGS = re.compile(
    r"[\"“'‘(]*(?:he|she|they|it|this|that|these|those|his|her|their|its|such|here|there|as a result|however|also|both"
    r"|for example|another|the former|the latter|in addition|one of these)\b",
    re.I,
)
_SAYS = (
    r"(?:says|said|explains?|explained|adds|added|notes|noted|argues|argued|believes|believed|points out|reflects"
    r"|describes|described|comments|commented|recalls|stresses|stressed|thinks|feels|suggests|suggested|tells|discusses"
    r"|discussed|highlights|highlighted|questions|emphasises|emphasised|acknowledges|acknowledged|concludes|concluded"
    r"|warns|warned|illustrates|outlines|outlined|shares|shared|sees)"
)
_SPEAKER = re.compile(rf"\b(?P<who>[Hh]e|[Ss]he|[A-Z][\w’'-]+)(?: also)? {_SAYS}\b")
_NAME = r"[A-Z][a-z’'-]+(?: (?:[A-Z][\w’'-]+|de|van|al)){1,2}"
_ROLE = (
    r"(?:chief|director|chair|chairman|chairwoman|head|lead|leader|manager|officer|president|mayor|councillor"
    r"|consultant|nurse|partner|professor|executive|founder|coordinator|adviser|matron)"
)
_INTRODUCED = re.compile(
    rf"(?P<a>{_NAME})(?=,? (?:is|was|the|an?|our|[\w-]+)?[^.]{{0,40}}?\b(?i:{_ROLE})\b)"
    rf"|\b(?i:{_ROLE})\b[^.]{{0,80}}?, (?P<b>{_NAME})"
)
_ORGANISATION = frozenset(
    """nhs trust trusts foundation hospital hospitals ics icb icp pcn ccg partnership council university community care
    health alliance group service services board network system collaborative england district county city royal college
    place programme act south north east west london surrey yorkshire""".split()
)


def leans(text: str) -> bool:
    """Return whether ``text`` opens with a word that points back, such as "They" or "However"."""
    return bool(_OPENINGS.match(text))


def leaned_on(report: Report, passage: Passage, quoted: Span) -> Span | None:
    """Return the sentence of ``report`` that the words at ``quoted``, in ``passage``, cannot do without; or None.

    Where they name a speaker by one name, or by "he" or "she" alone, it is the nearest sentence before them in the
    same case study, or section outside any, that introduces that person with a role. Where they open with a word that
    points back, it is the sentence before them in the same section.
    """
    text = report.text[quoted.start : quoted.end]
    before = list(_before(report, passage, quoted))
    if (speaker := _SPEAKER.search(text)) and not _introduced(text):
        people = {name: span for span in reversed(before) for name in _introduced(report.text[span.start : span.end])}
        if name := _person(speaker["who"], people, (report.text[span.start : span.end] for span in before)):
            return people[name]
    if leans(text):
        return next((span for span in before if _same_section(report, passage, span)), None)
    return None


def _before(report: Report, passage: Passage, quoted: Span) -> Iterator[Span]:
    """Yield the sentences before ``quoted`` in its case study, or in its section outside any, nearest first."""
    for other in reversed(report.passages):
        outside = passage.case_study is None
        near = other.section == passage.section if outside else other.case_study == passage.case_study
        if near and other.span.start <= quoted.start:
            yield from (span for span in reversed(other.sentences) if span.end <= quoted.start)


def _same_section(report: Report, passage: Passage, span: Span) -> bool:
    section = report.sections[passage.section]
    return section.span.start <= span.start < section.span.end


def _introduced(text: str) -> list[str]:
    """Return the names of the people whom ``text`` introduces with a role."""
    names = (match["a"] or match["b"] for match in _INTRODUCED.finditer(" ".join(text.split())))
    return [name for name in names if not _ORGANISATION & set(name.lower().split())]


def _person(who: str, people: Iterable[str], before: Iterable[str]) -> str | None:
    """Return who of ``people`` is meant by one name, or by "he" or "she": then the one named last in ``before``."""
    if who.lower() not in ("he", "she"):
        return next((name for name in people if who in name.split()), None)
    for sentence in before:
        places = {sentence.rfind(part): name for name in people for part in name.split() if part in sentence}
        if places:
            return places[max(places)]
    return None

"""What headings say: the kind of a section, and headings that are never a case study."""

import re

from corpus.folding import fold
from corpus.model import SectionKind

KIND_WORDS = 12

_KINDS: tuple[tuple[SectionKind, str], ...] = (
    (
        SectionKind.PARTNERS,
        r"\bpartner\w* involved|\bpartner organi[sz]ations?|\borgani[sz]ations involved|\A(?:the )?partners\Z"
        r"|\bpartnership partners\b|\bwho (?:is|was|are|were) involved",
    ),
    (SectionKind.COVID, r"\bcovid|\bcoronavirus|\bpandemic"),
    (
        SectionKind.NEXT_STEPS,
        r"\bnext steps?|\bpriorities\b|\bfuture\b|\bwhat(?:'s| is| comes) next|\blooking (?:ahead|forward)|\bplans\b"
        r"|\brecommendations?\b",
    ),
    (
        SectionKind.NATIONAL_POLICY,
        r"\bnational policy|\bpolicy (?:context|implications|support|developments?)|\bnational support",
    ),
    (
        SectionKind.LESSONS,
        r"\blessons?\b|\blearn(?:ing|ed|t)\b|\bwhat (?:worked|helped)|\bsuccess factors|\badvice\b|\btop tips",
    ),
    (
        SectionKind.CHALLENGES,
        r"\bchallenges?\b|\bbarriers?\b|\bobstacles?\b|(?<!shared )(?<!sharing )\brisks?\b(?! ?-?shar)|\bproblems\b",
    ),
    (
        SectionKind.CASE_FOR_CHANGE,
        r"\bcase for change|\bwhy (?:change|collaborat|we )|\A(?:the )?benefits? of|\brationale\b"
        r"|\bthe (?:issue|problem|need)\b",
    ),
    (
        SectionKind.IMPACT,
        r"\bimpacts?\b|\bresults?\b|\boutcomes?\b|\bachievements?\b|\bprogress\b|\bdifference\b|\bbenefits\b|\bevidence\b",
    ),
    (
        SectionKind.SETTING_UP,
        r"\bsetting up|\bset-?up\b|\bbuilding (?:the|a|our)\b|\bestablish|\bhow (?:it|we|they) (?:started|began|did)"
        r"|\borigins?\b"
        r"|\bmoving towards\b|\bwhat (?:we|they) did\b|\bapproach\b|\bthe solution\b|\bgetting started",
    ),
    (
        SectionKind.SUMMARY,
        r"\bkey (?:points|messages|findings|facts)|\bsummary\b|\bat a glance|\bhighlights?\b|\boverview\b"
        r"|\bconclusions?\b|\bin brief\b",
    ),
    (
        SectionKind.BACKGROUND,
        r"\bbackground\b|\bcontext\b|\bfact file|\bgeography\b|\bdemographics?\b"
        r"|\Aabout (?!the nhs|integration|us|this)|\bintroduction\b|\bhistory\b|\bwho we are",
    ),
)
_PATTERNS = tuple((kind, re.compile(pattern)) for kind, pattern in _KINDS)
_PART = re.compile(
    r"(?:\d+[. ]+)?(?:foreword|preface|introduction|executive summary|summary|key (?:points|messages|findings)|overview"
    r"|contents|conclusions?|appendi\w+|annex\w*|acknowledge?ments?|references|bibliography|glossary|method\w*"
    r"|recommendations?|further (?:reading|information)|contacts?|about\b.*|the view from\b.*|key to\b.*"
    r"|footnotes?|endnotes?|notes|how to\b.*|who to contact\b.*|supporting\b.*)\Z"
)
_CLOSING = re.compile(
    r"(?:\d+[. ]+)?(?:conclusions?|concluding (?:remarks|thoughts)|final thoughts|afterword|discussion|recommendations?"
    r"|appendi\w+|annex\w*|acknowledge?ments?|references|bibliography|glossary|methodology|contributors"
    r"|further (?:reading|information|resources)|about (?:the|this|us)\b.*|key to\b.*)\Z"
)
_NOTES = re.compile(r"(?:chapter |section )?(?:footnotes?|endnotes?|references|bibliography|notes|sources)\Z")
_IMPRINT = re.compile(
    r"(?:suggested citation|interactive version|how to cite\b.*|imprint|publication details|disclaimer|copyright)\Z"
)
_PARTNERS_LEAD = re.compile(
    r"(?:partner\w* involved\b|partner organi[sz]ations?\b|organi[sz]ations involved\b|partners:?\Z)"
)


def kind_of(heading: str) -> SectionKind:
    """Return the kind of section that ``heading`` announces, OTHER where its words announce none.

    A heading of over ``KIND_WORDS`` words is a sentence, whose words say nothing of the kind.
    """
    folded = fold(heading)
    if len(folded.split()) > KIND_WORDS:
        return SectionKind.OTHER
    return next((kind for kind, pattern in _PATTERNS if pattern.search(folded)), SectionKind.OTHER)


def is_part(heading: str) -> bool:
    """Return whether ``heading`` names a part of a report that stands outside any case study."""
    return bool(_PART.match(fold(heading).rstrip(":. ")))


def closes_case_studies(heading: str) -> bool:
    """Return whether ``heading`` is one of those that stand outside the case studies of a report."""
    return bool(_CLOSING.match(fold(heading).rstrip(":. ")))


def is_notes(heading: str) -> bool:
    """Return whether footnotes or references stand under ``heading``."""
    return bool(_NOTES.match(fold(heading).rstrip(":. ")))


def is_imprint(heading: str) -> bool:
    """Return whether publication details stand under ``heading``."""
    return bool(_IMPRINT.match(fold(heading).rstrip(":. ")))


def is_partners(heading: str) -> bool:
    """Return whether ``heading`` opens a list of the organisations involved."""
    return bool(_PARTNERS_LEAD.match(fold(heading)))

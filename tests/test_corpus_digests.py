"""The bundled digests: their pointers, their outlines, and that they say nothing the reports do not, in other words."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_corpus_real_outlines import BRADFORD, CASE_STUDIES, COLLECTION, FINANCE, MUST_KNOW, THEMES

from corpus.digests import REPORT_ID_PREFIX, Digest, bundled, is_bundled, read_digest, section_name, sources
from corpus.errors import LibraryError
from corpus.folding import word_count, words
from corpus.model import Report, SectionKind
from corpus.report import parse

IDS = [COLLECTION, BRADFORD, FINANCE, THEMES, MUST_KNOW]

TEXT = b"""# Digest of Harbours

## Foreword

Harbours is about ships.

## Northport Trust

### Background

Northport Trust has nine ships.

### Next steps

Northport Trust wants a tenth ship.

## Southport Trust

### Background

Southport Trust has no ship.

### Next steps

Southport Trust is waiting.
"""
POINTERS = b"""
["Foreword"]
sections = ["Preface"]
["Northport Trust / Background"]
sections = ["Northport / History", "Northport / Fleet"]
["Northport Trust / Next steps"]
sections = ["Northport / Plans"]
["Southport Trust / Background"]
sections = ["Southport / History"]
["Southport Trust / Next steps"]
sections = ["Southport / Plans"]
"""


def test_a_digest_is_read_with_what_each_of_its_sections_digests() -> None:
    assert read_digest("harbours.md", TEXT, POINTERS) == Digest(
        "harbours",
        "harbours.md",
        TEXT,
        {
            "Foreword": ("Preface",),
            "Northport Trust / Background": ("Northport / History", "Northport / Fleet"),
            "Northport Trust / Next steps": ("Northport / Plans",),
            "Southport Trust / Background": ("Southport / History",),
            "Southport Trust / Next steps": ("Southport / Plans",),
        },
    )


@pytest.mark.parametrize(
    ("text", "pointers", "problem"),
    [
        pytest.param(TEXT, b"[", "has pointers that are no TOML", id="no-toml"),
        pytest.param(TEXT, b"\xff", "has pointers that are no TOML", id="no-utf-8"),
        pytest.param(TEXT, b"", "has no pointer for its section 'Foreword'", id="no-pointers"),
        pytest.param(TEXT, POINTERS + b'pages = ["1"]', "that is no table with the one key 'sections'", id="key"),
        pytest.param(TEXT, b"x = 1\n" + POINTERS, "has a pointer 'x' that is no table", id="no-table"),
        pytest.param(TEXT, b"[Foreword]", "has a pointer 'Foreword' that is no table with", id="empty-table"),
        pytest.param(TEXT, b'[Foreword]\nsections = "A"', "'Foreword' whose sections are no list of names", id="text"),
        pytest.param(TEXT, b"[Foreword]\nsections = []", "'Foreword' whose sections are no list of names", id="none"),
        pytest.param(
            TEXT, b"[Foreword]\nsections = [1]", "'Foreword' whose sections are no list of names", id="figure"
        ),
        pytest.param(
            TEXT, POINTERS + b'[Afterword]\nsections = ["B"]', "has no section 'Afterword', which a", id="lost"
        ),
        pytest.param(
            TEXT,
            POINTERS.replace(b"Northport Trust / Next", b"Next"),
            "has no section 'Next steps', which a pointer names",
            id="without-its-case-study",
        ),
        pytest.param(
            TEXT + b"\n### Background\n\nIt has no harbour.\n",
            POINTERS,
            "has two sections 'Southport Trust / Background'",
            id="two-of-a-name",
        ),
    ],
)
def test_a_digest_with_a_pointer_amiss_is_refused(text: bytes, pointers: bytes, problem: str) -> None:
    with pytest.raises(LibraryError) as error:
        read_digest("harbours.md", text, pointers)
    assert str(error.value).startswith("the digest 'harbours.md' ")
    assert problem in str(error.value)
    assert str(error.value).endswith("; install casebook again, or mend the digest")


def test_the_five_reports_have_bundled_digests() -> None:
    assert [digest.report_id for digest in bundled()] == sorted(IDS)
    assert [digest.file_name for digest in bundled()] == [f"{identity}.md" for identity in sorted(IDS)]
    for digest in bundled():
        report = parse(digest.data, REPORT_ID_PREFIX + digest.file_name)
        assert is_bundled(report)
        told = {section_name(report, number): sources(report, number) for number in range(len(report.sections))}
        assert {name: sections for name, sections in told.items() if sections} == digest.pointers


def test_what_only_bears_the_name_of_a_digest_digests_nothing() -> None:
    digest = bundled()[0]
    for data, name in ((digest.data + b"More.\n", REPORT_ID_PREFIX + digest.file_name), (digest.data, "other.md")):
        report = parse(data, name)
        assert not is_bundled(report)
        assert not any(sources(report, number) for number in range(len(report.sections)))


def test_every_file_of_the_digests_ships_with_casebook() -> None:
    root = Path(__file__).resolve().parents[1]
    patterns = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["corpus"]
    shipped = {path for pattern in patterns for path in (root / "corpus").glob(pattern)}
    there = set((root / "corpus" / "data" / "digests").iterdir())
    assert there <= shipped
    kept = {path.name for path in there if path.suffix in (".md", ".toml")}
    assert kept == {f"{identity}{suffix}" for identity in IDS for suffix in (".md", ".toml")}


def outline(digest: Digest) -> Report:
    return parse(digest.data, digest.file_name)


@pytest.mark.parametrize("identity", IDS)
def test_every_heading_of_a_digest_is_found_as_what_it_is(identity: str) -> None:
    (digest,) = (d for d in bundled() if d.report_id == identity)
    report = outline(digest)
    case = ""
    written = []
    lines = [line for line in digest.data.decode().splitlines() if line.startswith("#")]
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        marks, heading = line.split(" ", 1)
        if marks == "##":
            case = f"{heading.removeprefix('Case study: ')} / " if following.startswith("###") else ""
        if marks == "###" or (marks == "##" and not case):
            written.append(case + heading)
    assert [section_name(report, section.index) for section in report.sections] == written
    assert report.warnings == ()


def test_the_digests_have_the_case_studies_of_the_reports() -> None:
    assert {d.report_id: [case.name for case in outline(d).case_studies] for d in bundled()} == {
        COLLECTION: CASE_STUDIES,
        BRADFORD: ["Bradford District and Craven Integrated Care Partnership"],
        FINANCE: ["Financial reform as an enabler of change in Bradford"],
        THEMES: [],
        MUST_KNOW: [
            "Coventry and Warwickshire Place Forum",
            "West Yorkshire and Harrogate ICS",
            "Act as One: Bradford District and Craven Health and Care Partnership",
        ],
    }


def test_a_case_study_is_digested_in_150_to_350_words_and_a_section_of_themes_in_50_to_350() -> None:
    for digest in bundled():
        report = outline(digest)
        sizes: dict[str, int] = defaultdict(int)
        for passage in report.passages:
            # The report on finance is one case study as a whole, with a theme a section.
            case = None if digest.report_id == FINANCE else passage.case_study
            name = section_name(report, passage.section) if case is None else report.case_studies[case].name
            sizes[name] += word_count(passage.text)
        cases = {case.name for case in report.case_studies}
        assert {n: size for n, size in sizes.items() if not (150 if n in cases else 50) <= size <= 350} == {}


# What follows holds the digests against the reports, which are not part of the repository.

FIGURES = {name: str(n) for n, name in enumerate(
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen twenty".split()
)} | {"thirty": "30", "forty": "40", "fifty": "50", "hundred": "100", "thousand": "1000"}  # fmt: skip
QUANTITIES = set(
    "half halved third thirds quarter quarters fourth twice double doubled triple threefold decade".split()
)
QUANTITIES |= set("dozen million billion".split())
TOKEN = re.compile(r"[^\W_]+(?:['’&][^\W_]+)*")


def figures(text: str) -> set[str]:
    """Return the figures in ``text``, spelled-out ones as digits; "one" is none, being mostly a pronoun."""
    found = set()
    for word in re.findall(
        r"\d+(?:[.,]\d+)*(?:%|m\b|bn\b)?|[a-z]+", " ".join(text.lower().split()).replace(" per cent", "%")
    ):
        if word[0].isdigit() or word in QUANTITIES:
            found.add(word.replace(",", ""))
        elif word in FIGURES and word != "one":
            found.add(FIGURES[word])
    return found


def bare(word: str) -> str:
    """Return ``word`` in small letters without the endings of a possessive, or of the plural of an acronym."""
    word = re.sub(r"'s?\Z", "", word.replace("’", "'"))
    return (word[:-1] if re.fullmatch(r"[A-Z]{2,}s", word) else word).lower()


def names(sentence: str) -> Iterator[tuple[list[str], bool]]:
    """Yield each run of capitalised words in ``sentence``, and whether it begins the sentence."""
    run: list[str] = []
    first, end = False, 0
    for number, match in enumerate(TOKEN.finditer(sentence)):
        capital = match.group() != match.group().lower()
        if run and (not capital or sentence[end : match.start()].strip()):
            yield run, first
            run = []
        if capital:
            first = first if run else number == 0
            run.append(match.group())
        end = match.end()
    if run:
        yield run, first


def strange_names(sentence: str, source: str, common: set[str]) -> list[str]:
    """Return the names in ``sentence`` that do not stand in ``source``; a ``common`` word that begins it is no name."""
    held = f" {' '.join(bare(word) for word in TOKEN.findall(source))} "
    strange = []
    for run, first in names(sentence):
        said = [bare(word) for word in run]
        rest = said[1:] if first and run[0].lower() in common else said
        if f" {' '.join(said)} " not in held and (rest and f" {' '.join(rest)} " not in held):
            strange.append(" ".join(run))
    return strange


def runs(text: str, length: int = 8) -> set[tuple[str, ...]]:
    """Return all runs of ``length`` folded words in ``text``."""
    said = words(text)
    return {tuple(said[n : n + length]) for n in range(len(said) - length + 1)}


def small_words(texts: list[str]) -> set[str]:
    return {word for text in texts for word in TOKEN.findall(text) if word == word.lower()}


def test_the_checks_see_a_foreign_figure_a_foreign_name_and_copied_words() -> None:
    source = (
        "The Harbour Trust (HTs) moved 12,000 crates in two weeks, by 3.5%, with Ms Holt’s crew of the Isle of Rum."
    )
    assert figures("Twelve of 12,000, 3.5 per cent, a third, one £9m ship") == {"12", "12000", "3.5%", "third", "9m"}
    assert figures("two ships, 12,000 crates, 3.5%") <= figures(source)
    common = small_words([source, "when crates"])
    for sentence in ("The Harbour Trust, with Holt and HT.", "When Holt moved crates", "Crates on the Isle of Rum"):
        assert strange_names(sentence, source, common) == []
    assert strange_names("Amina Holt came.", source, common) == ["Amina Holt"]
    assert strange_names("Crates went to the Isle of Man.", source, common) == ["Man"]
    assert strange_names("Seamore met the Trust Harbour.", source, common) == ["Seamore", "Trust Harbour"]
    copied = "He moved 12,000 crates in two weeks, by 3.5%."
    assert runs(copied) & runs(source) == {("moved", "12", "000", "crates", "in", "two", "weeks", "by")} | {
        ("12", "000", "crates", "in", "two", "weeks", "by", "3"),
        ("000", "crates", "in", "two", "weeks", "by", "3", "5"),
    }


def said_of(report: Report) -> dict[str, str]:
    """Return the text of each section of ``report`` by name, with its inner sections and its case study's heading."""
    found = {}
    for section in report.sections:
        case = "" if section.case_study is None else report.case_studies[section.case_study].heading
        name = section_name(report, section.index)
        found[name] = "\n".join((name, case, report.text[section.span.start : section.span.end]))
    return found


def told_by(digest: Digest) -> Iterator[tuple[str, str]]:
    """Yield each sentence of ``digest`` with the name of its section."""
    report = outline(digest)
    for passage in report.passages:
        for number in range(len(passage.sentences)):
            yield section_name(report, passage.section), passage.sentence_text(number)


@pytest.mark.reports
def test_a_digest_is_titled_as_its_report_and_points_at_sections_that_the_report_has(
    real_reports: dict[str, Report],
) -> None:
    for digest in bundled():
        report = real_reports[digest.report_id]
        assert outline(digest).title == f"Digest of {report.title}"
        there = said_of(report)
        assert [one for pointed in digest.pointers.values() for one in pointed if one not in there] == []


@pytest.mark.reports
def test_no_digest_shares_eight_words_in_a_row_with_any_report(real_reports: dict[str, Report]) -> None:
    taken = {run for report in real_reports.values() for run in runs(report.text)}
    passages = [(d.report_id, passage.text) for d in bundled() for passage in outline(d).passages]
    assert [(name, " ".join(run)) for name, text in passages for run in sorted(runs(text) & taken)] == []


@pytest.mark.reports
def test_every_figure_and_name_of_a_digest_stands_in_a_section_it_points_at(real_reports: dict[str, Report]) -> None:
    common = small_words([r.text for r in real_reports.values()] + [d.data.decode() for d in bundled()])
    strange = []
    for digest in bundled():
        held = said_of(real_reports[digest.report_id])
        for name, sentence in told_by(digest):
            source = "\n".join(held[one] for one in digest.pointers[name])
            strange += [(name, figure) for figure in sorted(figures(sentence) - figures(source))]
            strange += [(name, run) for run in strange_names(sentence, source, common)]
    assert strange == []


@pytest.mark.reports
def test_every_section_of_a_report_is_digested_but_for_lists_of_partners_and_imprints(
    real_reports: dict[str, Report],
) -> None:
    left = set()
    for digest in bundled():
        report = real_reports[digest.report_id]
        pointed = {one for sections in digest.pointers.values() for one in sections}
        for number in {passage.section for passage in report.passages}:
            name = section_name(report, number)
            if name not in pointed and report.sections[number].kind is not SectionKind.PARTNERS:
                left.add((digest.report_id, name))
    assert left == {
        (COLLECTION, "End matter"),
        (FINANCE, "Financial reform as an enabler of change in Bradford / How to stay in touch"),
        (THEMES, "Integration and innovation in action: provider collaboration"),
    }

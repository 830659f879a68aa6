"""Made-up reports: one tree of headings and text, written out in the shapes that report files come in.

The trees say what the outline should be, the writers how a file might look: Markdown, hard-wrapped text, pages as
pdftotext writes them, a web page saved as text. Nobody described here exists.
"""

import random
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SENTENCES = (
    "The partners in {place} met every fortnight to agree which patients needed a visit at home.",
    "Staff told us that “people no longer have to tell their story twice”.",
    "In 2021/22 the {place} team saw 1,240 people, of whom 38 per cent had not used the service before.",
    "Nobody had asked whether the two rotas could be merged, and the answer turned out to be yes.",
    "Dr Amina Holt, who leads the work in {place}, says the first year was slow.",
    "It took eighteen months to write one agreement on sharing records, and another six to sign it.",
    "Volunteers ran a telephone line from the library, which took 90 calls a day at its busiest.",
    "A joint post, paid for by the council and the trust, holds the programme together.",
    "The board hears from three residents of {place} at each meeting before it takes a decision.",
    "Waiting times fell from 31 weeks to 19.5 weeks, although referrals rose.",
    "The evaluation could not separate the effect of the new team from that of the new building.",
    "Each practice keeps its own list, but the nurses work across all of them.",
    "Money was the last thing discussed; trust, in the words of one manager, was the first.",
    "Where the plan failed, it failed because nobody in {place} owned the budget for transport.",
    "The team now shares one office near St Hilda’s Street, opposite the market.",
    "Leaders expect national rules to change again, and have written the agreement so that it can bend.",
    "“Why would we go back?” asks a ward sister who joined the pilot in its second month.",
    "Families in {place} asked for fewer letters and more telephone calls, and got both.",
    "The pharmacy opened on Sundays, which moved about a tenth of visits out of the emergency department.",
    "Two of the five partners left during the first winter and came back the next spring.",
    "A shared dashboard shows beds, visits and vacancies, e.g. how many nurses are away on a given day.",
    "The council lent an empty school to {place}, where physiotherapy classes are now held four days a week.",
    "Savings were counted only when a budget was actually reduced, i.e. when money left the ledger.",
    "Community leaders asked to be paid for their time, and since April they have been.",
)
LEAD_INS = ("Three things mattered in {place}:", "The partners agreed to:", "Work in {place} now covers:")
ITEMS = (
    "one telephone number for every referral",
    "a weekly meeting of ward and community staff",
    "shared training for drivers, carers and nurses",
    "a small fund that residents of {place} control",
    "visits within two days of leaving hospital",
    "a named worker for each family",
)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with the text under it; ``case`` marks the heading of a case study, ``table`` a list of partners."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    children: tuple["Part", ...] = ()
    case: bool = False


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A made-up report."""

    title: str
    parts: tuple[Part, ...]

    def walk(self) -> Iterator[tuple[int, Part]]:
        """Yield every part with its depth, 1 for the outermost."""
        stack = [(1, part) for part in reversed(self.parts)]
        while stack:
            depth, part = stack.pop()
            yield depth, part
            stack += [(depth + 1, child) for child in reversed(part.children)]

    def cases(self) -> list[str]:
        """Return the names of the case studies."""
        return [part.heading for _, part in self.walk() if part.case]

    def outline(self) -> list[tuple[str | None, str]]:
        """Return the case study and the heading of every part that has text or children and is no case study."""
        found: list[tuple[str | None, str]] = []
        case: tuple[int, str] | None = None
        for depth, part in self.walk():
            if part.case:
                case = (depth, part.heading)
                continue
            if case and depth <= case[0]:
                case = None
            found.append((case[1] if case else None, part.heading))
        return found


def text_of(place: str, seed: int, paragraphs: int = 2, items: bool = False) -> dict[str, tuple[str, ...]]:
    """Return the paragraphs, and a list with its lead-in where ``items`` asks for one, of a part on ``place``."""
    chance = random.Random(seed)
    written = [
        " ".join(s.format(place=place) for s in chance.sample(SENTENCES, chance.randint(3, 5)))
        for _ in range(paragraphs)
    ]
    if not items:
        return {"paragraphs": tuple(written)}
    return {
        "paragraphs": (*written, chance.choice(LEAD_INS).format(place=place)),
        "items": tuple(i.format(place=place) for i in chance.sample(ITEMS, 3)),
    }


NAMES = ("Eastmoor Care Alliance", "Harbour Towns Partnership", "Thornby and Wexcombe Place Board")
SECTIONS = ("Background", "What we did", "Results", "Challenges", "Lessons learned")


def collection(names: tuple[str, ...] = NAMES, sections: tuple[str, ...] = SECTIONS) -> MadeUp:
    """Return a report of case studies with the same sections each, between a foreword and a conclusion."""
    cases = tuple(
        Part(
            name,
            children=tuple(
                Part(s, **text_of(name, 100 * i + j, items=j == 1))  # type: ignore[arg-type]
                for j, s in enumerate(sections)
            ),
            case=True,
        )
        for i, name in enumerate(names)
    )
    return MadeUp(
        "Working side by side: three accounts of joint care",
        (
            Part("Foreword", **text_of("the county", 1)),  # type: ignore[arg-type]
            Part("Introduction", **text_of("the county", 2, 3)),  # type: ignore[arg-type]
            *cases,
            Part("Conclusion", **text_of("the county", 3)),  # type: ignore[arg-type]
        ),
    )


def thematic() -> MadeUp:
    """Return a report in themes, with no case study, though it speaks of places."""
    themes = ("Trust takes time", "Money follows people", "Data that crosses borders", "Who decides", "Keeping going")
    return MadeUp(
        "What makes joint care last",
        (
            Part("Key points", **text_of("the county", 20)),  # type: ignore[arg-type]
            Part("Background", **text_of("the county", 21)),  # type: ignore[arg-type]
            *(Part(t, **text_of(NAMES[i % 3], 30 + i, 3, i == 2)) for i, t in enumerate(themes)),  # type: ignore[arg-type]
            Part("Recommendations", **text_of("the county", 40)),  # type: ignore[arg-type]
        ),
    )


def single() -> MadeUp:
    """Return an article that is one case study."""
    sections = ("Background", "Setting up the hub", "The impact of COVID-19", "Challenges", "Lessons learned", "Next steps")
    return MadeUp(
        "Lowmere Health Hub",
        tuple(Part(s, **text_of("Lowmere", 60 + i, 2, i == 1)) for i, s in enumerate(sections)),  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """How a report is written out. ``heading`` makes the lines of a heading from its depth, number and part."""

    name: str
    suffix: str
    write: Callable[[MadeUp], str]


def _label(report: MadeUp, part: Part, pattern: str) -> str:
    if not part.case:
        return part.heading
    return pattern.format(n=report.cases().index(part.heading) + 1, name=part.heading)


def hashes(report: MadeUp, label: str = "{name}", over_cases: str = "") -> str:
    """Write Markdown with hash signs; ``over_cases`` is a heading above the case studies."""
    lines = [f"# {report.title}", ""]
    opened = False
    for depth, part in report.walk():
        if part.case and over_cases and not opened:
            lines += [f"## {over_cases}", ""]
            opened = True
        deeper = bool(over_cases) and _inside_case(report, part)
        lines += [f"{'#' * (depth + 1 + deeper)} {_label(report, part, label)}", ""]
        lines += _body(part, "- ")
    return "\n".join(lines)


def _inside_case(report: MadeUp, part: Part) -> bool:
    return any(part is p or part in p.children for _, p in report.walk() if p.case)


def _body(part: Part, bullet: str, width: int = 0) -> list[str]:
    lines: list[str] = []
    for paragraph in part.paragraphs:
        lines += [textwrap.fill(paragraph, width) if width else paragraph, ""]
    for item in part.items:
        filled = textwrap.fill(item, width, subsequent_indent="  ") if width else item
        lines.append(bullet + filled)
    return [*lines, ""] if part.items else lines


def underlined(report: MadeUp) -> str:
    """Write Markdown whose two upper levels of headings are underlined."""
    lines = [report.title, "=" * len(report.title), ""]
    for depth, part in report.walk():
        if depth == 1:
            lines += [part.heading, "-" * len(part.heading), ""]
        else:
            lines += [f"### {part.heading}", ""]
        lines += _body(part, "* ")
    return "\n".join(lines)


def bold(report: MadeUp) -> str:
    """Write Markdown with front matter and lines in bold for headings."""
    lines = ["---", f"title: {report.title}", "publisher: Nobody in Particular", "date: 2022-05-01", "---", ""]
    for _, part in report.walk():
        lines += [f"**{_label(report, part, 'Case study {n}: {name}')}**", "", *_body(part, "- ")]
    return "\n".join(lines)


def plain(report: MadeUp, label: str = "{name}", caps: bool = False, width: int = 0, contents: str = "") -> str:
    """Write plain text with blank lines; headings in capitals, lines wrapped and a contents list as asked."""
    lines = [report.title.upper() if caps else report.title, ""]
    if contents:
        lines += ["Contents", ""]
        lines += _contents(report, contents)
        lines += ["", ""]
    for _, part in report.walk():
        heading = _label(report, part, label)
        lines += [heading.upper() if caps else heading, "", *_body(part, "- ", width)]
    return "\n".join(lines)


def _contents(report: MadeUp, kind: str) -> list[str]:
    lines, opened = [], False
    for depth, part in report.walk():
        if depth > 1:
            continue
        if part.case and not opened and kind == "under":
            lines.append(f"Case studies {'.' * 40} 6")
            opened = True
        page = 4 + 2 * len(lines)
        label = f"{report.cases().index(part.heading) + 1} " if part.case and kind == "numbered" else ""
        lines.append(f"{label}{part.heading} {'.' * 40} {page}")
    return lines


def saved_page(report: MadeUp) -> str:
    """Write a web page saved as text: every heading, paragraph and item a line, and no line blank."""
    lines = [report.title]
    for _, part in report.walk():
        lines += [part.heading, *part.paragraphs, *(f"• {item}" for item in part.items)]
    return "\n".join(lines)


def numbered(report: MadeUp) -> str:
    """Write plain text whose headings carry numbers: 1, 1.1 and so on."""
    lines = [report.title, ""]
    counts: list[int] = []
    for depth, part in report.walk():
        counts = [*counts[:depth], *([0] * (depth - len(counts)))]
        counts[depth - 1] += 1
        lines += [f"{'.'.join(map(str, counts))} {part.heading}", "", *_body(part, "• ")]
    return "\n".join(lines)


def pages(report: MadeUp, rows: int = 44, width: int = 84) -> str:
    """Write what pdftotext gives: wrapped lines on pages with a running header, a page number and a form feed."""
    rows_of: list[str] = [report.title, ""]
    for _, part in report.walk():
        rows_of += [*textwrap.wrap(part.heading, width), ""]
        for row in _body(part, "• ", width):
            rows_of += row.split("\n")
    sheets = [rows_of[i : i + rows] for i in range(0, len(rows_of), rows)]
    written = []
    for number, sheet in enumerate(sheets, start=1):
        header = [report.title, ""] if number > 1 else []
        written.append("\n".join([*header, *sheet, "", f"{number}"]) + "\n\f")
    return "".join(written)


SHAPES: tuple[Shape, ...] = (
    Shape("markdown-labelled", ".md", lambda r: hashes(r, "Case study {n}: {name}")),
    Shape("markdown-case-studies-parent", ".md", lambda r: hashes(r, over_cases="Case studies")),
    Shape("markdown-underlined", ".md", underlined),
    Shape("markdown-bold", ".md", bold),
    Shape("plain", ".txt", plain),
    Shape("plain-labelled", ".txt", lambda r: plain(r, "Case study {n} – {name}")),
    Shape("plain-capitals-wrapped", ".txt", lambda r: plain(r, caps=True, width=72)),
    Shape("plain-contents-numbered", ".txt", lambda r: plain(r, contents="numbered")),
    Shape("plain-contents-under", ".txt", lambda r: plain(r, contents="under", width=76)),
    Shape("saved-web-page", ".txt", saved_page),
    Shape("numbered-headings", ".txt", numbered),
    Shape("pages", ".txt", pages),
)

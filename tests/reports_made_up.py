"""Made-up reports: one tree of headings and text, written out in the shapes that report files come in.

The trees say what the outline should be, the writers how a file might look: Markdown, hard-wrapped text, pages as
pdftotext writes them, a web page saved as text. Nobody described here exists.
"""

import random
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass

WHO = (
    "The partners in {place}",
    "Ward and community staff",
    "Residents of {place}",
    "Dr Amina Holt and her colleagues",
    "Volunteers from the library",
    "The practices near St Hilda’s Street",
    "Two of the five boards",
    "Families in {place}",
    "The council’s officers",
    "Nurses on the late rota",
)
WHAT = (
    "met every fortnight to agree which patients needed a visit",
    "saw {n} people, of whom {m} per cent had not used the service before",
    "asked whether the two rotas could be merged",
    "ran a telephone line, which took {m} calls a day at its busiest",
    "wrote one agreement on sharing records, which took {m} months to sign",
    "cut waiting times from {m}.5 weeks to 9.5",
    "paid for a joint post out of a budget of £{n}",
    "moved about a tenth of visits out of the emergency department",
    "lost {m} colleagues during the first winter",
    "kept a shared dashboard of beds, visits and vacancies, e.g. nurses away on a given day",
)
HOW = (
    ".",
    ", although nobody in {place} owned the budget for transport.",
    ", i.e. when money left the ledger.",
    ", and “nobody had to tell their story twice”.",
    "; trust, in the words of one manager, was the first thing discussed.",
    " because the rules were expected to change again.",
    " in 2021/22 and again the year after.",
    " – slowly at first.",
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
    """A heading with the text under it; ``items`` is a list below the paragraphs, ``case`` marks a case study."""

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
        return [each.heading for _, each in self.walk() if each.case]

    def outline(self) -> list[tuple[str | None, str]]:
        """Return the case study and the heading of every part, leaving out case studies without text of their own."""
        found: list[tuple[str | None, str]] = []
        case: tuple[int, str] | None = None
        for depth, each in self.walk():
            if each.case:
                case = (depth, each.heading)
                if not each.paragraphs:
                    continue
            elif case and depth <= case[0]:
                case = None
            found.append((case[1] if case else None, each.heading))
        return found


def part(
    heading: str,
    place: str,
    seed: int,
    paragraphs: int = 2,
    items: bool = False,
    children: tuple[Part, ...] = (),
    case: bool = False,
) -> Part:
    """Return a part with text on ``place``, and a list with its lead-in where ``items`` asks for one."""
    chance = random.Random(seed)

    def sentence() -> str:
        pattern = chance.choice(WHO) + " " + chance.choice(WHAT) + chance.choice(HOW)
        return pattern.format(
            place=place, n=f"{chance.randint(1, 9)},{chance.randint(100, 999)}", m=chance.randint(11, 89)
        )

    written = [" ".join(sentence() for _ in range(chance.randint(3, 5))) for _ in range(paragraphs)]
    if not items:
        return Part(heading, tuple(written), (), children, case)
    lead_in = chance.choice(LEAD_INS).format(place=place)
    listed = tuple(i.format(place=place) for i in chance.sample(ITEMS, 3))
    return Part(heading, (*written, lead_in), listed, children, case)


NAMES = ("Eastmoor Care Alliance", "Harbour Towns Partnership", "Thornby and Wexcombe Place Board")
SECTIONS = ("Background", "What we did", "Results", "Challenges", "Lessons learned")


def collection(names: tuple[str, ...] = NAMES, sections: tuple[str, ...] = SECTIONS) -> MadeUp:
    """Return a report of case studies with the same sections each, between a foreword and a conclusion."""
    cases = tuple(
        Part(
            name,
            children=tuple(part(s, name, 100 * i + j, items=j == 1) for j, s in enumerate(sections)),
            case=True,
        )
        for i, name in enumerate(names)
    )
    return MadeUp(
        "Working side by side: three accounts of joint care",
        (
            part("Foreword", "the county", 1),
            part("Introduction", "the county", 2, 3),
            *cases,
            part("Conclusion", "the county", 3),
        ),
    )


def thematic() -> MadeUp:
    """Return a report in themes, with no case study, though it speaks of places."""
    themes = ("Trust takes time", "Money follows people", "Data that crosses borders", "Who decides", "Keeping going")
    return MadeUp(
        "What makes joint care last",
        (
            part("Key points", "the county", 20),
            part("Background", "the county", 21),
            *(part(t, NAMES[i % 3], 30 + i, 3, i == 2) for i, t in enumerate(themes)),
            part("Recommendations", "the county", 40),
        ),
    )


def themes_with_cycles() -> MadeUp:
    """Return a report whose chapters are themes with the same headings each: no case studies."""
    themes = ("Workforce planning", "Shared records", "Estates and transport")
    inner = ("Why it matters", "Challenges", "Recommendations")
    return MadeUp(
        "Three questions for boards",
        (
            part("Introduction", "the county", 80),
            *(
                Part(t, children=tuple(part(h, "the county", 90 + 10 * i + j) for j, h in enumerate(inner)))
                for i, t in enumerate(themes)
            ),
        ),
    )


def varied() -> MadeUp:
    """Return a report whose case studies have no section heading in common."""
    headings = (
        ("Where it began", "Six rooms above a chemist", "Counting what counts"),
        ("An island off the map", "Boats, buses and nurses"),
        ("Two councils, one rota", "The winter of the long queue", "After the grant ended"),
    )
    cases = tuple(
        Part(
            name,
            children=tuple(part(h, name, 300 + 10 * i + j, 3) for j, h in enumerate(headings[i])),
            case=True,
        )
        for i, name in enumerate(NAMES)
    )
    opening = part("Introduction", "the county", 290)
    return MadeUp("Far from the centre", (opening, *cases, part("Conclusion", "the county", 291)))


def boxed() -> MadeUp:
    """Return a thematic report with one case study at the end of each of two chapters."""
    themes = ("Trust takes time", "Money follows people")
    chapters = (
        part(theme, "the county", 200 + i, children=(part(NAMES[i], NAMES[i], 210 + i, case=True),))
        for i, theme in enumerate(themes)
    )
    return MadeUp("Neighbours in care", (*chapters, part("Keeping going", "the county", 220)))


def single() -> MadeUp:
    """Return an article that is one case study."""
    sections = (
        "Background",
        "Setting up the hub",
        "The impact of COVID-19",
        "Challenges",
        "Lessons learned",
        "Next steps",
    )
    return MadeUp(
        "Lowmere Health Hub",
        tuple(part(s, "Lowmere", 60 + i, 2, i == 1) for i, s in enumerate(sections)),
    )


@dataclass(frozen=True, slots=True)
class Shape:
    """How a report is written out."""

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
    for depth, each in report.walk():
        if each.case and over_cases and not opened:
            lines += [f"## {over_cases}", ""]
            opened = True
        deeper = bool(over_cases) and _inside_case(report, each)
        lines += [f"{'#' * (depth + 1 + deeper)} {_label(report, each, label)}", ""]
        lines += _body(each, "- ")
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
    for depth, each in report.walk():
        if depth == 1:
            lines += [each.heading, "-" * len(each.heading), ""]
        else:
            lines += [f"### {each.heading}", ""]
        lines += _body(each, "* ")
    return "\n".join(lines)


def bold(report: MadeUp) -> str:
    """Write Markdown with front matter and lines in bold for headings."""
    lines = ["---", f"title: {report.title}", "publisher: Nobody in Particular", "date: 2022-05-01", "---", ""]
    for _, each in report.walk():
        lines += [f"**{_label(report, each, 'Case study {n}: {name}')}**", "", *_body(each, "- ")]
    return "\n".join(lines)


def tight(report: MadeUp, width: int = 0) -> str:
    """Write plain text whose headings stand right over their text, with blank lines between the parts."""
    lines = [report.title, ""]
    for _, each in report.walk():
        lines += [each.heading, *_body(each, "- ", width)]
        if not each.paragraphs:
            lines.append("")
    return "\n".join(lines)


def plain(report: MadeUp, label: str = "{name}", caps: bool = False, width: int = 0, contents: str = "") -> str:
    """Write plain text with blank lines; headings in capitals, lines wrapped and a contents list as asked."""
    lines = [report.title.upper() if caps else report.title, ""]
    if contents:
        lines += ["Contents", ""]
        lines += _contents(report, contents)
        lines += ["", ""]
    for _, each in report.walk():
        heading = _label(report, each, label)
        lines += [heading.upper() if caps else heading, "", *_body(each, "- ", width)]
    return "\n".join(lines)


def _contents(report: MadeUp, kind: str) -> list[str]:
    lines, opened = [], False
    for depth, each in report.walk():
        if depth > 1:
            continue
        if each.case and not opened and kind == "under":
            lines.append(f"Case studies {'.' * 40} 6")
            opened = True
        page = 4 + 2 * len(lines)
        if kind == "bare":
            lines.append(f"- {each.heading}")
            continue
        if kind == "spaced":
            lines.append(f"{each.heading} {'. ' * 20}{page}")
            continue
        label = f"{report.cases().index(each.heading) + 1} " if each.case and kind == "numbered" else ""
        lines.append(f"{label}{each.heading} {'.' * 40} {page}")
    return lines


def saved_page(report: MadeUp) -> str:
    """Write a web page saved as text: every heading, paragraph and item a line, and no line blank."""
    lines = [report.title]
    for _, each in report.walk():
        lines += [each.heading, *each.paragraphs, *(f"• {item}" for item in each.items)]
    return "\n".join(lines)


def numbered(report: MadeUp, stop: str = "") -> str:
    """Write plain text whose headings carry numbers: 1, 1.1 and so on, with ``stop`` behind those of one figure."""
    lines = [report.title, ""]
    counts: list[int] = []
    for depth, each in report.walk():
        counts = [*counts[:depth], *([0] * (depth - len(counts)))]
        counts[depth - 1] += 1
        lines += [f"{'.'.join(map(str, counts))}{stop * (depth == 1)} {each.heading}", "", *_body(each, "• ")]
    return "\n".join(lines)


def pages(report: MadeUp, rows: int = 44, width: int = 84) -> str:
    """Write what pdftotext gives: wrapped lines on pages with a running header, a page number and a form feed."""
    rows_of: list[str] = [report.title, ""]
    for _, each in report.walk():
        rows_of += [*textwrap.wrap(each.heading, width), ""]
        for row in _body(each, "• ", width):
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
    Shape("numbered-headings-with-stops", ".txt", lambda r: numbered(r, ".")),
    Shape("label-on-its-own-line", ".txt", lambda r: plain(r, "CASE STUDY {n}\n\n{name}")),
    Shape("markdown-label-on-its-own-line", ".md", lambda r: hashes(r, "Case study {n}\n\n## {name}")),
    Shape("tight", ".txt", tight),
    Shape("tight-wrapped", ".txt", lambda r: tight(r, 76)),
    Shape("contents-without-pages", ".txt", lambda r: plain(r, contents="bare")),
    Shape("contents-with-spaced-dots", ".txt", lambda r: plain(r, contents="spaced")),
    Shape("pages", ".txt", pages),
)

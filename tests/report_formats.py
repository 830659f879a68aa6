"""One made-up report, written out in every format that casebook reads.

``REPORT`` is the neutral form: blocks in order, each with its kind, its level and its text. Whatever the format, the
outline and the passages are the same, but for pages. Nobody described here exists.

The kinds: "title"; "contents", a list of the headings of level 1; "heading" (level 1 for a part or a case study, 2 for
a section of one); "paragraph"; "bullet" and "number", items of lists (level 1 for the outermost; the text of a numbered
one begins with its number); "row" of a table, its cells separated by tabs, the first row of a table being its head;
"pull quote"; and "footnote", which stands at the end of the section and belongs to the paragraph of that section which
ends in its mark, ``MARK``.
"""

from dataclasses import dataclass
from html import escape
from io import BytesIO

import docx
from docx.enum.style import WD_STYLE_TYPE
from hypothesis import strategies as st

from corpus.model import BlockKind
from corpus.readers.flow import Part as FlowPart
from qa.word import Footnotes

MARK = "\u2021"
"""Stands in a text where the footnote's number goes; formats that keep numbers apart show one there, others none."""


@dataclass(frozen=True, slots=True)
class Part:
    """A block of the report."""

    kind: str
    level: int
    text: str


def _parts(*blocks: tuple[str, int, str]) -> tuple[Part, ...]:
    return tuple(Part(*block) for block in blocks)


REPORT = _parts(
    ("title", 0, "Closer to the harbour: two accounts of joint care"),
    ("contents", 0, "Contents"),
    ("heading", 1, "Introduction"),
    (
        "paragraph",
        0,
        "Over eighteen months we followed two places on the same stretch of coast. In each of them, "
        "hospital staff, family doctors, councils and charities had set out to share work that they had "
        "long kept apart. We spoke to forty-one people, sat in on nine meetings and read the papers of "
        "both boards.",
    ),
    (
        "paragraph",
        0,
        "Neither place would call itself a model. Both changed course more than once, and both lost "
        "people whom they had counted on. What they have in common is that somebody wrote down what was "
        f"tried, what it cost and what came of it, so that others need not begin from nothing.{MARK}",
    ),
    (
        "paragraph",
        0,
        "Each account has the same four parts. Readers who are short of time may turn to the lessons first.",
    ),
    ("footnote", 0, "The interviews were held between March 2020 and August 2021, most of them by telephone."),
    ("heading", 1, "Case study 1: Lowmere Health Hub"),
    ("heading", 2, "Background"),
    (
        "paragraph",
        0,
        "Lowmere is a fishing town of 23,400 people with one road in and one road out. Its cottage "
        "hospital closed in 2011, and for some years anyone who needed an X-ray rode the bus for seventy "
        "minutes. The nearest emergency department saw 4,150 Lowmere residents a year, of whom a third "
        "could have been treated at home.",
    ),
    (
        "paragraph",
        0,
        "In 2018 the Lowmere Health Hub opened in the former customs house. It was paid for by the "
        "council, the community trust and a legacy from a trawler owner, and it had no lease for its "
        "first year.",
    ),
    ("heading", 2, "What we did"),
    (
        "paragraph",
        0,
        "The partners began with a rota. Nurses from the trust and carers from two agencies drew up their"
        " weeks on one sheet of paper, pinned to the wall of the old tide room. The hub now offers:",
    ),
    ("bullet", 1, "a walk-in clinic on six days a week, run by"),
    ("bullet", 2, "two nurses who prescribe"),
    ("bullet", 2, "a pharmacist from the high street"),
    ("bullet", 1, "X-rays on Tuesdays and Fridays"),
    ("bullet", 1, "a desk where people ask about benefits, housing and debt"),
    (
        "paragraph",
        0,
        "None of this needed a new organisation. “We signed one page on sharing records, and the rest was"
        " a matter of turning up,” says the practice manager. The page took five months to agree, mostly "
        "because nobody could say who would answer for a mistake.",
    ),
    ("pull quote", 0, "“We signed one page on sharing records, and the rest was a matter of turning up”"),
    (
        "paragraph",
        0,
        "A volunteer driver scheme followed in the second year. It carries 140 people a month, and its "
        "cars are lent by the sailing club.",
    ),
    ("heading", 2, "Results"),
    (
        "paragraph",
        0,
        "Visits to the emergency department fell, and the waiting time for a first appointment fell with "
        "them. The table shows the hub's own counts.",
    ),
    ("row", 0, "Measure\tBefore the hub\tIn its third year"),
    ("row", 0, "Emergency visits a year\t4,150\t3,020 visits"),
    ("row", 0, "Days to a first appointment\t19\t6 days"),
    ("row", 0, "People seen at the desk\tnone\t1,275 people"),
    (
        "paragraph",
        0,
        "The board warns against reading too much into these figures. The bus company cut its evening "
        "service in the same winter, and some of those who stayed away from the hospital may simply have "
        "been unable to reach it.",
    ),
    ("heading", 2, "Lessons learned"),
    ("paragraph", 0, "Staff at the hub name three things that they would do again, in this order:"),
    (
        "number",
        1,
        "1. Share a kettle before sharing a budget, since people who eat together find it easier to disagree.",
    ),
    ("number", 1, "2. Put the rota where everyone can see it, including those who clean the building."),
    (
        "paragraph",
        0,
        "The third was learned late, when the first manager left for the city and took every telephone number along:",
    ),
    ("number", 1, "3. Write down who knows whom, and keep the list in the office."),
    ("heading", 1, "Case study 2: Saltby and Fenwick Partnership"),
    ("heading", 2, "Background"),
    (
        "paragraph",
        0,
        "Saltby and Fenwick face each other across an estuary. They have two councils, two hospital "
        "trusts and, until 2019, two ambulance depots within sight of one another. Children in Fenwick "
        "waited on average 31 weeks for speech therapy, those in Saltby twelve.",
    ),
    (
        "paragraph",
        0,
        "The partnership was founded by the heads of seven primary schools, who had grown tired of "
        "explaining the difference to parents. It holds no money of its own.",
    ),
    ("heading", 2, "What we did"),
    (
        "paragraph",
        0,
        "The two trusts put their therapists into one team with one waiting list. A child is now seen in "
        "whichever town has the next free room, and the ferry company carries families without charge. "
        "Where a parent cannot travel, the therapist does.",
    ),
    (
        "paragraph",
        0,
        "Schools lent their libraries after four o'clock. Teaching assistants were trained to go on with "
        "the exercises between visits, which freed about a fifth of the therapists' time for children "
        "with the greatest need.",
    ),
    ("heading", 2, "Results"),
    (
        "paragraph",
        0,
        "After two years the average wait stood at nine weeks on both sides of the water. Fenwick's "
        "parents were asked twice whether they minded the crossing; eight in ten did not. The cost per "
        "child hardly changed, because what was saved on rooms went into fares and training.",
    ),
    ("heading", 2, "Lessons learned"),
    (
        "paragraph",
        0,
        "The partners differ on what mattered most. The schools point to the single list, the trusts to a"
        " finance officer who worked for both of them and was trusted by neither at first. All agree on "
        "what held them back:",
    ),
    ("bullet", 1, "two systems for records, which still cannot speak to each other"),
    ("bullet", 1, "contracts that were let for a year at a time"),
    ("bullet", 1, "a ferry that does not sail in a north-easterly gale"),
    ("heading", 1, "Conclusion"),
    (
        "paragraph",
        0,
        "Both places started from something that people could see: a rota on a wall, a list of names. "
        "Both found that agreeing on a single page took longer than building a clinic. We would ask "
        "boards elsewhere to allow for that time, and to pay somebody to write the story down while it "
        "happens.",
    ),
)


def headings() -> list[str]:
    """Return the headings that the contents list names."""
    return [part.text for part in REPORT if part.kind == "heading" and part.level == 1]


def plain_text(leader: str = " ......... ") -> str:
    """Return the report as a plain text file: blank lines, no signs for headings, a contents list with pages."""
    lines: list[str] = []
    for above, part in zip((None, *REPORT), REPORT, strict=False):
        if part.kind == "contents":
            lines += ["", part.text, "", *(f"{heading}{leader}{3 + 4 * n}" for n, heading in enumerate(headings())), ""]
        else:
            lines += _flow(above, part, {"row": "| {} |"})
    return _unmarked(lines)


def markdown() -> str:
    """Return the report as Markdown, with a contents list of links."""
    signs = {"title": "# {}", "pull quote": "> {}", "row": "| {} |"}
    lines: list[str] = []
    for above, part in zip((None, *REPORT), REPORT, strict=False):
        if part.kind == "contents":
            lines += ["", f"## {part.text}", "", *(f"- [{heading}](#part-{n})" for n, heading in enumerate(headings()))]
        elif part.kind == "heading":
            lines += ["", f"{'#' * (part.level + 1)} {part.text}"]
        else:
            lines += _flow(above, part, signs)
            if part.kind == "row" and above and above.kind != "row":
                lines.append("|" + " --- |" * (part.text.count("\t") + 1))
    return _unmarked(lines)


def _flow(above: Part | None, part: Part, signs: dict[str, str]) -> list[str]:
    """Return the lines of a part: items and rows right below one another, all else with a blank line above."""
    indent = "  " * (part.level - 1)
    patterns = {"bullet": f"{indent}- {{}}", "number": f"{indent}{{}}", "footnote": "[^1]: {}"} | signs
    line = patterns.get(part.kind, "{}").format(part.text.replace("\t", " | "))
    together = above is not None and {above.kind, part.kind} <= {"bullet", "number", "row"}
    return [line] if together else ["", line]


def _unmarked(lines: list[str]) -> str:
    return "\n".join(lines).strip().replace(MARK, "") + "\n"


def docx_file() -> bytes:
    """Return the report as a Word file with the styles that Word itself has, a table and a real footnote."""
    document = docx.Document()
    contents_style = document.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH)
    notes = Footnotes(document)
    texts = [part.text for part in REPORT if part.kind == "footnote"]
    table = None
    for part in REPORT:
        if part.kind == "contents":
            document.add_paragraph(part.text, "TOC Heading")
            for n, heading in enumerate(headings()):
                document.add_paragraph(f"{heading}\t{3 + 4 * n}", contents_style)
        elif part.kind in ("title", "heading"):
            document.add_heading(part.text, part.level)
        elif part.kind == "row":
            cells = part.text.split("\t")
            table = table or document.add_table(0, len(cells))
            for cell, text in zip(table.add_row().cells, cells, strict=True):
                cell.text = text
        elif part.kind != "footnote":
            style = {"bullet": "List Bullet", "number": "List Number", "pull quote": "Intense Quote"}.get(part.kind)
            text = part.text.partition(". ")[2] if part.kind == "number" else part.text
            depth = f" {part.level}" if part.level > 1 else ""
            paragraph = document.add_paragraph(text.replace(MARK, ""), style and style + depth)
            if MARK in text:
                notes.add(paragraph, texts.pop(0))
    notes.close()
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def web_page() -> bytes:
    """Return the report as a web page between menus, a banner and a footer, with its footnote at the end."""
    tags = {"title": "h1", "paragraph": "p", "bullet": "li", "number": "li", "pull quote": "blockquote", "row": "tr"}
    lists = {"bullet": "ul", "number": "ol", "row": "table"}
    lines: list[str] = []
    open_lists: list[str] = []
    notes: list[str] = []
    for part in REPORT:
        depth = max(part.level, 1) if part.kind in lists else 0
        while len(open_lists) > depth or (depth and open_lists and open_lists[-1] != lists[part.kind]):
            lines.append(f"</{open_lists.pop()}>")
        while len(open_lists) < depth:
            open_lists.append(lists[part.kind])
            first = part.text.partition(".")[0] if part.kind == "number" else "1"
            lines.append(f'<ol start="{first}">' if part.kind == "number" else f"<{open_lists[-1]}>")
        text = escape(part.text.partition(". ")[2] if part.kind == "number" else part.text)
        tag = f"h{part.level + 1}" if part.kind == "heading" else tags.get(part.kind, "")
        if part.kind == "contents":
            links = "".join(f'<li><a href="#part-{n}">{escape(each)}</a></li>' for n, each in enumerate(headings()))
            lines.append(f"<h2>{text}</h2><ul>{links}</ul>")
        elif part.kind == "footnote":
            notes.append(f'<li id="note-{len(notes) + 1}">{text} <a href="#call-{len(notes) + 1}">\u21a9</a></li>')
        elif part.kind == "row":
            lines.append(f"<tr>{''.join(f'<td>{cell}</td>' for cell in text.split(chr(9)))}</tr>")
        else:
            call = f'<sup><a id="call-{len(notes) + 1}" href="#note-{len(notes) + 1}">{len(notes) + 1}</a></sup>'
            lines.append(f"<{tag}>{text.replace(MARK, call)}</{tag}>")
    lines += [f"</{each}>" for each in reversed(open_lists)]
    return _PAGE.format(main="\n".join(lines), notes="\n".join(notes)).encode()


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Closer to the harbour | Coast Forum</title>
<script>document.write("<p>This sentence was written by a script.</p>");</script><style>p {{ margin: 0 }}</style></head>
<body><div class="cookie-banner"><p>This page would like to keep cookies on your device.</p></div>
<header><p>Coast Forum</p><nav><a href="/">Home</a> <a href="/reports">Reports</a></nav></header>
<main>
{main}
<h2>Notes</h2><ol>
{notes}
</ol></main>
<aside><h2>Related reports</h2><p>Three more reports on ports and harbours can be had here.</p></aside>
<footer><p>The Coast Forum is a charity that does not exist.</p></footer></body></html>
"""


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=12)
LINE = st.builds(lambda a, b, c: f"{a} w{b}w {c}".strip(), WORDS, WORDS, WORDS)
NOTED = st.lists(LINE.map("Note {}".format), max_size=2).map(tuple)
PARTS = st.lists(
    st.one_of(
        st.builds(FlowPart, LINE, st.just(BlockKind.HEADING), st.integers(2, 6)),
        st.builds(FlowPart, LINE, notes=NOTED),
        st.builds(FlowPart, LINE.map("- {}".format), st.just(BlockKind.LIST_ITEM), st.integers(1, 3)),
        st.builds(FlowPart, st.tuples(LINE, LINE).map("| {0[0]} | {0[1]} |".format), st.just(BlockKind.TABLE)),
    ),
    min_size=1,
    max_size=12,
)
"""Blocks of any kind with any characters, as Word files and web pages alike may hold them."""

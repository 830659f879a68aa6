"""Word files: what their styles, lists, notes and changes say, and files that are none."""

import zipfile
from io import BytesIO

import docx
import pytest
from hypothesis import given, settings
from report_formats import PARTS

from corpus.errors import ReportError
from corpus.model import BlockKind
from corpus.readers import Reading
from corpus.readers import docx_parts as parts_of_file
from corpus.readers.docx import read
from corpus.readers.flow import Part, titled, write
from corpus.report import parse
from qa.word import Footnotes

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
HEADING, ITEM, TABLE, NOTE = BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.TABLE, BlockKind.FOOTNOTE


def relation(kind: str, target: str, office: str = OFFICE, rest: str = "") -> str:
    return f'<Relationship Id="r{target}" Type="{office}/{kind}" Target="{target}" {rest}/>'


def word_file(body: str, office: str = OFFICE, w: str = W, **parts: str) -> bytes:
    """Return a Word file with the XML ``body``; ``parts`` are the inner XML of styles, numbering and so on."""
    names = " ".join(
        f'xmlns:{prefix}="{uri}"'
        for prefix, uri in {
            "w": w,
            "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
            "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
            "v": "urn:schemas-microsoft-com:vml",
        }.items()
    )
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", RELATIONS.format(relation("officeDocument", "word/document.xml", office)))
        archive.writestr("word/document.xml", f"<w:document {names}><w:body>{body}</w:body></w:document>")
        related = [relation(kind, f"{kind}.xml", office) for kind in parts]
        dangling = relation("image", "NULL", office) + relation(
            "image", "http://example.invalid/x.png", office, 'TargetMode="External"'
        )
        archive.writestr("word/_rels/document.xml.rels", RELATIONS.format("".join(related) + dangling))
        for kind, inner in parts.items():
            archive.writestr(f"word/{kind}.xml", f"<w:{kind} {names}>{inner}</w:{kind}>")
    return file.getvalue()


def p(text: str, style: str = "", properties: str = "") -> str:
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{named}{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def told(reading: Reading) -> list[tuple[str, BlockKind | None, int]]:
    """Return each block of a reading with what marks say of it."""
    found = []
    for block in reading.text.split("\n\n"):
        at = reading.text.index(block)
        on = [m for m in reading.marks if at <= m.span.start < at + len(block)]
        found += [(reading.text[m.span.start : m.span.end], m.kind, m.level) for m in on] or [(block, None, 0)]
    return found


STYLES = """
<w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="T2"><w:name w:val="Überschrift 2"/></w:style>
<w:style w:styleId="Kapitel"><w:name w:val="Chapter"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:styleId="Own"><w:name w:val="House style"/><w:pPr><w:outlineLvl w:val="2"/></w:pPr></w:style>
<w:style w:styleId="Flat"><w:name w:val="Flat"/><w:basedOn w:val="Own"/>
<w:pPr><w:outlineLvl w:val="9"/></w:pPr></w:style>
<w:style w:styleId="Circle"><w:name w:val="Circle"/><w:basedOn w:val="Circle"/></w:style>
<w:style w:styleId="TOC1"><w:name w:val="toc 1"/><w:basedOn w:val="berschrift1"/></w:style>
<w:style w:styleId="Strong"><w:name w:val="Strong"/><w:rPr><w:b/></w:rPr></w:style>
<w:style w:styleId="Fat"><w:name w:val="Fat"/><w:rPr><w:b w:val="1"/></w:rPr></w:style>
"""


@pytest.mark.parametrize(
    ("style", "properties", "level"),
    [
        pytest.param("berschrift1", "", 2, id="built-in-under-another-id"),
        pytest.param("T2", "", 3, id="localised-name"),
        pytest.param("Kapitel", "", 2, id="based-on-a-heading"),
        pytest.param("Own", "", 4, id="outline-level-of-the-style"),
        pytest.param("Flat", "", None, id="outline-level-taken-back"),
        pytest.param("", '<w:outlineLvl w:val="0"/>', 2, id="outline-level-of-the-paragraph"),
        pytest.param("Own", '<w:outlineLvl w:val="9"/>', None, id="body-text-by-the-paragraph"),
        pytest.param("Circle", "", None, id="style-based-on-itself"),
        pytest.param("", f'<w:outlineLvl w:val="{"9" * 5000}"/>', None, id="huge-outline-level"),
        pytest.param("Missing", "", None, id="unknown-style"),
    ],
)
def test_headings_are_told_by_style_name_inheritance_and_outline_level(
    style: str, properties: str, level: int | None
) -> None:
    before = p("First", "berschrift1") + p("Second", "berschrift1")
    last = told(read(word_file(before + p("Words here", style, properties), styles=STYLES), "a.docx"))[-1]
    assert last == ("Words here", HEADING if level else None, level or 0)


def test_a_contents_list_is_furniture_and_keeps_its_pages() -> None:
    line = '<w:p><w:pPr><w:pStyle w:val="TOC1"/></w:pPr><w:r><w:t>Part one</w:t><w:tab/><w:t>3</w:t></w:r></w:p>'
    assert told(read(word_file(line, styles=STYLES), "a.docx")) == [("Part one\t3", BlockKind.FURNITURE, 0)]


@pytest.mark.parametrize(
    ("runs", "kind"),
    [
        pytest.param("<w:r><w:rPr><w:b/></w:rPr><w:t>What we did</w:t></w:r>", HEADING, id="bold"),
        pytest.param('<w:r><w:rPr><w:rStyle w:val="Strong"/></w:rPr><w:t>What we did</w:t></w:r>', HEADING, id="style"),
        pytest.param('<w:r><w:rPr><w:b w:val="0"/></w:rPr><w:t>What we did</w:t></w:r>', None, id="bold-off"),
        pytest.param("<w:r><w:rPr><w:b/></w:rPr><w:t>What</w:t></w:r><w:r><w:t> we did</w:t></w:r>", None, id="part"),
        pytest.param("<w:r><w:rPr><w:b/></w:rPr><w:t>We did it.</w:t></w:r>", None, id="sentence"),
        pytest.param(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{'word ' * 19}</w:t></w:r>", None, id="long"),
    ],
)
def test_a_short_line_in_bold_is_a_heading_of_unknown_depth(runs: str, kind: BlockKind | None) -> None:
    (found,) = told(read(word_file(f"<w:p>{runs}</w:p>", styles=STYLES), "a.docx"))
    assert found[1:] == (kind, 0)


def test_a_single_heading_on_top_is_the_title_and_a_title_style_always_is() -> None:
    tops = p("A title", "berschrift1") + p("Part", "T2")
    assert [m.level for m in read(word_file(tops, styles=STYLES), "a.docx").marks] == [1, 2]
    title = '<w:style w:styleId="Titel"><w:name w:val="Title"/></w:style>'
    reading = read(word_file(p("A title", "Titel") + p("Part", "berschrift1"), styles=STYLES + title), "a.docx")
    assert ([m.level for m in reading.marks], reading.metadata.title) == ([1, 2], "A title")


NUMBERING = """
<w:abstractNum w:abstractNumId="7">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/></w:lvl></w:abstractNum>
<w:abstractNum w:abstractNumId="8"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="8"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="7"/>
<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>
"""


def listed(text: str, number: int, depth: int = 0) -> str:
    return p(text, "", f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def test_lists_bear_the_numbers_that_word_shows() -> None:
    body = [
        listed("one", 1), listed("two", 1), listed("inner", 1, 1), listed("inner again", 1, 1), listed("three", 1),
        listed("anew inside", 1, 1), p("Between."), listed("four", 1), listed("begun anew", 3), listed("on", 3),
        listed("a point", 2), listed("no list", 0), listed("of no kind", 99),
    ]  # fmt: skip
    reading = read(word_file("".join(body), numbering=NUMBERING), "a.docx")
    assert reading.text == (
        "1. one\n2. two\n  a) inner\n  b) inner again\n3. three\n  a) anew inside\n\nBetween.\n\n"
        "4. four\n1. begun anew\n2. on\n- a point\n\nno list\n\n- of no kind"
    )
    assert [m.level for m in reading.marks] == [1, 1, 2, 2, 1, 2, 1, 1, 1, 1, 1]
    assert {m.kind for m in reading.marks} == {ITEM}


def cell(*texts: str) -> str:
    return f"<w:tc>{''.join(map(p, texts))}</w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def test_tables_are_rows_of_text() -> None:
    inner = table(cell("x") + cell("y"))
    body = p("Above.") + table(cell("a", "b") + cell("c"), cell("") + cell(""), f"<w:tc>{inner}</w:tc>" + cell("1 | 2"))
    reading = read(word_file(body), "a.docx")
    assert reading.text == "Above.\n\n| a b | c |\n| | x | y | | 1 | 2 |"
    assert [(m.kind, m.level) for m in reading.marks] == [(TABLE, 0)] * 2


def test_a_table_that_only_lays_out_text_is_text() -> None:
    long = "word " * 100 + "end."
    assert read(word_file(table(cell("One box.", "Two lines."))), "a.docx").text == "One box.\n\nTwo lines."
    assert read(word_file(table(cell(long) + cell("Side."))), "a.docx").text == f"{long}\n\nSide."
    headed = table(f"<w:tc>{p('Part', 'berschrift1')}</w:tc>" + cell("Text."))
    assert told(read(word_file(headed, styles=STYLES), "a.docx")) == [("Part", HEADING, 1), ("Text.", None, 0)]


CALL = (
    '<w:p><w:r><w:t>The count rose</w:t></w:r><w:r><w:{0}Reference w:id="{1}"/></w:r>'
    "<w:r><w:t>, they say.</w:t></w:r></w:p>"
)


def test_notes_stand_at_the_end_of_their_section_and_their_numbers_nowhere() -> None:
    rule = '<w:footnote w:type="separator" w:id="0"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    first = "<w:p><w:r><w:footnoteRef/><w:t> From the minutes.</w:t></w:r></w:p>"
    notes = f'{rule}<w:footnote w:id="5">{first}{p("Again.")}</w:footnote>'
    ends = f'<w:endnote w:id="5">{p("From the books.")}</w:endnote>'
    body = p("One", "berschrift1") + CALL.format("footnote", 5) + p("More.") + CALL.format("endnote", 5)
    body += p("Two", "berschrift1") + p("Rest.") + CALL.format("footnote", 5) + CALL.format("footnote", 77)
    reading = read(word_file(body, styles=STYLES, footnotes=notes, endnotes=ends), "a.docx")
    called = ("The count rose, they say.", None, 0)
    assert told(reading)[:6] == [
        ("One", HEADING, 2), called, ("More.", None, 0), called,
        ("¹ From the minutes. Again.", NOTE, 0), ("² From the books.", NOTE, 0),
    ]  # fmt: skip
    assert [m.kind for m in reading.marks].count(NOTE) == 2
    alone = '<w:p><w:r><w:footnoteReference w:id="5"/></w:r></w:p>' + p("Rest.")
    assert read(word_file(alone, footnotes=notes), "a.docx").text == "Rest.\n\n¹ From the minutes. Again."
    notes_of = [b for b in parse(word_file(body, styles=STYLES, footnotes=notes), "a.docx").blocks if b.kind is NOTE]
    assert [reading.text[b.content.start : b.content.end] for b in notes_of] == ["From the minutes. Again."]


def test_text_boxes_come_once_behind_their_paragraph() -> None:
    box = f"<w:txbxContent>{p('In the box.')}{p('Part', 'berschrift1')}</w:txbxContent>"
    new = f"<mc:Choice><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>"
    old = f"<w:pict><v:textbox>{box}</v:textbox></w:pict>"
    shape = f"<mc:AlternateContent>{new}<mc:Fallback>{old}</mc:Fallback></mc:AlternateContent>"
    body = f"<w:p><w:r><w:t>Around it</w:t></w:r><w:r>{shape}</w:r><w:r><w:t> all.</w:t></w:r></w:p>{p('After.')}"
    assert read(word_file(body, styles=STYLES), "a.docx").text == "Around it all.\n\nIn the box.\n\nPart\n\nAfter."
    assert read(word_file(f"<w:p><w:r>{old}</w:r></w:p>", styles=STYLES), "a.docx").text == "In the box.\n\nPart"


def test_insertions_are_text_and_deletions_are_not() -> None:
    body = (
        "<w:p><w:r><w:t>They met </w:t></w:r><w:del><w:r><w:delText>once</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>twice</w:t></w:r></w:ins><w:moveFrom><w:r><w:t> gone</w:t></w:r></w:moveFrom>"
        "<w:moveTo><w:r><w:t> a week</w:t></w:r></w:moveTo><w:r><w:t>.</w:t></w:r></w:p>"
        f"<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>Two paragraphs </w:t></w:r></w:p>{p('are one.')}"
        f"<w:tbl><w:tr><w:trPr><w:del/></w:trPr>{cell('gone') * 2}</w:tr>"
        f"<w:ins><w:tr>{cell('kept') * 2}</w:tr></w:ins></w:tbl>"
    )
    text = read(word_file(body), "a.docx").text
    assert text == "They met twice a week.\n\nTwo paragraphs are one.\n\n| kept | kept |"


def test_what_a_reader_of_the_file_sees_is_the_text() -> None:
    body = (
        "<w:p><w:hyperlink><w:r><w:t>A link</w:t></w:r></w:hyperlink><w:r><w:t> co\u00adop</w:t><w:softHyphen/>"
        '<w:t>erates</w:t><w:noBreakHyphen/><w:t>well</w:t><w:br/><w:t>below</w:t><w:lastRenderedPageBreak/>'
        '<w:instrText> PAGEREF x </w:instrText></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r>'
        "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>Click</w:t></w:r></w:sdtContent></w:sdt>"
        "<w:sdt><w:sdtContent><w:r><w:t> filled in</w:t></w:r></w:sdtContent></w:sdt></w:p>"
        f"<w:sdt><w:sdtContent>{p('In a control.')}</w:sdtContent></w:sdt><w:p/>{p('  ')}"
        + p("a &lt;b&gt; &amp;amp; &#x200b;\u202ec")
    )  # fmt: skip
    text = read(word_file(body), "a.docx").text
    assert text == "A link cooperates-well\nbelow filled in\n\nIn a control.\n\na <b> &amp; c"


def test_a_strict_file_is_read_and_has_no_pages() -> None:
    data = word_file(p("One", "berschrift1") + p("Text."), STRICT_OFFICE, STRICT_W, styles=STYLES)
    reading = read(data, "a.docx")
    assert (reading.text, reading.page_starts, reading.marks[0].kind) == ("One\n\nText.", (), HEADING)


@pytest.mark.parametrize(
    ("title", "author", "expected"),
    [
        ("  Joint care ", "Amina Holt; Coast Forum", ("Joint care", ("Amina Holt", "Coast Forum"))),
        ("Microsoft Word - draft 3", "python-docx", ("", ())),
        ("report_final.docx", "jholt", ("", ())),
        ("Document1", "Microsoft Office User", ("", ())),
        ("", "COAST\\holt a", ("", ())),
    ],
)
def test_properties_are_taken_where_no_program_made_them_up(
    title: str, author: str, expected: tuple[str, tuple[str, ...]]
) -> None:
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = title, author
    document.add_paragraph("The team met every week.")
    file = BytesIO()
    document.save(file)
    known = read(file.getvalue(), "a.docx").metadata
    assert ((known.title, known.authors), known.published) == (expected, "")


def broken(change: str) -> bytes:
    """Return a Word file that is none any more."""
    data = word_file(p("Text stands here."))
    if change == "cut":
        return data[:-200]
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "word/document.xml":
                if change == "missing":
                    continue
                if change == "entities":
                    content = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/passwd">]>' + content
                if change == "other":
                    content = b"<workbook/>"
                if change == "xml":
                    content = content[:-20]
            new.writestr(name, content)
    data = file.getvalue()
    if change == "bytes":
        at = data.index(b"<w:document")
        return data[:at] + b"x" + data[at + 1 :]
    return data


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        pytest.param(b"PK\x03\x04 nothing", "'a.docx' is no Word file, or a damaged one", id="no-archive"),
        pytest.param(broken("cut"), "'a.docx' is no Word file, or a damaged one", id="cut"),
        pytest.param(broken("missing"), "'a.docx' holds no Word document", id="no-document"),
        pytest.param(broken("other"), "'a.docx' holds no Word document", id="workbook"),
        pytest.param(broken("xml"), "'a.docx' is damaged in its part 'word/document.xml'", id="bad-xml"),
        pytest.param(
            broken("bytes"), "'a.docx' is damaged or encrypted in its part 'word/document.xml'", id="checksum"
        ),
        pytest.param(broken("entities"), "'a.docx' declares a document type, which no Word file may", id="entities"),
    ],
)
def test_what_is_no_word_file_is_one_line_with_a_remedy(data: bytes, problem: str) -> None:
    with pytest.raises(ReportError) as error:
        read(data, "a.docx")
    assert str(error.value) == f"{problem}; open it in a word processor and save it as .docx again"


def test_a_part_that_would_fill_the_memory_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts_of_file, "MAX_PART_BYTES", 100_000)
    with pytest.raises(ReportError, match=r"'a\.docx' has a part of 490,302 bytes, more than the 100,000"):
        read(word_file(p("x") * 10_000), "a.docx")


@settings(max_examples=60)
@given(PARTS)
def test_whatever_a_word_file_holds_is_read_back_as_it_was_written(parts: list[Part]) -> None:
    reading = read(as_word_file(parts), "a.docx")
    assert (reading.text, reading.marks) == write(titled(parts))


def as_word_file(parts: list[Part]) -> bytes:
    document = docx.Document()
    notes = Footnotes(document)
    rows = None
    for part in parts:
        rows = rows if part.kind is TABLE else None
        if part.kind is HEADING:
            document.add_heading(part.text, part.level - 1)
        elif part.kind is ITEM:
            document.add_paragraph(part.text[2:], "List Bullet" + (f" {part.level}" if part.level > 1 else ""))
        elif part.kind is TABLE:
            rows = rows or document.add_table(0, 2)
            for cell_of, text in zip(rows.add_row().cells, part.text[2:-2].split(" | ", 1), strict=True):
                cell_of.text = text
        else:
            paragraph = document.add_paragraph(part.text)
            for note in part.notes:
                notes.add(paragraph, note)
    notes.close()
    file = BytesIO()
    document.save(file)
    return file.getvalue()

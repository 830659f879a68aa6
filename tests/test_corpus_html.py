"""Web pages: their main text and its structure, what surrounds it, their encodings, and what they say of themselves."""

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_formats import PARTS

from corpus.errors import ReportError
from corpus.model import BlockKind, Metadata
from corpus.readers import Reading
from corpus.readers.flow import Part, titled, write
from corpus.readers.html import read, read_archive
from corpus.report import parse

HEADING, ITEM, TABLE, NOTE = BlockKind.HEADING, BlockKind.LIST_ITEM, BlockKind.TABLE, BlockKind.FOOTNOTE


def page(body: str, head: str = "") -> Reading:
    return read(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(), "a.html")


def test_what_is_no_text_of_the_page_is_left_out() -> None:
    body = (
        "<script>document.write('<p>written</p>')</script><style>p { color: red }</style><noscript>Off.</noscript>"
        "<nav>Home</nav><header>Site</header><div class='breadcrumb'>You</div><div id='cookie-banner'>Accept?</div>"
        "<p>The team met <span style='display: none'>never</span>every<span hidden> other</span> week.</p>"
        "<p aria-hidden='true'>Unseen.</p><form><p>Still a sentence.</p><input value='x'><select><option>y</select>"
        "</form>"
        "<!-- a note --><svg><text>drawn</text></svg><div role='dialog'>Sign up!</div><aside>More</aside>"
        "<p>It had a kettle.</p><template><p>later</p></template><footer>Charity</footer>"
    )
    assert page(body).text == "The team met every week.\n\nStill a sentence.\n\nIt had a kettle."


def test_text_that_looks_like_markup_stays_text() -> None:
    body = "<p>a &lt;script&gt;alert(1)&lt;/script&gt; b < 3 &amp;amp; &copy;&#8217;&unknown; <b>c</b>d</p>"
    assert page(body).text == "a <script>alert(1)</script> b < 3 &amp; ©’&unknown; cd"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param("<p>Around.</p><main><p>Three words here.</p></main>", "Three words here.", id="main"),
        pytest.param("<p>Side.</p><div role=main><p>Three words here.</p></div>", "Three words here.", id="role"),
        pytest.param("<p>Side.</p><article><p>Three words here.</p></article>", "Three words here.", id="article"),
        pytest.param("<p>Nearly everything.</p><main>One.</main>", "Nearly everything.\n\nOne.", id="main-too-small"),
        pytest.param("<article>One.</article><article>Two.</article>", "One.\n\nTwo.", id="articles"),
        pytest.param("<p>Side.</p><main><header><h2>Head</h2></header><aside>Box.</aside>A b c.<footer>F</footer>",
                     "Head\n\nBox.\n\nA b c.", id="inside-main"),
        pytest.param("<div class='main-menu'><p>It holds it all, whatever its class.</p></div>",
                     "It holds it all, whatever its class.", id="class-that-lies"),
        pytest.param("<div id='social-care'>Care.</div><p>Of the others there are more words here.</p>",
                     "Care.\n\nOf the others there are more words here.", id="social-care"),
        pytest.param("<body class='has-sidebar'><div class='nav'>Home</div><p>Words of the page itself.</p>",
                     "Words of the page itself.", id="class-of-body"),
        pytest.param("<header><h1>The title</h1></header><p>Words.</p>", "The title\n\nWords.", id="header-with-title"),
    ],
)  # fmt: skip
def test_the_main_part_is_told_from_what_surrounds_it(body: str, text: str) -> None:
    assert page(body).text == text


def marked(reading: Reading) -> list[tuple[str, BlockKind, int]]:
    return [(reading.text[m.span.start : m.span.end], m.kind, m.level) for m in reading.marks]


def test_headings_keep_their_depth_and_a_single_one_on_top_is_the_title() -> None:
    one = page(
        "<h1>T</h1><h2><a>One</a><a href='#one'>¶</a></h2><p>x</p><h3><button>Two</button></h3><button>Print</button>"
    )
    assert marked(one) == [("T", HEADING, 1), ("One", HEADING, 2), ("Two", HEADING, 3)]
    assert (one.text, one.metadata.title) == ("T\n\nOne\n\nx\n\nTwo", "T")
    several = page("<h1>One</h1><p>x</p><h1>Two</h1><div role=heading aria-level=2>In<br>two</div>")
    assert marked(several) == [("One", HEADING, 2), ("Two", HEADING, 2), ("In two", HEADING, 3)]
    assert several.metadata.title == ""


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        pytest.param("<p><strong>What we did</strong></p>", [HEADING], id="bold"),
        pytest.param("<p><b>What</b> <strong>we did</strong></p>", [HEADING], id="twice-bold"),
        pytest.param("<p><strong>What</strong> we did</p>", [], id="part"),
        pytest.param("<p><strong>We did it all.</strong></p>", [], id="sentence"),
        pytest.param("<details><summary>What we did</summary><p>All of it.</p></details>", [HEADING], id="summary"),
    ],
)
def test_a_short_line_in_bold_is_a_heading_of_unknown_depth(body: str, kinds: list[BlockKind]) -> None:
    assert [(m.kind, m.level) for m in page(body).marks] == [(kind, 0) for kind in kinds]


def test_lists_keep_their_depth_and_their_numbers() -> None:
    body = (
        "<ul><li>one<ul><li><p>inner</p><p>and more</p></li></ul>tail</li><li>two</li></ul><p>Between.</p>"
        "<ol start=3><li>three</li><li value=7>seven</li><li>eight</li></ol><p>And</p><ol type=a><li>first</li></ol>"
        "<li value=99999999999>stray</li><ul><li><h4>Card</h4>text</li><li></li></ul>"
    )
    reading = page(body)
    assert reading.text == (
        "- one\n  - inner\n\nand more\n\ntail\n\n- two\n\nBetween.\n\n3. three\n7. seven\n8. eight\n\nAnd\n\n"
        "a) first\n- stray\n\nCard\n\ntext"
    )
    assert [level for _, kind, level in marked(reading) if kind is ITEM] == [1, 2, 1, 1, 1, 1, 1, 1]


def test_tables_are_rows_and_tables_that_lay_out_text_are_text() -> None:
    body = "<table><caption>Visits</caption><thead><tr><th>a<th>b</thead><tr><td>1<br>2<td><p>3</p><p>4</p></table>"
    assert page(body).text == "Visits\n\n| a | b |\n| 1 2 | 3 4 |"
    nested = "<table><tr><td><h2>Part</h2>Text.<table><tr><td>x<td>y</table></td><td>Side.</table>"
    assert page(nested).text == "Part\n\nText.\n\n| x | y |\n\nSide."


@given(
    st.lists(st.sampled_from("<table> <tr> <td> <th> </td> </tr> </table> x <p> </p> <ul> <li> </ul> </li>".split()))
)
def test_tables_and_lists_out_of_order_lose_no_word(tags: list[str]) -> None:
    assert page(" ".join(tags)).text.count("x") == tags.count("x")


def test_quotations_definitions_lines_and_raised_figures_are_kept() -> None:
    body = (
        "<blockquote><p>“We met.”</p></blockquote><dl><dt>Hub<dd>A place.</dl><p>one<br>two <q>three</q></p>"
        "<pre>a  b\n c</pre><p>5 m<sup>2</sup> of the 21<sup>st</sup> century<sup>4</sup>, co&shy;op&#8203;erative</p>"
    )
    assert page(body).text == (
        "“We met.”\n\nHub\n\nA place.\n\none\ntwo “three”\n\na b\nc\n\n5 m² of the 21st century⁴, cooperative"
    )


NOTES = {
    "raised": ('<sup><a id="r1" href="#n1">1</a></sup>', '<ol><li id="n1">From the minutes. <a href="#r1">↩</a></ol>'),
    "brackets": ('<a href="#n1">[1]</a>', '<p id="n1">[1] From the minutes.</p>'),
    "outer-brackets": ('<span>[<a class="noteref" href="#n1">1</a>]</span>', '<p id="n1">1. From the minutes.</p>'),
    "office": (
        '<a class="sdfootnoteanc" name="r1" href="#n1"><sup>1</sup></a>',
        '<div id="x"><p><a class="sdfootnotesym" name="n1" href="#r1">1</a> From the minutes.</p></div>',
    ),
    "word": (
        '<a href="#_ftn1" name="_ftnref1"><span><span>[1]</span></span></a>',
        '<div id="ftn1"><p><a href="#_ftnref1" name="_ftn1"><span>[1]</span></a> From the minutes.</p></div>',
    ),
    "absolute": (
        '<sup><a href="https://e.org/r#n%201">1</a></sup>',
        '<aside id="n 1">1 From the minutes. <a href="https://e.org/r#r1">Back to text</a></aside>',
    ),
    "asterisk": ('<sup><a href="#n1">*</a></sup>', '<p><a id="n1"></a>* From the minutes.</p>'),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTES)
def test_footnotes_stand_at_the_end_of_their_section_and_their_numbers_nowhere(name: str) -> None:
    call, note = NOTES[name]
    reading = page(f"<h2>One</h2><p>It rose{call}, they say.</p><p>More.</p><h2>Two</h2><p>Rest.</p>{note}")
    assert reading.text == "One\n\nIt rose, they say.\n\nMore.\n\n¹ From the minutes.\n\nTwo\n\nRest."
    assert ("¹ From the minutes.", NOTE, 0) in marked(reading)


def test_links_that_call_for_no_footnote_stay_text() -> None:
    body = '<p>See <a href="#b">part 2</a> and <a href="#b">3</a><sup><a href="#gone">9</a></sup>.</p><p id=b>Part.</p>'
    assert page(body).text == "See part 2 and 3⁹.\n\nPart."
    twice = '<p>a<sup><a href="#n">1</a></sup> b<sup><a href="#n">1</a>, <a href="#m">2</a></sup>.</p>'
    ends = "<p id=n>Of a.</p><p id=m>Of b.</p>"
    assert page(twice + ends).text == "a b.\n\n¹ Of a.\n\n² Of b."
    alone = "<p>a.</p><p><sup><a href='#n'>1</a></sup></p><p id=n>Of a.</p><p id=long>x</p>"
    assert page(alone).text == "a.\n\nx\n\n¹ Of a."
    nested = "<p>a<sup><a href='#{}'>1</a><a href='#{}'>2</a></sup></p><div id=out>Out<div id=in>In</div></div>"
    assert page(nested.format("out", "in")).text == "a²\n\n¹ OutIn"
    assert page(nested.format("in", "out")).text == "a²\n\nOut\n\n¹ In"
    chapter = "<p>a<sup><a href='#n'>1</a></sup></p><div id=n><h3>One</h3>Text.</div>"
    assert page(chapter).text == "a¹\n\nOne\n\nText."


WESTERN = "<p>The café’s “hub”.</p>"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(WESTERN.encode(), id="utf-8"),
        pytest.param(WESTERN.encode("utf-8-sig"), id="utf-8-mark"),
        pytest.param(WESTERN.encode("utf-16"), id="utf-16-mark"),
        pytest.param(WESTERN.encode("windows-1252"), id="undeclared-western"),
        pytest.param(b"<meta charset='iso-8859-1'>" + WESTERN.encode("windows-1252"), id="latin-1-as-browsers-do"),
        pytest.param(b"<?xml version='1.0' encoding='windows-1252'?>" + WESTERN.encode("windows-1252"), id="xml"),
        pytest.param(
            b'<meta http-equiv="Content-Type" content="text/html; charset=mac-roman">' + WESTERN.encode("mac-roman"),
            id="http-equiv",
        ),
        pytest.param(b"<meta charset=utf-16>" + WESTERN.encode() + b" ", id="utf-16-declared"),
        pytest.param(b"<meta charset=undefined>" + WESTERN.encode(), id="codec-that-decodes-nothing"),
        pytest.param(b"<meta charset=klingon>" + WESTERN.encode(), id="unknown-declared"),
        pytest.param(b"<meta charset=shift_jis>" + WESTERN.encode(), id="wrongly-declared"),
    ],
)
def test_every_usual_encoding_is_read(data: bytes) -> None:
    assert read(data, "a.html").text == "The café’s “hub”."


SAID = """<title>Joint care | Coast Forum</title><meta property="og:site_name" content="Coast Forum">
<meta property="og:title" content="Joint care online">
<meta property="article:published_time" content="2021-06-14T09:00:00Z">
<link rel="canonical" href="https://coast.example.org/joint-care"><meta name="author" content="Amina Holt; admin">
<meta name="dcterms.rights" content="© Coast Forum 2021">"""
LINKED = """<script type="application/ld+json">{"@graph": [{"@type": "WebSite", "name": "x"}, {"@type": ["Report"],
"headline": "Joint care", "datePublished": "2021-06", "publisher": {"name": "Coast Forum"},
"author": [{"name": "Amina Holt"}, "https://e.org/p", {"name": "Bo Lund"}]}]}</script>"""
LIBRARY = """<meta name="DC.title" content="Joint care"><meta name="citation_publication_date" content="2021/6/3">
<meta name="citation_author" content="Holt, Amina"><meta name="citation_author" content="Lund, Bo">
<meta name="citation_publisher" content="Coast Press"><meta name="citation_series_title" content="Ports">
<meta property="og:url" content="javascript:alert(1)"><meta name="author" content="webmaster@example.org">"""


@pytest.mark.parametrize(
    ("head", "known"),
    [
        pytest.param(SAID, Metadata("Joint care online", "Coast Forum", "2021-06-14", "https://coast.example.org/joint-care",
                                    "© Coast Forum 2021", "", ("Amina Holt",)), id="open-graph"),
        pytest.param(LINKED, Metadata("Joint care", "Coast Forum", "2021-06", authors=("Amina Holt", "Bo Lund")),
                     id="json-ld"),
        pytest.param(LIBRARY, Metadata("Joint care", "Coast Press", "2021-06-03", series="Ports",
                                       authors=("Holt, Amina", "Lund, Bo")), id="highwire-and-dublin-core"),
        pytest.param("<title>Untitled document.docx</title>", Metadata(), id="junk"),
        pytest.param("<title>Joint care | Coast Forum</title><meta property=og:site_name content='Coast Forum'>",
                     Metadata("Joint care", "Coast Forum"), id="site-behind-the-title"),
        pytest.param('<script type="application/ld+json">{"a": [[[</script>', Metadata(), id="broken-json"),
        pytest.param("<meta name=dc.date content='14/06/2021'><link rel=canonical href='file:///x'>", Metadata(),
                     id="doubtful"),
    ],
)  # fmt: skip
def test_a_page_says_who_published_it_where_and_when(head: str, known: Metadata) -> None:
    assert page("<p>The team met.</p>", head).metadata == known


def test_the_heading_of_the_page_goes_before_what_is_said_to_networks() -> None:
    assert page("<h1>Joint care: a report</h1><p>The team met.</p>", SAID).metadata.title == "Joint care: a report"
    assert page("<h1>Joint care: a report</h1><p>The team met.</p>", LIBRARY).metadata.title == "Joint care"


def test_a_page_saved_by_a_browser_knows_its_address() -> None:
    data = b"<!doctype html><!-- saved from url=(0024)https://e.org/joint-care --><p>The team met.</p>"
    assert read(data, "a.html").metadata.url == "https://e.org/joint-care"
    archive = (
        b"From: <Saved by Blink>\r\nSnapshot-Content-Location: https://e.org/joint-care\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        b"<p>The caf=C3=A9 opened=\r\n at noon.</p>\r\n--b\r\nContent-Type: image/png\r\n\r\nxx\r\n--b--\r\n"
    )
    reading = read_archive(archive, "a.mhtml")
    assert (reading.text, reading.metadata.url) == ("The café opened at noon.", "https://e.org/joint-care")
    assert parse(archive, "a.mhtml").passages[0].text == "The café opened at noon."


def test_what_is_no_page_is_one_line_with_a_remedy() -> None:
    with pytest.raises(ReportError, match=r"\A'a\.html' is nested deeper than casebook reads; save the page as plain"):
        read(b"<div>" * 5000 + b"<p>Deep.</p>", "a.html")
    for empty in (b"<script>1</script>", b"<!-- nothing -->", b"<html></html>", b"\x00"):
        with pytest.raises(ReportError, match=r"\A'a\.html' holds no sentence to cite; give a file with the report's"):
            parse(empty, "a.html")
    with pytest.raises(ReportError, match=r"\A'a\.mht' holds no saved web page; save the page again, as HTML\Z"):
        read_archive(b"Subject: x\r\n\r\nplain text", "a.mht")


@settings(max_examples=200)
@given(PARTS)
def test_whatever_a_web_page_holds_is_read_back_as_it_was_written(parts: list[Part]) -> None:
    reading = page(as_html(parts))
    assert (reading.text, reading.marks) == write(titled(parts))


def as_html(parts: list[Part]) -> str:
    html, ends, depth, above = "", "", 0, None
    for part in parts:
        wanted = part.level if part.kind is ITEM else 0
        html += "</table>" if above is TABLE is not part.kind else ""
        html += "</ul>" * max(0, depth - wanted) + "<ul>" * max(0, wanted - depth)
        html += "<table>" if part.kind is TABLE is not above else ""
        depth, above = wanted, part.kind
        text = escape(part.text)
        if part.kind is HEADING:
            html += f"<h{part.level - 1}>{text}</h{part.level - 1}>"
        elif part.kind is ITEM:
            html += f"<li>{text[2:]}</li>"
        elif part.kind is TABLE:
            html += f"<tr><td>{'</td><td>'.join(text[2:-2].split(' | ', 1))}</td></tr>"
        else:
            calls = ""
            for note in part.notes:
                number = ends.count("<li ") + 1
                calls += f'<sup><a href="#n{number}">{number}</a></sup>'
                ends += f'<li id="n{number}">{escape(note)}</li>'
            html += f"<p>{text}{calls}</p>"
    return html + "</table>" * (above is TABLE) + "</ul>" * depth + f"<ol>{ends}</ol>"


@pytest.mark.parametrize("after", ["", "<p>Not of the main part.</p>"], ids=["no body", "body begun late"])
def test_a_page_whose_main_part_stands_before_its_body_is_read(after: str) -> None:
    page = f"<!doctype html><title>Towns</title><main><h1>Towns</h1><p>Shared rotas helped most.</p></main>{after}"
    assert read(page.encode(), "towns.html").text.split() == "Towns Shared rotas helped most.".split()

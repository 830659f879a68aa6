"""`casebook check`: quotations and citations of a draft found, and each given the verdict it deserves."""

import io
import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from small_library import made_up_reports, write_reports

import app
from corpus.model import Report, Span
from corpus.report import parse
from qa.checking.check import Attribution, Check, Checker, Verdict, check_text, to_json, verify
from qa.checking.drafts import DraftError, read_draft, read_markdown, read_text
from qa.checking.printed import check_lines
from qa.checking.quotations import scan

OPEN = "Mutual aid between the hospitals kept theatres open."
RENT = "The partners could not agree who pays for transport, so volunteers drove patients home."


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    return made_up_reports()


def told(text: str, reports: list[Report]) -> list[tuple[str, str, str]]:
    """Return text, verdict and attribution of the quotations in a draft."""
    return [(c.quotation.text, c.verdict.value, c.attribution.value) for c in check_text(text, reports)]


def one(text: str, reports: list[Report]) -> Check:
    (check,) = check_text(text, reports)
    return check


def test_a_quotation_is_found_with_report_case_study_section_and_span(reports: list[Report]) -> None:
    check = one(f"They say:\n“{RENT}” So it goes.", reports)
    assert (check.verdict, check.attribution, check.verified) == (Verdict.FOUND, Attribution.NONE, True)
    (place,) = check.places
    assert check.quotation.number == 2
    assert reports[0].text[place.span.start : place.span.end].split() == RENT.rstrip(".").split()
    assert (place.citation.report_id, place.citation.case_study, place.citation.section) == (
        "north", "Valley Partnership", "Challenges",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("draft", "attribution"),
    [
        ("“{q}” (Working together in the north, p. 3)", "as cited"),
        ("“{q}”[^1]\n\n[^1]: Valley Partnership case study, 2020.", "as cited"),
        ("“{q}”,¹ they say.\n\n¹ Working together in the north.", "as cited"),
        ("“{q}” [1].\n\n[1] Working together in the north.", "as cited"),
        ("According to the Valley case study, “{q}”", "as cited"),
        ("> {q}\n>\n> — Working together in the north", "as cited"),
        ("> {q}\n\n(Valley Partnership, 2020)", "as cited"),
        ("“{q}” (Smith, 2019)", "citation not recognised"),
        ("“{q}”[^9]", "citation not recognised"),
        ("“{q}” (as everybody knows)", "no citation"),
        ("“{q}” And more. Next (Smith, 2019).", "no citation"),
    ],
)
def test_what_stands_beside_a_quotation_is_its_citation(reports: list[Report], draft: str, attribution: str) -> None:
    check = one(draft.format(q=RENT), reports)
    assert (check.verdict.value, check.attribution.value) == ("found", attribution)
    assert check.verified == (attribution != "citation not recognised")


def test_words_that_stand_elsewhere_than_cited_are_misattributed(reports: list[Report]) -> None:
    for citation in ("Lessons from the south", "Harbour Alliance, 2020", "Downland Trust case study"):
        check = one(f"“{RENT}” ({citation})", reports)
        assert (check.verdict, check.verified) == (Verdict.MISATTRIBUTED, False)
        assert [place.citation.case_study for place in check.places] == ["Valley Partnership"]


def test_publisher_year_and_address_name_a_report() -> None:
    head = "---\ntitle: Care by the sea\npublisher: Coastal Research Network\ndate: 2021-05\nurl: https://c.example/a%20b\n---\n"
    body = "# Care by the sea\n\n## One\n\nNobody counted the boats that came in after dark last year.\n"
    reports = [parse((head + body).encode(), "sea.md"), *made_up_reports()]
    quoted = "“Nobody counted the boats that came in after dark”"
    for citation in ("Coastal Research Network, 2021: 4", "CRN 2021", "https://c.example/a%20b#x", "Care by the sea"):
        assert one(f"{quoted} ({citation})", reports).attribution is Attribution.AS_CITED
    assert one(f"Coastal Research Network (2021) say {quoted} (p. 4).", reports).attribution is Attribution.AS_CITED
    for citation in ("Coastal Research Network, 2019", "https://c.example/other"):
        assert one(f"{quoted} ({citation})", reports).attribution is Attribution.UNKNOWN


def test_the_same_words_in_two_reports_need_a_citation_that_decides(reports: list[Report]) -> None:
    undecided = one(f"“{OPEN}”", reports)
    assert (undecided.verdict, undecided.verified) == (Verdict.SEVERAL, False)
    assert [place.citation.report_id for place in undecided.places] == ["north", "south"]
    assert one(f"“{OPEN}” (Harbour Alliance, 2020)", reports).verdict is Verdict.SEVERAL
    decided = one(f"“{OPEN}” (Lessons from the south)", reports)
    assert decided.verified
    assert [place.citation.report_id for place in decided.places] == ["south"]
    assert [place.citation.report_id for place in decided.also_in] == ["north"]


@pytest.mark.parametrize("text", ["“theatres open”", "“kept theatres … open”", "“Mutual aid … kept theatres open now”"])
def test_few_words_are_never_found(reports: list[Report], text: str) -> None:
    check = one(text, reports)
    assert (check.verdict, check.verified) == (Verdict.TOO_SHORT, False)


def test_a_difference_is_shown_word_by_word(reports: list[Report]) -> None:
    check = one("“Spare ventilators were not lent within a week, and staff moved them”", reports)
    assert check.verdict is Verdict.ALTERED
    assert [(s.kind.value, s.draft, s.report) for s in check.difference if s.kind != "same"] == [
        ("added", "not", ""), ("changed", "week", "day"), ("left out", "", "with"),
    ]  # fmt: skip
    draft = read_markdown("“Spare ventilators were lent within a week”")
    lines = check_lines(draft, Checker(reports).check_draft(draft))
    assert "  Spare ventilators were lent within a [-day-]{+week+}" in lines
    assert lines[-1] == "1 quotation, 0 verified: 1 altered"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("founded in 2018 and serves 401,000 people", "altered"),
        ("It was founded in 2018 and serves 410,000 people", "found"),
        ("It was founded in 2018 and serves 410.000 people", "altered"),
        ("[It] was founded in 2018 [sic] and serves 410,000 people", "found"),
        ("[i]t was founded in 2018 and [now] serves 410,000 people", "found"),
        ("The alliance [joins many more] on the coast [of the] north and south of it all", "not found"),
        ("The Harbour Alliance joins […] hospitals on the coast. … and serves 410,000 people", "found"),
        ("The Harbour Alliance joins three ... It was founded in 2018", "found"),
        ("It was founded in 2018 … The Harbour Alliance joins three", "altered"),
        ("The Harbour Alliance joins three … Money was the hardest subject", "altered"),
        ("Nothing of this stands in any of these texts", "not found"),
    ],
)
def test_brackets_and_ellipses_are_the_writers(reports: list[Report], text: str, verdict: str) -> None:
    assert one(f"“{text}”", [reports[0]]).verdict.value == verdict


def test_what_brackets_stand_for_is_shown(reports: list[Report]) -> None:
    check = one("“The partners could [not] agree [who would pay] for transport, so volunteers drove”", reports)
    assert check.verdict is Verdict.FOUND
    assert [(s.kind.value, s.draft, s.report) for s in check.difference if s.kind != "same"] == [
        ("brackets", "[not]", "not"), ("brackets", "[who would pay]", "who pays"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("It's the trust's view, and the hospitals' staff don't mind.", []),
        ("He said 'it's all the hospitals' doing' and left.", ["'it's all the hospitals' doing'"]),
        ("The ‘three hospitals’ and the trust’s board", ["‘three hospitals’"]),
        ("“one ‘two’ three” and ‘four “five” six’", ["“one ‘two’ three”", "‘four “five” six’"]),
        ('a "b c" and 6" pipe, then "d e"', ['"b c"', '"d e"']),
        ("in the '90s, rock 'n' roll, and ’tis ‘90s too", []),
        ('("in brackets")', ['"in brackets"']),
        ("“one “two” three” four", ["“one “two” three”"]),
        ("“never closed", ["“never closed"]),
        ('""“”', ['""', "“”"]),
    ],
)
def test_apostrophes_are_no_quotation_marks(text: str, quoted: list[str]) -> None:
    assert [text[s.start : s.end] for s in scan(text)] == quoted


def test_a_quotation_over_paragraphs_has_an_opening_mark_on_each(reports: list[Report]) -> None:
    first, second = (
        "“Mutual aid between the hospitals kept theatres open.",
        "“Spare ventilators were lent within a day”",
    )
    assert told(f"{first}\n\n{second}", [reports[0]])[0][1:] == ("found", "no citation")
    assert told(f"{first}\n\nAnd on.", reports)[0][1] == "no closing quotation mark"


def test_block_quotes_are_quotations(reports: list[Report]) -> None:
    draft = "Intro:\n\n> Twelve practices share\n> one rota.\n\nAnd:\n\n> Twelve practices never share one rota.\n"
    assert told(draft, reports) == [
        ("Twelve practices share\none rota.", "found", "no citation"),
        ("Twelve practices never share one rota.", "altered", "no citation"),
    ]
    assert [c.quotation.number for c in check_text(draft, reports)] == [3, 8]


def test_two_quotations_share_a_citation_and_ibid_is_the_one_before(reports: list[Report]) -> None:
    draft = (
        "“Twelve practices share one rota” and “Money was the hardest subject” (Valley Partnership, 2020). "
        "“Volunteers drove patients home”? No: “so volunteers drove patients home”[^1].\n\n[^1]: Ibid., p. 3."
    )
    checks = check_text(draft, reports)
    assert [c.attribution.value for c in checks] == ["as cited", "as cited", "no citation", "as cited"]


def test_titles_code_and_front_matter_are_no_quotations(reports: list[Report]) -> None:
    draft = "---\ntitle: “x y z”\n---\n“Working together in the north” says:\n\n```\n“{q}”\n```\n"
    assert check_text(draft, reports) == []


def test_a_quotation_runs_over_a_page_break_and_its_running_header() -> None:
    said = [
        "Nurses from both wards met on Mondays and agreed who would visit the families by the harbour",
        "Boats brought medicine to the islands, which nobody had paid for, and took letters back in colla-",
        "boration with the post. Drivers learned first aid from a retired surgeon in the village hall",
        "Later the council lent a room, in which twelve volunteers answered calls about prescriptions",
    ]
    pages = (f"Care in the county\n\n{text}\n\n{number}\n\f" for number, text in enumerate(said, 1))
    report = parse("\n".join(pages).encode(), "pages.txt")
    check = one("“took letters back in collaboration with the post. Drivers learned”", [report])
    assert check.verdict is Verdict.FOUND
    (place,) = check.places
    assert place.citation.page == 2
    assert "Care in the county" in report.text[place.span.start : place.span.end]
    with_page = one("“took letters back in collaboration with the post” (pages.txt, p. 9)", [report])
    assert with_page.note == "cited as p. 9, stands on page 2 of the file"


def test_verify_holds_words_against_one_span(reports: list[Report]) -> None:
    start = reports[0].text.index("Money was")
    span = Span(start, reports[0].text.index("patients home"))
    assert verify("“money was the hardest … could not agree”", reports[0], span)
    assert verify("subject", reports[0], span)
    assert not verify("volunteers drove patients home", reports[0], span)
    assert not verify("", reports[0], span)
    assert not verify("money was never the hardest subject", reports[0], span)


def word_file(path: Path, note: str = "Working together in the north, p. 2") -> Path:
    """Write a Word draft with a footnote, a block quote and a deletion."""
    document = Document()
    document.add_paragraph("Introduction")
    said = document.add_paragraph("They say “Twelve practices share one rota”")
    w = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    said._p.append(parse_xml(f'<w:r {w}><w:footnoteReference w:id="2"/></w:r>'))
    said._p.append(parse_xml(f"<w:del {w}><w:r><w:delText>“gone words are not read at all”</w:delText></w:r></w:del>"))
    document.add_paragraph("Money was never the hardest subject.", style="Intense Quote")
    document.add_table(1, 1).cell(0, 0).text = f"“{RENT}”"
    notes = f'<w:footnotes {w}><w:footnote w:id="2"><w:p><w:r><w:t>{note}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, notes.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    document.save(str(path))
    return path


def test_a_word_file_is_read_with_footnotes_styles_and_tables(reports: list[Report], tmp_path: Path) -> None:
    draft = read_draft(word_file(tmp_path / "draft.docx"))
    checks = Checker(reports).check_draft(draft)
    assert draft.unit == "paragraph"
    assert [(c.quotation.number, c.verdict.value, c.attribution.value) for c in checks] == [
        (2, "found", "as cited"),
        (3, "altered", "no citation"),
        (4, "found", "no citation"),
    ]
    other = read_draft(word_file(tmp_path / "other.docx", "Lessons from the south"))
    assert Checker(reports).check_draft(other)[0].verdict is Verdict.MISATTRIBUTED


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (b"", "no Word file"),
        (b"PK\x03\x04 broken", "no Word file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 90, "encrypted"),
        (packed({"word/document.xml": b"<a/>"}), "no Word file"),
        (packed({"word/document.xml": b" " * 60_000_000}), "unpacks to 60,000,000 bytes"),
    ],
)
def test_a_broken_word_file_is_one_line(tmp_path: Path, data: bytes, part: str) -> None:
    path = tmp_path / "draft.docx"
    path.write_bytes(data)
    with pytest.raises(DraftError, match=part) as caught:
        read_draft(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ['"' * 300_000, "“" * 300_000, "'a " * 100_000, "““a” " * 50_000, "“" + "the " * 80_000 + "”",
     "“a b c d e f” " + "(" * 300_000, "“" + "[a " * 80_000 + "”", "“" + "… " * 100_000 + "”",
     "“care-" + " " * 300_000 + "x”"],
    ids=["marks", "open", "single", "nested", "long", "brackets", "square", "ellipses", "spaces"],
)  # fmt: skip
def test_hostile_drafts_end_soon(reports: list[Report], text: str) -> None:
    began = time.process_time()
    try:
        checks = check_text(text, reports)
    except DraftError:
        checks = []
    assert not any(check.verified for check in checks)
    assert time.process_time() - began < 10


def test_the_command_prints_blocks_and_json_and_exits_with_3(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["casebook", "add", str(write_reports(tmp_path / "reports")), "--home", str(tmp_path / "home")]
    subprocess.run([sys.executable, "-c", f"import sys, app; sys.argv = {command!r}; app.main()"], check=True)
    good, bad = tmp_path / "good.md", tmp_path / "bad.txt"
    good.write_text(f"“{RENT}”\n", encoding="utf-8")
    bad.write_text("“Twelve practices share no rota whatever”\n", encoding="utf-8")

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["casebook", "check", *map(str, arguments), "--home", str(tmp_path / "home")])
        code = 0
        try:
            app.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    code, out, _ = run(good)
    assert code == 0
    assert out.startswith("line 1: found\n  “The partners")
    assert out.endswith("1 quotation, 1 verified: 1 found\n")
    code, out, _ = run(bad, "--json")
    assert code == 3
    found = json.loads(out)
    assert list(found) == ["file", "unit", "verified", "counts", "quotations"]
    assert list(found["quotations"][0]) == [
        "number", "text", "citations", "verdict", "attribution", "verified", "places", "also_in", "difference", "note",
    ]  # fmt: skip
    code, _, err = run(tmp_path / "none.md")
    assert (code, err.count("\n")) == (1, 1)
    assert "there is no file" in err


def test_checks_are_the_same_every_time(reports: list[Report]) -> None:
    text = f"“{RENT}” ‘Spare ventilators were lent in a day’ “{OPEN}”"
    draft = read_text(text)
    assert to_json(draft, Checker(reports).check_draft(draft)) == to_json(draft, Checker(reports).check_draft(draft))

"""The HTML report: whole, escaped, without outside resources, readable on light and dark."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.abstention import Bin, Decision, abstention
from eval.charts import charts
from eval.compare import compare
from eval.html import failed, plot_page, plot_svg, report_page
from eval.judge import Exclusion, Reason
from eval.metrics import RANKING_MEASURES
from eval.plots import Line, Row, bars, curves, differences, reliability
from eval.runs import RunMeta
from eval.score import Latency, QuestionScore, Scores
from eval.significance import Estimate

EVIL = "<script>alert('x')</script> & \"quotes\""


def row(identity: str, kind: str = "fact", text: str = "Who led?", **values: float) -> QuestionScore:
    named = {name.replace("_", "@"): value for name, value in values.items()}
    return QuestionScore(identity, text, kind, text, (text,), named, 3, (2, None), text, False, 0.5, 0.1, False)


def page_scores(text: str = "plain") -> Scores:
    means = {name: Estimate(0.5, 0.25, 0.75, 2) for name in RANKING_MEASURES}
    return Scores(
        name=text,
        meta=RunMeta(text, {text: text}, {text: text}, text, text, text),
        questions=(row("good", Success_1=1.0), row("bad", text=text, Success_1=0.0, RR_10=1 / 3), row("none")),
        overall=means,
        by_kind={text: means},
        by_report={text: means},
        abstention=abstention([Decision(True, False, 0.75), Decision(False, True, 0.25)], resamples=10),
        latency=Latency(0.1, 0.2),
        depth=5,
        exclusions=(Exclusion(text, Reason.VANISHED, text),),
    )


class Outline(HTMLParser):
    """Collects the tags, attributes and text of a page, and checks that tags close in order."""

    VOID = frozenset({"meta", "rect", "line", "circle", "path", "polyline"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def page(text: str = "plain") -> str:
    scores = page_scores(text)
    return report_page(scores, text, compare(scores, scores, resamples=10))


def test_the_page_has_every_part() -> None:
    found = Outline(page())
    assert found.open == []
    for heading in ("by kind", "by report", "Success at k", "Reliability", "Telling what", "Comparison", "Left out"):
        assert heading in found.text
    assert found.tags.count("svg") == 5
    assert "first relevant passage at rank 3" in found.text
    assert "anchor found in no passage" in found.text
    assert "0.500 (0.250 to 0.750)" in found.text


def ranked(name: str, *found_at: int | None) -> Scores:
    """Return the scores of a run of five passages a question; a survey has its anchors where the facts are found."""
    facts = [replace(row(f"f{n}", Success_1=float(at == 1)), found_at=at) for n, at in enumerate(found_at)]
    survey = replace(row("s", "survey", Success_1=1.0), anchor_ranks=found_at)
    return replace(page_scores(name), questions=(*facts, survey, row("u", "unanswerable", Decision=1.0)))


def test_curves_of_one_run() -> None:
    by_kind, by_report, success, coverage, reliable = charts([ranked("a", 1, 3, None, 3)])
    # one of four at rank 1, two more at rank 3, one not at all; the run has five passages a question
    assert [(k, value.split()[0]) for k, value in success.rows] == [
        ("1", "0.250"), ("2", "0.250"), ("3", "0.750"), ("4", "0.750"), ("5", "0.750"),
    ]  # fmt: skip
    assert success.columns == ("k", "Mean and 95 % interval")
    assert success.note == "Questions: 4."
    assert [value.split()[0] for _, value in coverage.rows] == ["0.250", "0.250", "0.750", "0.750", "0.750"]
    assert coverage.note == "Questions: 1."
    assert reliable.rows == (("0.2 to 0.3", "0.250", "0.000", "1"), ("0.7 to 0.8", "0.750", "1.000", "1"))
    assert "nDCG@10" in by_kind.plot.svg and "all (2)" in by_kind.plot.svg
    assert "nDCG@10 (2)" in by_report.plot.svg


def test_charts_of_several_runs_number_them_and_go_as_deep_as_all_do() -> None:
    runs = [ranked("first", 1, 2), replace(ranked("second", 2, 2), depth=3)]
    success = charts(runs)[2]
    assert success.columns == ("k", "[1]", "[2]")
    assert [(k, a.split()[0], b.split()[0]) for k, a, b in success.rows] == [
        ("1", "0.500", "0.000"),
        ("2", "1.000", "1.000"),
        ("3", "1.000", "1.000"),
    ]
    assert [chart.plot.title.split()[0] for chart in charts(runs)[-2:]] == ["[1]", "[2]"]
    page = Outline(plot_page(runs, "Two runs"))
    assert page.open == []
    assert "[1] first" in page.text and "[2] second" in page.text
    assert "anchor found in no passage" in page.text


def test_a_line_stands_where_its_means_are_and_its_label_beside_its_end() -> None:
    half, one = (Estimate(mean, mean - 0.25, mean, 4) for mean in (0.5, 1.0))
    svg = curves([Line("[1]", (half, one)), Line("[2]", (half, one))], "c").svg
    # the frame runs from (60, 320) to (540, 20)
    assert [line["points"] for line in shapes(svg, "polyline")] == ["60.0,170.0 540.0,20.0"] * 2
    labels = [text for text in ElementTree.fromstring(svg).iter("text") if text.text in ("[1]", "[2]")]
    assert [(label.attrib["x"], label.attrib["y"]) for label in labels] == [("548.0", "24.0"), ("548.0", "39.0")]
    assert shapes(svg, "path") == []
    assert [whisker["d"] for whisker in shapes(curves([Line("", (half, one))], "c").svg, "path")] == [
        "M60.0 245.0V170.0",
        "M540.0 95.0V20.0",
    ]


@given(text=st.text(min_size=1, max_size=30))
@settings(max_examples=25)
def test_a_picture_is_valid_xml_whatever_the_names(text: str) -> None:
    svg = plot_svg([page_scores(text), page_scores("plain")])
    found = ElementTree.fromstring(svg)
    assert found.tag == "{http://www.w3.org/2000/svg}svg"
    assert not re.search(r"url\(|@import|<script|<image|href=", svg)


def test_the_page_needs_nothing_from_outside() -> None:
    text = page()
    assert not re.search(r"https?:|url\(|@import|<script|<link|<img|<iframe| on\w+=| src=| href=", text)


def test_everything_from_files_is_escaped() -> None:
    text = page(EVIL)
    assert "<script" not in text
    assert set(Outline(text).tags) == set(Outline(page()).tags)
    assert Outline(text).text.count(EVIL) >= 10


@given(text=st.text(min_size=1, max_size=30).filter(lambda text: "\0" not in text and "\r" not in text))
@settings(max_examples=25)
def test_no_text_can_change_the_structure(text: str) -> None:
    found = Outline(page(text))
    assert (found.open, found.tags) == ([], Outline(page("plain")).tags)


def test_failures_are_those_that_should_be_looked_at() -> None:
    assert failed(row("a", Success_1=0.0))
    assert failed(row("a", "survey", Success_1=1.0, **{"Coverage@10": 0.9}))
    assert failed(row("a", "unanswerable", Decision=0.0))
    assert not failed(row("a", Success_1=1.0, Decision=1.0))
    assert not failed(row("a", "survey", Success_1=0.0, **{"Coverage@10": 1.0}))
    assert not failed(row("a"))


def test_a_run_with_nothing_scored_still_has_a_page() -> None:
    scores = Scores("", None, (), {}, {}, {}, None, None, 0, ())
    found = Outline(report_page(scores, "Empty"))
    assert "No question could be scored." in found.text
    assert "not recorded" in found.text


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb`` (WCAG 2.2, "relative luminance")."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_contrast_meets_wcag_aa(scheme: int) -> None:
    schemes = [dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", page())]
    colours = schemes[scheme]
    assert list(colours) == ["paper", "ink", "soft", "mark", "rule"]
    # 1.4.3: text 4.5 to 1. 1.4.11: graphics 3 to 1, the whisker on the bar too.
    assert contrast(colours["ink"], colours["paper"]) >= 4.5
    assert contrast(colours["soft"], colours["paper"]) >= 4.5
    assert contrast(colours["mark"], colours["paper"]) >= 3
    assert contrast(colours["rule"], colours["paper"]) >= 3
    assert contrast(colours["ink"], colours["mark"]) >= 3


def shapes(svg: str, tag: str) -> list[dict[str, str]]:
    return [dict(element.attrib) for element in ElementTree.fromstring(svg).iter(tag)]


def test_a_bar_is_as_long_as_its_mean() -> None:
    svg = bars([Row("full", Estimate(1.0, 1.0, 1.0, 1)), Row("half", Estimate(0.5, 0.25, 0.75, 4), "RR")], "a < b").svg
    full, half = (float(rect["width"]) for rect in shapes(svg, "rect"))
    assert half == full / 2
    # the plot begins at 190 and is 350 wide: 0.25 is at 277.5, 0.75 at 452.5; the second row is below a heading
    assert shapes(svg, "path")[1]["d"].startswith("M277.5 66.0H452.5")
    assert ElementTree.fromstring(svg).attrib["aria-label"] == "a < b"


def test_a_difference_of_zero_is_in_the_middle() -> None:
    svg = differences([Row("none", Estimate(0.0, -0.1, 0.1, 4))], "d").svg
    assert shapes(svg, "circle")[0]["cx"] == "365.0"
    assert "+0.000 (-0.100 to +0.100)" in svg


def test_points_of_the_reliability_curve() -> None:
    svg = reliability((Bin(0.0, 0.1, 0.05, 0.0, 1), Bin(0.9, 1.0, 1.0, 1.0, 4)), "r").svg
    low, high = shapes(svg, "circle")
    # the square runs from (60, 340) to (380, 20)
    assert (low["cx"], low["cy"], high["cx"], high["cy"]) == ("76.0", "340.0", "380.0", "20.0")
    assert (low["r"], high["r"]) == ("7.5", "12.0")


def test_plots_of_nothing_are_valid() -> None:
    for plot in (bars([], "b"), differences([], "d"), reliability((), "r"), curves([], "c")):
        assert ElementTree.fromstring(plot.svg).tag == "svg"

"""The Judge view: passages marked on the page, kept for casebook eval, and the quality measured by them."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served_page import QUIET, Server, opened
from small_library import HashWorkspace, OverlapReranker, write_reports
from test_web_live import settled

from corpus.errors import CasebookError
from eval.measured import measure
from index.encoders import Reranker
from qa.judgements import FOLDER, QUESTIONS, Judged, Kind, Relevance, judge_passage, read_judgements
from qa.quality import Chart, Quality, Shortfall
from qa.web.answering import Answering
from qa.web.judge import judging_html, kept, quality_html, questions_html
from qa.web.live import LiveIndex
from qa.web.measuring import Kept, Measuring
from qa.web.place import Place, View
from qa.workspace import Workspace

WHO = "Who pays for transport?"


class LightLive(LiveIndex):
    """A live index with a cross-encoder that has nothing to load."""

    def reranker(self) -> Reranker:
        return OverlapReranker()


@pytest.fixture
def live(tmp_path: Path) -> Iterator[LiveIndex]:
    workspace = HashWorkspace(tmp_path / "home")
    workspace.add([write_reports(tmp_path / "reports")])
    made = LightLive(workspace)
    yield made
    made.stop()


def passage_with(live: LiveIndex, words: str) -> str:
    """Return the id of the passage that holds ``words``."""
    return next(passage.id for _, passage in live.searcher().index.passages if words in passage.text)


def choice(passage: str, chosen: str, question: str = WHO) -> str:
    """Return what the page sends for a choice."""
    return json.dumps({"question": question, "passage": passage, "chosen": chosen})


def test_a_choice_is_kept_changed_and_taken_back(live: LiveIndex) -> None:
    paying = passage_with(live, "who pays for transport")
    assert kept(live, choice(paying, "2")) == "Saved. 1 passage of this question judged"
    assert kept(live, choice("kind", "fact")) == "Saved. 1 passage of this question judged"
    (one,) = read_judgements(live.home).values()
    assert (one.question, one.kind, one.passages) == (WHO, Kind.FACT, {paying: 2})
    assert kept(live, choice(paying, "")) == "Saved. 0 passages of this question judged"
    kept(live, choice("kind", ""))
    assert read_judgements(live.home) == {}


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "[]",
        "{}",
        "[" * 100_000,
        choice("kind", "odd"),
        choice("north-000000000000", "7"),
        choice("north-000000000000", "2"),
        choice("two words", "2"),
        choice("kind", "fact", question="?!"),
        choice("kind", "fact", question="x" * 100_000),
    ],
    ids=["none", "empty", "list", "no keys", "deep", "kind", "grade", "gone", "no id", "no word", "too long"],
)
def test_a_choice_that_is_none_is_not_kept(live: LiveIndex, data: Any) -> None:
    assert kept(live, data).startswith("Not saved")
    assert read_judgements(live.home) == {}


def test_passages_are_shown_as_ranked_with_their_marks_and_those_judged_before(live: LiveIndex) -> None:
    answering = Answering(live)
    found = answering.ask(WHO, 2)
    answering.stop()
    first, other = found.passages[0].passage.id, passage_with(live, "dementia clinic")
    assert other not in [hit.passage.id for hit in found.passages]
    before = Judged("q1", WHO, Kind.SURVEY, {first: 2, other: 0, "gone-000000000000": 1})
    shown = judging_html(live, found, before, Place(View.JUDGE, WHO))
    for hit in found.passages:
        assert shown.count(f'name="{hit.passage.id}"') == 4
    assert f'name="{first}" value="2" checked>' in shown
    assert f'name="{other}" value="0" checked>' in shown
    assert shown.index(first) < shown.index("Judged before") < shown.index(f'name="{other}"')
    assert "gone-000000000000" not in shown
    assert '<option value="survey" selected>' in shown
    assert '<legend class="cb-hidden">Passage 3</legend>' in shown


def test_hostile_questions_and_figures_are_shown_as_text() -> None:
    hostile = '"><script>alert(1)</script>'
    quality = Quality(
        1,
        hostile,
        ((hostile, hostile, hostile),),
        (Chart(hostile, hostile, "<svg></svg>"),),
        (Shortfall(hostile, hostile),),
        (hostile,),
    )
    for shown in (
        quality_html(Kept(hostile, quality, current=False)),
        questions_html([Judged("q1", hostile, None, {})], Place()),
    ):
        assert "<script" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_quality_is_kept_until_a_judgement_changes(live: LiveIndex) -> None:
    measuring = Measuring(live, measure)
    with pytest.raises(CasebookError, match="no passage is judged yet"):
        measuring.begin()
    paying = passage_with(live, "who pays for transport")
    judge_passage(live.home, WHO, paying, Relevance.RELEVANT)
    judge_passage(live.home, "What will open in an empty school?", paying, Relevance.RELEVANT)
    measuring.begin()
    state = settled(live)
    assert (measuring.why_failed(state), state.building) == ("", False)
    found = measuring.kept()
    assert found is not None
    assert (found.current, found.name, found.quality.questions) == (True, "your 2 judged questions", 2)
    assert [(name, value) for name, _, value in found.quality.measures if name == "Success@1"] == [
        ("Success@1", "0.500 [0.000, 1.000] (2)")
    ]
    assert [one.question for one in found.quality.shortfalls] == ["What will open in an empty school?"]
    assert found.quality.charts[0].svg.startswith("<svg")
    link = 'href="?view=judge&amp;q=What+will+open+in+an+empty+school%3F"'
    assert link in quality_html(found)
    assert "measure again" not in quality_html(found)
    judge_passage(live.home, WHO, paying, Relevance.PARTLY)
    outdated = measuring.kept()
    assert outdated == Kept(found.name, found.quality, current=False)
    assert "measure again" in quality_html(outdated)


def test_what_cannot_be_measured_says_why(live: LiveIndex) -> None:
    judge_passage(live.home, WHO, passage_with(live, "who pays"), Relevance.RELEVANT)
    file = live.home / FOLDER / QUESTIONS
    file.write_text(file.read_text().replace("}", ', "anchors": 3}'))
    measuring = Measuring(live, measure)
    measuring.begin()
    assert "anchors is 3" in measuring.why_failed(settled(live))
    assert measuring.kept() is None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("judge")
    (folder / "quiet-towns.md").write_text(QUIET, encoding="utf-8")
    Workspace(folder / "home").add([folder / "quiet-towns.md"])
    with Server(folder / "home") as server:
        yield server


@pytest.mark.browser
def test_passages_are_judged_by_keyboard_kept_and_measured(browser: Any, server: Server) -> None:
    question = "What helped patients to reach the nurse on duty?"
    with opened(browser, server) as tab:
        tab.page.get_by_role("link", name="Judge", exact=True).click()
        tab.page.get_by_role("heading", name="Judge passages").wait_for()
        tab.page.get_by_label("Your question").fill(question)
        tab.page.keyboard.press("Enter")
        tab.page.get_by_role("group", name="Passage 1").get_by_label("Not judged").focus()
        for _ in range(3):
            tab.page.keyboard.press("ArrowLeft")
        tab.page.get_by_text("Saved. 1 passage of this question judged").wait_for()
        tab.page.get_by_label("Kind of question").select_option("fact")
        tab.settle()
        tab.page.reload()
        first = tab.page.get_by_role("group", name="Passage 1")
        first.wait_for()
        assert first.get_by_label("Relevant", exact=True).is_checked()
        assert tab.page.get_by_label("Kind of question").input_value() == "fact"
        (judged,) = read_judgements(server.home).values()
        assert (judged.question, judged.kind, list(judged.passages.values())) == (question, Kind.FACT, [2])

        tab.page.get_by_role("button", name="Measure the answers").click()
        tab.page.get_by_role("heading", name="How well questions are answered").wait_for()
        assert "On your 1 judged question," in tab.texts(".cb-quality .cb-asked")[0]
        assert tab.page.locator(".cb-quality svg[role=img]").count() > 0
        assert tab.errors == []


@pytest.mark.browser
def test_judging_fits_the_window(browser: Any, server: Server) -> None:
    with opened(browser, server, 360, "?view=judge&q=Who+lends+a+pharmacist") as tab:
        tab.page.get_by_role("group", name="Passage 1").wait_for()
        assert tab.page.evaluate("document.documentElement.scrollWidth") == 360

"""Many askers: first come, first served, the same work done once, and no answer that is out of date."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from small_library import HashEncoder, OverlapReranker, write_reports

from corpus.errors import CasebookError, ModelError, QuestionError
from index.encoders import Encoder, Reranker
from qa.calibration import shipped
from qa.units import By
from qa.web import answering as module
from qa.web.answering import AT_ONCE, Answering, AskerLeft
from qa.web.live import LiveIndex
from qa.web.place import Chosen
from qa.workspace import Workspace


class WatchedEncoder(HashEncoder):
    """Notes every question when its turn comes, and then waits for ``go``."""

    def __init__(self) -> None:
        super().__init__()
        self.turns: list[str] = []
        self.counting = threading.Lock()
        self.at_once = self.most_at_once = 0
        self.go = threading.Event()
        self.go.set()
        self.fails = False

    def encode_query(self, query: str) -> NDArray[np.float32]:
        with self.counting:
            self.turns.append(query)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        assert self.go.wait(30)
        with self.counting:
            self.at_once -= 1
        if self.fails:
            raise ModelError("the model is away", "bring it back")
        return super().encode_query(query)


class GivenEncoder(Workspace):
    def __init__(self, home: Path, encoder: WatchedEncoder) -> None:
        super().__init__(home)
        self.given = encoder

    def encoder(self) -> Encoder:
        return self.given


class LightLive(LiveIndex):
    def reranker(self) -> Reranker:
        return OverlapReranker()


@pytest.fixture
def encoder() -> WatchedEncoder:
    return WatchedEncoder()


@pytest.fixture
def workspace(tmp_path: Path, encoder: WatchedEncoder) -> Workspace:
    made = GivenEncoder(tmp_path / "home", encoder)
    made.add([write_reports(tmp_path / "reports")])
    return made


@pytest.fixture
def answering(workspace: Workspace, encoder: WatchedEncoder) -> Iterator[Answering]:
    made = Answering(LightLive(workspace), at_once=1)
    yield made
    encoder.go.set()
    made.stop()


@pytest.fixture
def people() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(64) as pool:
        yield pool


def until(condition: Callable[[], bool]) -> None:
    """Wait until ``condition`` holds; fail after 10 seconds."""
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def line_up(answering: Answering, people: ThreadPoolExecutor, questions: list[str]) -> "list[Future[object]]":
    """Ask ``questions`` one after another, each by a person of its own, without an answer in between."""
    futures: list[Future[object]] = []
    for number, question in enumerate(questions, 1):
        futures.append(people.submit(answering.ask, question, 3))
        until(lambda number=number: len(answering._kept) == number)  # type: ignore[misc]
    return futures


def test_the_same_question_is_worked_on_once(answering: Answering, encoder: WatchedEncoder) -> None:
    first = answering.ask("Who lent ventilators?", 3)
    assert answering.ask("  Who lent\nventilators? ", 3) is first
    assert encoder.turns == ["Who lent ventilators?"]
    assert "ventilators" in first.passages[0].passage.text


@pytest.mark.parametrize(
    ("question", "top", "chosen", "reports"),
    [
        ("Who lent beds?", 3, Chosen(), {"north", "south"}),
        ("Who lent ventilators?", 2, Chosen(), {"north", "south"}),
        ("Who lent ventilators?", 3, Chosen(reports=("south",)), {"south"}),
    ],
    ids=["question", "top", "filters"],
)
def test_another_question_number_or_filter_is_another_answer(
    answering: Answering, encoder: WatchedEncoder, question: str, top: int, chosen: Chosen, reports: set[str]
) -> None:
    first = answering.ask("Who lent ventilators?", 3)
    other = answering.ask(question, top, chosen)
    assert other is not first
    assert len(encoder.turns) == 2
    assert len(other.passages) <= top
    assert {hit.report.id for hit in other.passages} == reports


def test_a_search_a_comparison_and_an_answer_are_kept_apart(answering: Answering) -> None:
    question = "Who lent ventilators?"
    hits = answering.search(question, 3)
    rows = answering.compare(question, By.CASE_STUDY, 3).rows
    assert answering.search(question, 3) is hits
    assert [hit.passage.id for hit in answering.ask(question, 3).passages] == [hit.passage.id for hit in hits]
    assert {row.name for row in rows} >= {"Harbour Alliance", "Valley Partnership", "Downland Trust"}
    kinds = answering.compare(question, By.SECTION_KIND, 3).rows
    assert {row.name for row in kinds} >= {"background", "challenges", "covid", "next steps"}


def test_a_new_generation_is_asked_anew(answering: Answering, workspace: Workspace, tmp_path: Path) -> None:
    first = answering.ask("Who lent ventilators?", 20)
    more = tmp_path / "east.md"
    more.write_text("# East\n\n## Case study: Fen Trust\n\n### Background\n\nThe trust lent ventilators to nobody.\n")
    workspace.add([more])
    second = answering.ask("Who lent ventilators?", 20)
    assert {hit.report.id for hit in second.passages} - {hit.report.id for hit in first.passages} == {"east"}


def test_a_new_calibration_is_asked_anew(answering: Answering, workspace: Workspace) -> None:
    first = answering.ask("Who lent ventilators?", 3)
    workspace.calibrate(replace(shipped(), threshold=1.0))
    assert answering.ask("Who lent ventilators?", 3) is not first


def test_first_come_first_served(answering: Answering, encoder: WatchedEncoder, people: ThreadPoolExecutor) -> None:
    encoder.go.clear()
    questions = [f"Who lent {number} ventilators?" for number in range(12)]
    futures = line_up(answering, people, questions)
    encoder.go.set()
    assert [future.result(30).question for future in futures] == questions  # type: ignore[attr-defined]
    assert encoder.turns == questions


def test_only_so_many_are_worked_on_at_once(
    workspace: Workspace, encoder: WatchedEncoder, people: ThreadPoolExecutor
) -> None:
    answering = Answering(LightLive(workspace))
    encoder.go.clear()
    futures = line_up(answering, people, [f"Who lent {number} ventilators?" for number in range(6)])
    until(lambda: encoder.at_once == AT_ONCE)
    encoder.go.set()
    assert len([future.result(30) for future in futures]) == 6
    assert encoder.most_at_once == AT_ONCE
    answering.stop()


def test_who_asks_the_same_meanwhile_shares_the_answer(
    answering: Answering, encoder: WatchedEncoder, people: ThreadPoolExecutor
) -> None:
    encoder.go.clear()
    futures = [people.submit(answering.ask, "Who lent ventilators?", 3) for _ in range(10)]
    until(lambda: len(encoder.turns) == 1)
    encoder.go.set()
    assert len({id(future.result(30)) for future in futures}) == 1
    assert encoder.turns == ["Who lent ventilators?"]


def test_too_many_are_told_and_kept_answers_still_come(
    answering: Answering, encoder: WatchedEncoder, people: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 3)
    kept = answering.ask("Who lent ventilators?", 3)
    encoder.go.clear()
    futures = [people.submit(answering.ask, f"Question {number}?", 3) for number in range(3)]
    until(lambda: len(answering._kept) == 4)
    with pytest.raises(CasebookError, match=r"^3 questions are waiting already; ask again in a moment$"):
        answering.ask("Question 4?", 3)
    assert answering.ask("Who lent ventilators?", 3) is kept
    encoder.go.set()
    assert len([future.result(30) for future in futures]) == 3
    assert answering.ask("Question 4?", 3).question == "Question 4?"


def test_a_failure_is_told_and_not_kept(answering: Answering, encoder: WatchedEncoder) -> None:
    encoder.fails = True
    with pytest.raises(ModelError, match=r"^the model is away; bring it back$"):
        answering.ask("Who lent ventilators?", 3)
    encoder.fails = False
    assert answering.ask("Who lent ventilators?", 3).passages
    with pytest.raises(QuestionError, match="holds no word"):
        answering.ask("?!", 3)
    with pytest.raises(QuestionError, match="no longer holds 'west'"):
        answering.ask("Who lent ventilators?", 3, Chosen(reports=("west",)))


def test_the_longest_unasked_is_forgotten_first(
    answering: Answering, encoder: WatchedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    for question in ("One?", "Two?", "One?", "Three?", "One?", "Two?"):
        answering.ask(question, 3)
    assert encoder.turns == ["One?", "Two?", "Three?", "Two?"]


def test_who_waits_when_the_server_stops_is_let_go(
    answering: Answering, encoder: WatchedEncoder, people: ThreadPoolExecutor
) -> None:
    encoder.go.clear()
    first, second = line_up(answering, people, ["One?", "Two?"])
    answering.stop()
    with pytest.raises(CancelledError):
        second.result(30)
    encoder.go.set()
    assert first.result(30).question == "One?"  # type: ignore[attr-defined]


def test_who_leaves_waits_no_longer_and_what_nobody_waits_for_is_not_begun(
    answering: Answering, encoder: WatchedEncoder, people: ThreadPoolExecutor
) -> None:
    encoder.go.clear()
    (first,) = line_up(answering, people, ["Who lent ventilators?"])
    until(lambda: bool(encoder.turns))
    gone = threading.Event()
    leaving = people.submit(answering.ask, "Who lent beds?", 3, left=gone.is_set)
    shared = [people.submit(answering.ask, "Who pays for transport?", 3, left=left) for left in (gone.is_set, None)]
    until(lambda: sum(answering._askers.values()) == 4)
    gone.set()
    for future in (leaving, shared[0]):
        with pytest.raises(AskerLeft):
            future.result(10)
    encoder.go.set()
    assert first.result(10) and shared[1].result(10)
    assert encoder.turns == ["Who lent ventilators?", "Who pays for transport?"]
    assert answering.ask("Who lent beds?", 3, left=lambda: False).passages
    assert not answering._askers

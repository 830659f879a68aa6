"""The index behind an open page: kept, renewed, built in the background, shared by threads."""

import socket
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpus.errors import CasebookError, LibraryError, QuestionError
from corpus.library import Found
from index import store
from index.encoders import Encoder, OnnxEncoder, Progress, Vectors
from index.search import Filters
from qa.answer import ask
from qa.web.ask import answer_events
from qa.web.choices import case_study_choices, chosen_filters, report_choices, still_offered
from qa.web.live import LiveIndex
from qa.web.server import start
from qa.workspace import Workspace

NORTH = """# Northern towns

## Otter Valley Alliance

### What helped

Shared rotas helped most, because every ward could see where nurses were missing. A joint bank of staff came later.

### Challenges

Records were hard to share between the two hospitals of the valley.

## Harbour Partnership

### What helped

Volunteers carried medicines to people at home during the pandemic.

### Challenges

Nobody knew at first how many drivers would be needed at weekends.
"""
SOUTH = """# Southern towns

## Harbour Partnership

### What helped

The council lent the partners an empty school for two years.

### Next steps

The partners want to open a shared clinic beside the ferry terminal next spring.

## Chalk Hills Federation

### What helped

Nurses on the hills share one car and one list of visits.

### Next steps

Practices on the hills plan one telephone number for all of their patients.
"""


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return OnnxEncoder()


class PausedEncoder:
    """The real encoder, which waits for ``go`` before every batch of passages."""

    def __init__(self, real: Encoder) -> None:
        self.real, self.go, self.reached = real, threading.Event(), threading.Event()
        self.name, self.fingerprint = real.name, real.fingerprint

    def encode_query(self, query: str) -> Vectors:
        return self.real.encode_query(query)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        if progress:
            progress(1, len(texts))
        self.reached.set()
        assert self.go.wait(30)
        return self.real.encode_passages(texts, progress)


class GivenEncoder(Workspace):
    """A workspace whose encoder is given, so that it is loaded once for all tests."""

    def __init__(self, home: Path, encoder: Encoder) -> None:
        super().__init__(home)
        self.given = encoder

    def encoder(self) -> Encoder:
        return self.given


def put(home: Path, name: str, text: str) -> Path:
    path = home.parent / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def home(tmp_path: Path, encoder: Encoder) -> Path:
    found = tmp_path / "home"
    GivenEncoder(found, encoder).add([put(found, "northern-towns.md", NORTH)])
    return found


@pytest.fixture
def live(home: Path, encoder: Encoder) -> Iterator[LiveIndex]:
    made = LiveIndex(GivenEncoder(home, encoder))
    yield made
    made.stop()


def finished(live: LiveIndex) -> None:
    live.start()
    live._thread.join(30)
    assert not live.state().busy


def test_an_empty_library_says_how_to_add_reports(tmp_path: Path, encoder: Encoder) -> None:
    live = LiveIndex(GivenEncoder(tmp_path / "home", encoder))
    finished(live)
    line = "the library holds no report yet; add some with: casebook add PATH, or start with: make run REPORTS=folder"
    assert live.state().problem == line
    with pytest.raises(LibraryError, match="holds no report yet"):
        live.searcher()
    *_, (status, answer) = answer_events(live, "What helped?", [], [])
    assert status == f'<p class="cb-problem">T{line[1:]}</p>'
    assert answer == ""
    assert not (tmp_path / "home").exists()


def test_a_generation_published_elsewhere_answers_the_next_question(
    live: LiveIndex, home: Path, encoder: Encoder
) -> None:
    first = live.searcher()
    assert live.searcher() is first
    GivenEncoder(home, encoder).add([put(home, "southern-towns.md", SOUTH)])
    second = live.searcher()
    assert sorted(second.index.reports) == ["northern-towns", "southern-towns"]
    assert second.encoder is first.encoder
    assert live.state().generation == store.current_name(home / "index")
    assert sorted(first.index.reports) == ["northern-towns"]


def test_the_last_good_index_answers_when_a_newer_one_is_damaged(live: LiveIndex, home: Path, encoder: Encoder) -> None:
    first = live.searcher()
    GivenEncoder(home, encoder).add([put(home, "southern-towns.md", SOUTH)])
    (home / "index" / store.current_name(home / "index") / "arrays.npz").write_bytes(b"nothing")
    assert live.searcher() is first
    assert "arrays.npz" in live.state().problem
    assert live.state().problem.endswith("run: casebook index --rebuild")


def test_a_damaged_index_is_built_anew_in_the_background(live: LiveIndex, home: Path) -> None:
    (home / "index" / store.current_name(home / "index") / "arrays.npz").write_bytes(b"nothing")
    finished(live)
    assert live.state().problem == ""
    assert sorted(live.searcher().index.reports) == ["northern-towns"]


def test_an_index_behind_the_library_is_renewed_while_the_old_one_answers(home: Path, encoder: Encoder) -> None:
    workspace = GivenEncoder(home, encoder)
    workspace.library.add(Found(put(home, "southern-towns.md", SOUTH)))
    workspace.given = paused = PausedEncoder(encoder)
    live = LiveIndex(workspace)
    live.start()
    assert paused.reached.wait(30)
    state = live.state()
    assert (state.busy, state.building, state.done) == (True, True, 1)
    assert state.total > 1
    assert ask(live.searcher(), "What helped the wards?").passages[0].report.id == "northern-towns"
    paused.go.set()
    live._thread.join(30)
    assert sorted(live.searcher().index.reports) == ["northern-towns", "southern-towns"]
    assert (live.state().busy, live.state().building, live.state().problem) == (False, False, "")


def test_questions_before_the_first_index_are_told_how_far_it_is(tmp_path: Path, encoder: Encoder) -> None:
    workspace = GivenEncoder(tmp_path / "home", encoder)
    workspace.library.add(Found(put(tmp_path / "home", "northern-towns.md", NORTH)))
    workspace.given = paused = PausedEncoder(encoder)
    live = LiveIndex(workspace)
    live.start()
    assert paused.reached.wait(30)
    with pytest.raises(CasebookError, match=r"still being indexed \(1 of \d+\); ask again in a moment"):
        live.searcher()
    live._stopping.set()
    paused.go.set()
    live.stop()
    assert not store.exists(tmp_path / "home" / "index")


def test_many_threads_get_the_answers_that_one_gets(live: LiveIndex) -> None:
    questions = ["What helped the wards?", "Who carried medicines?", "What was hard to share?"] * 4

    def texts(question: str) -> list[str]:
        return [quote.text for quote in ask(live.searcher(), question).quotes]

    alone = [texts(question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(texts, questions)) == alone


def test_choices_count_passages_and_narrow_with_the_report(home: Path, encoder: Encoder) -> None:
    workspace = GivenEncoder(home, encoder)
    workspace.add([put(home, "southern-towns.md", SOUTH)])
    index = workspace.open()
    assert report_choices(index) == [
        ("Northern towns (4 passages)", "northern-towns"),
        ("Southern towns (4 passages)", "southern-towns"),
    ]
    north = [
        ("Harbour Partnership (2 passages)", "northern-towns#1"),
        ("Otter Valley Alliance (2 passages)", "northern-towns#0"),
    ]
    assert case_study_choices(index, ["northern-towns"]) == north
    assert [label for label, _ in case_study_choices(index)] == [
        "Chalk Hills Federation (2 passages)",
        "Harbour Partnership, in Northern towns (2 passages)",
        "Harbour Partnership, in Southern towns (2 passages)",
        "Otter Valley Alliance (2 passages)",
    ]
    assert still_offered(["southern-towns#0", "northern-towns#1"], north) == ["northern-towns#1"]
    assert chosen_filters(index, ["northern-towns"], ["northern-towns#1"]) == Filters(
        reports=("northern-towns",), case_studies=(("northern-towns", 1),)
    )


@pytest.mark.parametrize(("reports", "cases"), [(["gone"], []), ([], ["northern-towns#9"])], ids=["report", "case"])
def test_a_choice_that_the_library_lost_is_named(live: LiveIndex, reports: list[str], cases: list[str]) -> None:
    with pytest.raises(QuestionError, match=r"no longer holds '(gone|northern-towns#9)'"):
        chosen_filters(live.searcher().index, reports, cases)


def test_a_port_in_use_is_named_with_the_remedy(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CasebookError, match=rf"port {port} of '127.0.0.1' cannot be opened .*; .*--port"):
            start(Workspace(tmp_path), port=port)

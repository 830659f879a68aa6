"""The index behind an open page: kept, renewed, built in the background, shared by threads."""

import os
import socket
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from corpus.errors import CasebookError, QuestionError
from corpus.library import Found
from index import store
from index.encoders import Encoder, OnnxEncoder, Progress, Vectors
from index.search import Filters
from qa.answer import ask
from qa.digests import NAME as DIGESTS
from qa.web import jobs
from qa.web.choices import choices, filters_of, still_known
from qa.web.jobs import Job, Outcome
from qa.web.live import KEPT, MOST_WAITING, LiveIndex, State
from qa.web.place import Chosen
from qa.web.server import start
from qa.workspace import Progress as Tell
from qa.workspace import Step, Workspace

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


def until(condition: Callable[[], bool]) -> None:
    """Wait until ``condition`` holds; fail after 60 seconds."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def settled(live: LiveIndex) -> State:
    """Return how things stand once nothing is being done any more."""
    until(lambda: not live.state().busy)
    return live.state()


def finished(live: LiveIndex) -> None:
    live.start()
    settled(live)


def test_an_empty_library_is_answered_from_the_digests(tmp_path: Path, encoder: Encoder) -> None:
    live = LiveIndex(GivenEncoder(tmp_path / "home", encoder))
    finished(live)
    assert (live.state().generation, live.state().problem) == (DIGESTS, "")
    assert all(name.startswith("digest-of-") for name in live.searcher().index.reports)
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
    settled(live)
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
    assert choices(index, Chosen())["reports"] == [
        ("Northern towns (4 passages)", "northern-towns"),
        ("Southern towns (4 passages)", "southern-towns"),
    ]
    north = Chosen(reports=("northern-towns",))
    assert choices(index, north)["case_studies"] == [
        ("Harbour Partnership (2 passages)", "northern-towns/Harbour Partnership"),
        ("Otter Valley Alliance (2 passages)", "northern-towns/Otter Valley Alliance"),
    ]
    assert [label for label, _ in choices(index, Chosen())["case_studies"]] == [
        "Chalk Hills Federation (2 passages)",
        "Harbour Partnership, in Northern towns (2 passages)",
        "Harbour Partnership, in Southern towns (2 passages)",
        "Otter Valley Alliance (2 passages)",
    ]
    harbour = Chosen(("northern-towns",), case_studies=("northern-towns/Harbour Partnership",))
    lost = Chosen(("northern-towns", "gone"), case_studies=("northern-towns/Harbour Partnership", "gone/Otter"))
    assert still_known(index, lost) == harbour
    assert filters_of(index, harbour) == Filters(reports=("northern-towns",), case_studies=(("northern-towns", 1),))


@pytest.mark.parametrize(
    "chosen", [Chosen(reports=("gone",)), Chosen(case_studies=("northern-towns/Gone",))], ids=["report", "case"]
)
def test_a_choice_that_the_library_lost_is_named(live: LiveIndex, chosen: Chosen) -> None:
    with pytest.raises(QuestionError, match=r"no longer holds '(gone|northern-towns/Gone)'"):
        filters_of(live.searcher().index, chosen)


def test_jobs_are_done_one_after_the_other_and_told_newest_first(live: LiveIndex) -> None:
    first, go = threading.Event(), threading.Event()
    order = []

    def job(name: str) -> Job:
        def work(_: Workspace, tell: Tell) -> Outcome:
            order.append(f"{name} begins")
            tell(Step("reading", 3, 7))
            first.set()
            assert go.wait(30)
            order.append(f"{name} ends")
            return Outcome(f"{name} is done.")

        return Job(name, work)

    for name in ("one", "two", "three"):
        live.submit(job(name))
    assert first.wait(30)
    state = live.state()
    assert (state.busy, state.building, state.job, state.waiting) == (True, True, "one", ("two", "three"))
    assert (state.stage, state.done, state.total) == ("reading", 3, 7)
    go.set()
    state = settled(live)
    assert order == ["one begins", "one ends", "two begins", "two ends", "three begins", "three ends"]
    assert [found.outcome.summary for found in state.finished] == ["three is done.", "two is done.", "one is done."]
    assert (state.job, state.building, state.waiting) == ("", False, ())


def test_a_job_that_does_not_index_is_no_building(live: LiveIndex) -> None:
    begun, go = threading.Event(), threading.Event()

    def work(_: Workspace, __: Tell) -> Outcome:
        begun.set()
        assert go.wait(30)
        return Outcome("Done.")

    live.submit(Job("counting", work, indexes=False))
    assert begun.wait(30)
    assert (live.state().job, live.state().building) == ("counting", False)
    go.set()
    settled(live)


def test_too_many_jobs_are_refused_and_only_the_latest_outcomes_kept(live: LiveIndex) -> None:
    go = threading.Event()

    def work(_: Workspace, __: Tell) -> Outcome:
        assert go.wait(30)
        return Outcome("Done.")

    live.submit(Job("first", work))
    until(lambda: live.state().job == "first")
    for number in range(MOST_WAITING):
        live.submit(Job(f"job {number}", work))
    with pytest.raises(CasebookError, match="are waiting already; try again later"):
        live.submit(Job("one too many", work))
    go.set()
    assert [found.name for found in settled(live).finished] == [f"job {MOST_WAITING - n}" for n in range(1, KEPT + 1)]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_job_that_fails_is_told_and_the_next_one_is_done(live: LiveIndex) -> None:
    def refuse(_: Workspace, __: Tell) -> Outcome:
        raise CasebookError("the disk is full", "free some space")

    def break_down(_: Workspace, __: Tell) -> Outcome:
        raise ZeroDivisionError

    for name, work in (("Adding", refuse), ("Removing", break_down), ("Counting", lambda *_: Outcome("Done."))):
        live.submit(Job(name, work))
    counting, removing, adding = settled(live).finished
    assert counting.outcome == Outcome("Done.")
    assert removing.outcome.problems == ("Removing failed; see the terminal in which casebook runs",)
    assert adding.outcome == Outcome("Adding failed.", problems=("the disk is full; free some space",))
    assert live.state().problem == ""


def test_uploads_are_added_with_their_catalogue_and_each_refusal_is_a_line(
    live: LiveIndex, home: Path, encoder: Encoder
) -> None:
    uploads = [put(home, "southern-towns.md", SOUTH), put(home, "odd.xyz", "x"), put(home, "empty.txt", "")]
    uploads.append(put(home, "catalogue.toml", '[southern-towns]\npublisher = "Chalk Press"\n'))
    (home.parent / "torn.zip").write_bytes(b"PK\x03\x04 torn")
    uploads.append(home.parent / "torn.zip")
    with zipfile.ZipFile(home.parent / "two.zip", "w") as archive:
        archive.writestr("eastern-towns.md", SOUTH.replace("outhern", "astern"))
        archive.writestr("old/western-towns.odt", "x")
    uploads.append(home.parent / "two.zip")
    live.submit(jobs.add_files(uploads))
    (done,) = settled(live).finished
    assert done.name == "Adding 6 files"
    assert done.outcome.summary == "2 added, 3 refused."
    skipped, *added = done.outcome.lines
    assert "two.zip/old/western-towns.odt" in skipped
    assert {"southern-towns.md: added", "eastern-towns.md: added"} <= set(added)
    assert [
        next(name for name in ("odd.xyz", "empty.txt", "torn.zip") if name in line) for line in (done.outcome.problems)
    ] == ["odd.xyz", "empty.txt", "torn.zip"]
    assert live.searcher().index.reports["southern-towns"].metadata.publisher == "Chalk Press"
    assert not any(path.exists() for path in uploads)


def test_a_report_is_removed_put_back_and_described_anew_while_the_page_is_open(live: LiveIndex, home: Path) -> None:
    live.submit(jobs.remove("northern-towns"))
    assert settled(live).finished[0].outcome.summary == "“Northern towns” is removed; it can be put back."
    assert live.state().generation == DIGESTS
    assert [one.report_id for one in live.removed()] == ["northern-towns"]
    live.submit(jobs.put_back("southern-towns"))
    live.submit(jobs.put_back("northern-towns"))
    good, bad, _ = settled(live).finished
    assert bad.outcome.problems == ("'southern-towns' is not what was removed last; look at the library again",)
    assert good.outcome.summary == "“Northern towns” is back in the library."
    live.submit(jobs.edit("northern-towns", {"publisher": "Chalk Press"}))
    live.submit(jobs.edit("gone", {"publisher": "Chalk Press"}))
    assert settled(live).finished[0].outcome.problems == (
        "the library holds no report 'gone'; look at the library again",
    )
    assert live.searcher().index.reports["northern-towns"].metadata.publisher == "Chalk Press"


def test_an_address_that_may_not_be_asked_is_refused(live: LiveIndex) -> None:
    live.submit(jobs.add_address("http://127.0.0.1:9/report.pdf", all_pages=False))
    (done,) = settled(live).finished
    assert done.outcome.summary == "None added, 1 refused."
    assert "127.0.0.1" in done.outcome.problems[0]


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux alone")
def test_embedding_gives_way_to_questions_and_nothing_else_does(live: LiveIndex) -> None:
    own = OnnxEncoder()
    live._workspace.given = own  # type: ignore[attr-defined]

    def priority() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    live.submit(Job("looking", lambda *_: Outcome(str(priority()))))
    assert settled(live).finished[0].outcome.summary == str(priority())
    assert own._pool.submit(priority).result() == 10
    assert live.reranker()._pool.submit(priority).result() == priority()  # type: ignore[attr-defined]


def test_a_port_in_use_is_named_with_the_remedy(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CasebookError, match=rf"port {port} of '127.0.0.1' cannot be opened .*; .*--port"):
            start(Workspace(tmp_path), port=port)

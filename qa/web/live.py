"""The index behind an open page: the last good generation, renewed when another is published, made where missing.

What changes the library is done in the background, one job after the other, while the last index answers.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CasebookError, IndexFileError
from corpus.removed import Removed
from index import store
from index.encoders import Encoder, OnnxEncoder, OnnxReranker, Reranker
from index.search import Index, Searcher
from qa.calibration import Calibration
from qa.web.jobs import Job, Outcome
from qa.workspace import NO_REPORTS, Progress, Step, Workspace

MOST_WAITING = 8
"""How many jobs may wait for the one that is being done."""

KEPT = 5
"""Of how many jobs it is remembered what they came to."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A job that was done, and what it came to."""

    name: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class State:
    """How things stand: the index that answers, its generation, what is being done, and what is amiss.

    ``building``: the job changes the index. It is at ``stage``, ``done`` of ``total``, at ``rate`` a second (0 where
    that is not known yet). ``waiting`` are the names of the jobs behind it, ``finished`` the latest ones, newest first,
    of ``jobs_done`` since casebook was started.
    """

    index: Index | None
    generation: str | None
    busy: bool
    building: bool
    done: int
    total: int
    problem: str
    job: str = ""
    stage: str = ""
    rate: float = 0.0
    waiting: tuple[str, ...] = ()
    finished: tuple[Finished, ...] = ()
    jobs_done: int = 0


class _Stopped(Exception):
    """Ends a job that nobody waits for any more."""


class LiveIndex:
    """One workspace for many threads: hands out a searcher, and works on library and index in the background."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._opening = threading.Lock()
        self._loading = threading.Lock()
        self._stopping = threading.Event()
        self._line = threading.Lock()
        self._thread: threading.Thread | None = None
        self._job: Job | None = None
        self._waiting: deque[Job] = deque()
        self._finished: deque[Finished] = deque(maxlen=KEPT)
        self._jobs_done = 0
        self._searcher: Searcher | None = None
        self._reranker: Reranker | None = None
        self._aside: Encoder | None = None
        self._generation: str | None = None
        self._tried: str | None = None
        self._problem: CasebookError | None = None
        self._step, self._rate = Step("", 0, 0), 0.0
        self._stage_began = 0.0, 0

    @property
    def home(self) -> Path:
        """The folder of the library."""
        return self._workspace.home

    def start(self) -> None:
        """Begin to load the models and, where the index is missing or behind the library, to build it."""
        with self._line:
            self._begin(self._prepare)

    def submit(self, job: Job) -> None:
        """Have ``job`` done when those before it are. Raises CasebookError where too many wait already."""
        with self._line:
            if len(self._waiting) >= MOST_WAITING:
                raise CasebookError(f"{MOST_WAITING} changes of the library are waiting already", "try again later")
            self._waiting.append(job)
            if self._thread is None:
                self._begin(self._work)

    def stop(self) -> None:
        """End the work in the background; the last good index stays."""
        self._stopping.set()
        thread = self._thread
        if thread is not None:
            thread.join(10)

    def searcher(self) -> Searcher:
        """Return the searcher of the newest generation that opens. Raises CasebookError where there has been none."""
        self._renew()
        if self._searcher is None:
            raise self._why_none()
        return self._searcher

    def removed(self) -> tuple[Removed, ...]:
        """Return the removed reports that are kept, the newest first. Raises LibraryError for a damaged record."""
        return self._workspace.removed()

    def calibration(self) -> Calibration:
        """Return the library's calibration. Raises CalibrationError where it is damaged."""
        return self._workspace.calibration()

    def state(self) -> State:
        """Return how things stand, after a look for a newer generation."""
        with self._line:  # before the look: when nothing is left to do, what was done is seen
            busy, job, step, rate = self._thread is not None, self._job, self._step, self._rate
            waiting, finished = tuple(one.name for one in self._waiting), tuple(self._finished)
            jobs_done = self._jobs_done
        self._renew()
        building = job is not None and job.indexes
        problem = self._problem
        if self._searcher is None and not building:
            problem = problem or (None if self._workspace.library.files() else NO_REPORTS)
        return State(
            index=self._searcher.index if self._searcher else None,
            generation=self._generation,
            busy=busy,
            building=building,
            done=step.done,
            total=step.total,
            problem=str(problem) if problem and not building else "",
            job=job.name if job else "",
            stage=step.stage,
            rate=rate,
            waiting=waiting,
            finished=finished,
            jobs_done=jobs_done,
        )

    def reranker(self) -> Reranker:
        """Return the cross-encoder, loaded once for all searchers. Raises ModelError where it does not load."""
        with self._loading:
            if self._reranker is None:
                self._reranker = OnnxReranker()
            return self._reranker

    def _renew(self) -> None:
        """Open the published generation unless that was done or tried before."""
        with self._opening:
            try:
                name = self._workspace.generation()
            except IndexFileError as error:
                if store.exists(self._workspace.index_folder):
                    self._problem = error
                elif not self._workspace.library.files():  # the last report was taken out
                    self._searcher = self._generation = self._tried = self._problem = None
                return
            if name == self._tried:
                return
            self._tried = name
            try:
                self._searcher = Searcher(self._workspace.open(), self._workspace.encoder(), self.reranker)
            except CasebookError as error:
                self._problem = error
            else:
                self._generation, self._problem = name, None

    def _why_none(self) -> CasebookError:
        job, step = self._job, self._step
        if job is not None and job.indexes:
            how_far = f" ({step.done} of {step.total})" if step.total else ""
            return CasebookError(f"the reports are still being indexed{how_far}", "ask again in a moment")
        if self._problem is not None:
            return self._problem
        if not self._workspace.library.files():
            return NO_REPORTS
        return IndexFileError("the library's reports are not indexed yet", "run: casebook index")

    def _begin(self, work: Callable[[], None]) -> None:
        self._thread = threading.Thread(target=work, name="casebook-background", daemon=True)
        self._thread.start()

    def _prepare(self) -> None:
        self._warm()
        try:
            if self._workspace.library.files() and not self._is_good():
                done = self._done(Job("Indexing the library", _rebuild))
                self._problem = done if isinstance(done, CasebookError) else self._problem
        except CasebookError as error:
            self._problem = error
        self._work()

    def _work(self) -> None:
        """Do what waits, one job after the other, until nothing does."""
        while True:
            with self._line:
                if not self._waiting or self._stopping.is_set():
                    self._thread = None
                    return
                job = self._waiting.popleft()
            done = self._done(job)
            if isinstance(done, CasebookError):
                done = Outcome(f"{job.name} failed.", problems=(str(done),))
            if done is not None:
                with self._line:
                    self._finished.appendleft(Finished(job.name, done))
                    self._jobs_done += 1

    def _done(self, job: Job) -> Outcome | CasebookError | None:
        """Do ``job``, and return what it came to, why it failed, or None where it was stopped."""
        found: list[Outcome | CasebookError] = []

        def aside() -> None:
            try:
                self._give_way()
                found.append(job.work(self._workspace, self._tell))
            except CasebookError as error:
                found.append(error)
            except _Stopped:
                pass
            except BaseException:
                found.append(CasebookError(f"{job.name} failed", "see the terminal in which casebook runs"))
                raise

        self._step, self._rate = Step("", 0, 0), 0.0
        self._job = job
        thread = threading.Thread(target=aside, name="casebook-job", daemon=True)
        thread.start()
        thread.join()
        self._job = None
        self._warm()
        return found[0] if found else None

    def _give_way(self) -> None:
        """Have what indexes wait for questions. Only the encoder's threads do: one that runs Python code must not be
        kept from giving back the interpreter's lock.
        """
        encoder = self._workspace.encoder()
        if isinstance(encoder, OnnxEncoder) and encoder is not self._aside:
            encoder.give_way()
            self._aside = encoder

    def _is_good(self) -> bool:
        """Return whether the published index opens and is of just the library's reports."""
        if isinstance(self._problem, IndexFileError):
            return False
        return self._workspace.is_current()

    def _warm(self) -> None:
        """Load what the first question needs, so that it need not wait."""
        with suppress(CasebookError):  # told to whoever asks
            self.searcher().search("What was learned?", 1)

    def _tell(self, step: Step) -> None:
        if self._stopping.is_set():
            raise _Stopped
        now = time.monotonic()
        if step.stage != self._step.stage:
            self._stage_began = now, step.done
        began, first = self._stage_began
        self._rate = (step.done - first) / (now - began) if now - began >= 1 else 0.0
        self._step = step


def _rebuild(workspace: Workspace, tell: Progress) -> Outcome:
    workspace.rebuild(tell)
    return Outcome("The library is indexed.")

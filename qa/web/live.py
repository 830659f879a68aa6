"""The index behind an open page: the last good generation, renewed when another is published, made where missing."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CasebookError, IndexFileError
from index import store
from index.encoders import OnnxReranker, Reranker
from index.search import Index, Searcher
from qa.calibration import Calibration
from qa.workspace import NO_REPORTS, Step, Workspace


@dataclass(frozen=True, slots=True)
class State:
    """How things stand: the index that answers, its generation, what is being prepared, and what is amiss."""

    index: Index | None
    generation: str | None
    busy: bool
    building: bool
    done: int
    total: int
    problem: str


class _Stopped(Exception):
    """Ends an indexing that nobody waits for any more."""


class LiveIndex:
    """One workspace for many threads: hands out a searcher, and prepares models and index in the background."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._opening = threading.Lock()
        self._loading = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._prepare, name="casebook-prepare", daemon=True)
        self._searcher: Searcher | None = None
        self._reranker: Reranker | None = None
        self._generation: str | None = None
        self._tried: str | None = None
        self._problem: CasebookError | None = None
        self._building = False
        self._done, self._total = 0, 0

    @property
    def home(self) -> Path:
        """The folder of the library."""
        return self._workspace.home

    def start(self) -> None:
        """Begin to load the models and, where the index is missing or behind the library, to build it."""
        self._thread.start()

    def stop(self) -> None:
        """End the work in the background; the last good index stays."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(10)

    def searcher(self) -> Searcher:
        """Return the searcher of the newest generation that opens. Raises CasebookError where there has been none."""
        self._renew()
        if self._searcher is None:
            raise self._why_none()
        return self._searcher

    def calibration(self) -> Calibration:
        """Return the library's calibration. Raises CalibrationError where it is damaged."""
        return self._workspace.calibration()

    def state(self) -> State:
        """Return how things stand, after a look for a newer generation."""
        self._renew()
        problem = self._problem
        if self._searcher is None and not self._building:
            problem = problem or (None if self._workspace.library.files() else NO_REPORTS)
        return State(
            index=self._searcher.index if self._searcher else None,
            generation=self._generation,
            busy=self._thread.is_alive(),
            building=self._building,
            done=self._done,
            total=self._total,
            problem=str(problem) if problem and not self._building else "",
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
                name = store.current_name(self._workspace.index_folder)
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
        if self._building:
            how_far = f" ({self._done} of {self._total})" if self._total else ""
            return CasebookError(f"the reports are still being indexed{how_far}", "ask again in a moment")
        if self._problem is not None:
            return self._problem
        if not self._workspace.library.files():
            return NO_REPORTS
        return IndexFileError("the library has no index yet", store.REBUILD)

    def _prepare(self) -> None:
        try:
            self._warm()
            if self._workspace.library.files() and not self._is_good():
                self._building = True
                self._workspace.rebuild(self._report)
                self._building = False
                self._warm()
        except CasebookError as error:
            self._problem = error
        except _Stopped:
            pass
        except BaseException:
            self._problem = CasebookError("indexing failed", "see the terminal, then run: casebook index --rebuild")
            raise
        finally:
            self._building = False

    def _is_good(self) -> bool:
        """Return whether the published index opens and is of just the library's reports."""
        if isinstance(self._problem, IndexFileError):
            return False
        return self._workspace.is_current()

    def _warm(self) -> None:
        """Load what the first question needs, so that it need not wait."""
        with suppress(CasebookError):  # told to whoever asks
            self.searcher().search("What was learned?", 1)

    def _report(self, step: Step) -> None:
        if self._stopping.is_set():
            raise _Stopped
        self._done, self._total = step.done, step.total

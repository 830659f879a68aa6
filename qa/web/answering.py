"""Answers for many askers at once: first come, first served, and the latest kept for whoever asks the same again."""

import threading
from collections import Counter
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any, TypeVar

from corpus.errors import CasebookError
from index.search import Filters, Hit, Searcher
from qa.answer import Answer, check_question
from qa.answer import ask as answer_of
from qa.calibration import Calibration
from qa.compare import Comparison
from qa.compare import compare as comparison_of
from qa.units import By
from qa.web.choices import filters_of
from qa.web.live import LiveIndex
from qa.web.place import Chosen

Result = TypeVar("Result")
Left = Callable[[], bool]
"""Returns whether whoever asked has gone elsewhere."""

AT_ONCE = 2
"""How many questions are worked on at the same time: the second fills the cores where the first does not."""

MOST_WAITING = 32
"""How many questions may wait; fewer than the server's threads, so that the page answers clicks meanwhile."""

KEPT = 64
"""How many answers are kept."""

EVERYTHING = Chosen()

LOOK = 0.25
"""After how many seconds each it is looked whether an asker is still there."""


class AskerLeft(Exception):
    """Whoever asked has gone elsewhere, and waits for no answer."""


class Answering:
    """Answers questions from the index behind an open page, for many threads.

    A question waits for those asked before it. The same question, asked again of the same index with the same filters
    and calibration, gets the answer that was given, and while that is being worked on, waits for it. Every method
    raises CasebookError where there is no index, where the question cannot be asked, or where too many wait, and
    AskerLeft soon after ``left`` says so; what nobody waits for any more is not begun.
    """

    def __init__(self, live: LiveIndex, at_once: int = AT_ONCE) -> None:
        self._live = live
        self._line = ThreadPoolExecutor(at_once, thread_name_prefix="casebook-answer")
        self._lock = threading.Lock()
        self._made_with: tuple[Searcher, Calibration] | None = None
        self._kept: dict[Hashable, Future[Any]] = {}
        self._askers: Counter[Future[Any]] = Counter()

    def ask(self, question: str, top: int, chosen: Chosen = EVERYTHING, left: Left | None = None) -> Answer:
        """Return the answer to ``question`` among what is ``chosen``, with the ``top`` best passages."""
        asked = check_question(question)

        def work(searcher: Searcher, calibration: Calibration) -> Answer:
            return answer_of(searcher, asked, top, filters=_filters(searcher, chosen), calibration=calibration)

        return self._first_come(("ask", asked, top, chosen), work, left)

    def search(self, question: str, top: int, chosen: Chosen = EVERYTHING) -> list[Hit]:
        """Return the ``top`` best passages for ``question`` among what is ``chosen``."""
        asked = check_question(question)

        def work(searcher: Searcher, _: Calibration) -> list[Hit]:
            return searcher.search(asked, top, filters=_filters(searcher, chosen))

        return self._first_come(("search", asked, top, chosen), work)

    def compare(
        self, question: str, by: By, quotes: int, chosen: Chosen = EVERYTHING, left: Left | None = None
    ) -> Comparison:
        """Return what every unit among what is ``chosen`` says to ``question``, in up to ``quotes`` quotes each."""
        asked = check_question(question)

        def work(searcher: Searcher, _: Calibration) -> Comparison:
            return comparison_of(searcher, asked, by, quotes, filters=_filters(searcher, chosen))

        return self._first_come(("compare", asked, by, quotes, chosen), work, left)

    def stop(self) -> None:
        """Answer no more questions; those that wait are given up."""
        self._line.shutdown(wait=False, cancel_futures=True)

    def _first_come(
        self, key: Hashable, work: Callable[[Searcher, Calibration], Result], left: Left | None = None
    ) -> Result:
        """Return what ``work`` makes when its turn has come, or made before under the same ``key``."""
        made_with = (self._live.searcher(), self._live.calibration())
        with self._lock:
            if made_with != self._made_with:
                self._made_with = made_with
                self._kept.clear()
            future: Future[Result] | None = self._kept.pop(key, None)
            if future is None or future.cancelled() or (future.done() and future.exception()):
                waiting = sum(not one.done() for one in self._kept.values())
                if waiting >= MOST_WAITING:
                    raise CasebookError(f"{waiting} questions are waiting already", "ask again in a moment")
                future = self._line.submit(work, *made_with)
            self._kept[key] = future  # the latest stands last
            if len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
            self._askers[future] += 1
        try:
            return _result(future, left)
        finally:
            with self._lock:
                self._askers[future] -= 1
                if not self._askers[future]:
                    del self._askers[future]
                    future.cancel()  # no more than a wish where it is being worked on


def _result(future: Future[Result], left: Left | None) -> Result:
    while left is not None:
        done, _ = wait([future], LOOK)
        if done:
            break
        if left():
            raise AskerLeft
    return future.result()


def _filters(searcher: Searcher, chosen: Chosen) -> Filters | None:
    return filters_of(searcher.index, chosen) if chosen.count else None

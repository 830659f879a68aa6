"""What each session asked for last: what is still being made for an earlier request of it is late."""

import threading
from itertools import count

MOST_SESSIONS = 4_096
"""Of how many sessions it is remembered."""


class Latest:
    """Numbers the requests of sessions, and remembers the last of each. For many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._last: dict[str, int] = {}
        self._finished: dict[str, int] = {}

    def begin(self, session: str | None) -> int:
        """Return the number of a new request of ``session``, which is its last from now on."""
        with self._lock:
            number = next(self._numbers)
            if session is not None:
                self._last.pop(session, None)
                self._last[session] = number  # the latest stands last
                if len(self._last) > MOST_SESSIONS:
                    oldest = next(iter(self._last))
                    del self._last[oldest]
                    self._finished.pop(oldest, None)
            return number

    def is_late(self, session: str | None, number: object) -> bool:
        """Return whether ``session`` has made another request since; one of which nothing is known has not."""
        return self._last.get(session or "", number) != number

    def finish(self, session: str | None, number: object) -> bool:
        """Return whether a request is to be finished now: the last one of ``session`` is, once."""
        with self._lock:
            if self.is_late(session, number) or (session in self._last and self._finished.get(session) == number):
                return False
            if session in self._last:
                self._finished[session] = self._last[session]
            return True

    def has_begun(self, session: str | None) -> bool:
        """Return whether ``session`` has made a request yet."""
        return session in self._last

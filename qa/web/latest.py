"""Where each session went last: what is still being made for where it was before is late."""

import threading

MOST_SESSIONS = 4_096
"""Of how many sessions it is remembered."""


class Latest:
    """Remembers the place that each session asked for last. For many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[str, str] = {}

    def go(self, session: str | None, place: str) -> None:
        """Note that ``session`` goes to ``place``. Of a request without a session nothing is remembered."""
        if session is None:
            return
        with self._lock:
            self._of.pop(session, None)
            self._of[session] = place  # the latest stands last
            if len(self._of) > MOST_SESSIONS:
                del self._of[next(iter(self._of))]

    def has_left(self, session: str | None, place: str) -> bool:
        """Return whether ``session`` has gone elsewhere than to ``place``; one of which nothing is known has not."""
        return self._of.get(session or "", place) != place

    def has_gone(self, session: str | None) -> bool:
        """Return whether ``session`` has gone anywhere yet."""
        return session in self._of

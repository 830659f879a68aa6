"""Which of the things that a session asks for is the latest: what is still being made for an earlier one is late."""

import threading
from collections.abc import Callable

MOST_SESSIONS = 4_096
"""Of how many sessions the latest is remembered."""


class Latest:
    """Tells whoever works for a session whether somebody there still waits for it. For many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: dict[str, object] = {}

    def begin(self, session: str | None) -> Callable[[], bool]:
        """Note that ``session`` asks for something, and return what tells whether it asked for another thing since.

        A request without a session is nobody's earlier one.
        """
        if session is None:
            return lambda: False
        this = object()
        with self._lock:
            self._of.pop(session, None)
            self._of[session] = this  # the latest stands last
            if len(self._of) > MOST_SESSIONS:
                del self._of[next(iter(self._of))]
        return lambda: self._of.get(session, this) is not this

    def has_begun(self, session: str | None) -> bool:
        """Return whether ``session`` has asked for something already."""
        return session in self._of

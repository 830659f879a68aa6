"""Which of a session's requests is the latest."""

from qa.web.latest import MOST_SESSIONS, Latest


def test_what_came_before_is_late_and_other_sessions_are_not() -> None:
    latest = Latest()
    first, other = latest.begin("a"), latest.begin("b")
    assert (first(), other()) == (False, False)
    second = latest.begin("a")
    assert (first(), second(), other()) == (True, False, False)


def test_a_session_has_begun_once_it_has_asked_for_something() -> None:
    latest = Latest()
    latest.begin("a")
    latest.begin(None)
    assert (latest.has_begun("a"), latest.has_begun("b"), latest.has_begun(None)) == (True, False, False)


def test_without_a_session_nothing_is_late() -> None:
    latest = Latest()
    first = latest.begin(None)
    latest.begin(None)
    assert not first()


def test_what_is_forgotten_is_not_late() -> None:
    latest = Latest()
    first = latest.begin("a")
    for number in range(MOST_SESSIONS):
        latest.begin(str(number))
    assert not first()
    assert len(latest._of) == MOST_SESSIONS

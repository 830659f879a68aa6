"""Where each session went last, and what is late by it."""

from qa.web.latest import MOST_SESSIONS, Latest


def test_what_is_made_for_where_a_session_was_before_is_late() -> None:
    latest = Latest()
    latest.go("a", "?q=one")
    latest.go("b", "?q=one")
    assert not latest.has_left("a", "?q=one")
    latest.go("a", "?q=two")
    assert [latest.has_left(one, "?q=one") for one in ("a", "b")] == [True, False]
    latest.go("a", "?q=one")
    assert not latest.has_left("a", "?q=one")


def test_who_goes_nowhere_has_left_nothing() -> None:
    latest = Latest()
    latest.go("a", "")
    latest.go(None, "?q=one")
    assert [latest.has_gone(one) for one in ("a", "b", None)] == [True, False, False]
    assert not latest.has_left("b", "?q=one")
    assert not latest.has_left(None, "?q=two")


def test_the_oldest_sessions_are_forgotten() -> None:
    latest = Latest()
    for number in range(MOST_SESSIONS + 1):
        latest.go(str(number), "")
    assert [latest.has_gone(one) for one in ("0", "1", str(MOST_SESSIONS))] == [False, True, True]

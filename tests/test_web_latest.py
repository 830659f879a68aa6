"""What each session asked for last, and what is late by it."""

from qa.web.latest import MOST_SESSIONS, Latest


def test_what_came_before_is_late_and_other_sessions_are_not() -> None:
    latest = Latest()
    first, other = latest.begin("a"), latest.begin("b")
    assert not latest.is_late("a", first)
    second = latest.begin("a")
    assert [latest.is_late("a", number) for number in (first, second)] == [True, False]
    assert not latest.is_late("b", other)


def test_only_the_last_request_is_finished_and_once() -> None:
    latest = Latest()
    first, second = latest.begin("a"), latest.begin("a")
    assert [latest.finish("a", number) for number in (first, second, second)] == [False, True, False]
    assert latest.finish("a", latest.begin("a"))


def test_what_nothing_is_known_of_is_not_late() -> None:
    latest = Latest()
    numbers = [latest.begin(None), latest.begin(None)]
    assert [latest.is_late(None, number) for number in numbers] == [False, False]
    assert [latest.finish(session, 7) for session in (None, "b", "b")] == [True, True, True]
    assert [latest.has_begun(session) for session in (None, "b")] == [False, False]


def test_the_oldest_sessions_are_forgotten() -> None:
    latest = Latest()
    for number in range(MOST_SESSIONS + 1):
        latest.finish(str(number), latest.begin(str(number)))
    assert [latest.has_begun(one) for one in ("0", "1", str(MOST_SESSIONS))] == [False, True, True]
    assert len(latest._last) == len(latest._finished) == MOST_SESSIONS

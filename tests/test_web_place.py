"""Places of the page: every place has an address, and every address leads to a place."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.model import Span
from qa.units import By
from qa.web.place import Chosen, Place, View

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
SOME = st.lists(TEXT.filter(bool), max_size=3, unique=True).map(tuple)
SPANS = st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)).map(lambda pair: Span(pair[0], pair[0] + pair[1]))


@given(
    st.builds(
        Place,
        view=st.sampled_from(View),
        question=TEXT,
        chosen=st.builds(Chosen, reports=SOME, publishers=SOME, years=SOME, case_studies=SOME, kinds=SOME),
        by=st.sampled_from(By),
        report=TEXT,
        passage=TEXT,
        quote=st.none() | SPANS,
    )
)
def test_every_place_is_found_again_by_its_address(place: Place) -> None:
    assert Place.from_query(place.query) == place
    assert place.query == "" or (place.query[0] == "?" and place.query.isascii())


def test_an_address_holds_question_filters_and_passage() -> None:
    chosen = Chosen(reports=("a",), years=("2021", "2022"), case_studies=("a/North & South",), kinds=("covid",))
    place = Place(question="What helped?", chosen=chosen).reading("a-0123456789ab", Span(3, 9))
    assert place.query == (
        "?view=read&q=What+helped%3F&report=a&year=2021&year=2022&case=a%2FNorth+%26+South&kind=covid"
        "&passage=a-0123456789ab&quote=3-9"
    )
    assert Place().query == ""


@given(st.text(string.printable, max_size=200))
@example("?view=nothing&by=wrong&quote=9-3")
@example("?quote=--1&quote=1-" + "9" * 400)
@example("?" + "&".join(["report=x"] * 5000))
def test_whatever_stands_in_an_address_leads_somewhere(query: str) -> None:
    place = Place.from_query(query)
    assert Place.from_query(place.query) == place


@pytest.mark.parametrize("query", [None, 3, ["?q=x"], {"q": "x"}], ids=str)
def test_what_is_no_address_leads_to_the_beginning(query: object) -> None:
    assert Place.from_query(query) == Place()


def test_a_place_keeps_question_and_filters_from_view_to_view() -> None:
    asked = Place(question="What helped?", chosen=Chosen(reports=("a",)))
    read = asked.reading("a-0123456789ab", Span(3, 9))
    assert read.at(View.ASK).at(View.READ) == read
    assert asked.comparing(By.SECTION_KIND) == Place(
        View.COMPARE, "What helped?", Chosen(reports=("a",)), By.SECTION_KIND
    )

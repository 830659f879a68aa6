"""Search over a built index: agreement with brute force, filters, folded repeats, reranking, reopening."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from small_library import HashEncoder, OverlapReranker, made_up_reports

from corpus.errors import IndexFileError, LibraryError
from corpus.model import SectionKind
from index.build import build, fingerprint, windows
from index.duplicates import groups
from index.fusion import standardised
from index.search import Filters, Searcher, open_index
from index.settings import Settings

PLAIN = Settings(rerank=False, variants=0.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "index"
    build(folder, made_up_reports(), HashEncoder(), {"casebook": "0", "date": "2026-01-01"})
    return folder


@pytest.fixture
def searcher(folder: Path) -> Searcher:
    return Searcher(open_index(folder), HashEncoder(), OverlapReranker)


def test_the_reopened_index_holds_the_reports(searcher: Searcher) -> None:
    reports = made_up_reports()
    assert list(searcher.index.reports.values()) == reports
    assert searcher.index.fingerprint == fingerprint(reports)
    assert searcher.index.manifest["counts"] == {
        "reports": 2,
        "case_studies": 4,
        "sections": 6,
        "passages": 6,
        "sentences": 14,
    }


def test_each_ranker_agrees_with_brute_force(searcher: Searcher) -> None:
    query = "mutual aid between hospitals"
    vector = searcher.encoder.encode_query(query)
    scores, by_sentence = searcher.index.rank(query, vector, 0.0)
    encoder = HashEncoder()
    for number, (report, passage) in enumerate(searcher.index.passages):
        context = searcher.index.contexts[number]
        flat = " ".join(passage.text.split())
        assert scores["passage"][number] == pytest.approx(
            float(encoder.encode_query(f"{context}: {flat}") @ vector), abs=1e-6
        )
        sentences = [" ".join(passage.sentence_text(n).split()) for n in range(len(passage.sentences))]
        cosines = [float(encoder.encode_query(f"{context}: {sentence}") @ vector) for sentence in sentences]
        assert scores["sentence"][number] == pytest.approx(max(cosines), abs=1e-6)
        assert searcher.index.sentences_of(number, by_sentence) == pytest.approx(cosines, abs=1e-6)
        runs = [" ".join(report.text[s.start : s.end].split()) for s in windows(passage, 2)]
        best = max(float(encoder.encode_query(run) @ vector) for run in runs)
        assert scores["window"][number] == pytest.approx(best, abs=1e-6)


def test_the_score_is_the_sum_of_standard_scores(searcher: Searcher) -> None:
    query = "who pays for transport"
    hits = searcher.search(query, 20, PLAIN)
    scores, _ = searcher.index.rank(query, searcher.encoder.encode_query(query), 0.0)
    total = np.sum([standardised(values) for values in scores.values()], axis=0)
    for hit in hits:
        assert hit.score == pytest.approx(total[searcher.index.number_of[hit.passage.id]])
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert hits[0].report.sections[hits[0].passage.section].heading == "Challenges"


def test_the_same_text_in_two_reports_is_one_hit_with_both_places(searcher: Searcher) -> None:
    hits = searcher.search("mutual aid between the hospitals", 20, PLAIN)
    assert len(hits) == 5
    first = hits[0]
    places = {first.report.id, *(report.id for report, _ in first.duplicates)}
    assert places == {"north", "south"}
    assert all(not hit.duplicates for hit in hits[1:])


def test_filters_let_through_only_what_they_name(searcher: Searcher) -> None:
    def found(filters: Filters) -> set[tuple[str, int | None]]:
        return {(h.report.id, h.passage.case_study) for h in searcher.search("mutual aid", 20, PLAIN, filters)}

    assert found(Filters(reports=("south",))) == {("south", 0), ("south", 1)}
    assert found(Filters(case_studies=(("north", 1),))) == {("north", 1)}
    kinds = searcher.search("mutual aid", 20, PLAIN, Filters(kinds=(SectionKind.NEXT_STEPS,)))
    assert [h.report.sections[h.passage.section].heading for h in kinds] == ["Next steps"]
    assert found(Filters(reports=("nowhere",))) == set()


def test_the_reranker_orders_the_first_and_leaves_the_rest_behind(searcher: Searcher) -> None:
    settings = Settings(rerank_depth=2, rerank_weight=1.0)
    fused = searcher.search("dementia clinic in an empty school", 20, PLAIN)
    hits = searcher.search("dementia clinic in an empty school", 20, settings)
    assert {h.passage.id for h in hits[:2]} == {h.passage.id for h in fused[:2]}
    assert [h.passage.id for h in hits[2:]] == [h.passage.id for h in fused[2:]]
    assert ["rerank" in h.scores for h in hits] == [True, True, False, False, False]
    assert hits[0].scores["rerank"] > hits[1].scores["rerank"]
    assert all(a.score > b.score for a, b in pairwise(hits))


def test_the_best_part_lies_inside_its_passage(searcher: Searcher) -> None:
    for settings in (PLAIN, Settings()):
        for hit in searcher.search("calls at seven each morning", 20, settings):
            assert hit.best_sentence in hit.passage.sentences
            assert hit.passage.span.start <= hit.best_window.start <= hit.best_sentence.start
            assert hit.best_sentence.end <= hit.best_window.end <= hit.passage.span.end


def test_the_same_query_gives_the_same_hits(searcher: Searcher) -> None:
    assert searcher.search("volunteers") == searcher.search("volunteers")


def test_an_index_of_another_encoder_is_refused(folder: Path) -> None:
    with pytest.raises(IndexFileError, match=r"made by the encoder 'hash'.*--rebuild"):
        Searcher(open_index(folder), HashEncoder("other"))


def test_without_reports_there_is_nothing_to_index(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="casebook add"):
        build(tmp_path / "index", [], HashEncoder(), {})


def test_adding_a_report_embeds_only_its_texts(tmp_path: Path) -> None:
    north, south = made_up_reports()
    build(tmp_path / "index", [north], HashEncoder(), {})
    encoder = HashEncoder()
    build(tmp_path / "index", [north, south], encoder, {})
    assert encoder.seen
    assert not any("Valley Partnership" in text for text in encoder.seen)


def test_near_duplicates_share_a_group() -> None:
    text = "Mutual aid between the hospitals kept theatres open through the whole of the first winter"
    assert groups([text, "Something else is said here about other things", f"“{text}”!", ""]) == [0, 1, 0, 3]

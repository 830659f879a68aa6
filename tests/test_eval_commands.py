"""Measuring at the command line: TREC files, plots, ablations, and one line for every question set gone wrong."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ir_measures
import pytest
import test_app_commands

from eval.metrics import RANKING_MEASURES
from eval.runs import meta_path
from index.models import BGE_SMALL, RERANKER
from index.settings import Settings

Run = test_app_commands.Run
one_line = test_app_commands.one_line
run = test_app_commands.run
home = test_app_commands.home

QUESTIONS: tuple[dict[str, Any], ...] = (
    {"id": "f1", "question": "Who pays for transport?", "kind": "fact", "anchors": ["who pays for transport"]},
    {"id": "f2", "question": "How fast were ventilators shared?", "kind": "fact", "anchors": ["lent within a day"]},
    {
        "id": "s1",
        "question": "How do partners share what they have?",
        "kind": "survey",
        "anchors": ["share one rota", "ventilators were lent", "joins three hospitals"],
    },
    {"id": "u1", "question": "What does parking at the hospital cost?", "kind": "unanswerable"},
)


def write_questions(path: Path, questions: Sequence[dict[str, Any]] = QUESTIONS) -> Path:
    """Write ``questions`` to ``path`` and return it."""
    path.write_text("".join(json.dumps(question) + "\n" for question in questions))
    return path


@pytest.fixture
def asked(run: Run, home: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A question set and a run on it."""
    questions, out = write_questions(tmp_path / "questions.jsonl"), tmp_path / "base.jsonl"
    assert run("eval", "run", questions, "--out", out, "--home", home, "--no-rerank").code == 0
    return questions, out


def test_two_runs_are_the_same_bytes_but_for_times_and_date(run: Run, home: Path, tmp_path: Path) -> None:
    questions = write_questions(tmp_path / "questions.jsonl")
    found = []
    for name in ("a.jsonl", "b.jsonl"):
        assert run("eval", "run", questions, "--out", tmp_path / name, "--home", home).code == 0
        lines, seconds = re.subn(rb'"seconds": [0-9.]+', b'"seconds": 0', (tmp_path / name).read_bytes())
        meta, dates = re.subn(rb'"date": "[^"]+"', b'"date": ""', meta_path(tmp_path / name).read_bytes())
        assert (seconds, dates) == (4, 1)
        found.append((lines, meta))
    assert found[0] == found[1]


def test_a_run_records_corpus_models_settings_version_and_date(run: Run, home: Path, tmp_path: Path) -> None:
    questions, out = write_questions(tmp_path / "questions.jsonl"), tmp_path / "run.jsonl"
    run("eval", "run", questions, "--out", out, "--home", home, "--top", "7")
    meta = json.loads(meta_path(out).read_text())
    assert set(meta) == {"corpus_fingerprint", "models", "settings", "version", "date", "system"}
    assert meta["models"] == {model.name: model.fingerprint for model in (BGE_SMALL, RERANKER)}
    assert re.fullmatch(r"[0-9a-f]{12}", meta["corpus_fingerprint"])
    assert meta["settings"]["top"] == 7
    assert meta["settings"]["rerank_depth"] == Settings().rerank_depth
    assert meta["settings"]["index"] == {"headings": True, "stemming": True, "passage_words": 150}
    assert re.match(r"\d{4}-\d\d-\d\dT", meta["date"])
    run("eval", "run", questions, "--out", out, "--home", home, "--no-rerank")
    assert list(json.loads(meta_path(out).read_text())["models"]) == [BGE_SMALL.name]


def test_the_stated_probability_goes_into_the_run(run: Run, home: Path, tmp_path: Path) -> None:
    questions, out = write_questions(tmp_path / "questions.jsonl"), tmp_path / "run.jsonl"
    assert run("eval", "run", questions, "--out", out, "--home", home).code == 0
    for line in map(json.loads, out.read_text().splitlines()):
        found = json.loads(run("ask", line["question"], "--home", home, "--json").out)
        assert line["answerable"] == pytest.approx(found["answerable"], abs=1e-4)
        assert line["abstained"] == (found["answerable"] < found["produced_by"]["threshold"])
    assert run("eval", "run", questions, "--out", out, "--home", home, "--no-rerank").code == 0
    assert not any("answerable" in json.loads(line) for line in out.read_text().splitlines())


def test_other_tools_measure_the_same_on_the_trec_files(
    run: Run, home: Path, asked: tuple[Path, Path], tmp_path: Path
) -> None:
    questions, base = asked
    trec, qrels = tmp_path / "base.trec", tmp_path / "qrels"
    assert run("eval", "export", base, questions, "--trec", trec, "--home", home).code == 0
    assert run("eval", "qrels", questions, "--out", qrels, "--home", home).code == 0
    assert len(qrels.read_text().splitlines()) == 5  # f1, f2 and three of s1: the copy in the south is no further one
    measured = ir_measures.calc_aggregate(
        [ir_measures.parse_measure(name) for name in RANKING_MEASURES],
        ir_measures.read_trec_qrels(str(qrels)),
        ir_measures.read_trec_run(str(trec)),
    )
    own = json.loads(run("eval", "score", base, questions, "--home", home, "--json").out)["overall"]
    expected = {name: own[name]["mean"] for name in RANKING_MEASURES}
    assert {str(measure): round(value, 6) for measure, value in measured.items()} == expected
    for arguments in ((trec, questions), (trec, questions, "--qrels", qrels)):
        again = json.loads(run("eval", "score", *arguments, "--home", home, "--json").out)
        assert {name: again["overall"][name]["mean"] for name in RANKING_MEASURES} == expected
        assert again["overall"]["Coverage@10"] == own["Coverage@10"]
        # what a TREC file does not hold is no zero
        assert not {"AnswerHit", "Decision"} & set(again["overall"])
        assert (again["latency"], again["abstention"]) == (None, None)
    printed = run("eval", "score", trec, questions, "--home", home).out
    assert "left out: every result: a TREC run holds rankings alone" in printed


def test_a_score_is_printed_by_kind_by_report_and_for_abstaining(
    run: Run, home: Path, asked: tuple[Path, Path], tmp_path: Path
) -> None:
    questions, base = asked
    stated = tmp_path / "stated.jsonl"
    lines = [json.loads(line) for line in base.read_text().splitlines()]
    for line, probability in zip(lines, (0.95, 0.72, 0.88, 0.31), strict=True):
        line |= {"answerable": probability, "abstained": line["id"] in ("f2", "u1")}
    stated.write_text("".join(json.dumps(line) + "\n" for line in lines))
    printed = re.sub(" +", " ", run("eval", "score", stated, questions, "--home", home).out)
    assert "\nmeasure fact (2) survey (1) unanswerable (1) all (4)\n" in printed
    assert "\nmeasure north (3)\n" in printed and "\nmeasure south (2)\n" in printed
    # two abstentions of which one is right; one unanswerable question; one of three answerable ones refused
    for line in (
        "abstaining: 3 answerable and 1 unanswerable questions; the system abstained from 2",
        "AUROC of the stated probability 1.000 [1.000, 1.000]",
        "Precision of abstaining 0.500 [0.000, 1.000]",
        "Recall of abstaining 1.000 [1.000, 1.000]",
        "Answerable questions refused 0.333 [0.000, 1.000]",
        "Stated probability Mean stated Share answerable Questions",
        "0.3 to 0.4 0.310 0.000 1",
        "0.9 to 1.0 0.950 1.000 1",
    ):
        assert f"\n{line}\n" in printed, line


def test_plots_of_runs_are_written_as_page_and_picture(
    run: Run, home: Path, asked: tuple[Path, Path], tmp_path: Path
) -> None:
    questions, base = asked
    page, picture = tmp_path / "plots.html", tmp_path / "plots.svg"
    assert run("eval", "export", base, questions, "--trec", tmp_path / "b.trec", "--home", home).code == 0
    done = run("eval", "plot", base, tmp_path / "b.trec", questions, "--out", page, "--home", home)
    assert (done.code, done.out) == (0, f"plots of 2 runs written to {page}\n")
    assert run("eval", "plot", base, questions, "--out", picture, "--home", home).code == 0
    html, svg = page.read_text("utf-8"), picture.read_text("utf-8")
    for title in ("Mean of each measure by kind", "Mean of each measure by report", "Success at k", "Coverage at k"):
        assert title in html and title in svg
    assert "[2] b" in html
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')


def test_an_ablation_writes_its_table_with_machine_versions_and_date(
    run: Run, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from eval import ablations

    every = ablations.ablations()
    names = [step.name for step in every]
    chosen = [step for step in every if step.name in ("as shipped", "without cross-encoder", "without headings")]
    monkeypatch.setattr(ablations, "ablations", lambda: chosen)
    questions, out = write_questions(tmp_path / "questions.jsonl"), tmp_path / "ablations.md"
    done = run("eval", "ablate", questions, "--out", out, "--home", home)
    assert done.code == 0
    rows = [line.split("|")[1].strip() for line in done.out.splitlines()]
    assert rows == ["settings", "---", "as shipped", "without cross-encoder", "without headings"]
    page = out.read_text("utf-8")
    assert done.out.strip() in page
    assert re.search(r"^- Questions: questions\.jsonl \(SHA-256 [0-9a-f]{12}\): 2 fact, 1 survey, 1 unan", page, re.M)
    for line in (
        rf"Models: {BGE_SMALL.name} \(",
        r"Versions: casebook \S+, onnxruntime",
        r"Machine: \d+ cores",
        r"Date: 2",
    ):
        assert re.search(rf"^- {line}", page, re.M), line
    for part in ("window", "headings", "stemming", "abbreviations", "cross-encoder", "lexical", "words"):
        assert any(part in name for name in names), part


BAD_SETS = [
    pytest.param('{"id": "a", "question": "Why?"}\n\n{oops}\n', ["line 3", "not JSON"], id="malformed"),
    pytest.param('{"id": "a", "question": "Why?", "kind": "facts"}\n', ["line 1", "'facts'", "survey"], id="kind"),
    pytest.param(
        '{"id": "a", "question": "Why?"}\n{"id": "a", "question": "Who?"}\n',
        ["line 2", "'a' stands on line 1 already"],
        id="duplicate",
    ),
    pytest.param('{"id": "a", "question": "Why?", "anchors": ["..", "*"]}\n', ["line 1", "anchor '*'"], id="anchor"),
    pytest.param('{"id": "a", "kind": "fact"}\n', ["line 1", "question is missing"], id="no question"),
    pytest.param("\n", ["holds no question"], id="empty"),
]


@pytest.mark.parametrize(("text", "parts"), BAD_SETS)
def test_a_question_set_that_cannot_be_used_is_one_line_for_every_command(
    run: Run, home: Path, asked: tuple[Path, Path], tmp_path: Path, text: str, parts: list[str]
) -> None:
    _, base = asked
    bad = tmp_path / "bad.jsonl"
    bad.write_text(text)
    out = tmp_path / "out.html"
    for command in (
        ["score", base, bad],
        ["compare", base, base, bad],
        ["plot", base, bad, "--out", out],
        ["export", base, bad, "--trec", out],
        ["qrels", bad, "--out", out],
        ["ablate", bad],
    ):
        one_line(run("eval", *command, "--home", home), "bad.jsonl", *parts)
    assert not out.exists()


def test_anchors_that_do_not_tell_are_reported_by_every_command(
    run: Run, home: Path, asked: tuple[Path, Path], tmp_path: Path
) -> None:
    _, base = asked
    questions = write_questions(
        tmp_path / "set.jsonl",
        [
            {**QUESTIONS[0], "anchors": ["who pays for transport", "no report says this"]},
            {**QUESTIONS[1], "anchors": ["the"]},
            *QUESTIONS[2:],
        ],
    )
    lines = [
        "left out: f1 no report says this: anchor found in no passage",
        "left out: f2 the: anchor found in more than 2 different passages",
        "left out: f2: no passage is known to be relevant: retrieval is not scored",
    ]
    page = tmp_path / "plots.html"
    run("eval", "plot", base, questions, "--out", page, "--home", home)
    assert "anchor found in no passage" in page.read_text("utf-8")
    for command in (
        ["score", base, questions],
        ["compare", base, base, questions],
        ["qrels", questions, "--out", tmp_path / "qrels"],
        ["export", base, questions, "--trec", tmp_path / "trec"],
    ):
        printed = run("eval", *command, "--home", home)
        assert printed.code == 0
        assert all(line in printed.out for line in lines), command
    assert {line.split()[0] for line in (tmp_path / "qrels").read_text().splitlines()} == {"f1", "s1"}
    none = write_questions(tmp_path / "none.jsonl", [{**QUESTIONS[0], "anchors": ["no report says this"]}])
    one_line(run("eval", "qrels", none, "--out", tmp_path / "q", "--home", home), "no anchor of", "none.jsonl")


def test_a_question_without_a_result_is_reported(
    run: Run, home: Path, asked: tuple[Path, Path], tmp_path: Path
) -> None:
    questions, base = asked
    part = tmp_path / "part.jsonl"
    part.write_text(base.read_text().split("\n", 1)[1])
    assert "no result in the run, scored as zero: f1" in run("eval", "score", part, questions, "--home", home).out
    compared = run("eval", "compare", base, part, questions, "--home", home).out
    assert "note: part has no result, and scores zero, for: f1" in compared


def test_judgements_that_name_unknown_passages_are_reported_and_malformed_ones_refused(
    run: Run, home: Path, asked: tuple[Path, Path], tmp_path: Path
) -> None:
    questions, base = asked
    qrels = tmp_path / "qrels"
    qrels.write_text("f1 0 north-gone 1\nother 0 north-gone 1\n")
    printed = run("eval", "score", base, questions, "--qrels", qrels, "--home", home).out
    assert "left out: f1 north-gone: judged passage is not in the collection" in printed
    assert "left out: other: judged question is not in the question set" in printed
    qrels.write_text("f1 0 north-gone 1\nf1 north-gone 1\n")
    one_line(run("eval", "score", base, questions, "--qrels", qrels, "--home", home), "qrels line 2", "3 columns")


def test_a_trec_run_that_cannot_be_judged_is_refused(
    run: Run, home: Path, asked: tuple[Path, Path], tmp_path: Path
) -> None:
    questions, _ = asked
    trec = tmp_path / "other.trec"
    for line, parts in (
        ("f1 Q0 gone 1 0.5 x", ["unknown passage 'gone' for f1"]),
        ("f9 Q0 gone 1 0.5 x", ["unknown question 'f9'"]),
        ("f1 Q0 gone 1 high x", ["other.trec line 1", "'high'"]),
    ):
        trec.write_text(line + "\n")
        one_line(run("eval", "score", trec, questions, "--home", home), *parts)


def test_runs_over_other_reports_are_refused(run: Run, home: Path, asked: tuple[Path, Path], tmp_path: Path) -> None:
    questions, base = asked
    other = tmp_path / "elsewhere.jsonl"
    other.write_text(base.read_text())
    meta = json.loads(meta_path(base).read_text())
    meta_path(other).write_text(json.dumps({**meta, "corpus_fingerprint": "c0ffee"}))
    for command in (
        ["score", other, questions],
        ["compare", base, other, questions],
        ["plot", base, other, questions, "--out", tmp_path / "p.svg"],
        ["export", other, questions, "--trec", tmp_path / "o.trec"],
    ):
        one_line(run("eval", *command, "--home", home), "'elsewhere' is over corpus c0ffee", "make the run again")
    meta_path(other).unlink()
    compared = run("eval", "compare", base, other, questions, "--home", home).out
    assert "note: the corpus of elsewhere is not recorded: that it is the same was not checked" in compared


def test_a_run_that_cannot_be_read_names_its_line(
    run: Run, home: Path, asked: tuple[Path, Path], tmp_path: Path
) -> None:
    questions, base = asked
    first, *rest = base.read_text().splitlines(keepends=True)
    broken = tmp_path / "broken.jsonl"
    broken.write_text(first + rest[0][:50] + "\n")
    one_line(run("eval", "score", broken, questions, "--home", home), "broken.jsonl line 2", "not JSON")
    broken.write_text(first + first)
    one_line(run("eval", "score", broken, questions, "--home", home), "broken.jsonl line 2", "'f1' stands on line 1")
    changed = write_questions(tmp_path / "changed.jsonl", [{**QUESTIONS[0], "question": "Who else?"}])
    one_line(run("eval", "score", base, changed, "--home", home), "asked 'Who pays for transport?'", "'f1'")


def test_nothing_is_written_over_what_is_read_nor_into_nowhere(
    run: Run, home: Path, asked: tuple[Path, Path], tmp_path: Path
) -> None:
    questions, base = asked
    before = (questions.read_bytes(), base.read_bytes())
    for command in (
        ["plot", base, questions, "--out", base],
        ["export", base, questions, "--trec", base],
        ["qrels", questions, "--out", questions],
        ["ablate", questions, "--out", questions],
    ):
        one_line(run("eval", *command, "--home", home), "would be written over")
    assert (questions.read_bytes(), base.read_bytes()) == before
    nowhere = tmp_path / "no" / "plots.html"
    one_line(run("eval", "plot", base, questions, "--out", nowhere, "--home", home), "cannot be written")
    one_line(run("eval", "score", base, questions, "--html", nowhere, "--home", home), "cannot be written")
    one_line(run("eval", "plot", base, questions, "--out", tmp_path / "p.png", "--home", home), "'.png'", ".svg")

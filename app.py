"""casebook's front door: `casebook` or `python app.py`. Without a command it opens the web page.

The commands are thin: they call the packages, print what comes back, and turn every CasebookError into one line.
Exit codes: 0 answered or done, 1 an error the user can mend, 2 usage, 3 not found.
"""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from corpus.errors import CasebookError, one_line

if TYPE_CHECKING:
    from eval.score import Scores
    from index.search import Filters, Searcher
    from index.settings import Settings
    from qa.workspace import Workspace

ERROR, NOT_FOUND, INTERRUPTED = 1, 3, 130
Result = TypeVar("Result")

cli = typer.Typer(
    help="Ask reports full of case studies, and get cited passages in the reports' own words.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
eval_cli = typer.Typer(help="Measure how well questions are answered.", no_args_is_help=True)
cli.add_typer(eval_cli, name="eval")

Home = Annotated[
    Path | None, typer.Option("--home", help="Folder of the library and its index.", envvar="CASEBOOK_HOME")
]
EncoderName = Annotated[
    str | None, typer.Option("--encoder", help="A sentence-transformers model by folder or name; default: packaged.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Question = Annotated[str, typer.Argument(help="The question, in your own words; - reads it from standard input.")]
Top = Annotated[int, typer.Option("--top", min=1, max=200, help="How many passages.")]
InReport = Annotated[list[str] | None, typer.Option("--report", help="Only this report (its id); may be repeated.")]
Qrels = Annotated[Path | None, typer.Option("--qrels", help="TREC judgements by passage id, instead of anchors.")]
NoRerank = Annotated[bool, typer.Option("--no-rerank", help="Leave the cross-encoder out: faster, less precise.")]


@cli.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    home: Home = None,
    show_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if show_version:
        from qa.workspace import version

        print(f"casebook {version()}")
    elif context.invoked_subcommand is None:
        serve(home=home)
    elif home is not None:
        os.environ["CASEBOOK_HOME"] = str(home)  # where the commands look for it


@cli.command()
def add(
    paths: Annotated[list[Path], typer.Argument(help="Report files, or folders of them.")],
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Put reports into the library and index them."""
    from qa.workspace import describe_outcomes

    result = _with_progress(lambda report: _workspace(home, encoder).add(paths, report), quiet=as_json)
    if as_json:
        added = [{"report": a.report_id, "file": a.file_name, "outcome": a.outcome.value} for a in result.added]
        _print_json({"added": added, "refused": [str(e) for e in result.refused], "indexed": result.indexed})
    else:
        for one in result.added:
            print(f"{one.outcome.value:>9}  {one.report_id}")
        if result.added:
            state = "is new" if result.indexed else "was up to date"
            print(f"{describe_outcomes(result.added)}; the index {state}")
    for error in result.refused:
        _complain(error)
    if result.refused:
        raise typer.Exit(ERROR)


@cli.command("index")
def index_command(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Build the index even where it is up to date.")] = False,
    home: Home = None,
    encoder: EncoderName = None,
) -> None:
    """Bring the index up to date with the library."""
    workspace = _workspace(home, encoder)
    if not rebuild and workspace.is_current():
        print("the index is up to date")
        return
    _with_progress(workspace.rebuild)
    print("the index is new")


@cli.command()
def reports(home: Home = None, as_json: AsJson = False) -> None:
    """List the reports in the library."""
    from qa.library import report_line, report_to_json

    found = _workspace(home).open().reports.values()
    if as_json:
        _print_json([report_to_json(report) for report in found])
    else:
        for report in found:
            print(report_line(report))


@cli.command()
def outline(
    report: Annotated[str, typer.Argument(help="A report's id, the beginning of one, or a report file.")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Print a report's case studies and sections, with passages and words."""
    from qa.library import find_report
    from qa.outline import outline_lines, outline_to_json

    found = find_report(report, _workspace(home))
    if as_json:
        _print_json(outline_to_json(found))
    else:
        print("\n".join(outline_lines(found)))


@cli.command()
def search(
    question: Question,
    top: Top = 10,
    report: InReport = None,
    no_rerank: NoRerank = False,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Print the passages that fit a question best."""
    from qa.answer import hit_to_json

    asked, searcher, filters = _prepare(question, report, home, encoder)
    hits = searcher.search(asked, top, _settings(no_rerank), filters)
    if as_json:
        _print_json({"question": asked, "passages": [hit_to_json(hit) for hit in hits]})
    else:
        from qa.terminal import print_hits

        print_hits(hits)
    if not hits:
        raise typer.Exit(NOT_FOUND)


@cli.command()
def ask(
    question: Question,
    top: Top = 5,
    report: InReport = None,
    no_rerank: NoRerank = False,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with quotes, each cited, and the passages they stand in."""
    from qa.answer import Status
    from qa.answer import ask as answer_of

    asked, searcher, filters = _prepare(question, report, home, encoder)
    answer = answer_of(searcher, asked, top, _settings(no_rerank), filters)
    if as_json:
        _print_json(answer.to_json())
    else:
        from qa.terminal import print_answer

        print_answer(answer)
    if answer.status is Status.NOT_FOUND:
        raise typer.Exit(NOT_FOUND)


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    home: Home = None,
    encoder: EncoderName = None,
) -> None:
    """Open the web page."""
    from qa.web import serve as serve_page

    serve_page(_workspace(home, encoder), host, port)


@cli.command()
def doctor(home: Home = None, encoder: EncoderName = None, as_json: AsJson = False) -> None:
    """Check models, library and index, and say what to do about anything amiss."""
    from qa.doctor import examine

    findings = examine(_workspace(home, encoder))
    if as_json:
        _print_json([{"part": f.part, "ok": f.ok, "detail": f.detail} for f in findings])
    else:
        for finding in findings:
            print(f"{'ok ' if finding.ok else 'BAD'}  {finding.part}: {finding.detail}")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(ERROR)


@eval_cli.command("run")
def eval_run(
    questions: Annotated[Path, typer.Argument(help="Questions, one JSON object a line with id and question.")],
    out: Annotated[Path, typer.Option("--out", help="Where to write the run, one JSON object a line.")],
    top: Top = 20,
    no_rerank: NoRerank = False,
    home: Home = None,
    encoder: EncoderName = None,
) -> None:
    """Ask every question of a file and write what came back."""
    from eval.runner import run_questions

    workspace = _workspace(home, encoder)
    count = _with_progress(
        lambda report: run_questions(workspace.searcher(), questions, out, top, _settings(no_rerank), report),
        what="asking",
    )
    print(f"{count} questions asked, run written to {out}")


@eval_cli.command("score")
def eval_score(
    run: Annotated[Path, typer.Argument(help="A run that `eval run` wrote, or one in TREC format (.trec).")],
    questions: Annotated[Path, typer.Argument(help="The questions with their kinds and anchors.")],
    qrels: Qrels = None,
    html: Annotated[Path | None, typer.Option("--html", help="Also write the scores as a web page.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Score a run: every measure with its interval, by kind of question."""
    from eval.html import report_page
    from eval.tables import scores_table

    scores = _scores(run, questions, qrels, home)
    if html:
        html.write_text(report_page(scores, f"casebook: {scores.name}"), encoding="utf-8")
    if as_json:
        _print_json(scores.to_json())
    else:
        print(scores_table(scores))


@eval_cli.command("compare")
def eval_compare(
    base: Annotated[Path, typer.Argument(help="The run to compare with.")],
    other: Annotated[Path, typer.Argument(help="The run to judge.")],
    questions: Annotated[Path, typer.Argument(help="The questions with their kinds and anchors.")],
    qrels: Qrels = None,
    measure: Annotated[str, typer.Option(help="The measure whose wins and losses are listed.")] = "Success@1",
    fail_under: Annotated[
        float | None, typer.Option(help="Exit with 1 where the other run's mean is not at least this much better.")
    ] = None,
    html: Annotated[Path | None, typer.Option("--html", help="Also write the comparison as a web page.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Compare two runs question by question, and say whether they can be told apart."""
    from eval.compare import compare
    from eval.html import report_page
    from eval.tables import comparison_table

    first, second = _scores(base, questions, qrels, home), _scores(other, questions, qrels, home)
    found = compare(first, second)
    if html:
        html.write_text(report_page(second, f"casebook: {found.base} and {found.other}", found), encoding="utf-8")
    if as_json:
        _print_json(found.to_json())
    else:
        print(comparison_table(found, measure))
    if fail_under is not None and found.fails_under(measure, fail_under):
        raise typer.Exit(ERROR)


@eval_cli.command("ablate")
def eval_ablate(
    questions: Annotated[Path, typer.Argument(help="The questions with their kinds and anchors.")],
    home: Home = None,
) -> None:
    """Switch each part of retrieval off in turn, and print what it costs as a Markdown table."""
    from eval.ablations import ablation_table, run_ablations

    workspace = _workspace(home)
    print(ablation_table(_with_progress(lambda report: list(run_ablations(workspace, questions, report)), what="runs")))


def _scores(run: Path, questions: Path, qrels: Path | None, home: Path | None) -> "Scores":
    from eval.convert import run_from_trec
    from eval.questions import read_questions
    from eval.runs import read_run
    from eval.score import score_run
    from eval.trec import read_qrels, read_trec_run

    index = _workspace(home).open()
    passages = [passage for _, passage in index.passages]
    asked = read_questions(questions)
    ran = run_from_trec(read_trec_run(run), asked, passages) if run.suffix == ".trec" else read_run(run)
    judged = read_qrels(qrels) if qrels else None
    return score_run(ran, asked, passages, judged, corpus_fingerprint=index.fingerprint)


def _workspace(home: Path | None, encoder: str | None = None) -> "Workspace":
    from qa.workspace import Workspace

    if home is None:
        from platformdirs import user_data_path

        home = user_data_path("casebook", appauthor=False)
    return Workspace(home.expanduser(), encoder)


def _prepare(
    question: str, wanted: list[str] | None, home: Path | None, encoder: str | None
) -> "tuple[str, Searcher, Filters]":
    """Return a question as it is asked, what answers it, and the filter for the ``wanted`` reports."""
    from index.search import Filters
    from qa.answer import check_question
    from qa.library import match_report

    asked = check_question(sys.stdin.read() if question == "-" else question)
    searcher = _workspace(home, encoder).searcher()
    known = searcher.index.reports
    return asked, searcher, Filters(reports=tuple(match_report(known, name).id for name in wanted or ()))


def _settings(no_rerank: bool) -> "Settings":
    from index.settings import Settings

    return Settings(rerank=not no_rerank)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _with_progress(
    work: Callable[[Callable[[int, int], None]], Result], quiet: bool = False, what: str = "embedding"
) -> Result:
    """Run ``work`` with a function that it tells how far it is; shown where standard error is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=quiet or not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(what, total=None)
        return work(lambda done, total: bar.update(task, completed=done, total=total))


def _complain(error: CasebookError) -> None:
    print(f"casebook: {error}", file=sys.stderr)


def main() -> None:
    """Run the command line and exit."""
    try:
        cli(standalone_mode=True)
    except CasebookError as error:
        _complain(error)
        sys.exit(ERROR)
    except (KeyboardInterrupt, SystemExit) as stop:
        if isinstance(stop, SystemExit) and stop.code != INTERRUPTED:
            raise
        print("casebook: stopped; what was published before still answers", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        what = f" {error.filename!r}" if error.filename else ""
        print(f"casebook: {one_line(error.strerror or str(error))}{what}; check the file and the disk", file=sys.stderr)
        sys.exit(ERROR)


if __name__ == "__main__":
    main()

"""casebook's front door: `casebook` or `python app.py`. Without a command it opens the web page.

The commands are thin: they call the packages, print what comes back, and turn every CasebookError into one line.
Exit codes: 0 answered or done, 1 an error the user can mend, 2 usage, 3 not found.
"""

import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

import typer

from corpus.errors import CasebookError, one_line
from qa.references import Form, Style

if TYPE_CHECKING:
    from corpus.web.reports import Wanted
    from eval.score import Scores
    from index.search import Filters, Index, Searcher
    from index.settings import Settings
    from qa.answer import Answer
    from qa.language_model import Server
    from qa.synthesis import Synthesis
    from qa.workspace import AddResult, Progress, Workspace

ERROR, NOT_FOUND, INTERRUPTED = 1, 3, 130
WAIT = 30.0
"""How many seconds a command waits for another process to finish writing to the library."""
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
briefing_cli = typer.Typer(help="The briefing: pinned quotes with notes, in order.", invoke_without_command=True)
cli.add_typer(briefing_cli, name="briefing")

Home = Annotated[
    Path | None, typer.Option("--home", help="Folder of the library and its index.", envvar="CASEBOOK_HOME")
]
EncoderName = Annotated[
    str | None, typer.Option("--encoder", help="A sentence-transformers model by folder or name; default: packaged.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Question = Annotated[str, typer.Argument(help="The question, in your own words; - reads it from standard input.")]
QuoteNumber = Annotated[int, typer.Argument(help="The quote's number in the briefing.")]
PassageId = Annotated[str, typer.Argument(help="A passage's id, or its last twelve digits.")]
Top = Annotated[int, typer.Option("--top", min=1, max=200, help="How many passages.")]
InReport = Annotated[list[str] | None, typer.Option("--report", help="Only this report (its id); may be repeated.")]
Qrels = Annotated[Path | None, typer.Option("--qrels", help="TREC judgements by passage id, instead of anchors.")]
Wait = Annotated[
    float,
    typer.Option("--wait", min=0, max=3600, help="How many seconds to wait for another process to finish writing."),
]
AllowPrivate = Annotated[
    bool, typer.Option("--allow-private", help="Also ask machines inside your own network, and at any port.")
]
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
    sources: Annotated[
        list[str],
        typer.Argument(metavar="PATH|URL", help="Report files, folders or zip files of them, or their addresses."),
    ],
    pages: Annotated[
        bool, typer.Option("--pages", help="With an address, take the pages that it links to below it as well.")
    ] = False,
    allow_private: AllowPrivate = False,
    wait: Wait = WAIT,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Put reports into the library and index them."""
    from corpus.web.addresses import is_address
    from corpus.web.reports import Wanted

    paths = [Path(source) for source in sources if not is_address(source)]
    wanted = [Wanted(source) for source in sources if is_address(source)]
    _add(_workspace(home, encoder, wait), paths, wanted, pages, allow_private, as_json)


@cli.command()
def fetch(
    reports: Annotated[
        list[str] | None, typer.Argument(metavar="REPORT", help="Ids, or beginnings of them; default: all.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Print which reports there are.")] = False,
    catalogue: Annotated[
        Path | None, typer.Option("--catalogue", help="A catalogue.toml of your own, with the addresses of reports.")
    ] = None,
    allow_private: AllowPrivate = False,
    wait: Wait = WAIT,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Get public reports that casebook knows from their publishers, and add them."""
    from corpus.web.reports import known_reports
    from qa.library import known_line, match_report

    known = known_reports(catalogue)
    if reports:
        wanted = [match_report(known, name, "casebook fetch --list") for name in reports]
    else:
        wanted = list(known.values())
    if listed and as_json:
        _print_json([{"id": one.report_id, **asdict(one.metadata)} for one in wanted])
    elif listed:
        for one in wanted:
            print(known_line(one))
    else:
        workspace = _workspace(home, encoder, wait)
        held = [] if reports else [one for one in wanted if one.report_id in workspace.library.by_id()]
        if held and not as_json:
            print(f"{len(held)} of {len(wanted)} are in the library already; to get one again, name it")
        _add(workspace, [], [one for one in wanted if one not in held], True, allow_private, as_json)


def _add(
    workspace: "Workspace",
    paths: list[Path],
    wanted: "list[Wanted]",
    pages: bool,
    allow_private: bool,
    as_json: bool,
) -> None:
    """Add the reports at ``paths`` and those ``wanted`` from the web, and print what came of it."""
    from corpus.library import skipped_files
    from corpus.web.download import Downloader
    from corpus.web.reports import download_reports
    from qa.library import skipped_lines, warning_lines
    from qa.workspace import Step, describe_outcomes

    notes: list[str] = []
    skipped = skipped_files(paths)

    def work(tell: "Progress") -> "AddResult":
        def downloading(done: int, total: int) -> None:
            tell(Step("downloading", done, total))

        downloads = download_reports(wanted, Downloader(allow_private), pages, notes.append, downloading)
        return workspace.add(paths, tell, downloads)

    result = _with_steps(work, quiet=as_json)
    if as_json:
        added = [
            {"report": a.report_id, "file": a.file_name, "outcome": a.outcome.value, "warnings": list(a.warnings)}
            for a in result.added
        ]
        overlaps = [asdict(one) for one in result.overlaps]
        refused = [str(error) for error in result.refused]
        said = {"added": added, "refused": refused, "indexed": result.indexed, "overlaps": overlaps, "notes": notes}
        _print_json(said | {"skipped": skipped})
    else:
        for note in [*notes, *skipped_lines(skipped)]:
            print(note)
        for one in result.added:
            print("\n".join([f"{one.outcome.value:>9}  {one.report_id}", *warning_lines(one.warnings)]))
        if result.added:
            state = "is new" if result.indexed else "was up to date"
            print("\n".join([*map(str, result.overlaps), f"{describe_outcomes(result.added)}; the index {state}"]))
    for error in result.refused:
        _complain(error)
    if result.refused:
        raise typer.Exit(ERROR)


@cli.command("index")
def index_command(
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Read every report again and build the index even where it is up to date.")
    ] = False,
    home: Home = None,
    encoder: EncoderName = None,
) -> None:
    """Bring the index up to date with the library."""
    workspace = _workspace(home, encoder, WAIT)
    if not rebuild and workspace.is_current():
        print("the index is up to date")
        return
    _with_steps(lambda tell: workspace.rebuild(tell, rebuild))
    print("the index is new")


@cli.command()
def reports(home: Home = None, as_json: AsJson = False) -> None:
    """List the reports in the library."""
    from index.duplicates import overlaps
    from qa.library import report_line, report_to_json

    workspace = _workspace(home)
    _tell_of_digests(workspace)
    index = workspace.open()
    _tell_of_waiting(workspace, index)
    alike = overlaps(index)
    if as_json:
        own = {identity: [asdict(one) for one in alike if one.report_id == identity] for identity in index.reports}
        _print_json([report_to_json(report) | {"overlaps": own[report.id]} for report in index.reports.values()])
    else:
        for line in [*map(report_line, index.reports.values()), *alike]:
            print(line)


@cli.command()
def remove(
    report: Annotated[str | None, typer.Argument(help="A report's id, or the beginning of one.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Put the report that was removed last back.")] = False,
    home: Home = None,
) -> None:
    """Take a report out of the library and the index, or put it back."""
    from corpus.removed import KEPT
    from qa.library import match_report

    if undo == (report is not None):
        raise typer.BadParameter("give either a report or --undo", param_hint="REPORT")
    workspace = _workspace(home, wait=WAIT)
    if report is None:
        print(f"{_with_steps(workspace.undo_remove)} is back in the library")
        return
    identity = match_report({name: name for name in workspace.library.by_id()}, report)
    _with_steps(lambda tell: workspace.remove(identity, tell))
    print(f"{identity} is removed; put it back with: casebook remove --undo (the last {KEPT} removed are kept)")


@cli.command("backup")
def backup_command(
    file: Annotated[Path, typer.Argument(help="The zip file to write.")],
    home: Home = None,
) -> None:
    """Write reports, their metadata, the briefing and all else you made to one zip file."""
    count = _with_steps(lambda tell: _workspace(home, wait=WAIT).backup(file, tell))
    print(f"{count} files written to {file}")


@cli.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(help="A zip file that `casebook backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Put it in the place of what is there.")] = False,
    home: Home = None,
    encoder: EncoderName = None,
) -> None:
    """Put back what a backup holds, and index it."""
    count = _with_steps(lambda tell: _workspace(home, encoder, WAIT).restore(file, replace, tell))
    print(f"{count} files restored; the index is new")


@cli.command()
def describe(
    report: Annotated[str, typer.Argument(help="A report's id, or the beginning of one.")],
    title: Annotated[
        str | None, typer.Option(help="Its title; an empty text takes it away, as in every field.")
    ] = None,
    publisher: Annotated[str | None, typer.Option(help="Who published it.")] = None,
    published: Annotated[str | None, typer.Option(help="When: YYYY, YYYY-MM or YYYY-MM-DD.")] = None,
    author: Annotated[
        list[str] | None,
        typer.Option(help='A person, "Family, Given", or an institution, "{...}" if with a comma; may be repeated.'),
    ] = None,
    url: Annotated[str | None, typer.Option(help="Where it is on the web.")] = None,
    rights: Annotated[str | None, typer.Option(help="Who holds the rights.")] = None,
    series: Annotated[str | None, typer.Option(help="The series it is part of.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Print what citations say of a report; with options, change it."""
    from qa.library import library_report, metadata_lines, report_to_json

    workspace = _workspace(home, wait=WAIT)
    found = library_report(report, workspace)
    given = {
        "title": title,
        "publisher": publisher,
        "published": published,
        "url": url,
        "rights": rights,
        "series": series,
        "authors": None if author is None else tuple(name for name in author if name),
    }
    if changes := {name: value for name, value in given.items() if value is not None}:
        _with_steps(lambda tell: workspace.edit(found.id, changes, tell), quiet=as_json)
        found = library_report(found.id, workspace)
    if as_json:
        _print_json(report_to_json(found))
    else:
        print("\n".join(metadata_lines(found)))


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

    asked, searcher, filters = _prepare(question, report, _workspace(home, encoder))
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
    llm: Annotated[
        str | None,
        typer.Option(
            "--llm", metavar="URL", help="Have a language model sum the quotes up: an OpenAI-compatible server."
        ),
    ] = None,
    model: Annotated[str | None, typer.Option("--model", help="The language model's name on that server.")] = None,
    llm_key_env: Annotated[
        str | None,
        typer.Option("--llm-key-env", metavar="VAR", help="Environment variable that holds the server's key."),
    ] = None,
    llm_timeout: Annotated[
        float, typer.Option("--llm-timeout", min=0.1, max=3600, help="How many seconds the language model may take.")
    ] = 60,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question with quotes, each cited, and the passages they stand in."""
    from qa.answer import Status
    from qa.answer import ask as answer_of

    server = _language_model(llm, model, llm_key_env, llm_timeout)
    workspace = _workspace(home, encoder)
    asked, searcher, filters = _prepare(question, report, workspace)
    answer = answer_of(searcher, asked, top, _settings(no_rerank), filters, workspace.calibration())
    synthesis = _synthesis(answer, server) if server else None
    if as_json and server:
        from qa.synthesis import answer_to_json

        _print_json(answer_to_json(answer, synthesis))
    elif as_json:
        _print_json(answer.to_json())
    else:
        from qa.terminal import print_answer

        print_answer(answer, synthesis)
    if answer.status is Status.NOT_FOUND:
        raise typer.Exit(NOT_FOUND)


@cli.command()
def compare(
    question: Question,
    by: Annotated[
        Literal["case-study", "section-kind"], typer.Option(help="What the question is put to.")
    ] = "case-study",
    report: InReport = None,
    form: Annotated[
        Literal["table", "csv", "json", "xlsx"] | None,
        typer.Option("--format", help="Default: what --out ends in, else a table."),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The file to write, instead of printing.")] = None,
    quotes: Annotated[int, typer.Option("--quotes", min=1, max=5, help="How many quotes each, at most.")] = 3,
    home: Home = None,
    encoder: EncoderName = None,
) -> None:
    """Put one question to every case study, and print what each says to it, or that it is silent."""
    from qa.compare import compare as comparison_of
    from qa.tables import Format, print_comparison, to_file
    from qa.units import By

    ends_in = out.suffix.lower().removeprefix(".") if out else ""
    chosen = Format(form or (ends_in if ends_in in list(Format) else "table"))
    if chosen is Format.XLSX and out is None:
        raise typer.BadParameter("a spreadsheet needs --out FILE.xlsx", param_hint="--format")
    asked, searcher, filters = _prepare(question, report, _workspace(home, encoder))
    found = comparison_of(searcher, asked, By(by), quotes, filters=filters)
    if out:
        out.write_bytes(to_file(found, chosen))
        print(f"{found.lead}; written to {out}")
    else:
        print_comparison(found, chosen)
    if not any(row.speaks for row in found.rows):
        raise typer.Exit(NOT_FOUND)


@cli.command()
def show(
    passage: PassageId,
    context: Annotated[int, typer.Option(min=0, max=50, help="How many passages before and behind it.")] = 1,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Print a passage in its context, or what became of it."""
    from qa.permalink import Vanished
    from qa.permalink import show as shown

    workspace = _workspace(home)
    found = shown(workspace.open(), workspace.home, passage, context)
    if as_json:
        _print_json(found.to_json())
    else:
        from qa.terminal import print_shown

        print_shown(found)
    if isinstance(found, Vanished):
        raise typer.Exit(NOT_FOUND)


@cli.command("cite")
def cite_command(
    passage: PassageId,
    form: Annotated[Form, typer.Option("--as", help="How the reference is written.")] = Form.PLAIN,
    home: Home = None,
) -> None:
    """Print the reference to a passage, and to the other places where the same words stand."""
    from qa.permalink import Vanished, show
    from qa.references import written

    workspace = _workspace(home)
    found = show(workspace.open(), workspace.home, passage)
    if isinstance(found, Vanished):
        from qa.terminal import print_shown

        print_shown(found)
        raise typer.Exit(NOT_FOUND)
    print(written([found.citation, *found.also_in], form), end="")


@cli.command()
def check(
    draft: Annotated[Path, typer.Argument(metavar="FILE", help="A draft in Markdown, plain text or Word (.docx).")],
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Check the quotations of a draft against the reports: found, altered, misattributed or not found."""
    from qa.checking.check import check_file, to_json
    from qa.checking.printed import check_lines

    read, checks = check_file(draft, _workspace(home).open().reports.values())
    if as_json:
        _print_json({"file": draft.name, **to_json(read, checks)})
    else:
        print("\n".join(check_lines(read, checks)))
    if not all(one.verified for one in checks):
        raise typer.Exit(NOT_FOUND)


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    auth: Annotated[
        Path | None, typer.Option("--auth", metavar="FILE", help="Ask for a password: a file of lines user:password.")
    ] = None,
    public_url: Annotated[
        str, typer.Option("--public-url", metavar="URL", help="The page's address behind a reverse proxy.")
    ] = "",
    mcp: Annotated[bool, typer.Option("--mcp", help="Be an MCP server too.")] = False,
    home: Home = None,
    encoder: EncoderName = None,
) -> None:
    """Open the web page, with its API."""
    from eval.measured import measure
    from qa.web import serve as serve_page

    workspace = _workspace(home, encoder, WAIT)
    serve_page(workspace, host, port, auth=auth, public_url=public_url, mcp=mcp, measure=measure)


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


@cli.command()
def pin(
    passage: PassageId,
    quote: Annotated[str | None, typer.Option(help="Words of the passage; by default all of it is quoted.")] = None,
    note: Annotated[str, typer.Option(help="What you have to say about it.")] = "",
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Put a quote at the end of the briefing."""
    from qa.briefing import pin as pinned

    workspace = _workspace(home)
    found = pinned(workspace.open(), workspace.home, passage, quote, note)
    if as_json:
        _print_json(found.to_json())
    else:
        from qa.terminal import print_briefing

        print_briefing([found])


@briefing_cli.callback()
def briefing(context: typer.Context, home: Home = None, as_json: AsJson = False) -> None:
    """Print the briefing, each quote looked up again in its report."""
    if context.invoked_subcommand is not None:
        if home is not None:
            os.environ["CASEBOOK_HOME"] = str(home)  # where the commands look for it
        return
    from qa.briefing import Standing, look_up_all

    workspace = _workspace(home)
    found = look_up_all(workspace.open(), workspace.library)
    if as_json:
        _print_json([one.to_json() for one in found])
    else:
        from qa.terminal import print_briefing

        print_briefing(found)
    if any(one.standing is Standing.REFUSED for one in found):
        raise typer.Exit(ERROR)


@briefing_cli.command("note")
def briefing_note(
    number: QuoteNumber,
    note: Annotated[str, typer.Argument(help="The new note; an empty text takes the old one away.")],
    home: Home = None,
) -> None:
    """Change the note of a quote."""
    from qa.pins import set_note

    set_note(_workspace(home).home, number, note)


@briefing_cli.command("move")
def briefing_move(
    number: QuoteNumber, to: Annotated[int, typer.Argument(help="The number it gets.")], home: Home = None
) -> None:
    """Move a quote to another place."""
    from qa.pins import move

    move(_workspace(home).home, number, to)


@briefing_cli.command("remove")
def briefing_remove(number: QuoteNumber, home: Home = None) -> None:
    """Take a quote out."""
    from qa.pins import unpin

    unpin(_workspace(home).home, number)


@briefing_cli.command("export")
def briefing_export(
    file: Annotated[Path, typer.Argument(help="Where to: .md or .docx with footnotes; .ris, .bib or .json (CSL).")],
    style: Annotated[Style, typer.Option(help="How the references read.")] = Style.PLAIN,
    title: Annotated[str, typer.Option(help="The title over it; default: the one it has on the page.")] = "",
    home: Home = None,
) -> None:
    """Write the briefing to a file; quotes whose words no longer stand in their report are left out and named."""
    from index.settings import Settings
    from qa.answer import produced_by
    from qa.briefing import look_up_all
    from qa.export import export, refusal, save
    from qa.pins import read_briefing

    workspace = _workspace(home)
    searcher = workspace.searcher()
    found = look_up_all(searcher.index, workspace.library)
    title = title or read_briefing(workspace.home).title
    done = export(found, file.suffix, produced_by(searcher, Settings()), style, title)
    save(file, done.content)
    print(f"{len(found) - len(done.refused)} of {len(found)} quotes written to {file}")
    for one in done.refused:
        print(f"casebook: {refusal(one)}", file=sys.stderr)
    if done.refused:
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
    searcher, calibration = workspace.searcher(), workspace.calibration()
    count = _with_progress(
        lambda report: run_questions(searcher, questions, out, top, _settings(no_rerank), report, calibration),
        what="asking",
    )
    print(f"{count} questions asked, run written to {out}")


@eval_cli.command("digests")
def eval_digests(
    no_rerank: NoRerank = False,
    html: Annotated[Path | None, typer.Option("--html", help="Also write the scores as a web page.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure on the bundled digests with the forty questions that come with them: needs no report."""
    from dataclasses import replace

    from eval.questions import read_questions
    from eval.runner import ask_all
    from eval.score import score_run
    from qa.digests import QUESTIONS, searcher

    questions = read_questions(QUESTIONS)
    asked = [(question.id, question.question) for question in questions]
    found = searcher()
    run = _with_progress(
        lambda report: ask_all(found, asked, settings=_settings(no_rerank), progress=report),
        quiet=as_json,
        what="asking",
    )
    passages = [passage for _, passage in found.index.passages]
    run = replace(run, name="the digests")
    _print_scores(score_run(run, questions, passages, corpus_fingerprint=found.index.fingerprint), html, as_json)


@eval_cli.command("calibrate")
def eval_calibrate(
    questions: Annotated[list[Path], typer.Argument(help="Questions with their kinds, unanswerable ones among them.")],
    refuse: Annotated[
        float, typer.Option(min=0.0, max=0.5, help="The share of answerable questions that may be refused.")
    ] = 0.05,
    out: Annotated[Path | None, typer.Option(help="Write the calibration there instead of keeping it.")] = None,
    home: Home = None,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Learn from questions when to say that the reports do not answer, and keep that for this library."""
    from eval.calibrate import calibrate
    from eval.tables import calibration_table

    workspace = _workspace(home, encoder)
    found, measured = _with_progress(
        lambda report: calibrate(workspace.searcher(), questions, refuse, progress=report), quiet=as_json, what="asking"
    )
    if out:
        from eval.lines import check_out, write_text

        check_out(out, questions)
        write_text(out, json.dumps(found.to_json(), indent=2) + "\n")
    else:
        workspace.calibrate(found)
    if as_json:
        _print_json(found.to_json())
    else:
        print(calibration_table(found, measured))


@eval_cli.command("score")
def eval_score(
    run: Annotated[Path, typer.Argument(help="A run that `eval run` wrote, or one in TREC format (.trec).")],
    questions: Annotated[Path, typer.Argument(help="The questions with their kinds and anchors.")],
    qrels: Qrels = None,
    html: Annotated[Path | None, typer.Option("--html", help="Also write the scores as a web page.")] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Score a run: every measure with its interval, by kind of question and by report."""
    (scores,) = _scores([run], questions, qrels, home)
    _print_scores(scores, html, as_json)


def _print_scores(scores: "Scores", html: Path | None, as_json: bool) -> None:
    from eval.html import report_page
    from eval.lines import write_text
    from eval.tables import scores_table

    if html:
        write_text(html, report_page(scores, f"casebook: {scores.name}"))
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
    from eval.lines import write_text
    from eval.tables import comparison_table

    first, second = _scores([base, other], questions, qrels, home)
    found = compare(first, second)
    if html:
        write_text(html, report_page(second, f"casebook: {found.base} and {found.other}", found))
    if as_json:
        _print_json(found.to_json())
    else:
        print(comparison_table(found, measure))
    if fail_under is not None and found.fails_under(measure, fail_under):
        raise typer.Exit(ERROR)


@eval_cli.command("plot")
def eval_plot(
    runs: Annotated[list[Path], typer.Argument(help="Runs, of `eval run` or in TREC format (.trec).")],
    questions: Annotated[Path, typer.Argument(help="The questions with their kinds and anchors.")],
    out: Annotated[Path, typer.Option("--out", help="Where to draw to: a web page (.html) or a picture (.svg).")],
    qrels: Qrels = None,
    home: Home = None,
) -> None:
    """Plot runs: measures by kind and report, success and coverage over rank, reliability."""
    from eval.html import write_plots
    from eval.lines import check_out

    check_out(out, (*runs, questions))
    write_plots(_scores(runs, questions, qrels, home), out)
    print(f"plots of {len(runs)} run{'s' * (len(runs) > 1)} written to {out}")


@eval_cli.command("export")
def eval_export(
    run: Annotated[Path, typer.Argument(help="A run that `eval run` wrote.")],
    questions: Annotated[Path, typer.Argument(help="The questions with their kinds and anchors.")],
    trec: Annotated[Path, typer.Option("--trec", help="Where to write the run in TREC format.")],
    home: Home = None,
) -> None:
    """Write a run in TREC format, for other tools to measure with the judgements of `eval qrels`."""
    from eval.convert import export_run
    from eval.lines import check_out

    check_out(trec, (run, questions))
    excluded = export_run(run, questions, _workspace(home).open(), trec)
    print("\n".join([f"run written to {trec}", *excluded]))


@eval_cli.command("qrels")
def eval_qrels(
    questions: Annotated[Path, typer.Argument(help="The questions with their kinds and anchors.")],
    out: Annotated[Path, typer.Option("--out", help="Where to write the judgements in TREC format.")],
    home: Home = None,
) -> None:
    """Write which passages answer which question, as TREC judgements."""
    from eval.convert import export_qrels
    from eval.lines import check_out

    check_out(out, (questions,))
    excluded = export_qrels(questions, _workspace(home).open(), out)
    print("\n".join([f"judgements written to {out}", *excluded]))


@eval_cli.command("ablate")
def eval_ablate(
    questions: Annotated[Path, typer.Argument(help="The questions with their kinds and anchors.")],
    out: Annotated[
        Path | None, typer.Option("--out", help="Also write the table, with machine, versions and date, to this file.")
    ] = None,
    home: Home = None,
) -> None:
    """Switch each part of retrieval off in turn, and print what it costs as a Markdown table."""
    from eval.ablations import ablation_report, ablation_table, run_ablations
    from eval.lines import check_out, write_text

    if out:
        check_out(out, (questions,))
    workspace = _workspace(home)
    rows = _with_progress(lambda report: list(run_ablations(workspace, questions, report)), what="asking")
    print(ablation_table(rows))
    if out:
        write_text(out, ablation_report(rows, questions))


def _scores(runs: list[Path], questions: Path, qrels: Path | None, home: Path | None) -> "list[Scores]":
    from eval.convert import load_run
    from eval.questions import read_questions
    from eval.score import score_run
    from eval.trec import read_qrels

    index = _workspace(home).open()
    passages = [passage for _, passage in index.passages]
    asked = read_questions(questions)
    judged = read_qrels(qrels) if qrels else None
    loaded = [load_run(run, asked, passages) for run in runs]
    return [score_run(run, asked, passages, judged, corpus_fingerprint=index.fingerprint) for run in loaded]


def _workspace(home: Path | None, encoder: str | None = None, wait: float = 0) -> "Workspace":
    from qa.workspace import Workspace

    if home is None:
        from platformdirs import user_data_path

        home = user_data_path("casebook", appauthor=False)
    return Workspace(home.expanduser(), encoder, wait=wait)


def _tell_of_digests(workspace: "Workspace") -> None:
    """Say on the terminal where the bundled digests stand in for an empty library."""
    if workspace.serves_digests:
        from qa.digests import ABOUT, REMEDY

        print(f"casebook: {ABOUT}; {REMEDY}", file=sys.stderr)


def _tell_of_waiting(workspace: "Workspace", index: "Index") -> None:
    """Say on the terminal how many reports of the library the index that answers does not know."""
    from qa.library import waiting_lines

    for line in waiting_lines(workspace, index):
        print(f"casebook: {line}", file=sys.stderr)


def _prepare(question: str, wanted: list[str] | None, workspace: "Workspace") -> "tuple[str, Searcher, Filters]":
    """Return a question as it is asked, what answers it, and the filter for the ``wanted`` reports."""
    from index.search import Filters
    from qa.answer import check_question
    from qa.library import match_report

    asked = check_question(sys.stdin.read() if question == "-" else question)
    _tell_of_digests(workspace)
    searcher = workspace.searcher()
    _tell_of_waiting(workspace, searcher.index)
    known = searcher.index.reports
    return asked, searcher, Filters(reports=tuple(match_report(known, name).id for name in wanted or ()))


def _language_model(url: str | None, model: str | None, key_variable: str | None, timeout: float) -> "Server | None":
    """Return the language model's server that the options name, None where they name none."""
    if url is None and model is None and key_variable is None:
        return None
    if url is None or model is None:
        raise typer.BadParameter("a language model takes both --llm URL and --model NAME")
    from qa.language_model import LanguageModelError, Server

    key = None if key_variable is None else os.environ.get(key_variable, "").strip()
    if key == "":
        raise LanguageModelError(f"the environment variable {key_variable!r} holds no key", "set it, or leave it out")
    return Server(url, model, key, timeout)


def _synthesis(answer: "Answer", server: "Server") -> "Synthesis | None":
    """Return what the language model makes of the answer; None, and one line on standard error, where it fails."""
    from qa.language_model import LanguageModelError
    from qa.synthesis import evidence, synthesise

    if evidence(answer) and not server.is_local:
        print(f"casebook: the question and its quotes are being sent to {server.host}", file=sys.stderr)
    try:
        return _with_progress(lambda _: synthesise(answer, server), what="asking the language model")
    except LanguageModelError as error:
        _complain(error)
        return None


def _settings(no_rerank: bool) -> "Settings":
    from index.settings import Settings

    return Settings(rerank=not no_rerank)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=2))


def _with_progress(work: Callable[[Callable[[int, int], None]], Result], what: str, quiet: bool = False) -> Result:
    """Run ``work``, which is of the single stage ``what``, as ``_with_steps`` does."""
    from qa.workspace import Step

    return _with_steps(lambda tell: work(lambda done, total: tell(Step(what, done, total))), quiet)


def _with_steps(work: "Callable[[Progress], Result]", quiet: bool = False) -> Result:
    """Run ``work`` with a function that it tells how far it is at which stage; with rate and time left, where standard
    error is a terminal. That it has to wait for another process is always said.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from qa.workspace import WAITING, Step

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=quiet or not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task("", total=None, rate="")

        def tell(step: Step) -> None:
            (shown,) = bar.tasks
            if step.stage == WAITING:
                line = f"another casebook process is writing to the library; waiting up to {step.total} s"
                print(f"casebook: {line}", file=sys.stderr)
            elif shown.description != step.stage:
                bar.reset(task, description=step.stage, total=step.total, completed=step.done, rate="")
            else:
                rate = f"{shown.speed:.1f}/s" if shown.speed else ""
                bar.update(task, total=step.total, completed=step.done, rate=rate)

        return work(tell)


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

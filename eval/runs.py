"""The run file: what a system returned for each question, one JSON object a line, and beside it what produced it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from corpus.errors import QuestionError
from eval.lines import Fields, dump, parse_object, read_objects, read_text_lines, shown, write_text
from eval.questions import once_each, read_kind


@dataclass(frozen=True, slots=True)
class RunPassage:
    """A passage as it was returned. Only ``id``, ``text`` and ``score`` are needed to measure it.

    ``start`` and ``end`` are the span in characters of the report's canonical text, ``page`` counts from 1; None where
    there is none.
    """

    id: str
    text: str
    score: float
    report: str = ""
    case_study: str | None = None
    section: str = ""
    page: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class RunQuote:
    """Words quoted in the answer, and the id of the passage they are from."""

    text: str
    passage_id: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a system returned for one question.

    ``passages`` stand best first, whatever their scores say. ``abstained``: the system said that the reports do not
    answer. ``answerable`` is its probability, from 0 to 1, that they do; None where it states none. ``seconds`` is the
    time the query took. ``extra`` holds the other keys of the line, for the reader's own use.
    """

    id: str
    question: str
    passages: tuple[RunPassage, ...]
    quotes: tuple[RunQuote, ...]
    abstained: bool
    seconds: float
    answerable: float | None = None
    kind: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunMeta:
    """What produced a run: ``models`` maps each model to the hash of its files, ``date`` is ISO 8601."""

    corpus_fingerprint: str
    models: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    date: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """A run: its results in the order of the questions, and what produced them (None where that is not recorded).

    ``rankings_only``: it is from a TREC file, and says nothing of quotes, abstaining and time.
    """

    results: tuple[Result, ...]
    meta: RunMeta | None = None
    name: str = field(default="", compare=False)
    rankings_only: bool = field(default=False, compare=False)

    @property
    def corpus_fingerprint(self) -> str:
        """The fingerprint of the corpus that was searched; empty where it is not recorded."""
        return self.meta.corpus_fingerprint if self.meta else ""


_KNOWN = frozenset({"id", "question", "kind", "passages", "quotes", "abstained", "answerable", "seconds"})


def meta_path(path: Path) -> Path:
    """Return where the metadata of the run file ``path`` stands: ``<path>.meta.json``."""
    return path.with_name(path.name + ".meta.json")


def read_run(path: Path) -> Run:
    """Return the run in ``path``, named after the file, with the metadata beside it where there is such a file.

    Raises QuestionError, with the line number, for a line that is malformed, lacks a key or has a value out of range,
    for a question or a passage of a question that comes twice, and for an empty file.
    """
    results = []
    check = once_each("question")
    for line in read_objects(path):
        result = _result(line)
        check(result.id, line)
        results.append(result)
    if not results:
        raise QuestionError(f"{path} holds no result", "make the run again")
    beside = meta_path(path)
    return Run(tuple(results), _read_meta(beside) if beside.exists() else None, name=path.stem)


def write_run(run: Run, path: Path) -> None:
    """Write ``run`` to ``path`` and its metadata to ``meta_path(path)``.

    Runs that differ in nothing but ``seconds`` and the date give files that differ in nothing else: the order of the
    keys is fixed. Raises QuestionError for what ``read_run`` would refuse, before anything is written.
    """
    if not run.results:
        raise QuestionError(f"there is no result to write to {path}", "ask at least one question")
    lines = [dump(_line(result), f"the result of {shown(result.id)}") for result in run.results]
    check = once_each("question")
    for number, text in enumerate(lines, start=1):
        where = f"{path} line {number}"
        result = Fields(where, parse_object(text, where))
        check(_result(result).id, result)
    beside = meta_path(path)
    meta = ""
    if run.meta is not None:
        meta = dump(_sorted(asdict(run.meta)), str(beside), indent=2) + "\n"
        _meta(Fields(str(beside), parse_object(meta, str(beside))))
    write_text(path, "".join(line + "\n" for line in lines))
    if meta:
        write_text(beside, meta)
    else:
        beside.unlink(missing_ok=True)


def _line(result: Result) -> dict[str, Any]:
    if clash := sorted(_KNOWN & result.extra.keys()):
        raise QuestionError(f"the result of {shown(result.id)} has {clash[0]} as an extra key", "rename the extra key")
    line: dict[str, Any] = {"id": result.id, "question": result.question}
    if result.kind is not None:
        line["kind"] = result.kind
    line["passages"] = [_passage_line(passage) for passage in result.passages]
    line["quotes"] = [{"text": quote.text, "passage_id": quote.passage_id} for quote in result.quotes]
    line["abstained"] = result.abstained
    if result.answerable is not None:
        line["answerable"] = result.answerable
    line["seconds"] = result.seconds
    for key in sorted(result.extra):
        line[key] = _sorted(result.extra[key])
    return line


def _passage_line(passage: RunPassage) -> dict[str, Any]:
    line = asdict(passage)
    line["score"] = line.pop("score")
    return line


def _sorted(value: Any) -> Any:
    """Return ``value`` with the keys of every object in order."""
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value, key=str)}
    return [_sorted(item) for item in value] if isinstance(value, list | tuple) else value


def _result(line: Fields) -> Result:
    seconds = line.number("seconds")
    if seconds < 0:
        raise line.error(f"seconds is {seconds}", "give a time of 0 or more")
    passages = tuple(_passage(member) for member in line.objects("passages"))
    ids = [passage.id for passage in passages]
    if len(set(ids)) < len(ids):
        twice = next(i for i in ids if ids.count(i) > 1)
        raise line.error(f"the passage {shown(twice)} is returned twice", "keep its best rank")
    return Result(
        id=line.name("id"),
        question=line.name("question"),
        passages=passages,
        quotes=tuple(RunQuote(m.text("text"), m.text("passage_id")) for m in line.objects("quotes")),
        abstained=line.flag("abstained"),
        seconds=seconds,
        answerable=line.probability("answerable"),
        kind=read_kind(line),
        extra={key: value for key, value in line.value.items() if key not in _KNOWN},
    )


def _passage(member: Fields) -> RunPassage:
    if unknown := sorted(member.value.keys() - {f.name for f in fields(RunPassage)}):
        raise member.error(f"the key {shown(unknown[0])} is unknown", "leave it out")
    start, end = member.whole("start"), member.whole("end")
    if (start is None) != (end is None) or (start is not None and end is not None and start > end):
        raise member.error(f"the span is {start} to {end}", "give start and end, or neither")
    return RunPassage(
        id=member.name("id"),
        text=member.text("text"),
        score=member.number("score"),
        report=member.text("report", ""),
        case_study=member.optional_text("case_study"),
        section=member.text("section", ""),
        page=member.whole("page"),
        start=start,
        end=end,
    )


def _read_meta(path: Path) -> RunMeta:
    text = "\n".join(line for _, line in read_text_lines(path))
    return _meta(Fields(str(path), parse_object(text, str(path))))


def _meta(found: Fields) -> RunMeta:
    if unknown := sorted(found.value.keys() - {f.name for f in fields(RunMeta)}):
        raise found.error(f"the key {shown(unknown[0])} is unknown", "put it under settings or leave it out")
    models, settings = found.value.get("models", {}), found.value.get("settings", {})
    if not isinstance(models, dict) or not all(isinstance(value, str) for value in models.values()):
        raise found.error(f"models is {shown(models)}", "give an object that maps each model to its hash")
    if not isinstance(settings, dict):
        raise found.error(f"settings is {shown(settings)}", "give an object")
    return RunMeta(
        corpus_fingerprint=found.text("corpus_fingerprint"),
        models=models,
        settings=settings,
        version=found.text("version", ""),
        date=found.text("date", ""),
        system=found.text("system", ""),
    )

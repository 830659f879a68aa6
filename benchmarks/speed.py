"""How long casebook takes and how much memory its page needs, on a folder of reports.

    python benchmarks/speed.py FOLDER [--out benchmarks/results/speed.json]

Every figure is a median over the repetitions named beside it. Commands are timed from process start to exit.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = [
    "what helped mutual aid in COVID",
    "How are staff shared between organisations?",
    "What do leaders want from national policy?",
    "Which partnerships use a committee in common?",
    "How were waiting times for children reduced?",
    "size of the population served",
    "What role do volunteers and charities play?",
    "How is money divided between partners?",
    "What made it hard to build trust?",
    "Which digital tools are shared?",
]
LIMITS = {
    "add five reports from nothing, s": 90.0,
    "add again, nothing changed, s": 2.0,
    "ask, process start to answer, s": 2.0,
    "search without reranking, warm, ms": 20.0,
    "search with reranking, warm, ms": 350.0,
    "ask, warm, ms": 500.0,
    "memory of the serving process, MB": 700.0,
}


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path, help="a folder of reports")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "speed.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        results = commands(options.reports, home) | warm(home) | serving(home)
    record = {
        "machine": machine(),
        "versions": {name: version(name) for name in ("onnxruntime", "faiss-cpu", "numpy", "gradio", "rank-bm25")},
        "date": datetime.now(UTC).date().isoformat(),
        "results": {name: round(value, 3) for name, value in results.items()},
        "limits": LIMITS,
    }
    for name, value in results.items():
        print(f"{name:40} {value:10.2f}   (limit {LIMITS[name]:g})")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def machine() -> dict[str, object]:
    """Return what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(memory, 1),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }


def timed(work: Callable[[], object], times: int) -> float:
    """Return the median seconds of ``times`` calls of ``work``."""
    seconds = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def commands(reports: Path, home: Path) -> dict[str, float]:
    """Time commands as processes."""

    def casebook(*arguments: str) -> None:
        command = [sys.executable, str(ROOT / "app.py"), *arguments, "--home", str(home)]
        subprocess.run(command, check=True, capture_output=True)

    return {
        "add five reports from nothing, s": timed(lambda: casebook("add", str(reports)), 1),
        "add again, nothing changed, s": timed(lambda: casebook("add", str(reports)), 3),
        "ask, process start to answer, s": timed(lambda: casebook("ask", QUESTIONS[0]), 5),
    }


def warm(home: Path) -> dict[str, float]:
    """Time searches in one process, after every question was asked once."""
    sys.path.insert(0, str(ROOT))
    from index.settings import Settings
    from qa.answer import ask
    from qa.workspace import Workspace

    searcher = Workspace(home).searcher()
    plain = Settings(rerank=False)
    for question in QUESTIONS:
        ask(searcher, question)

    def median(work: Callable[[str], object]) -> float:
        return statistics.median(timed(lambda q=q: work(q), 5) for q in QUESTIONS) * 1000  # type: ignore[misc]

    return {
        "search without reranking, warm, ms": median(lambda q: searcher.search(q, 20, plain)),
        "search with reranking, warm, ms": median(lambda q: searcher.search(q, 20)),
        "ask, warm, ms": median(lambda q: ask(searcher, q)),
    }


SERVE = """
import json, re, sys, urllib.request
from pathlib import Path
from qa.web.ask import answer_events
from qa.web.server import start
from qa.workspace import Workspace

served = start(Workspace(Path(sys.argv[1])), port=7899)
urllib.request.urlopen(served.address).read()
for question in json.loads(sys.argv[2]):
    list(answer_events(served.live, question, [], []))
print(re.search(r"VmRSS:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
served.close()
"""


def serving(home: Path) -> dict[str, float]:
    """Return the resident memory of a process that served the page and every question, in MB of 10**6 bytes."""
    command = [sys.executable, "-c", SERVE, str(home), json.dumps(QUESTIONS)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return {"memory of the serving process, MB": int(done.stdout.split()[-1]) * 1024 / 1e6}


if __name__ == "__main__":
    main()

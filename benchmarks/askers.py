"""How long people wait for their answers when many ask at once.

    python benchmarks/askers.py FOLDER [--people 20] [--out benchmarks/results/askers.json]

casebook serves the reports in FOLDER from a process of its own. Each person asks a question that nobody else asks, over
HTTP and through Gradio's queue as the page does; all ask in the same moment, in several rounds. They share the machine
with the server.
"""

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from speed import ROOT, machine

QUESTIONS = ROOT / "benchmarks" / "questions" / "validation.jsonl"
ROUNDS, ALONE = 3, 15
LIMITS = {"median of all askers, s": 4.0, "one asker alone, s": 1.0}


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("reports", type=Path, help="a folder of reports")
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "askers.json")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        subprocess.run(casebook("add", str(options.reports), home), check=True, capture_output=True)
        load = os.getloadavg()[0]
        with served(home) as address:
            results = measured(address, options.people)
    record = {
        "machine": machine(),
        "versions": {name: version(name) for name in ("gradio", "onnxruntime", "numpy")},
        "date": datetime.now(UTC).date().isoformat(),
        "load_average_before": round(load, 1),
        "people": options.people,
        "rounds": ROUNDS,
        "results": {name: round(value, 3) for name, value in results.items()},
        "limits": LIMITS,
    }
    for name, value in results.items():
        print(f"{name:28} {value:7.2f}" + (f"   (limit {LIMITS[name]:g})" if name in LIMITS else ""))
    options.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def casebook(command: str, *arguments: str) -> list[str]:
    """Return the command line of a casebook command, whose last argument is the home folder."""
    return [sys.executable, str(ROOT / "app.py"), command, *arguments[:-1], "--home", arguments[-1]]


@contextmanager
def served(home: str) -> Iterator[str]:
    """Serve the library at ``home`` from a process of its own, and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = casebook("serve", "--port", str(port), home)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def measured(address: str, people: int) -> dict[str, float]:
    """Return the seconds from asking to the answer, of people who ask at once and of one who asks alone."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    questions = iter(dict.fromkeys(row.get("question") or row["q"] for row in rows))
    ask(address, "What was learned?")  # the models are loaded by then
    alone = [next(questions) for _ in range(ALONE)]
    single = [ask(address, question) for question in alone]
    again = [ask(address, question) for question in alone]
    rounds = [together(address, [next(questions) for _ in range(people)]) for _ in range(ROUNDS)]
    every = sorted(seconds for found in rounds for seconds in found)
    return {
        "one asker alone, s": statistics.median(single),
        "the same question again, s": statistics.median(again),
        "first of all askers, s": statistics.median(min(found) for found in rounds),
        "median of all askers, s": statistics.median(every),
        "last of all askers, s": statistics.median(max(found) for found in rounds),
    }


def ask(address: str, question: str) -> float:
    """Ask, check that an answer came, and return the seconds it took."""
    began = time.perf_counter()
    url = f"{address}/gradio_api/call/v2/ask"
    body = json.dumps({"question": question}).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"})) as joined:
        event = json.load(joined)["event_id"]
    with urllib.request.urlopen(f"{url}/{event}") as stream:
        lines = stream.read().decode().splitlines()
    seconds = time.perf_counter() - began
    (answer,) = json.loads(lines[lines.index("event: complete") + 1].removeprefix("data: "))
    assert answer["question"] == " ".join(question.split())
    return seconds


def together(address: str, questions: list[str]) -> list[float]:
    """Ask every question in the same moment, each from a thread of its own, and return the seconds each waited."""
    ready = threading.Barrier(len(questions))

    def one(question: str) -> float:
        ready.wait()
        return ask(address, question)

    with ThreadPoolExecutor(len(questions)) as pool:
        return list(pool.map(one, questions))


if __name__ == "__main__":
    main()

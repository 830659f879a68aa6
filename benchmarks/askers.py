"""How long people wait for their answers when many ask at once.

    python benchmarks/askers.py FOLDER [--people 20] [--out benchmarks/results/askers.json]

casebook serves the reports in FOLDER from a process of its own. Each person asks a question that nobody else asks, with
the two requests by which the page gets its answer; all ask in the same moment, in several rounds. They share the
machine with the server.
"""

import argparse
import json
import os
import secrets
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
from typing import Any

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


class Page:
    """What casebook's page at ``address`` sends when somebody asks."""

    def __init__(self, address: str) -> None:
        self.address = address
        with urllib.request.urlopen(f"{address}/config") as response:
            config = json.load(response)
        ids = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
        self._events = {one["api_name"]: one for one in config["dependencies"]}
        self.question, self.status = ids["cb-question"], ids["cb-status"]
        self.awaited = self._events["fill"]["inputs"][0]

    def call(self, event: str, session: str, values: dict[int, Any]) -> dict[int, Any]:
        """Return what the outputs of ``event`` become, by the ids of components; the other inputs are empty."""
        known = self._events[event]
        data = [values.get(one) for one in known["inputs"]]
        body = json.dumps({"data": data, "fn_index": known["id"], "session_hash": session}).encode()
        url = f"{self.address}/gradio_api/run/predict"
        with urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"})) as done:
            return dict(zip(known["outputs"], json.load(done)["data"], strict=True))


def measured(address: str, people: int) -> dict[str, float]:
    """Return the seconds from asking to the answer, of people who ask at once and of one who asks alone."""
    rows = [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    questions = iter(dict.fromkeys(row.get("question") or row["q"] for row in rows))
    page = Page(address)
    ask(page, "What was learned?")  # the models are loaded by then
    alone = [next(questions) for _ in range(ALONE)]
    single = [ask(page, question) for question in alone]
    again = [ask(page, question) for question in alone]
    rounds = [together(page, [next(questions) for _ in range(people)]) for _ in range(ROUNDS)]
    every = sorted(seconds for found in rounds for seconds in found)
    return {
        "one asker alone, s": statistics.median(single),
        "the same question again, s": statistics.median(again),
        "first of all askers, s": statistics.median(min(found) for found in rounds),
        "median of all askers, s": statistics.median(every),
        "last of all askers, s": statistics.median(max(found) for found in rounds),
    }


def ask(page: Page, question: str) -> float:
    """Ask as the page does, check that an answer came, and return the seconds it took."""
    began = time.perf_counter()
    session = secrets.token_hex(8)
    shown = page.call("submit", session, {page.question: question})
    shown = page.call("fill", session, {page.awaited: shown[page.awaited]})
    seconds = time.perf_counter() - began
    assert "cb-found" in shown[page.status] or "cb-silent" in shown[page.status]
    return seconds


def together(page: Page, questions: list[str]) -> list[float]:
    """Ask every question in the same moment, each from a thread of its own, and return the seconds each waited."""
    ready = threading.Barrier(len(questions))

    def one(question: str) -> float:
        ready.wait()
        return ask(page, question)

    with ThreadPoolExecutor(len(questions)) as pool:
        return list(pool.map(one, questions))


if __name__ == "__main__":
    main()

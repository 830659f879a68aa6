"""How fast PDF pages are read, and how near to the bare encoder an index is built.

    python benchmarks/readers.py [--out benchmarks/results/readers.json]

A report of 300 pages is generated and read, in one column and in two. The index is built of the same report's first
passages; the bare encoder embeds the same texts in the same run, turn by turn. Every figure is a median of the
repetitions, in seconds of processor time summed over the cores, which other work on the machine changes little.
"""

import argparse
import json
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from pdf_writer import Written, write_pdf  # noqa: E402
from report_formats import Part  # noqa: E402
from reports_made_up import part  # noqa: E402

PAGES = 300
SECTIONS_INDEXED = 3
REPETITIONS = 3
LIMITS = {
    "pages a second, one column": 40.0,
    "pages a second, two columns": 40.0,
    "index building against the bare encoder": 0.9,
}


def main() -> None:
    """Measure, print a table and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "readers.json")
    options = parser.parse_args()
    results = {
        "pages a second, one column": pages_a_second(1),
        "pages a second, two columns": pages_a_second(2),
        **index_building(),
    }
    record = {
        "machine": {
            "cores": len(os.sched_getaffinity(0)),
            "architecture": platform.machine(),
            "python": platform.python_version(),
        },
        "versions": {name: version(name) for name in ("pypdfium2", "onnxruntime", "faiss-cpu", "numpy")},
        "date": datetime.now(UTC).date().isoformat(),
        "results": {name: round(value, 3) for name, value in results.items()},
        "limits": LIMITS,
    }
    for name, value in results.items():
        limit = f"   (at least {LIMITS[name]:g})" if name in LIMITS else ""
        print(f"{name:42} {value:10.2f}{limit}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def generated(columns: int, sections: int) -> Written:
    """Return a report of ``sections`` sections, about a page each in one column."""
    parts = [Part("title", 0, "Three hundred pages of joint care")]
    for number in range(sections):
        made = part(f"Section {number}: a name", f"Town {random.Random(number).randint(1, 99)}", number, 6, items=True)
        parts.append(Part("heading", 1 + (number % 5 > 0), made.heading))
        parts += [Part("paragraph", 0, paragraph) for paragraph in made.paragraphs]
        parts += [Part("bullet", 1, item) for item in made.items]
    return write_pdf(parts, columns)


def pages_a_second(columns: int) -> float:
    """Return how many pages of a generated report are read in a second."""
    from corpus.readers.pdf import read

    report = generated(columns, PAGES + PAGES // 5)
    count = len(read(report.data, "warm.pdf").page_starts)
    return count / median(lambda: read(report.data, "report.pdf"))


def index_building() -> dict[str, float]:
    """Return texts embedded in a second by the bare encoder and by index building, and the second over the first."""
    from corpus.report import parse
    from index.build import build, texts_of
    from index.encoders import load_encoder

    report = parse(generated(1, SECTIONS_INDEXED).data, "report.pdf")
    encoder = load_encoder()
    texts = list(dict.fromkeys(texts_of([report])))
    encoder.encode_passages(texts[:32])

    def from_nothing() -> None:
        with tempfile.TemporaryDirectory() as folder:
            build(Path(folder) / "index", [report], encoder, {})

    bare, built = [], []
    for _ in range(REPETITIONS):
        bare.append(len(texts) / median(lambda: encoder.encode_passages(texts), 1))
        built.append(len(texts) / median(from_nothing, 1))
    return {
        "texts a second, bare encoder": statistics.median(bare),
        "texts a second, index building": statistics.median(built),
        "index building against the bare encoder": statistics.median(built) / statistics.median(bare),
    }


def median(work: Callable[[], object], times: int = REPETITIONS) -> float:
    """Return the median seconds of processor time of ``times`` calls of ``work``."""
    seconds = []
    for _ in range(times):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()

"""How much of what answers a survey question `compare` returns, beside `ask` and plain search.

    python benchmarks/compare_recall.py HOME QUESTIONS... [--out benchmarks/results/compare.json]

HOME is a library with the reports that the questions are about (casebook add REPORTS --home HOME). A survey's anchors
are phrases that each mark a different answering passage. Recall is the share of a question's anchors in the passages
that the quotes stand in, and in the quotes themselves; all figures are means over the questions. As more quotes find
more, the number of quotes stands beside each, and search is given as many passages as compare gives quotes. A unit
answers, as far as anchors tell, where it holds one; as they are not exhaustive, its precision here is a lower bound.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from speed import ROOT, machine

sys.path.insert(0, str(ROOT))

from corpus.folding import fold
from eval.judge import anchors_in
from eval.questions import SURVEY, Question, read_questions
from index.search import Searcher
from index.settings import Settings
from qa.answer import ask, produced_by
from qa.compare import SPEAKS, compare
from qa.quotes import Quote
from qa.units import By, units
from qa.workspace import Workspace

THRESHOLDS = (2.0, 3.0, SPEAKS, 4.5, 5.5)
DEEPEST = 200


def main() -> None:
    """Measure, print the means and write the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path, help="a library with the reports")
    parser.add_argument("questions", type=Path, nargs="+", help="question files with surveys")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "compare.json")
    options = parser.parse_args()
    searcher = Workspace(options.home).searcher()
    searcher.search("warm up", 1)
    sets = {path.stem: [q for q in read_questions(path) if q.kind == SURVEY] for path in options.questions}
    results = {name: {"surveys": len(surveys)} | measured(searcher, surveys) for name, surveys in sets.items()}
    made = produced_by(searcher, Settings())
    record = {
        "machine": machine(),
        "versions": {name: version(name) for name in ("onnxruntime", "faiss-cpu", "numpy", "rank-bm25")},
        "produced_by": made,
        "shipped_threshold": SPEAKS,
        "results": results,
    }
    print(json.dumps(results, indent=2))
    options.out.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def measured(searcher: Searcher, surveys: Sequence[Question]) -> dict[str, Any]:
    """Return the mean of every figure over the surveys."""
    found = [measure(searcher, question) for question in surveys]
    return {
        what: {name: round(statistics.mean(one[what][name] for one in found), 3) for name in figures}
        for what, figures in found[0].items()
    }


def measure(searcher: Searcher, question: Question) -> dict[str, dict[str, float]]:
    """Return the figures of one survey, by what was measured."""
    index = searcher.index
    answer = ask(searcher, question.question)
    ranked = [hit.passage.text for hit in searcher.search(question.question, DEEPEST)]
    began, worked = time.perf_counter(), time.process_time()
    rows = compare(searcher, question.question, speaks=-float("inf")).rows
    took, cpu = time.perf_counter() - began, time.process_time() - worked
    everything = sorted((quote for row in rows for quote in row.quotes), key=lambda quote: -quote.score)
    holding = {
        (unit.name, tuple(dict.fromkeys(index.passages[n][0].id for n in unit.numbers)))
        for unit in units(index, By.CASE_STUDY)
        if recall(question, [index.passages[n][1].text for n in unit.numbers])
    }
    found = {
        "ask": quoted(searcher, question, answer.quotes),
        "search, first 10 passages": {"passages": 10, "recall in passages": recall(question, ranked[:10])},
        "compare, as many quotes as ask": quoted(searcher, question, everything[: len(answer.quotes)]),
        "compare, time": {"wall s": took, "processor s": cpu},
    }
    for threshold in THRESHOLDS:
        said = [quote for quote in everything if quote.score >= threshold]
        first = {(row.name, tuple(i for i, _ in row.reports)): row.quotes[0].score for row in rows if row.speaks}
        speaking = {unit for unit, score in first.items() if score >= threshold}
        found[f"compare, threshold {threshold:g}"] = quoted(searcher, question, said) | {
            "units that speak": len(speaking),
            "recall of units with an anchor": len(speaking & holding) / len(holding),
            "precision of units, lower bound": len(speaking & holding) / max(1, len(speaking)),
            "recall of as many passages from search": recall(question, ranked[: len(said)]),
        }
    return found


def quoted(searcher: Searcher, question: Question, quotes: Sequence[Quote]) -> dict[str, float]:
    """Return how many quotes there are, and the recall of anchors in their passages and in themselves."""
    passages = [searcher.index.passages[searcher.index.number_of[quote.passage_id]][1].text for quote in quotes]
    return {
        "quotes": len(quotes),
        "recall in passages": recall(question, passages),
        "recall in quotes": recall(question, [quote.text for quote in quotes]),
    }


def recall(question: Question, texts: Iterable[str]) -> float:
    """Return the share of the question's anchors that stand in one of ``texts``."""
    anchors = {fold(anchor) for anchor in question.anchors}
    return len(set().union(*(anchors_in(text, anchors) for text in texts))) / len(anchors)


if __name__ == "__main__":
    main()

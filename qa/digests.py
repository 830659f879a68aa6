"""The bundled digests as a collection with a ready index, which answers while the library is empty.

A digest is no report: its title says so, and what is cited from it names the sections of the report that it digests.
"""

import shutil
import tempfile
from importlib.resources import files
from pathlib import Path

from corpus.catalogue import FILE_NAME as CATALOGUE
from corpus.catalogue import read_catalogue
from corpus.digests import REPORT_ID_PREFIX, bundled
from corpus.model import Metadata, Report
from corpus.report import parse
from index.search import Index, Searcher, open_index

NAME = "digests"
"""What the digests are called where a library has the name of its generation."""

FOLDER = Path(__file__).parent / "data" / NAME
QUESTIONS = Path(str(files("corpus"))) / "data" / "digests" / "questions.jsonl"
"""Forty questions about the digests, for ``casebook eval``."""

ABOUT = (
    "the library is empty: answers come from casebook's digests, short accounts of five public reports in its own words"
)
REMEDY = "add reports with: casebook fetch, or casebook add PATH"


def digests() -> list[Report]:
    """Return the bundled digests as reports, each cited as casebook's, with the address of what it digests."""
    known = read_catalogue(Path(str(files("corpus"))) / "data" / CATALOGUE)
    found = []
    for digest in bundled():
        of = known[digest.report_id]
        about = Metadata(f"Digest of {of.title}", "casebook", "2026", of.url, "MIT")
        found.append(parse(digest.data, REPORT_ID_PREFIX + digest.file_name, about))
    return found


def open_digests() -> Index:
    """Return the index of the digests that comes with casebook. Raises IndexFileError where it is damaged."""
    return open_index(FOLDER)


def searcher() -> Searcher:
    """Return the digests with the default models, the cross-encoder loaded when it is first wanted."""
    from index.encoders import DEFAULT_ENCODER, OnnxReranker, load_encoder

    return Searcher(open_digests(), load_encoder(DEFAULT_ENCODER), OnnxReranker)


def build_index() -> None:
    """Make the index of the digests anew, for whoever changes them or how they are indexed."""
    from index.build import build
    from index.encoders import DEFAULT_ENCODER, load_encoder

    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "index"
        build(made, digests(), load_encoder(DEFAULT_ENCODER), {"casebook": "bundled"})
        shutil.rmtree(FOLDER, ignore_errors=True)
        shutil.copytree(made, FOLDER)

"""A home folder with its library, its index and the models that go with them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as distribution_version
from pathlib import Path
from typing import Any

from corpus.disk import disk_errors, exclusive, replace_file
from corpus.errors import CasebookError, IndexFileError, LibraryError
from corpus.library import Added, Library, Outcome, find_files
from corpus.model import Report
from index import store
from index.encoders import DEFAULT_ENCODER, Encoder, OnnxReranker, Progress, full_name, load_encoder
from index.search import Index, Searcher, open_index
from index.settings import IndexOptions
from qa.calibration import FILE_NAME as CALIBRATION
from qa.calibration import Calibration, read_calibration
from qa.permalink import remember

NO_REPORTS = LibraryError(
    "the library holds no report yet", "add some with: casebook add PATH, or start with: make run REPORTS=folder"
)


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of the files given: those in the library now, those refused, and whether the index is new."""

    added: tuple[Added, ...]
    refused: tuple[CasebookError, ...]
    indexed: bool


def version() -> str:
    """Return casebook's version, "0" where it runs without being installed."""
    try:
        return distribution_version("casebook")
    except PackageNotFoundError:
        return "0"


class Workspace:
    """Everything under one ``home`` folder. Models are loaded when first needed and then kept."""

    def __init__(self, home: Path, encoder_name: str | None = None, options: IndexOptions | None = None) -> None:
        self.home = home
        self.options = options or IndexOptions()
        self.library = Library(home)
        self.index_folder = home / "index"
        self._encoder_name = full_name(encoder_name) if encoder_name else None
        self._encoder: Encoder | None = None

    def encoder(self) -> Encoder:
        """Return the encoder asked for, else the one that made the index, else the default."""
        if self._encoder is None:
            self._encoder = load_encoder(self._encoder_name or self._indexed_by() or DEFAULT_ENCODER)
        return self._encoder

    def _indexed_by(self) -> str | None:
        try:
            return str(store.read_manifest(self.index_folder)["encoder"]["name"])
        except IndexFileError:
            return None

    def add(self, paths: Iterable[Path], progress: Progress | None = None) -> AddResult:
        """Put the report files at ``paths`` (files or folders) into the library and bring the index up to date.

        A file that cannot be read is refused and the others are added. Raises CasebookError where nothing can be
        done at all: a path that is missing, a folder without reports, a library in use, a full disk.
        """
        found = list(find_files(paths))
        added: list[Added] = []
        refused: list[CasebookError] = []
        with exclusive(self.home):
            for file in found:
                try:
                    added.append(self.library.add(file))
                except CasebookError as error:
                    refused.append(error)
            changed = any(one.outcome is not Outcome.UNCHANGED for one in added)
            indexed = bool(self.library.files()) and (changed or not self.is_current())
            if indexed:
                self._build(progress)
        return AddResult(tuple(added), tuple(refused), indexed)

    def rebuild(self, progress: Progress | None = None) -> None:
        """Index the library anew. Raises CasebookError where it holds no report or cannot be written."""
        if not self.library.files():
            raise NO_REPORTS
        with exclusive(self.home):
            self._build(progress)

    def edit(self, report_id: str, changes: Mapping[str, Any], progress: Progress | None = None) -> None:
        """Change metadata of a report (fields of Metadata by name) and index the library with it.

        All is indexed anew, as a title tells structure and retrieval alike; only texts it stands over are embedded.
        Raises CasebookError for a value that no citation can stand on, a library in use or a full disk.
        """
        with exclusive(self.home):
            before = self.library.metadata()
            self.library.edit(report_id, changes)
            if self.library.metadata() != before or not self.is_current():
                self._build(progress)

    def _build(self, progress: Progress | None) -> None:
        from index.build import build

        made = {"casebook": version(), "date": datetime.now(UTC).isoformat(timespec="seconds")}
        reports = self.library.read(self.options.passage_words)
        remember(self.home, self._published(), reports)
        build(self.index_folder, reports, self.encoder(), made, progress, self.options)

    def _published(self) -> list[Report]:
        """Return the reports of the index as it is, none where it cannot be opened."""
        try:
            return list(open_index(self.index_folder).reports.values())
        except IndexFileError:
            return []

    def is_current(self) -> bool:
        """Return whether the published index is whole, is of just the library's reports, read as this version reads
        them, and of the encoder asked for.
        """
        from index.build import fingerprint

        try:
            manifest = store.read(self.index_folder).manifest
        except IndexFileError:
            return False
        made = (manifest["encoder"]["name"], manifest["corpus"], manifest["options"])
        wanted = self._encoder_name or manifest["encoder"]["name"]
        return made == (wanted, fingerprint(self.library.read()), asdict(self.options))

    def open(self) -> Index:
        """Return the published index. Raises LibraryError where nothing was ever added, IndexFileError for damage."""
        if not store.exists(self.index_folder):
            if not self.library.files():
                raise NO_REPORTS
            raise IndexFileError("the library has no index yet", store.REBUILD)
        return open_index(self.index_folder)

    def calibration(self) -> Calibration:
        """Return the calibration of this library, the shipped one where it has none of its own.

        Raises CalibrationError for a damaged one.
        """
        return read_calibration(self.home)

    def calibrate(self, calibration: Calibration) -> None:
        """Keep ``calibration`` as this library's own. Raises LibraryError where the disk refuses it."""
        with exclusive(self.home), disk_errors(self.home):
            replace_file(self.home / CALIBRATION, (json.dumps(calibration.to_json(), indent=2) + "\n").encode())

    def searcher(self) -> Searcher:
        """Return the published index with its models, the cross-encoder loaded when it is first wanted."""
        index = self.open()
        return Searcher(index, self.encoder(), OnnxReranker)


def describe_outcomes(added: Sequence[Added]) -> str:
    """Return how many files came to which outcome, in words: "2 added, 3 unchanged"."""
    counts = [(outcome, sum(one.outcome is outcome for one in added)) for outcome in Outcome]
    return ", ".join(f"{count} {outcome.value}" for outcome, count in counts if count) or "none added"

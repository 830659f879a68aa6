"""A home folder with its library, its index and the models that go with them."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as distribution_version
from pathlib import Path
from typing import Any

from corpus.disk import disk_errors, exclusive, replace_file
from corpus.errors import CasebookError, IndexFileError, LibraryError
from corpus.library import Added, Found, Library, Outcome, find_files
from corpus.model import Report
from corpus.removed import Removed, put_back, remove, removed
from corpus.report import report_id
from index import store
from index.duplicates import Overlap, overlaps
from index.encoders import DEFAULT_ENCODER, Encoder, OnnxReranker, full_name, load_encoder
from index.search import Index, Searcher, open_index
from index.settings import IndexOptions
from qa.backup import backup, restore
from qa.calibration import FILE_NAME as CALIBRATION
from qa.calibration import Calibration, read_calibration
from qa.digests import NAME as DIGESTS
from qa.digests import open_digests
from qa.permalink import remember

NO_REPORTS = LibraryError(
    "the library holds no report yet", "add some with: casebook add PATH, or start with: make run REPORTS=folder"
)


@dataclass(frozen=True, slots=True)
class Step:
    """How far long work is: ``done`` of ``total`` at a stage named by what is being done, like "embedding"."""

    stage: str
    done: int
    total: int


Progress = Callable[[Step], None]

WAITING = "waiting"
"""The stage before the first where another process holds the library; counted in seconds."""


@dataclass(frozen=True, slots=True)
class AddResult:
    """What became of the files given: those in the library now, those refused, and whether the index is new.

    ``overlaps`` are those of the reports that were added or replaced.
    """

    added: tuple[Added, ...]
    refused: tuple[CasebookError, ...]
    indexed: bool
    overlaps: tuple[Overlap, ...] = ()


def version() -> str:
    """Return casebook's version, "0" where it runs without being installed."""
    try:
        return distribution_version("casebook")
    except PackageNotFoundError:
        return "0"


class Workspace:
    """Everything under one ``home`` folder. Models are loaded when first needed and then kept.

    Where another process is writing to the library, what changes it waits for up to ``wait`` seconds.
    """

    def __init__(
        self, home: Path, encoder_name: str | None = None, options: IndexOptions | None = None, wait: float = 0
    ) -> None:
        self.home = home
        self.wait = wait
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

    def add(
        self, paths: Iterable[Path], progress: Progress | None = None, downloads: Iterable[Found] = ()
    ) -> AddResult:
        """Put the report files at ``paths`` (files or folders) into the library and bring the index up to date.

        ``downloads`` are added with them; they are got before the library is held. A path that is missing, a file that
        cannot be read, or one that gives the report id of another is refused and the others are added. Raises
        CasebookError where nothing can be done at all: the only path is missing, a library in use, a full disk.
        """
        found: list[Found] = []
        refused: list[CasebookError] = []
        for path in paths:
            try:
                found += find_files([path])
            except CasebookError as error:
                refused.append(error)
        found += downloads
        if not found and len(refused) == 1:
            raise refused[0]
        added: list[Added] = []
        came_from: dict[str, Path] = {}
        with self._writing(progress):
            for number, file in enumerate(found, 1):
                try:
                    if (first := came_from.setdefault(report_id(file.path.name), file.path)) != file.path:
                        raise _same_name(file.path, first)
                    added.append(self.library.add(file, self.options.passage_words))
                except CasebookError as error:
                    refused.append(error)
                if progress:
                    progress(Step("reading", number, len(found)))
            changed = {one.report_id for one in added if one.outcome is not Outcome.UNCHANGED}
            indexed = bool(self.library.files()) and (bool(changed) or not self.is_current())
            if indexed:
                self._build(progress)
            alike = tuple(one for one in overlaps(self.open()) if one.names(changed)) if changed else ()
        return AddResult(tuple(added), tuple(refused), indexed, alike)

    def rebuild(self, progress: Progress | None = None, read_again: bool = False) -> None:
        """Index the library anew, with every file read again where that is wished for.

        Raises CasebookError where it holds no report, which leaves no index either, or cannot be written.
        """
        if not self.library.files() and not store.exists(self.index_folder):
            raise NO_REPORTS
        with self._writing(progress):
            if read_again:
                self.library.readings.keep_only(())
            self._build(progress)
        if not self.library.files():
            raise NO_REPORTS

    def remove(self, report_id: str, progress: Progress | None = None) -> str:
        """Take a report out of the library and the index, and return its title; ``undo_remove`` puts it back.

        Its passages are remembered. Raises LibraryError where there is no such report, CasebookError where the library
        is in use or the disk refuses.
        """
        with self._writing(progress):
            path = self.library.by_id().get(report_id)
            if path is None:
                raise LibraryError(f"the library holds no report {report_id!r}", "see: casebook reports")
            today = datetime.now(UTC).date().isoformat()
            record = Removed(report_id, self._title(path), path.name, today)
            remove(self.library, record)
            self._build(progress)
        return record.title

    def _title(self, path: Path) -> str:
        try:
            return self.library.read_one(path).title
        except LibraryError:  # what cannot be read any more can still be taken out
            return path.name

    def removed(self) -> tuple[Removed, ...]:
        """Return the removed reports that are still kept, the newest first. Raises LibraryError for a damaged one."""
        return removed(self.home)

    def undo_remove(self, progress: Progress | None = None) -> str:
        """Put the report that was removed last back into library and index, and return its id.

        Raises LibraryError where none is kept, or where the library holds another report of that id by now.
        """
        with self._writing(progress):
            record = put_back(self.library)
            self._build(progress)
        return record.report_id

    def edit(self, report_id: str, changes: Mapping[str, Any], progress: Progress | None = None) -> None:
        """Change metadata of a report (fields of Metadata by name) and index the library with it.

        All is indexed anew, as a title tells structure and retrieval alike; only texts it stands over are embedded.
        Raises CasebookError for a value that no citation can stand on, a library in use or a full disk.
        """
        with self._writing(progress):
            before = self.library.metadata()
            self.library.edit(report_id, changes)
            if self.library.metadata() != before or not self.is_current():
                self._build(progress)

    @contextmanager
    def _writing(self, progress: Progress | None) -> Iterator[None]:
        def waiting() -> None:
            if progress:
                progress(Step(WAITING, 0, round(self.wait)))

        with exclusive(self.home, self.wait, waiting):
            yield

    def _build(self, progress: Progress | None) -> None:
        from index.build import build

        def at(stage: str) -> Callable[[int, int], None]:
            return lambda done, total: progress(Step(stage, done, total)) if progress else None

        keys = self.library.keys(self.options.passage_words)
        reports = self.library.read(self.options.passage_words, at("reading"))
        remember(self.home, self._published(), reports)
        if reports:
            made = {"casebook": version(), "date": datetime.now(UTC).isoformat(timespec="seconds"), "readings": keys}
            build(self.index_folder, reports, self.encoder(), made, at("embedding"), self.options)
        else:
            store.withdraw(self.index_folder)
        self.library.readings.keep_only(keys.values())

    def _published(self) -> list[Report]:
        """Return the reports of the index as it is, none where it cannot be opened."""
        try:
            return list(open_index(self.index_folder).reports.values())
        except IndexFileError:
            return []

    def is_current(self) -> bool:
        """Return whether the published index is whole, is of just the library's reports, read as this version reads
        them, and of the encoder asked for. No report is read for it.
        """
        from index.build import INDEX_VERSION

        try:
            manifest = store.read(self.index_folder).manifest
        except IndexFileError:
            return False
        made = (manifest["encoder"]["name"], manifest["index_version"], manifest["options"], manifest.get("readings"))
        wanted = self._encoder_name or manifest["encoder"]["name"]
        keys = self.library.keys(self.options.passage_words)
        return made == (wanted, INDEX_VERSION, asdict(self.options), keys)

    @property
    def serves_digests(self) -> bool:
        """Whether the bundled digests stand in for a library that is empty; not for an encoder other than theirs."""
        encoder = self._encoder_name in (None, DEFAULT_ENCODER)
        return encoder and not store.exists(self.index_folder) and not self.library.files()

    def generation(self) -> str:
        """Return the name of the generation that ``open`` opens. Raises IndexFileError where there is none."""
        return DIGESTS if self.serves_digests else store.current_name(self.index_folder)

    def open(self) -> Index:
        """Return the published index, that of the bundled digests while the library is empty.

        Raises LibraryError where nothing was added and no digest fits, IndexFileError for a missing or damaged index.
        """
        if self.serves_digests:
            return open_digests()
        if not store.exists(self.index_folder):
            if not self.library.files():
                raise NO_REPORTS
            raise IndexFileError("the library's reports are not indexed yet", "run: casebook index")
        return open_index(self.index_folder)

    def backup(self, file: Path, progress: Progress | None = None) -> int:
        """Write all that the user made to the zip file ``file`` and return how many files that are.

        Raises CasebookError where there is nothing to back up, the library is in use, or the disk refuses.
        """
        with self._writing(progress):
            return backup(self.home, file)

    def restore(self, file: Path, replace: bool = False, progress: Progress | None = None) -> int:
        """Put what the backup ``file`` holds in the place of what the user made, and index it.

        Returns how many files it held. Raises BackupError, with nothing changed, where ``file`` is no whole backup, or
        where something is there that ``replace`` does not allow to be replaced.
        """
        with self._writing(progress):
            count = restore(self.home, file, replace)
            self._build(progress)
        return count

    def calibration(self) -> Calibration:
        """Return the calibration of this library, the shipped one where it has none of its own.

        Raises CalibrationError for a damaged one.
        """
        return read_calibration(self.home)

    def calibrate(self, calibration: Calibration) -> None:
        """Keep ``calibration`` as this library's own. Raises LibraryError where the disk refuses it."""
        with self._writing(None), disk_errors(self.home):
            replace_file(self.home / CALIBRATION, (json.dumps(calibration.to_json(), indent=2) + "\n").encode())

    def searcher(self) -> Searcher:
        """Return the published index with its models, the cross-encoder loaded when it is first wanted."""
        index = self.open()
        return Searcher(index, self.encoder(), OnnxReranker)


def _same_name(path: Path, first: Path) -> LibraryError:
    problem = f"{str(path)!r} gives the same report id as {str(first)!r}, which was taken"
    return LibraryError(problem, "rename one of them and add it again")


def describe_outcomes(added: Sequence[Added]) -> str:
    """Return how many files came to which outcome, in words: "2 added, 3 unchanged"."""
    counts = [(outcome, sum(one.outcome is outcome for one in added)) for outcome in Outcome]
    return ", ".join(f"{count} {outcome.value}" for outcome, count in counts if count) or "none added"

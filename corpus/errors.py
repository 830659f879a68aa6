"""The errors that casebook raises on purpose.

    CasebookError            anything a user can mend
    ├── ReportError          a report file that cannot be read
    ├── DownloadError        an address that gives no report
    ├── LibraryError         the user's library of reports: missing, empty, contradictory
    ├── ModelError           model weights that are missing, altered or unusable
    ├── IndexFileError       an index on disk that is damaged, foreign or out of date
    ├── BusyError            another casebook process holds the library
    └── QuestionError        a question, or a file of questions, that cannot be used

Those of a single module stand there: NothingThereError in corpus.web; CalibrationError, BriefingError, DraftError and
LanguageModelError in qa.

A message is one line: the thing, its value, the remedy. The command line prints it and exits with 1.
"""


class CasebookError(Exception):
    """Base of every error a user can mend. ``str(error)`` is one line that holds the remedy."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = one_line(problem)
        self.remedy = one_line(remedy)
        super().__init__(f"{self.problem}; {self.remedy}")


class ReportError(CasebookError):
    """A report file that cannot be read as a report."""


class DownloadError(CasebookError):
    """An address gives no report, or may not be asked for one."""


class LibraryError(CasebookError):
    """The library of reports is missing, empty or contradicts itself."""


class ModelError(CasebookError):
    """Model weights are missing, differ from the ones expected, or do not run."""


class IndexFileError(CasebookError):
    """An index on disk is damaged, was made by another configuration, or is missing."""


class BusyError(CasebookError):
    """Another process is writing to the same library."""


class QuestionError(CasebookError):
    """A question or a question file that cannot be used."""


def one_line(text: str, limit: int = 300) -> str:
    """Return ``text`` on one line without control characters, shortened in the middle to ``limit`` characters."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if len(flat) <= limit:
        return flat
    half = (limit - 3) // 2
    return f"{flat[:half]}...{flat[-half:]}"

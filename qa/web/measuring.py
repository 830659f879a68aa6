"""The quality of answers, measured in the background and kept until something it hangs on changes."""

from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path

from corpus.errors import CasebookError
from qa.digests import NAME as DIGESTS
from qa.digests import QUESTIONS as DIGEST_QUESTIONS
from qa.judgements import FOLDER, QRELS, QUESTIONS, read_judgements
from qa.quality import Measure, Quality
from qa.web.jobs import Job, Outcome
from qa.web.live import LiveIndex, State
from qa.workspace import Progress, Step, Workspace

NAME = "Measuring the answers"


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions to measure with: what they are called, their file, and TREC judgements (None: they have anchors)."""

    name: str
    questions: Path
    qrels: Path | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What was measured on a question set; ``current``: nothing that it hangs on has changed since."""

    name: str
    quality: Quality
    current: bool


class Measuring:
    """Measures, with what it is given, how well the index behind a page answers questions whose answers are known."""

    def __init__(self, live: LiveIndex, measure: Measure) -> None:
        self._live = live
        self._measure = measure
        self._kept: tuple[Hashable, str, Quality] | None = None

    def question_set(self) -> QuestionSet | None:
        """Return the user's judged questions; where there are none, those of the digests if these answer, else None.

        Raises JudgementError for judgements that cannot be read.
        """
        judged = sum(bool(one.passages) for one in read_judgements(self._live.home).values())
        folder = self._live.home / FOLDER
        if judged:
            name = f"your {judged} judged question{'s' * (judged > 1)}"
            return QuestionSet(name, folder / QUESTIONS, folder / QRELS)
        if self._live.state().generation == DIGESTS:
            return QuestionSet("casebook's own questions about the digests", DIGEST_QUESTIONS, None)
        return None

    def begin(self) -> None:
        """Measure in the background. Raises CasebookError where there is nothing to measure with, or no index."""
        found = self.question_set()
        if found is None:
            raise CasebookError("no passage is judged yet", "ask a question here and mark its passages")
        self._live.searcher()

        def work(_: Workspace, tell: Progress) -> Outcome:
            made_with = self._made_with(found)
            searcher, calibration = self._live.searcher(), self._live.calibration()

            def asking(done: int, total: int) -> None:
                tell(Step("asking", done, total))

            quality = self._measure(searcher, calibration, found.questions, found.qrels, asking)
            self._kept = made_with, found.name, quality
            asked = "1 question was" if quality.questions == 1 else f"{quality.questions} questions were"
            return Outcome(f"{asked} asked; see Judge.")

        self._live.submit(Job(NAME, work, indexes=False))

    def kept(self) -> Kept | None:
        """Return what was measured last; None before the first time."""
        if self._kept is None:
            return None
        made_with, name, quality = self._kept
        found = self.question_set()
        return Kept(name, quality, found is not None and made_with == self._made_with(found))

    def why_failed(self, state: State) -> str:
        """Return why the latest measuring came to nothing; empty where it did not."""
        latest = next((one for one in state.finished if one.name == NAME), None)
        return "; ".join(latest.outcome.problems) if latest else ""

    def _made_with(self, found: QuestionSet) -> Hashable:
        """Return what changes with index, calibration, questions or judgements."""
        files = [path.read_bytes() for path in (found.questions, found.qrels) if path]
        return (self._live.state().generation, repr(self._live.calibration()), *files)

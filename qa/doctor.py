"""A look at every part that must be right for casebook to answer."""

from collections.abc import Callable
from dataclasses import dataclass

from corpus.errors import CasebookError
from index.models import PACKAGED, PackagedModel, locate
from qa.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Finding:
    """One part, whether it is right, and what there is to say of it."""

    part: str
    ok: bool
    detail: str


def examine(workspace: Workspace) -> list[Finding]:
    """Return what a check of models, library, index and a first search found; never raises CasebookError."""
    checks: list[tuple[str, Callable[[], str]]] = [
        *((f"model {model.name}", lambda model=model: _model(model)) for model in PACKAGED),
        (f"library {str(workspace.home)!r}", lambda: _library(workspace)),
        ("index", lambda: _index(workspace)),
        ("search", lambda: _search(workspace)),
    ]
    findings = []
    for part, check in checks:
        try:
            findings.append(Finding(part, True, check()))
        except CasebookError as error:
            findings.append(Finding(part, False, str(error)))
    return findings


def _model(model: PackagedModel) -> str:
    return f"{locate(model)}, {model.licence}, from {model.source}"


def _library(workspace: Workspace) -> str:
    reports = workspace.library.read()
    removed = len(workspace.removed())
    return f"{len(reports)} reports, {sum(len(r.passages) for r in reports)} passages; {removed} removed kept"


def _index(workspace: Workspace) -> str:
    index = workspace.open()
    if workspace.serves_digests:
        return f"{len(index.passages)} passages of casebook's digests, which answer while the library is empty"
    state = "up to date" if workspace.is_current() else "behind the library; run: casebook index"
    return f"{len(index.passages)} passages, corpus {index.fingerprint}, {state}"


def _search(workspace: Workspace) -> str:
    hits = workspace.searcher().search("What was learned?", 1)
    return f"answers, with {hits[0].passage.id} first" if hits else "finds nothing"

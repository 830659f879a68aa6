"""The checks of a draft as lines of text."""

import re
from collections.abc import Iterator, Sequence

from corpus.characters import flat
from qa.checking.align import Kind
from qa.checking.check import Attribution, Check, Segment, Verdict
from qa.checking.drafts import Draft

_SHOWN = {
    Kind.SAME: "{report}",
    Kind.CHANGED: "[-{report}-]{{+{draft}+}}",
    Kind.ADDED: "{{+{draft}+}}",
    Kind.LEFT_OUT: "[-{report}-]",
    Kind.ELLIPSIS: "{draft}",
    Kind.BRACKETS: "{draft} (for: {report})",
}
_SPACED_STOP = re.compile(r" ([.,;:!?)])")
_LEGEND = "[-words of the report-] {+words of the draft+}"


def check_lines(draft: Draft, checks: Sequence[Check]) -> list[str]:
    """Return a block of lines a quotation, with its line or paragraph in the draft, and one line that counts them."""
    lines = []
    for check in checks:
        lines += [*_block(draft, check), ""]
    counts = [(verdict, sum(check.verdict is verdict for check in checks)) for verdict in Verdict]
    told = ", ".join(f"{count} {verdict.value}" for verdict, count in counts if count)
    verified = sum(check.verified for check in checks)
    quotations = "1 quotation" if len(checks) == 1 else f"{len(checks)} quotations"
    if any(check.verdict is Verdict.ALTERED for check in checks):
        lines += [f"In what is altered: {_LEGEND}"]
    return [*lines, f"{quotations}, {verified} verified: {told}" if checks else "no quotation in the draft"]


def _block(draft: Draft, check: Check) -> Iterator[str]:
    told = [check.verdict.value]
    if check.attribution in (Attribution.UNKNOWN, Attribution.ELSEWHERE) and check.verdict is not Verdict.MISATTRIBUTED:
        told.append(check.attribution.value)
    if check.note:
        told.append(check.note)
    yield f"{draft.unit} {check.quotation.number}: {', '.join(told)}"
    yield f"  “{_shortened(flat(check.quotation.text))}”"
    if check.verdict is Verdict.ALTERED or any(s.kind is Kind.BRACKETS for s in check.difference):
        yield f"  {_difference(check.difference)}"
    if check.attribution in (Attribution.UNKNOWN, Attribution.ELSEWHERE):
        yield f"  cited: {_shortened(flat('; '.join(check.quotation.citations or (check.quotation.lead_in,))))}"
    for place in check.places:
        yield f"  — {place.citation.line()}"
    for place in check.also_in:
        yield f"  also — {place.citation.line()}"


def _difference(segments: Sequence[Segment]) -> str:
    shown = (_SHOWN[s.kind].format(report=flat(s.report), draft=flat(s.draft)) for s in segments)
    return _SPACED_STOP.sub(r"\1", " ".join(shown).replace(" (for: )", ""))


def _shortened(text: str, limit: int = 300) -> str:
    return text if len(text) <= limit else f"{text[: limit // 2]} … {text[-limit // 2 :]}"

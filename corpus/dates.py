"""Dates as reports write them -> YYYY, YYYY-MM or YYYY-MM-DD."""

import re

from corpus.catalogue import parsed_date

_MONTHS = "january february march april may june july august september october november december".split()
_MONTH = rf"(?P<month>{'|'.join(f'{month[:3]}(?:{month[3:]})?' for month in _MONTHS)}|sept)\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_WRITTEN = (
    re.compile(rf"(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?)?{_MONTH},?\s+{_YEAR}", re.I),
    re.compile(rf"{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+{_YEAR}", re.I),
)
_FIGURES = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?(?:[T ]\d\d?:.*)?", re.S)


def read_date(text: str) -> str:
    """Return the date that ``text`` is, as YYYY, YYYY-MM or YYYY-MM-DD; "" where it is anything else.

    Read are "2021-06-14" with or without a time, "2021/6", "14 June 2021", "June 14, 2021", "JUNE 2021" and the like;
    not "14/06/2021", which is another day in other countries.
    """
    text = text.strip()
    if figures := _FIGURES.fullmatch(text):
        parts = [part for part in figures.groups() if part]
    elif written := next(filter(None, (shape.fullmatch(text) for shape in _WRITTEN)), None):
        month = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(written["month"].lower()[:3]))
        parts = [part for part in (written["year"], str(month), written["day"]) if part]
    else:
        return ""
    date = "-".join(part.zfill(2) for part in parts)
    return date if parsed_date(date) else ""

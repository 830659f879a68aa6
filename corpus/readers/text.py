"""Plain text and Markdown: decoding, pages marked by form feeds, and Markdown's front matter."""

import re
import unicodedata
from dataclasses import fields
from typing import Any

from corpus.dates import read_date
from corpus.errors import ReportError
from corpus.model import Metadata

MAX_LINE_CHARACTERS = 2_000_000
"""A longer line is no paragraph of a report, and searching it would take minutes."""

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_UTF_8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_OUT_OF_PLACE = re.compile(
    r"[a-zß-ÿœšž][À-ÖØ-ÞŒŠŽŸ]|[À-ÖØ-ÞŒŠŽŸ][A-Z][a-z]|(?<![^\W\d_])[Á-ÖØ-Þáâ-öø-ÿŒœŠšŽžŸ](?![^\W\d_])"
    r"|[À-ÖØ-öø-ÿ]{3}|[ˆ˜¤¦¨¯¸ƒ]|\w[¡¿‚„]"
)
"""What Windows-1252 makes of other encodings: a capital behind a small letter or before one and a capital, an accented
letter by itself or three in a row, signs that texts do not have, and opening marks behind a word.
"""
_MOST_BEYOND_ASCII = 0.15
"""As a share of the bytes; a text in Latin letters has fewer."""
_ODD_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_AS_WINDOWS = (
    "It is not UTF-8 and was read as Windows-1252: compare accented letters and quotation marks with the original."
)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FRONT_LINE = re.compile(r"^(\w+)[ \t]*:[ \t]*(.*(?:\n[ \t]*-[ \t].*|\n[ \t]+\S.*)*)", re.M)
_ITEM = re.compile(r"(?:\A|\n)[ \t]*-[ \t]+")
_QUOTED_OR_PLAIN = re.compile(r"\"[^\"]*\"|'[^']*'|[^,\s][^,]*")
_OTHER_KEYS = {"date": "published", "link": "url", "author": "authors", "copyright": "rights"}


def decode(data: bytes, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the text of ``data`` with newlines normalised to ``\\n``, and warnings.

    UTF-8, UTF-16 with a byte order mark, and with a warning what can only be Windows-1252 are read. Raises ReportError
    for anything else, for binary content and for a line over ``MAX_LINE_CHARACTERS``.
    """
    encoding = next((codec for bom, codec in _BOMS if data.startswith(bom)), "")
    if not encoding:
        encoding = "cp1252" if _is_windows_1252(data) else "utf-8"
    warnings = () if encoding != "cp1252" else (_AS_WINDOWS,)
    if encoding != "utf-16" and b"\x00" in data:
        raise ReportError(f"{name!r} holds binary data, not text", "save the report as UTF-8 text and add that")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReportError(
            f"{name!r} is not valid {encoding.removesuffix('-sig').upper()} (byte {error.start:,})",
            "open it in its editor, save it as text in UTF-8, and add that",
        ) from None
    if len(_ODD_CONTROLS.findall(text)) > len(text) // 100:
        raise ReportError(f"{name!r} holds control characters, not text", "save the report as UTF-8 text and add that")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    longest = max(map(len, text.split("\n")))
    if longest > MAX_LINE_CHARACTERS:
        raise ReportError(
            f"{name!r} has a line of {longest:,} characters, more than the {MAX_LINE_CHARACTERS:,} casebook reads",
            "break the text into paragraphs",
        )
    if not any(unicodedata.category(character)[0] in "LN" for character in text):
        raise ReportError(f"{name!r} has no words", "give a file with the report's text")
    return text, warnings


def _is_windows_1252(data: bytes) -> bool:
    """Return whether ``data`` is no UTF-8, also none that was spoiled, and reads as Latin letters in Windows-1252."""
    try:
        data.decode("utf-8")
        return False
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return False
    beyond = sum(byte > 0x7F for byte in data)
    return (
        beyond <= _MOST_BEYOND_ASCII * len(data) and not _UTF_8_LETTER.search(data) and not _OUT_OF_PLACE.search(text)
    )


def page_starts(text: str) -> tuple[int, ...]:
    """Return where each page begins in a text whose pages end with a form feed, as pdftotext writes them."""
    if "\f" not in text.rstrip():
        return ()
    return (0, *(match.end() for match in re.finditer("\f", text.rstrip())))


def front_matter(text: str) -> Metadata:
    """Return the metadata in a text's ``key: value`` front matter; unknown keys and dates that are none are left out.

    Several authors stand in brackets, "[A, B]", or as items below their key.
    """
    known = {f.name for f in fields(Metadata)}
    found: dict[str, Any] = {}
    block = _FRONT_MATTER.match(text)
    for key, value in _FRONT_LINE.findall(block[1]) if block else []:
        name = _OTHER_KEYS.get(key.lower(), key.lower())
        value = value.strip()
        if name == "authors":
            listed = _ITEM.split(value) if value.startswith("- ") else [value]
            listed = _QUOTED_OR_PLAIN.findall(value[1:-1]) if value[:1] + value[-1:] == "[]" else listed
            found[name] = tuple(filter(None, map(_unquoted, listed)))
        elif name in known:
            value = _unquoted(value)
            found[name] = read_date(value) if name == "published" else value
    return Metadata(**found)


def _unquoted(value: str) -> str:
    value = " ".join(value.split())
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def front_matter_end(text: str) -> int:
    """Return the offset behind the front matter, 0 where there is none."""
    block = _FRONT_MATTER.match(text)
    return block.end() if block and ":" in block[1] else 0

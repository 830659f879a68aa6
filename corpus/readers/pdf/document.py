"""PDFium: a file's bytes -> its pages as words, and what it says of itself. Nothing else here knows PDFium.

Every character has a code, a box and the text object it was drawn with; size, weight and direction are that object's.
PDFium is no friend of threads: whoever reads a document holds ``LOCK``.
"""

import ctypes
import math
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

from corpus.errors import ReportError
from corpus.model import Metadata
from corpus.readers.pdf.turn import Turn, quarters_of
from corpus.readers.properties import real_authors

LOCK = threading.Lock()
MOST_CHARACTERS = 20_000
"""A page with more is no page of a report; the rest of it is left unread."""
MOST_OBJECTS = 4_000
"""How many of a page's objects are looked at for pictures and dots."""
LARGEST_DOT = 8.0
"""In points."""
MOST_DOTS = 500
"""More on a page are a pattern or a chart."""
SIDEWAYS_LETTERS = 100
"""A page with fewer set sideways is not turned: it may be a chart."""

_BOLD_NAMES = ("bold", "black", "heavy", "demi")
_FORCE_BOLD = 1 << 18
_FILLED_AND_STROKED, _INVISIBLE = 2, 3
_WRONG_PASSWORD, _UNKNOWN_SECURITY = 4, 5


@dataclass(frozen=True, slots=True)
class Look:
    """How a text object is drawn: the height of its baseline and the size of its letters in points, and whether they
    are bold, run from left to right as the page is shown, and can be seen. ``quarters`` is how often the page must be
    turned clockwise by a quarter for letters that run upwards, downwards or upside down to do so, 0 for all others.
    """

    y: float
    size: float
    bold: bool = False
    upright: bool = True
    visible: bool = True
    quarters: int = 0


class Dot(NamedTuple):
    """A small shape that is drawn, not written, as many bullets are: its edges in points."""

    x0: float
    x1: float
    y0: float
    y1: float


class Word(NamedTuple):
    """Characters that one text object draws without a space between them, their left and right edge in points, and
    their look; a space has no look.
    """

    text: str
    x0: float
    x1: float
    look: Look | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it is shown, or turned where its text is set sideways: its number (1 is the first), its size in points,
    its words in the order they are drawn, its dots, whether it is a picture without words, and whether its words lie
    unseen behind a picture, as those do that a program has recognised in it.
    """

    number: int
    width: float
    height: float
    words: list[Word]
    dots: list[Dot]
    is_picture: bool
    is_recognised: bool


@contextmanager
def opened(data: bytes, name: str) -> Iterator[Any]:
    """Open the PDF ``data`` and close it again. Raises ReportError where it cannot be opened."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code in (_WRONG_PASSWORD, _UNKNOWN_SECURITY):
            raise ReportError(
                f"{name!r} is encrypted and opens only with a password",
                "save a copy without a password and add that",
            ) from None
        raise ReportError(
            f"{name!r} is no PDF, or too damaged to open",
            "open it in a PDF viewer, print it to a new PDF and add that",
        ) from None
    with document:
        yield document


def read_sheet(document: Any, index: int, bold_fonts: dict[int, bool]) -> Sheet | None:
    """Return page ``index`` (0 is the first), None where it cannot be read.

    ``bold_fonts`` is kept from page to page: whether the font at an address is bold.
    """
    import pypdfium2.raw as pdfium

    page = pdfium.FPDF_LoadPage(document.raw, index)
    if not page:
        return None
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        turn = _turn_of(page)
        words = list(_words(text_page, turn, bold_fonts)) if text_page else []
        if quarters := _sideways(words):
            turn = replace(turn, quarters=(turn.quarters + quarters) % 4)
            words = list(_words(text_page, turn, bold_fonts))
        dots, has_picture = _shapes(page, turn)
        looks = [word.look for word in words if word.look]
        unseen = has_picture and not any(look.visible for look in looks)
        return Sheet(index + 1, turn.width, turn.height, words, dots, unseen and not words, unseen and bool(looks))
    finally:
        if text_page:
            pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _sideways(words: list[Word]) -> int:
    """Return how often a page must be turned clockwise by a quarter for most of its text to run from left to right."""
    if not any(word.look and word.look.quarters for word in words):
        return 0
    letters: Counter[int] = Counter()
    for word in words:
        if word.look and word.look.visible:
            letters[word.look.quarters] += len(word.text)
    quarters = max(letters, key=lambda each: letters[each], default=0)
    return quarters if letters[quarters] > max(SIDEWAYS_LETTERS, 2 * letters.total() / 3) else 0


def _turn_of(page: Any) -> Turn:
    import pypdfium2.raw as pdfium

    box = pdfium.FS_RECTF()
    pdfium.FPDF_GetPageBoundingBox(page, box)
    return Turn(box.left, box.bottom, box.right, box.top, pdfium.FPDFPage_GetRotation(page) % 4)


def _words(text_page: Any, turn: Turn, bold_fonts: dict[int, bool]) -> Iterator[Word]:
    """Yield the words of a page and the spaces between them.

    The calls for a character's text object and box take bare addresses: made so often, the checks of pypdfium2's own
    prototypes would take most of the time.
    """
    import pypdfium2.raw as pdfium

    get_object, get_box = _calls()
    address = ctypes.cast(text_page, ctypes.c_void_p).value
    box = pdfium.FS_RECTF()
    box_address = ctypes.addressof(box)

    def edges(n: int) -> tuple[float, float]:
        get_box(address, n, box_address)
        if not turn.quarters:
            return box.left - turn.left, box.right - turn.left
        ends = turn.point(box.left, box.bottom)[0], turn.point(box.right, box.top)[0]
        return min(ends), max(ends)

    text = _characters(text_page)
    drawn_by = [get_object(address, n) for n in range(len(text))]
    looks: dict[int, Look] = {}
    start = 0
    for n, character in enumerate(text):
        is_space = character.isspace() or not drawn_by[n]
        ends = n + 1 == len(text) or drawn_by[n + 1] != drawn_by[n] or text[n + 1].isspace()
        if is_space:
            yield _SPACE
        elif ends:
            look = looks.get(drawn_by[n])
            if look is None:
                look = looks[drawn_by[n]] = _look(text_page, n, drawn_by[n], turn, bold_fonts)
            first, last = edges(start), edges(n)
            yield Word(text[start : n + 1], min(first[0], last[0]), max(first[1], last[1]), look)
        if is_space or ends:
            start = n + 1


_SPACE = Word(" ", 0, 0, None)


def _characters(text_page: Any) -> str:
    """Return the characters of a page; each is one of PDFium's."""
    import pypdfium2.raw as pdfium

    count = min(pdfium.FPDFText_CountChars(text_page), MOST_CHARACTERS)
    buffer = (ctypes.c_ushort * (count + 1))()
    written = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    text = bytes(buffer)[: 2 * count].decode("utf-16-le", "replace")
    if written == count + 1 and len(text) == count:
        return text
    codes = (pdfium.FPDFText_GetUnicode(text_page, n) for n in range(count))
    return "".join(chr(code) if code <= 0x10FFFF else " " for code in codes)


@cache
def _calls() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Return the calls for a character's text object and its box."""
    import pypdfium2.raw as pdfium

    pointer, number = ctypes.c_void_p, ctypes.c_int

    def bare(call: Any, *types: Any) -> Callable[..., Any]:
        return ctypes.CFUNCTYPE(*types)(ctypes.cast(call, pointer).value or 0)

    return (
        bare(pdfium.FPDFText_GetTextObject, pointer, pointer, number),
        bare(pdfium.FPDFText_GetLooseCharBox, number, pointer, number, pointer),
    )


def _look(text_page: Any, n: int, drawn_by: int, turn: Turn, bold_fonts: dict[int, bool]) -> Look:
    """Return the look of the text object at the address ``drawn_by``, which draws the page's ``n``-th character."""
    import pypdfium2.raw as pdfium

    matrix, x, y, alpha = pdfium.FS_MATRIX(), ctypes.c_double(), ctypes.c_double(), ctypes.c_uint(255)
    pdfium.FPDFText_GetMatrix(text_page, n, matrix)
    pdfium.FPDFText_GetCharOrigin(text_page, n, x, y)
    pdfium.FPDFText_GetFillColor(text_page, n, ctypes.c_uint(), ctypes.c_uint(), ctypes.c_uint(), alpha)
    text_object = ctypes.cast(drawn_by, pdfium.FPDF_PAGEOBJECT)
    mode = pdfium.FPDFTextObj_GetTextRenderMode(text_object)
    font = pdfium.FPDFTextObj_GetFont(text_object)
    font_address = ctypes.cast(font, ctypes.c_void_p).value or 0
    if font_address not in bold_fonts:
        bold_fonts[font_address] = bool(font) and _is_bold(font)
    across, up = turn.point(x.value, y.value)
    ahead, climb = turn.point(x.value + matrix.a, y.value + matrix.b)
    size = pdfium.FPDFText_GetFontSize(text_page, n) * math.hypot(matrix.c, matrix.d)
    quarters = quarters_of(ahead - across, climb - up)
    return Look(
        y=up,
        size=size,
        bold=bold_fonts[font_address] or mode == _FILLED_AND_STROKED,
        upright=quarters == 0,
        visible=mode != _INVISIBLE and alpha.value > 0 and size >= 1,
        quarters=quarters or 0,
    )


def _is_bold(font: Any) -> bool:
    import pypdfium2.raw as pdfium

    buffer = ctypes.create_string_buffer(200)
    pdfium.FPDFFont_GetBaseFontName(font, buffer, len(buffer))
    name = buffer.value.decode("ascii", "ignore").lower()
    return any(word in name for word in _BOLD_NAMES) or bool(pdfium.FPDFFont_GetFlags(font) & _FORCE_BOLD)


def _shapes(page: Any, turn: Turn) -> tuple[list[Dot], bool]:
    """Return the dots of a page, and whether it has a picture."""
    import pypdfium2.raw as pdfium

    pictures = (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM)
    edges = [ctypes.c_float() for _ in range(4)]
    dots: list[Dot] = []
    has_picture = False
    for n in range(min(pdfium.FPDFPage_CountObjects(page), MOST_OBJECTS)):
        shape = pdfium.FPDFPage_GetObject(page, n)
        kind = pdfium.FPDFPageObj_GetType(shape)
        has_picture = has_picture or kind in pictures
        if kind == pdfium.FPDF_PAGEOBJ_PATH and pdfium.FPDFPageObj_GetBounds(shape, *edges):
            left, bottom, right, top = (edge.value for edge in edges)
            if 1 < right - left < LARGEST_DOT and 1 < top - bottom < LARGEST_DOT:
                (x0, y0), (x1, y1) = turn.point(left, bottom), turn.point(right, top)
                dots.append(Dot(min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)))
    return (dots if len(dots) <= MOST_DOTS else []), has_picture


def metadata_of(document: Any) -> Metadata:
    """Return what the document says of itself; authors that programs put in by themselves are left out.

    So is the date: it is that of the file, and a report is often printed anew long after it was published.
    """
    said = {key: " ".join(value.split()) for key, value in document.get_metadata_dict().items()}
    return Metadata(title=said.get("Title", ""), authors=real_authors(said.get("Author", "")))

"""Text files in Windows-1252 are read with a warning; other encodings, and UTF-8 that was spoiled, are refused."""

import pytest

from corpus.errors import ReportError
from corpus.readers import read
from corpus.report import parse

PLAIN = " The clinic on the quay counts its visits every week, and sends the figures to the ferry company."
WARNING = (
    "It is not UTF-8 and was read as Windows-1252: compare accented letters and quotation marks with the original."
)


@pytest.mark.parametrize(
    "text",
    [
        "It’s a “café” – naïve, £5 … 3 °C, ½ of it.",
        "Müller’s Übung, ÉCOLE, à la carte, Århus, Ægir • © 2020",
        "Café society met.",
        "£5 was what it cost.",
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_windows_text_is_read_as_it_was_written_with_a_warning(text: str, name: str) -> None:
    report = parse((text + PLAIN).encode("cp1252"), name)
    assert [passage.text for passage in report.passages] == [text + PLAIN]
    assert report.warnings == (WARNING,)


@pytest.mark.parametrize("text", ["Café – society met.", "The clinic counts."])
def test_utf_8_has_no_warning(text: str) -> None:
    assert read(text.encode(), "a.txt").warnings == ()
    assert read(text.encode("utf-16"), "a.txt").warnings == ()


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("It’s a “Café” – naïve", "mac-roman"),
        ("“Nobody” said so", "mac-roman"),
        ("by day – and by night", "mac-roman"),
        ("a café on the quay", "cp850"),
        ("Привет, мир", "cp1251"),
        ("Привет, мир", "koi8-r"),
        ("Zażółć gęślą jaźń", "latin2"),
        ("これはテスト です", "shift-jis"),
        ("这是 测试", "gbk"),
    ],
)
def test_text_in_another_encoding_is_refused(text: str, encoding: str) -> None:
    with pytest.raises(ReportError, match=r"is not valid UTF-8 \(byte \d+\); open it in its editor, save it as text"):
        read((text + PLAIN).encode(encoding), "a.txt")


@pytest.mark.parametrize("spoil", [lambda b: b[:-1], lambda b: b.replace(b"caf", b"caf\xe9"), lambda b: b[1:]])
def test_utf_8_that_was_spoiled_is_refused(spoil) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ReportError, match="is not valid UTF-8"):
        read(spoil(f"é was seen in the café.{PLAIN} It was an é".encode()), "a.txt")

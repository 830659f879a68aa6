"""Files spoiled at random, on the way that files really take: each ends in a whole report or in one line of error."""

import io
import json
import os
import random
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import hostile_files as hostile
import pytest
import report_formats
from pdf_writer import write_pdf
from reportlab import rl_config
from reports_made_up import SHAPES, collection
from test_corpus_properties import check

from corpus.errors import CasebookError
from corpus.library import find_files
from corpus.report import parse
from corpus.serial import report_to_json

COUNTS = {"txt": 50, "md": 50, "html": 55, "docx": 45, "pdf": 55, "zip": 50}
"""How many files of each format the short campaign reads."""
LONG = 5_000

TOKENS = {
    "txt": "\n\n¦\n¦\f¦\x00¦\ufeff¦\u202e¦\u2028¦\r¦Contents\n¦Case study 1: ¦Partners involved¦- ¦1. ¦\t¦é¦ .... 12\n",
    "md": "# ¦## ¦\n===\n¦\n---\n¦---\n¦| a | b |\n¦| ¦**¦__¦[^1]: ¦> ¦```\n¦<script>¦&lt;¦- ¦1. ¦title: x\n¦    ¦\x00",
    "html": "<p>¦</p>¦<h2>¦<table>¦<td colspan=9>¦<ul><li>¦</div>¦<script>¦<!--¦-->¦<style>¦&#xD800;¦&amp;¦&bogus;¦"
    "<meta charset=utf-16>¦<title>¦<pre>¦<svg>¦<template>¦<br>¦hidden¦\x00¦<a href='#n1'>¦<sup>¦<math>¦<![CDATA[",
    "docx": "<w:p>¦</w:p>¦<w:r><w:t>words</w:t></w:r>¦<w:tbl>¦<w:tr>¦<w:tc>¦<w:del>¦<w:ins>¦<w:br/>¦<w:tab/>¦</w:body>¦"
    "<w:sdt><w:sdtContent>¦&#0;¦&l;¦<!DOCTYPE a>¦w:val='Heading9'¦w:val='-1'¦<w:footnoteReference w:id='9'/>",
    "pdf": "obj¦endobj¦stream\n¦endstream¦/Kids[2 0 R]¦/Count -1¦/Length 9999999¦/Filter/FlateDecode¦/Parent 1 0 R¦<<¦"
    ">>¦[¦]¦(¦)¦ Tj ¦ Tf ¦1e30 0 0 1e30 0 0 cm ¦ -12 Tf ¦/Rotate 7¦/Encrypt 3 0 R¦xref\n¦trailer¦%%EOF¦ BT ¦ ET ¦0 ",
    "zip": "PK\x01\x02¦PK\x03\x04¦PK\x05\x06¦../¦/¦\x00¦\x01¦.txt¦catalogue.toml¦\xff\xff\xff\xff",
}
"""What a format is made of, put in at random; parted by ¦."""


@cache
def bases(kind: str) -> tuple[bytes, ...]:
    """Return whole files of a format."""
    if kind == "txt":
        written = [shape.write(collection()) for shape in SHAPES if shape.suffix == ".txt"]
        return tuple(text.encode() for text in (*written, report_formats.plain_text()))
    if kind == "md":
        return (report_formats.markdown().encode(),)
    if kind == "html":
        return (report_formats.web_page(),)
    if kind == "docx":
        return (hostile.zip_of(unzipped(report_formats.docx_file())),)
    if kind == "pdf":
        lines = report_formats.plain_text().split("\n")
        shown = [
            b" ".join(hostile.drawn(line[:90], 760 - 14 * n) for n, line in enumerate(lines[at : at + 50]))
            for at in range(0, len(lines), 50)
        ]
        rl_config.invariant = 1  # without the time of day
        written = [write_pdf(report_formats.REPORT, columns).data for columns in (1, 2)]
        return (hostile.pages([hostile.stream(each) for each in shown]), *written)
    inside = {"a.txt": bases("txt")[0], "deep/b.md": bases("md")[0], "catalogue.toml": b'[a]\ntitle = "A"\n'}
    return (hostile.zip_of(inside), hostile.zip_of(inside, zipfile.ZIP_STORED))


def unzipped(data: bytes) -> dict[str, bytes]:
    """Return the parts of a zip file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def spoiled(kind: str, seed: int) -> bytes:
    """Return a file of a format with one to six things done to it; in a Word file mostly inside one of its parts, and
    there mostly in a way that leaves it XML.
    """
    chance = random.Random(f"{kind} {seed}")
    data = chance.choice(bases(kind))
    if kind != "docx" or chance.random() < 0.1:
        return _spoiled(chance, kind, data)
    parts = unzipped(data)
    part = "word/document.xml" if chance.random() < 0.6 else chance.choice([*parts])
    spoil = _rearranged if chance.random() < 0.7 and parts[part].startswith(b"<") else _spoiled
    return hostile.zip_of(parts | {part: spoil(chance, kind, parts[part])})


def _spoiled(chance: random.Random, kind: str, data: bytes) -> bytes:
    for _ in range(chance.randint(1, 6)):
        data = chance.choice(WAYS)(chance, kind, data)
    return data


def _rearranged(chance: random.Random, kind: str, data: bytes) -> bytes:
    """Return XML with elements taken out, doubled, moved and given the attributes and texts of others."""
    root = ElementTree.fromstring(data)
    for _ in range(chance.choice((1, 6, 40))):
        elements = [*root.iter()]
        parent, other, third = (chance.choice(elements) for _ in range(3))
        way = chance.randrange(5)
        if way == 0 and len(parent):
            parent.remove(chance.choice([*parent]))
        elif way == 1 and len(elements) < 20_000:
            parent.insert(chance.randint(0, len(parent)), deepcopy(other))
        elif way == 2:
            parent.attrib.update(other.attrib)
        elif way == 3 and parent.attrib:
            parent.set(
                chance.choice([*parent.attrib]), chance.choice(("", "-1", "99999999999", "Heading9", "é", "a b"))
            )
        elif way == 4:
            parent.tag, parent.text = other.tag, third.text
    return ElementTree.tostring(root)


def _flip(chance: random.Random, kind: str, data: bytes) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 30)) if data else 0):
        changed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(chance: random.Random, kind: str, data: bytes) -> bytes:
    return data[: chance.randint(0, len(data))] if chance.random() < 0.5 else data[chance.randint(0, len(data)) :]


def _drop(chance: random.Random, kind: str, data: bytes) -> bytes:
    begin, end = _stretch(chance, data)
    return data[:begin] + data[end:]


def _repeat(chance: random.Random, kind: str, data: bytes) -> bytes:
    begin, end = _stretch(chance, data)
    return (
        data[:end] + data[begin:end] * min(chance.choice((1, 2, 50, 1_000)), 200_000 // (end - begin + 1)) + data[end:]
    )


def _swap(chance: random.Random, kind: str, data: bytes) -> bytes:
    a, b, c = sorted(chance.randint(0, len(data)) for _ in range(3))
    return data[:a] + data[b:c] + data[a:b] + data[c:]


def _splice(chance: random.Random, kind: str, data: bytes) -> bytes:
    other = chance.choice(bases(chance.choice(("txt", "md", "html", "pdf") if kind != "docx" else ("html", "txt"))))
    begin, end = _stretch(chance, other)
    at = chance.randint(0, len(data))
    return data[:at] + other[begin:end] + data[at:]


def _insert(chance: random.Random, kind: str, data: bytes) -> bytes:
    for _ in range(chance.choice((1, 5, 40))):
        token = chance.choice(TOKENS[kind].split("¦")).encode("latin-1" if kind in ("pdf", "zip") else "utf-8")
        at = chance.randint(0, len(data))
        data = data[:at] + token * chance.choice((1, 1, 1, 300)) + data[at:]
    return data


def _stretch(chance: random.Random, data: bytes) -> tuple[int, int]:
    """Return the begin and the end of a stretch of ``data``, which is mostly short."""
    begin = chance.randint(0, len(data))
    return begin, min(len(data), begin + int(10 ** chance.uniform(0, 4)))


WAYS: tuple[Callable[[random.Random, str, bytes], bytes], ...] = (_flip, _cut, _drop, _repeat, _swap, _splice, _insert)


def outcome(kind: str, seed: int, folder: Path) -> str:
    """Read a spoiled file as it would be added, and return "read" or "refused", or what should not have happened."""
    path = folder / f"{kind}-{seed}.{kind}"
    path.write_bytes(spoiled(kind, seed))
    came_to = "refused"
    try:
        for found in find_files([path]):
            try:
                report = parse(found.load(), found.path.name, found.metadata)
                check(report)
                json.dumps(report_to_json(report), ensure_ascii=False).encode()  # without halves of surrogate pairs
                came_to = "read"
            except CasebookError as error:
                assert str(error).isprintable() and error.remedy
    except BaseException as error:
        return f"{path.name}: {type(error).__name__}: {error}"
    finally:
        path.unlink()
    return came_to


def campaign(kind: str, seeds: range, folder: Path) -> None:
    """Read many spoiled files of a format, two at a time; some must be read and some refused, and nothing else."""
    bases(kind)
    with ThreadPoolExecutor(2) as threads:
        outcomes = [*threads.map(lambda seed: outcome(kind, seed, folder), seeds)]
    assert {*outcomes} == {"read", "refused"}
    print(kind, len(seeds), "of which read", outcomes.count("read"))


@pytest.mark.parametrize("kind", COUNTS)
def test_a_spoiled_file_is_read_whole_or_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    campaign(kind, range(COUNTS[kind]), tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("kind", COUNTS)
def test_five_thousand_spoiled_files_are_read_whole_or_refused_in_one_line(kind: str, tmp_path: Path) -> None:
    if not os.environ.get("CASEBOOK_SLOW"):
        pytest.skip("a campaign of many minutes, run with CASEBOOK_SLOW=1")
    campaign(kind, range(LONG * COUNTS[kind] // sum(COUNTS.values())), tmp_path)

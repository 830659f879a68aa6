"""Generations on disk: published in one step, checked when read, never half there."""

import errno
import os
from pathlib import Path

import pytest

from corpus.disk import exclusive
from corpus.errors import BusyError, CasebookError, IndexFileError
from index import store

FILES = {"a.json": b"[1]", "b.bin": bytes(range(256))}


def test_what_was_published_is_read_back(tmp_path: Path) -> None:
    name = store.publish(tmp_path, {"corpus": "c0"}, FILES)
    generation = store.read(tmp_path)
    assert (generation.name, generation.files, generation.manifest["corpus"]) == (name, FILES, "c0")


def test_a_new_generation_replaces_the_old(tmp_path: Path) -> None:
    store.publish(tmp_path, {}, FILES)
    name = store.publish(tmp_path, {}, {"a.json": b"[2]"})
    assert store.read(tmp_path).files == {"a.json": b"[2]"}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["CURRENT", name]


@pytest.mark.parametrize("file_name", ["a.json", "b.bin", "MANIFEST.json", "CURRENT"])
@pytest.mark.parametrize("damage", ["flip", "truncate", "remove"])
def test_every_damage_is_an_error_that_names_the_file_and_the_remedy(
    tmp_path: Path, file_name: str, damage: str
) -> None:
    name = store.publish(tmp_path, {}, FILES)
    path = tmp_path / file_name if file_name == "CURRENT" else tmp_path / name / file_name
    data = bytearray(path.read_bytes())
    if damage == "remove":
        path.unlink()
    else:
        data[len(data) // 2] ^= 1
        path.write_bytes(bytes(data) if damage == "flip" else bytes(data[: len(data) // 2]))
    with pytest.raises(IndexFileError) as caught:
        store.read(tmp_path)
    assert "casebook index --rebuild" in str(caught.value)
    if file_name != "CURRENT":
        assert name in str(caught.value)


def test_an_index_of_another_format_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(store, "FORMAT_VERSION", 99)
        store.publish(tmp_path, {}, FILES)
    with pytest.raises(IndexFileError, match="format 99"):
        store.read(tmp_path)


def test_a_full_disk_leaves_the_last_good_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = store.publish(tmp_path, {}, FILES)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(CasebookError, match="disk is full"):
            store.publish(tmp_path, {}, {"a.json": b"[2]"})
    assert store.read(tmp_path).files == FILES
    assert sorted(p.name for p in tmp_path.iterdir()) == ["CURRENT", name]


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    with exclusive(tmp_path), pytest.raises(BusyError, match="another casebook process"), exclusive(tmp_path):
        pass
    with exclusive(tmp_path):
        pass

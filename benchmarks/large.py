"""A long text through a large model from outside: time, and the memory that it takes.

`python -m benchmarks.large [--json FILE] [--quick] [--layers N] [--tokens N]`.

A Llama of about a billion parameters (16 layers of 32 heads with 8 key–value heads, width 2,048)
with random weights in bfloat16 reads 4,096 tokens, and its attention is kept as the window keeps
it: the small maps of all heads, and queries, keys and values from which any map is made. Told are
the pass alone, the pass with what is kept, one map made from that, the peak of memory beyond the
loaded model, what stays, and what all weights would take. `--quick` takes 4 layers of a quarter of
the width and 1,024 tokens. Returns 1 where more than `LIMIT` is taken beyond the pass alone.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from benchmarks.views_probe import forget_peak, status
from explorer.inspection.giving_back import give_back
from explorer.inspection.tracing import trace
from explorer.messages.heads import MadeWeights
from explorer.messages.results import Token
from explorer.subjects.outside.attention import register
from explorer.subjects.outside.model import OutsideModel
from explorer.subjects.outside.shape import as_run, rough_shape
from explorer.subjects.subject import Sentence, Subject

LIMIT = 1500.0
"""Megabytes beyond those of the pass alone."""
_WORDS = 32_000


def main() -> int:
    """Measure and print; returns 1 when too much is taken."""
    options = _options()
    torch.set_num_threads(os.cpu_count() or 1)
    subject, read = _subject(options), _sentence(options.tokens)
    give_back()
    loaded = status("VmRSS")
    found: dict[str, float] = {"model_mb": loaded}
    forget_peak()
    found["pass_s"] = _timed(lambda: _run(subject, read))
    found["pass_mb"] = status("VmHWM") - loaded
    give_back()
    forget_peak()
    began = time.perf_counter()
    kept = trace(subject, read, Sentence(()), "", "", own_target=True)
    found["traced_s"] = time.perf_counter() - began
    found["traced_mb"] = status("VmHWM") - loaded
    give_back()
    found["kept_mb"] = status("RssAnon") - loaded
    maps = list(kept.weights.values())
    found["map_s"] = _timed(lambda: maps[-1][1])
    count = sum(each.shape[0] * each.shape[1] * each.shape[2] for each in maps)
    found["all_weights_mb"] = 4 * count / 1e6
    assert count <= 1 << 24 or all(isinstance(each, MadeWeights) for each in maps)
    _print(options, found)
    if options.json:
        options.json.write_text(json.dumps({"cores": os.cpu_count(), **found}) + "\n")
    return 0 if found["traced_mb"] - found["pass_mb"] <= LIMIT else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.large")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--quick", action="store_true", help="a small model and a shorter text")
    parser.add_argument("--layers", type=int, help="layers of the model")
    parser.add_argument("--tokens", type=int, help="tokens of the text")
    options = parser.parse_args()
    options.layers = options.layers or (4 if options.quick else 16)
    options.tokens = options.tokens or (1024 if options.quick else 4096)
    options.width = 512 if options.quick else 2048
    return options


def _subject(options: argparse.Namespace) -> Subject:
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=_WORDS, hidden_size=options.width, intermediate_size=4 * options.width,
        num_hidden_layers=options.layers, num_attention_heads=32, num_key_value_heads=8,
        max_position_embeddings=8192,
    )  # fmt: skip
    torch.set_default_dtype(torch.bfloat16)
    try:
        inner = LlamaForCausalLM(shape).eval()
    finally:
        torch.set_default_dtype(torch.float32)
    inner.set_attn_implementation(register())
    model = OutsideModel(inner, rough_shape("decoder-only", shape, 8192)).eval()
    model.find_sites()
    run = as_run(model, "random", torch.bfloat16, chats=False)
    return Subject("random", "", run, model, None, 0)  # pyright: ignore


def _sentence(tokens: int) -> Sentence:
    ids = ((place * place + 7 * place) % _WORDS for place in range(tokens))
    return Sentence(tuple(Token(id, str(id), str(id)) for id in ids))


@torch.no_grad()
def _run(subject: Subject, read: Sentence) -> None:
    subject.model.hidden(None, read.as_input(subject.device))


def _timed(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _print(options: argparse.Namespace, found: dict[str, float]) -> None:
    print(f"{options.layers} layers of 32 heads, width {options.width}, {options.tokens:,} tokens")
    print(f"  model loaded                {found['model_mb']:9.0f} MB")
    print(f"  the pass alone              {found['pass_mb']:9.0f} MB {found['pass_s']:8.1f} s")
    print(f"  the pass and all heads      {found['traced_mb']:9.0f} MB {found['traced_s']:8.1f} s")
    print(f"  kept in memory after it     {found['kept_mb']:9.0f} MB")
    print(f"  one map                     {'':>12} {1000 * found['map_s']:8.0f} ms")
    print(f"  all weights would take      {found['all_weights_mb']:9.0f} MB")


if __name__ == "__main__":
    sys.exit(main())

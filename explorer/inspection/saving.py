"""A trace as files: JSON, numpy arrays, and a short summary in words."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from explorer.messages.results import Trace
from explorer.runs.atomic import whole_file, write_text


def save_npz(trace: Trace, path: Path) -> None:
    """Float32 arrays `encoder.0`, `decoder.0`, `cross.0` … of heads × queries × keys, and the
    pieces on the axes as `source_tokens` and `target_tokens`."""
    arrays = {str(site): weights for site, weights in trace.weights.items()}
    with whole_file(path) as beside, beside.open("wb") as file:
        np.savez_compressed(
            file, allow_pickle=False,
            source_tokens=np.array([token.piece for token in trace.source]),
            target_tokens=np.array([token.piece for token in trace.target]),
            **arrays,
        )  # fmt: skip


def save_json(trace: Trace, path: Path) -> None:
    """Tokens and all weights as nested lists."""
    value = {
        "model": trace.model, "step": trace.step, "source_text": trace.source_text,
        "target_text": trace.target_text, "own_target": trace.own_target,
        "notes": list(trace.notes),
        "source": [asdict(token) for token in trace.source],
        "target": [asdict(token) for token in trace.target],
        "weights": {str(site): weights.tolist() for site, weights in trace.weights.items()},
    }  # fmt: skip
    write_text(path, json.dumps(value, ensure_ascii=False))


def summary(trace: Trace) -> Iterator[str]:
    """For each head, where its queries look most, in one line."""
    yield f"{trace.model}, step {trace.step:,}"
    yield "source  " + " ".join(token.text for token in trace.source)
    yield "target  " + " ".join(token.text for token in trace.target)
    for site, weights in trace.weights.items():
        keys = trace.keys(site.kind)
        for head, map_QK in enumerate(weights):
            best = " ".join(keys[k].text for k in map_QK.argmax(-1))
            yield f"{site!s:<10} head {head + 1}  {map_QK.max(-1).mean():.2f}  {best}"

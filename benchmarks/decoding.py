"""Writing with all attention captured: `python -m benchmarks.decoding [--json FILE] [--quick]`.

Ours is `decode_steps`, as the window and the command line run it: every decision with its rivals,
their probabilities, the entropy, and the attention of every layer and head as numpy. Beside it runs
`transformers`' `generate(output_attentions=True)` with the same weights, from the same prompt, in
the same process, turn by turn; neither may write the end token. Told are milliseconds a token, the
least of all turns (a neighbour on the machine only ever adds) and their median, and the median of
the turns' ratios; beside it the ratio of processor time, least by least. At the start both have to
write the same tokens with the same attention.

Besides models drawn at random there is a real one, the decoder `stories260K` of
../shared/data/checkpoints, opened as the window opens a folder from outside; without that folder it
is left out. (The other real model of these benchmarks, an encoder, writes nothing.)
"""

import argparse
import gc
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import torch

from benchmarks.decoding_peers import REAL, SHAPES, SMALL, Pair, make_pair, open_pair
from benchmarks.views_real import folder
from explorer.decoding.stepper import decode_steps
from explorer.messages.decoding import DecodeStep
from explorer.messages.results import Floats, Site, SiteKind
from explorer.subjects.subject import Sentence

Spent = tuple[float, float]
"""Milliseconds a token, by the clock and of the processor."""
LENGTHS = (32, 128, 512)


def main() -> int:
    """Compare, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.decoding")
    parser.add_argument("--json", type=Path, help="also write all figures to this file")
    parser.add_argument("--quick", action="store_true", help="fewer turns, small shapes only")
    parser.add_argument("--shape", action="append", help="only these; all where none is named")
    parser.add_argument("--threads", type=int, default=1, help="threads of both sides")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    small = [*SMALL, *REAL]
    every = [*(shape.name for shape in SHAPES), *REAL]
    wanted = options.shape or (small if options.quick else every)
    turns, rows = 3 if options.quick else 7, list[dict[str, Any]]()
    for shape in SHAPES:
        if shape.name in wanted:
            rows += _compare(make_pair(shape), turns if shape.name in SMALL else 2)
    for name in (name for name in REAL if name in wanted):
        if folder(name) is None:
            print(f"\n{name}: left out, for it is not on this computer")
        else:
            rows += _compare(open_pair(name), turns)
    if options.json:
        told = {"threads": options.threads, "turns": turns, "torch": torch.__version__}
        options.json.write_text(json.dumps(told | {"rows": rows}, indent=1), encoding="utf-8")
    return 0


def _compare(pair: Pair, turns: int) -> list[dict[str, Any]]:
    gc.collect()
    gc.freeze()  # As the window does after its imports; it serves both sides.
    source = pair.subject.source(pair.text)
    lengths = [min(length, pair.room(source)) for length in LENGTHS]
    _check(pair, source)
    print(f"\n{pair.title}\n  tokens      ours    median  transformers    median   ratio  of cpu")
    rows: list[dict[str, Any]] = []
    for length in lengths:
        ours, theirs = list[Spent](), list[Spent]()
        for _ in range(turns):
            ours.append(_clock(partial(_write, pair, source, length), length))
            theirs.append(_clock(partial(_generate, pair, source, length), length))
        row = {"shape": pair.name, "tokens": length, **_figures(ours, theirs)}
        rows.append(row)
        print(_line(row), flush=True)
    own, other = (rows[-1][side] / rows[0][side] for side in ("ours_cpu", "theirs_cpu"))
    told = f"ours {own:.2f}, theirs {other:.2f}"
    print(f"  {lengths[-1]} over {lengths[0]} tokens, of the processor: {told}")
    return rows


def _line(row: dict[str, Any]) -> str:
    return (
        f"  {row['tokens']:>6}{row['ours']:>10.3f}{row['ours_median']:>10.3f}"
        f"{row['theirs']:>14.3f}{row['theirs_median']:>10.3f}"
        f"{row['ratio']:>8.2f}{row['cpu_ratio']:>8.2f}"
    )


def _clock(work: Callable[[], object], length: int) -> Spent:
    started, spent = time.perf_counter(), time.process_time()
    work()
    clock, processor = time.perf_counter() - started, time.process_time() - spent
    return 1000 * clock / length, 1000 * processor / length


def _figures(ours: list[Spent], theirs: list[Spent]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, turns in (("ours", ours), ("theirs", theirs)):
        found[name] = min(clock for clock, _ in turns)
        found[f"{name}_median"] = statistics.median(clock for clock, _ in turns)
        found[f"{name}_cpu"] = min(processor for _, processor in turns)
    pairs = zip(ours, theirs, strict=True)
    found["ratio"] = statistics.median(own[0] / other[0] for own, other in pairs)
    found["cpu_ratio"] = found["ours_cpu"] / found["theirs_cpu"]
    return found


def _write(pair: Pair, source: Sentence, length: int) -> list[DecodeStep]:
    config = pair.subject.config.decoding.model_copy(update={"max_length": length})
    return list(decode_steps(pair.subject, source, config, bans=pair.ends))


@torch.no_grad()
def _generate(pair: Pair, source: Sentence, length: int) -> Any:
    ids = source.as_input(pair.subject.device)
    return pair.peer.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=length, do_sample=False,
        num_beams=1, output_attentions=True, return_dict_in_generate=True,
        suppress_tokens=list(pair.ends),
    )  # fmt: skip


def _check(pair: Pair, source: Sentence) -> None:
    """Same tokens, same attention at every step; also a warm-up."""
    steps, told = _write(pair, source, 32), _generate(pair, source, 32)
    written = [step.token.id for step in steps]
    assert len(steps) == 32 and written == told.sequences[0, -32:].tolist(), "other tokens"
    alone = pair.subject.architecture == "decoder-only"
    decoder = told.attentions if alone else told.decoder_attentions
    for number, step in enumerate(steps):
        for layer, weights in enumerate(decoder[number]):
            _same(step, Site(SiteKind.DECODER, layer), weights[0, :, -1].numpy())
            if not alone:
                crossed = told.cross_attentions[number][layer]
                _same(step, Site(SiteKind.CROSS, layer), crossed[0, :, -1].numpy())


def _same(step: DecodeStep, site: Site, expected: Floats) -> None:
    np.testing.assert_allclose(step.attention[site], expected, atol=1e-4)


if __name__ == "__main__":
    sys.exit(main())

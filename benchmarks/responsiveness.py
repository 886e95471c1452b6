"""How well the window answers while a model trains, and what the window costs the training.

`python -m benchmarks.responsiveness [--json FILE] [--quick] [--preset NAME] [--seconds 60]
[--corpus FILE] [--all-presets]`. Two runs with the same settings and the same batches, one in the
real window without a screen and one without a window, take turns; only steps that both took are
compared. A beat is a 10 ms timer of the window's event loop; its lateness is what a keystroke would
wait.
With `--all-presets` each preset trains in the window alone, for 20 seconds, or 5 with `--quick`;
beside the lateness stands the time that the window's own thread computed between two beats, which
other programs on the machine do not lengthen.
"""

import argparse
import itertools
import json
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from explorer.messages.presets import load_preset, preset_names

_P99, _WORST, _SPEED = 4.0, 33.0, 0.95


class Turns:
    """A run in a process of its own that goes and holds when it is told."""

    def __init__(self, kind: str, preset: str, corpus: Path, home: Path) -> None:
        surroundings = os.environ | {
            "QT_QPA_PLATFORM": "offscreen",
            "XDG_CONFIG_HOME": str(home / kind),
            "ATTENTION_EXPLORER_HOME": str(home / kind),
        }  # fmt: skip
        command = [sys.executable, "-m", "benchmarks.training_probe", kind, preset]
        self._process = subprocess.Popen(
            [*command, str(corpus), str(home / kind / "run")],
            env=surroundings, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._await_held()

    def _tell(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(word + "\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def _await_held(self) -> None:
        answer = self._line()
        if answer != "held":
            self._process.kill()
            raise SystemExit(f"a run did not hold: {answer or 'it ended'}")

    def go(self, seconds: float) -> None:
        """Train for so long."""
        self._tell("go")
        time.sleep(seconds)
        self._tell("hold")
        self._await_held()

    def end(self) -> dict[str, Any]:
        """End the run; its figures."""
        self._tell("end")
        figures = json.loads(self._line())
        self._process.wait(60)
        return figures


def main() -> int:
    """Measure and print; returns 1 when a target is missed."""
    options = _options()
    if options.all_presets:
        return _all_presets(options)
    seconds = 10.0 if options.quick else options.seconds
    segment = min(15.0, seconds / 2)
    rounds = max(1, round(seconds / segment))
    with tempfile.TemporaryDirectory() as home:
        corpus = options.corpus or _made_corpus(Path(home, "corpus.tsv"))
        runs = [Turns(kind, options.preset, corpus, Path(home)) for kind in ("window", "bare")]
        for turn in range(rounds):
            for run in runs if turn % 2 == 0 else reversed(runs):
                run.go(segment)
        window, bare = (run.end() for run in runs)
    figures = _figures(window, bare)
    _print(options.preset, rounds, segment, figures)
    if options.json:
        raw = {"figures": figures, "window": window, "bare": bare}
        options.json.write_text(json.dumps(raw) + "\n")
    good = figures["p99"] <= _P99 and figures["worst"] <= _WORST and figures["speed"] >= _SPEED
    return 0 if good else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.responsiveness")
    parser.add_argument("--json", type=Path, help="also write every beat and step to this file")
    parser.add_argument("--quick", action="store_true", help="ten seconds in place of a minute")
    parser.add_argument("--preset", default="translate-en-fr", help="what is trained")
    parser.add_argument("--all-presets", action="store_true", help="each preset in the window")
    parser.add_argument("--seconds", type=float, default=60.0, help="training in the window")
    parser.add_argument("--corpus", type=Path, help="sentence pairs; else they are made up")
    return parser.parse_args()


def _all_presets(options: argparse.Namespace) -> int:
    """A line for each preset; returns 1 when the window was late in one."""
    seconds = 5.0 if options.quick else 20.0
    print(f"{'preset':<18}{'steps/s':>9}{'late p50':>10}{'p99':>7}{'worst':>8}{'busy p99':>10}")
    late: list[str] = []
    raw: dict[str, Any] = {}
    for preset in preset_names():
        found = raw[preset] = _in_window(preset, seconds, options.corpus)
        p50, p99, worst = (_share(found["late"], share) for share in (0.5, 0.99, 1))
        pace = len(found["steps"]) / seconds
        busy = _share(found["busy"], 0.99)
        print(
            f"{preset:<18}{pace:>9.0f}{p50:>10.2f}{p99:>7.2f}{worst:>8.1f}{busy:>10.2f}", flush=True
        )
        late += [preset] if p99 > _P99 else []
    if options.json:
        options.json.write_text(json.dumps(raw) + "\n")
    print(f"late by more than {_P99:.0f} ms in 1 of 100 beats: {', '.join(late) or 'none'}")
    return 1 if late else 0


def _in_window(preset: str, seconds: float, given: Path | None) -> dict[str, Any]:
    """What the probe noted of one preset."""
    task = load_preset(preset).task.name
    with tempfile.TemporaryDirectory() as home:
        made = Path(home, "corpus.txt" if task == "text" else "corpus.tsv")
        corpus = given if given and task in ("pairs", "text") else _made_corpus(made, task)
        run = Turns("window", preset, corpus, Path(home))
        run.go(seconds)
        return run.end()


def _share(values: list[float], share: float) -> float:
    ordered = sorted(values) or [math.nan]
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def _figures(window: dict[str, Any], bare: dict[str, Any]) -> dict[str, float]:
    late = sorted(window["late"])
    own = {step: (tokens, seconds) for step, tokens, seconds in window["steps"]}
    other = {step: (tokens, seconds) for step, tokens, seconds in bare["steps"]}
    both = sorted(own.keys() & other.keys())
    speeds = [
        sum(steps[step][0] for step in both) / sum(steps[step][1] for step in both)
        for steps in (own, other)
    ]
    ratios = sorted(other[step][1] / own[step][1] for step in both)
    return {
        "middle": ratios[len(ratios) // 2],
        "beats": len(late), "p50": late[len(late) // 2], "p99": late[int(len(late) * 0.99)],
        "worst": late[-1], "steps": len(both), "window": speeds[0], "bare": speeds[1],
        "speed": speeds[0] / speeds[1],
    }  # fmt: skip


def _print(preset: str, rounds: int, segment: float, f: dict[str, float]) -> None:
    print(f"{preset}: {rounds} turns of {segment:.0f} s each, with the window and without")
    print(f"event loop late, ms, {f['beats']:.0f} beats{'':>8}{'limit':>8}")
    print(f"  half of all under      {f['p50']:8.2f}")
    print(f"  99 of 100 under        {f['p99']:8.2f}{_P99:8.0f}")
    print(f"  worst                  {f['worst']:8.2f}{_WORST:8.0f}")
    print(f"tokens per second over the same {f['steps']:.0f} steps")
    print(f"  without a window       {f['bare']:8.0f}")
    print(f"  with the window        {f['window']:8.0f}")
    print(f"  share kept             {f['speed']:8.1%}{_SPEED:8.0%}")
    print(f"  at the middle step     {f['middle']:8.1%}")


_WHO = {"the cat": "le chat", "my brother": "mon frère", "a friend": "un ami", "Tom": "Tom",
        "our teacher": "notre professeur", "the old man": "le vieil homme", "she": "elle",
        "my aunt": "ma tante"}  # fmt: skip
_DOES = {"sees": "voit", "wants": "veut", "sells": "vend", "buys": "achète", "likes": "aime",
         "never eats": "ne mange jamais", "paints": "peint", "carries": "porte"}  # fmt: skip
_WHAT = {"an apple": "une pomme", "the red car": "la voiture rouge", "a book": "un livre",
         "two big dogs": "deux grands chiens", "bread": "du pain", "the house": "la maison",
         "many flowers": "beaucoup de fleurs", "a letter": "une lettre"}  # fmt: skip
_WHEN = {"today": "aujourd’hui", "in the evening": "le soir", "on Monday": "lundi",
         "with his mother": "avec sa mère", "in Paris": "à Paris", "again": "encore"}  # fmt: skip


def _made_corpus(path: Path, task: str = "pairs", pairs: int = 20_000) -> Path:
    """A file of sentence pairs from a small grammar, so that this runs anywhere.

    The label of a word is its first letter, that of a sentence its first word.
    """
    chance = random.Random(0)
    simple = [
        tuple(" ".join(part[side] for part in parts) for side in (0, 1))
        for parts in itertools.product(*(d.items() for d in (_WHO, _DOES, _WHAT, _WHEN)))
    ]
    made: set[tuple[str, str]] = {(f"{a}.", f"{b}.") for a, b in simple}
    while len(made) < pairs:
        (a, b), (c, d) = chance.sample(simple, 2)
        made.add((f"{a}, and {c}.", f"{b}, et {d}."))
    rows = [f"{a}\t{_target(task, a, b)}\n" for a, b in sorted(made)]
    path.write_text("".join(rows), encoding="utf-8")
    return path


def _target(task: str, source: str, translation: str) -> str:
    words = source.split()
    if task == "labels":
        return " ".join(word[0].upper() for word in words)
    return words[0].upper() if task == "classes" else translation


if __name__ == "__main__":
    sys.exit(main())

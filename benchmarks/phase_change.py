"""Is the phase change of induction found? `python -m benchmarks.phase_change [--quick]`.

Trains the preset `induction` (`--preset`) from ten seeds (`--seeds`) and asks the detector of what
happened (`explorer/inspection/happenings.py`) on the steps that such a run keeps. A seed counts
where a head became an induction head within the window in which the loss falls (Olsson et al.,
2022): from the last step at which the training loss, as a running mean, is above 90 % of what one
reaches who knows the symbols alone, ln(symbols), to the first after it that is below 10 % of that.
A mark at a kept step says that it happened after the kept step before it; so much of the two has to
overlap.

Two controls: a rate of 1e-30, which moves no weight, so that nothing at all may be marked; and
answers that belong to other questions, of which only the symbols and the lengths can be learned:
none may become an induction head, and every other mark of a head has to come again on lists that
the detector has not seen (`UNSEEN`), or it is denied.
"""

import argparse
import json
import math
import statistics
import sys
import tempfile
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import torch

from explorer.data.batches import held_out_pairs
from explorer.data.pairs import Pair
from explorer.data.tasks import TASKS
from explorer.engine.run import Run
from explorer.engine.timeline_command import asked_of, happened, open_run, timeline_of
from explorer.inspection.examples import held_out
from explorer.inspection.happenings import happenings
from explorer.inspection.head_history import history_of
from explorer.inspection.timeline import whole_timeline
from explorer.messages.config import RunConfig
from explorer.messages.happenings import Happening, in_words
from explorer.messages.presets import load_preset
from explorer.messages.settings import with_values
from explorer.messages.timeline import joined
from explorer.runs.folder import RunFolder
from explorer.runs.metrics import read_history
from explorer.runs.moments import Moment
from explorer.subjects.subject import Subject

Way = Literal["as shipped", "rate 1e-30", "shuffled answers"]
WAYS: tuple[Way, ...] = ("as shipped", "rate 1e-30", "shuffled answers")
WITHIN = 25
"""Steps of the running mean of the training loss."""
EXAMPLES = 16
"""Held-out lists that heads are measured on, as the command `timeline` does by default."""
UNSEEN = 1_000_003
"""Added to the run's seed it draws the lists on which the marks of a control are tried again."""
CPU = torch.device("cpu")


@dataclass(frozen=True, slots=True)
class Found:
    """What one run showed; `window` is where its loss fell, `marks` what the detector said."""

    way: Way
    seed: int
    steps: int
    window: tuple[int, int] | None
    induction: tuple[tuple[int, int], ...]
    """Kept steps before and at each mark of an induction head."""
    heads_marked: int
    figures_marked: int
    marks: tuple[str, ...]
    denied: tuple[str, ...]
    """Marks of a control's heads that did not come again on other lists."""
    loss: float

    @property
    def silent(self) -> bool:
        """Whether a control has no mark that it must not have."""
        return not (self.marks if self.way == "rate 1e-30" else self.induction or self.denied)

    @property
    def together(self) -> bool:
        """Whether an induction head came while the loss fell."""
        if self.window is None:
            return False
        first, last = self.window
        return any(before < last and at > first for before, at in self.induction)


def fall_of(losses: Sequence[float], symbols: int) -> tuple[int, int] | None:
    """The steps between which the running mean falls from 90 % to 10 % of ln(symbols)."""
    known = math.log(symbols)
    means = [statistics.fmean(losses[max(0, n - WITHIN + 1) : n + 1]) for n in range(len(losses))]
    last = next((n + 1 for n, mean in enumerate(means) if mean < 0.1 * known), None)
    if last is None:
        return None
    above = [n + 1 for n, mean in enumerate(means[:last]) if mean > 0.9 * known]
    return (above[-1] if above else 0), last


class _Shuffled:
    """The task with the answer of another question of the same length."""

    def __init__(self, name: str) -> None:
        self._task = TASKS[name]
        self.name = name

    def example(self, chance: Any, config: Any) -> Pair:
        """A question, and what would be due after another list of that length."""
        asked = self._task.example(chance, config)
        while True:
            other = self._task.example(chance, config)
            if len(other.target.split()) == len(asked.target.split()):
                return Pair(asked.source, other.target)

    def words(self, config: Any) -> Any:
        """Those of the task."""
        return self._task.words(config)


def train(config: RunConfig, folder: Path, until: int, *, shuffled: bool) -> None:
    """The first `until` steps of a run, as any training writes them."""
    name, task = config.task.name, TASKS[config.task.name]
    tasks: dict[str, Any] = TASKS  # type: ignore[assignment]
    try:
        if shuffled:
            tasks[name] = _Shuffled(name)
        run = _opened(config, RunFolder(folder))
        while run.trainer.step < until:
            run.step()
        run.finish_evaluation()
        run.close()
    finally:
        tasks[name] = task


def _opened(config: RunConfig, folder: RunFolder) -> Run:
    """A new run, or the one that was broken off here, from its newest checkpoint."""
    if folder.is_run:
        newest = next(reversed(folder.checkpoints()), None)
        return Run.reopen(folder, newest, CPU, lambda _: None, lambda *_: None)
    return Run.begin(config, folder.path, CPU, lambda _: None, lambda *_: None)


def look(folder: Path, way: Way, seed: int) -> Found:
    """What the detector finds in a run, and where its loss fell."""
    subject, kept = open_run(str(folder), CPU)
    asked = held_out(subject, 1)[0]
    sentence = joined(timeline_of(subject, kept, asked.source, asked.target))
    marks = happened(subject, kept, sentence, EXAMPLES)
    history = read_history(RunFolder(folder).metrics)
    window = fall_of(history.losses.tolist(), subject.config.task.symbols)
    steps = [moment.step for moment in kept]
    induction = [m for m in marks if m.kind == "became" and m.measure == "induction"]
    return Found(
        way, seed, subject.step, window, tuple((_before(steps, m), m.step) for m in induction),
        sum(bool(m.heads) for m in marks), sum(not m.heads for m in marks),
        tuple(map(in_words, marks)),
        () if way == "as shipped" else tuple(map(in_words, _denied(subject, kept, marks))),
        float(history.losses[-WITHIN:].mean()),
    )  # fmt: skip


def _denied(
    subject: Subject, kept: Sequence[Moment], marks: Sequence[Happening]
) -> list[Happening]:
    """Marks of heads that the detector does not set on lists that it has not seen."""
    config = subject.config
    drawn = held_out_pairs(
        TASKS[config.task.name], config.task, EXAMPLES, config.training.seed + UNSEEN
    )
    there = [
        whole_timeline(subject, kept, asked_of(subject, pair.source, pair.target)) for pair in drawn
    ]
    again = {(mark.kind, mark.measure, mark.heads) for mark in happenings(history_of(there))}
    return [m for m in marks if m.heads and (m.kind, m.measure, m.heads) not in again]


def _before(steps: Sequence[int], mark: Happening) -> int:
    return steps[max(0, bisect_left(steps, mark.step) - 1)]


def settings(
    way: Way, seed: int, values: Mapping[str, Any], preset: str = "induction"
) -> RunConfig:
    """The preset from this seed; a rate of nearly nothing where no weight shall move."""
    still = {"training.learning_rate": 1e-30, "training.muon_rate": 1e-30}
    own = still if way == "rate 1e-30" else {}
    common = {"training.seed": seed, "training.baselines": False}
    return with_values(load_preset(preset), {**common, **own, **values})


def main() -> int:
    """Train, look, print; 1 where fewer than nine in ten were found, or a control was marked."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.phase_change")
    parser.add_argument("--json", type=Path, help="also write what was found to this file")
    parser.add_argument("--quick", action="store_true", help="one seed in place of ten")
    parser.add_argument("--seeds", type=int, default=10, help="runs of the preset")
    parser.add_argument("--controls", type=int, default=2, help="runs of either control")
    parser.add_argument("--preset", default="induction", help="what is trained")
    parser.add_argument("--until", type=int, help="steps of it to train (all of the preset)")
    parser.add_argument("--runs", type=Path, help="keep the runs here, and go on where it ended")
    options = parser.parse_args()
    seeds, controls = (1, 1) if options.quick else (options.seeds, options.controls)
    until = options.until or load_preset(options.preset).training.steps
    found: list[Found] = []
    with tempfile.TemporaryDirectory() as place:
        home = options.runs or Path(place)
        for way in WAYS:
            for seed in range(seeds if way == "as shipped" else controls):
                found.append(_one(home, options.preset, way, seed, until))
                print(_line(found[-1]), flush=True)
                if options.json:
                    entries = [asdict(one) | {"together": one.together} for one in found]
                    options.json.write_text(json.dumps(entries, indent=1) + "\n")
    return _conclude(found)


def _one(home: Path, preset: str, way: Way, seed: int, until: int) -> Found:
    folder = home / f"{preset}-{way.replace(' ', '-')}-{seed}"
    if RunFolder(folder).newest_step() < until:
        config = settings(way, seed, {"training.checkpoint_every": 50}, preset)
        train(config, folder, until, shuffled=way == "shuffled answers")
    return look(folder, way, seed)


def _line(found: Found) -> str:
    window = "–" if found.window is None else f"{found.window[0]:,}–{found.window[1]:,}"
    heads = ", ".join(f"{before:,}–{at:,}" for before, at in found.induction) or "–"
    said = f"{found.way:<17} seed {found.seed}  loss {found.loss:6.3f}  falls {window:<9}"
    denied = f", denied {len(found.denied)}" if found.way != "as shipped" else ""
    return (
        f"{said}  induction head {heads:<20} {'together' if found.together else '':<9}"
        f" marks of heads {found.heads_marked}, of figures {found.figures_marked}{denied}"
    )


def _conclude(found: Sequence[Found]) -> int:
    shipped = [one for one in found if one.way == "as shipped"]
    controls = [one for one in found if one.way != "as shipped"]
    hits, silent = sum(o.together for o in shipped), sum(o.silent for o in controls)
    print(f"an induction head came while the loss fell   {hits} of {len(shipped)}")
    print(f"controls without a mark that must not be     {silent} of {len(controls)}")
    return 0 if 10 * hits >= 9 * len(shipped) and silent == len(controls) else 1


if __name__ == "__main__":
    sys.exit(main())

"""Training from the command line: the engine's run, with a progress bar on a terminal.

Under `torchrun` several processes train it together; the first one writes and prints, the others
help.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from explorer.engine.device import choose_device
from explorer.engine.reopening import load_trainer, open_data
from explorer.engine.run import Run
from explorer.messages.config import RunConfig
from explorer.messages.events import Evaluated, Event, Failed, SettingsChanged, TrainStep
from explorer.messages.travel import Watched
from explorer.runs.folder import RunFolder
from explorer.runs.library import find_model
from explorer.runs.weights import ModelFileError
from explorer.training.parallel import World, together, world_told
from explorer.training.stability import TrainingStoppedError
from explorer.training.trainer import Trainer, new_model


class _Teller:
    """Shows events: a bar on a terminal, a line for each evaluation, trouble on stderr."""

    def __init__(self, bar: Progress | None, steps: int) -> None:
        self.last_step: TrainStep | None = None
        self.last_figures: Evaluated | None = None
        self._bar = bar
        self._task = bar.add_task("", total=steps, figures="") if bar else None

    def __call__(self, event: Event) -> None:
        match event:
            case TrainStep():
                self.last_step = event
                self._show(event)
            case Evaluated():
                self.last_figures = event
                self._say(event)
            case SettingsChanged():
                self._tell_changes(event)
            case Failed():
                print(event.message, file=sys.stderr)
            case _:
                pass

    def _show(self, step: TrainStep) -> None:
        if self._bar and self._task is not None:
            figures = f"loss {step.loss:.3f}  {step.tokens_per_second:,.0f} tokens/s"
            self._bar.update(self._task, completed=step.step, figures=figures)

    def _say(self, event: Evaluated) -> None:
        if self._bar:
            found = event.measurement
            words = f"step {found.step:>8,}  validation loss {found.loss:.4f}"
            for name, share in (("accuracy", found.accuracy), ("exact match", found.exact_match)):
                words += f"  {name} {share:.1%}" if share == share else ""
            self._bar.console.print(words)

    def _tell_changes(self, event: SettingsChanged) -> None:
        if self._bar:
            for change in event.changes:
                self._bar.console.print(
                    f"from step {change.step:,}: {change.path} {change.value:g}"
                )


def train_run(
    config: RunConfig, out: Path, device: str, *, resume: bool, quiet: bool,
    changes: Mapping[str, float] | None = None, watch: Sequence[Watched] = (),
) -> dict[str, Any] | None:  # fmt: skip
    """Train to the last step; the final figures as plain values, None in a helping process.

    `changes` are live settings that a resumed run goes on with. An interrupt (Ctrl+C) saves the
    run first. `watch` are sentences whose attention is kept. Raises the errors of the engine in
    words.
    """
    world = world_told()
    chosen = _own_device(device, world)
    going_on = resume and (out / "run.toml").exists()
    with together(world, chosen):
        if not world.leads:
            _help(out, chosen, world, changes or {})
            return None
        with _bar(quiet) as bar:
            own = RunFolder(out).config() if going_on else config
            teller = _Teller(bar, own.training.steps)
            if going_on:
                run = _reopen(out, chosen, teller, world)
                run.change(changes or {})
            else:
                run = _begin(config, out, chosen, teller, world)
            if watch:
                run.watch(watch)
            _train(run, world)
    return _result(run, teller)


def _own_device(device: str, world: World) -> torch.device:
    chosen = choose_device(device)
    if chosen.type == "cuda" and not world.alone:
        return torch.device("cuda", world.local_rank)
    return chosen


def _train(run: Run, world: World) -> None:
    try:
        while not world.agree(_ready_to_end(run)):
            run.step()
        while not run.finished:
            run.advance()
    except TrainingStoppedError as error:
        step = run.abandon(good=False)
        hints = "".join(
            f"\n  --resume {' '.join(f'--set {p}={v:g}' for p, v in r.values)}"
            for r in error.remedies
        )
        where = f"the checkpoint of step {step:,} is kept" if step else "nothing was saved yet"
        raise type(error)(
            f"{error} In {run.folder.path} {where}; go on from there with{hints}"
        ) from None
    except BaseException:
        run.close()
        raise
    run.close()


def _ready_to_end(run: Run) -> bool:
    run.finish_evaluation()
    return run.done


def _help(out: Path, device: torch.device, world: World, changes: Mapping[str, float]) -> None:
    """Learn from this process's share of every batch for as long as the leading one says."""
    world.wait()  # Until the leading process has made the folder, or looked at it.
    folder = RunFolder(out)
    data = open_data(folder, _no_report)
    trainer = Trainer(folder.config(), new_model(data.coding), data, device, world)
    load_trainer(trainer, next(reversed(folder.checkpoints()), None))
    trainer.change(changes)
    while not world.agree(False):
        trainer.train_step()


def _begin(config: RunConfig, out: Path, device: Any, teller: _Teller, world: World) -> Run:
    try:
        return Run.begin(config, out, device, teller, _no_report, world)
    except FileExistsError as error:
        raise ModelFileError(str(error)) from None


def _reopen(out: Path, device: Any, teller: _Teller, world: World) -> Run:
    """The run in a folder from its newest checkpoint, from its start when it has none yet."""
    folder = RunFolder(out)
    checkpoint = find_model(str(out)).checkpoint if folder.checkpoints() else None
    return Run.reopen(folder, checkpoint, device, teller, _no_report, world)


def _no_report(_doing: str, _done: int, _total: int) -> None:
    """Reading and cutting a corpus takes seconds; the bar begins with the first step."""


@contextmanager
def _bar(quiet: bool) -> Iterator[Progress | None]:
    if quiet:
        yield None
        return
    columns = (
        BarColumn(), TextColumn("step {task.completed:,} of {task.total:,}"),
        TextColumn("{task.fields[figures]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield bar


def _result(run: Run, teller: _Teller) -> dict[str, Any]:
    step, figures = teller.last_step, teller.last_figures
    return {
        "run": str(run.folder.path), "step": run.trainer.step,
        "loss": step.loss if step else None,
        "tokens_per_second": step.tokens_per_second if step else None,
        "seconds": run.trainer.meter.seconds,
        "validation_loss": figures.measurement.loss if figures else None,
        "exact_match": _known(figures.measurement.exact_match) if figures else None,
        "accuracy": _known(figures.measurement.accuracy) if figures else None,
        "watching_share": run.watcher.share if run.watcher else None,
        "ended_early": run.early_stop.words() if run.early_stop.reached else None,
    }  # fmt: skip


def _known(share: float) -> float | None:
    """JSON has no NaN."""
    return share if share == share else None

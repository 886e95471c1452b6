"""Training from the command line: the engine's run, with a progress bar on a terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from explorer.engine.device import choose_device
from explorer.engine.run import Run
from explorer.messages.config import RunConfig
from explorer.messages.events import Evaluated, Event, Failed, TrainStep
from explorer.runs.library import find_model
from explorer.runs.weights import ModelFileError


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
            self._bar.console.print(
                f"step {found.step:>8,}  validation loss {found.loss:.4f}  "
                f"exact match {100 * found.exact_match:.1f} %"
            )


def train_run(
    config: RunConfig, out: Path, device: str, *, resume: bool, quiet: bool
) -> dict[str, Any]:
    """Train to the last step; the final figures as plain values.

    An interrupt (Ctrl+C) saves the run first. Raises the errors of the engine in words.
    """
    chosen = choose_device(device)
    going_on = resume and (out / "run.toml").exists()
    with _bar(quiet) as bar:
        steps = config.training.steps
        teller = _Teller(bar, steps)
        if going_on:
            found = find_model(str(out))
            run = Run.reopen(found, chosen, teller, _no_report)
        else:
            run = _begin(config, out, chosen, teller)
        try:
            while not run.done:
                run.advance()
        finally:
            run.close()
    return _result(run, teller)


def _begin(config: RunConfig, out: Path, device: Any, teller: _Teller) -> Run:
    try:
        return Run.begin(config, out, device, teller, _no_report)
    except FileExistsError as error:
        raise ModelFileError(str(error)) from None


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
        "exact_match": figures.measurement.exact_match if figures else None,
    }  # fmt: skip

"""A run that another process trains, shown live from its folder."""

import math
import time
from pathlib import Path
from typing import Literal

import torch

from explorer.data.coding import Coding
from explorer.engine.keeping import Emit
from explorer.messages.events import (
    BaselinesFound,
    Evaluated,
    SettingsChanged,
    TrainingChanged,
    TrainingState,
    TrainStep,
)
from explorer.messages.results import Baseline, Change
from explorer.runs.baselines import NAME, read_baselines
from explorer.runs.folder import RunFolder, step_of
from explorer.runs.lock import holder_of, is_trained
from explorer.runs.metrics import Entry, change_of, measurement_of, read_history
from explorer.runs.tail import LogTail
from explorer.runs.weights import ModelFileError, load_weights
from explorer.subjects.subject import Subject
from explorer.training.meter import Meter
from explorer.training.trainer import new_model

POLL_SECONDS = 0.3
QUIET_SECONDS = 10.0
"""Without news for so long, and without a process that holds the run, its training has ended."""
LONG_QUIET_SECONDS = 120.0
"""The same where nothing tells whether a process holds it, as on another machine."""
_LEFT = (
    "The process that trained this run has ended before its last step. Press Resume to go on from "
    "its newest checkpoint."
)
News = Literal["", "figures", "weights", "another", "over"]


class Follower:
    """Looks into a run's folder from time to time: new figures, newer weights.

    Raises `ModelFileError` for a folder that holds no run. It only reads, and it only polls, so
    the folder may lie on another machine.
    """

    def __init__(self, path: Path, device: torch.device, emit: Emit) -> None:
        self._folder, self._device, self._emit = RunFolder(path), device, emit
        self._tail = LogTail(self._folder.metrics)
        self._meter = Meter()
        self._seconds = math.nan
        self._looked = -math.inf
        self._heard = time.monotonic()
        self._config = self._folder.config()
        self._shown = 0
        self._known: set[int | Change] = set()
        self._baselines: tuple[Baseline, ...] = ()
        self.subject = self._untrained()
        self._newer_weights()

    def _untrained(self) -> Subject:
        coding = Coding(self._config, self._folder.vocabularies())
        model = new_model(coding).to(self._device).eval()
        path = self._folder.path
        return Subject(path.name, str(path), self._config, model, coding)

    @property
    def patience(self) -> float:
        """Seconds until the next look is due."""
        return 0.0 if self._tail.more else max(0.0, self._looked + POLL_SECONDS - time.monotonic())

    def begin(self) -> None:
        """Tell that the run is followed from here on; what its model's history has is not told."""
        history = read_history(self._folder.metrics, self.subject.step)
        self._shown = int(history.steps[-1]) if len(history.steps) else 0
        self._known = {m.step for m in history.measurements} | set(history.changes)
        self._tell("following")

    def look(self) -> News:
        """Tell new figures and take up newer weights; the most important news."""
        self._looked = time.monotonic()
        entries = self._tail.look()
        if entries is None:
            return self._begin_anew()
        for entry in entries:
            self._show(entry)
        self._look_for_baselines()
        newer = False if self._tail.more else self._newer_weights()
        if self.subject.step >= self._config.training.steps and not self._tail.more:
            self._tell("finished")
            return "over"
        if entries or newer:
            self._heard = self._looked
        elif self._is_left():
            self._tell("stopped", _LEFT)
            return "over"
        return "weights" if newer else "figures" if entries else ""

    def _is_left(self) -> bool:
        """Whether the process that trained it has ended, as far as can be told."""
        path = self._folder.path
        if is_trained(path):
            return False
        holder = holder_of(path)
        known = holder is not None and holder.here
        return self._looked - self._heard > (QUIET_SECONDS if known else LONG_QUIET_SECONDS)

    def _look_for_baselines(self) -> None:
        if not self._baselines and (found := read_baselines(self._folder.path / NAME)):
            self._baselines = found
            self._emit(BaselinesFound(found))

    def _begin_anew(self) -> News:
        """The log was cut: the run goes on from an earlier checkpoint."""
        self.subject = self._untrained()
        self._newer_weights()
        self._meter, self._seconds = Meter(), math.nan
        return "another"

    def _show(self, entry: Entry) -> None:
        if entry["step"] <= self._shown and "loss" in entry:
            self._seconds = entry["seconds"]
        elif "loss" in entry:
            self._emit(self._as_step(entry))
        elif measured := measurement_of(entry):
            if measured.step not in self._known:
                self._emit(Evaluated(measured))
        elif (change := change_of(entry)) and change not in self._known:
            self._emit(SettingsChanged((change,)))

    def _as_step(self, entry: Entry) -> TrainStep:
        seconds, tokens = entry["seconds"], entry["tokens"]
        before = 0.0 if math.isnan(self._seconds) else self._seconds
        speed = self._meter.add(max(0.0, seconds - before), tokens)
        self._seconds = seconds
        norm = math.inf if entry["gradient_norm"] is None else entry["gradient_norm"]
        return TrainStep(
            entry["step"], self._config.training.steps, entry["loss"], entry["learning_rate"], norm,
            tokens, speed, seconds,
        )  # fmt: skip

    def _newer_weights(self) -> bool:
        """Load the newest weights on disk if they are newer than those at hand."""
        found = self._newest_weights()
        if found is None or found[0] <= self.subject.step:
            return False
        try:
            load_weights(found[1], self.subject.model)
        except ModelFileError:  # It was let go while we looked; the next look finds another.
            return False
        self.subject.step = found[0]
        return True

    def _newest_weights(self) -> tuple[int, Path] | None:
        kept = [(step_of(path), path / "model.safetensors") for path in self._folder.checkpoints()]
        kept += [(step_of(path), path) for path in self._folder.snapshots()]
        return max(kept, default=None)

    def _tell(self, state: TrainingState, detail: str = "") -> None:
        steps = self._config.training.steps
        step = max(self._shown, self.subject.step)
        self._emit(TrainingChanged(state, str(self._folder.path), step, steps, detail))

"""The baselines of a run, found beside its training without holding it up."""

import logging
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import explorer
from explorer.messages.events import BaselinesFound, Event
from explorer.messages.results import Baseline
from explorer.runs.baselines import NAME, read_baselines, write_baselines
from explorer.training.baselines.finding import uniform
from explorer.training.baselines.gathering import Slices, gather
from explorer.training.baselines.material import Material, packed
from explorer.training.trainer import Trainer

_log = logging.getLogger(__name__)
AFTER = 1.0
"""Seconds of training before anything is begun: the first steps have the machine to themselves."""
SHARE = 0.05
"""Part of the time that gathering the data may take."""
PATIENCE = 20.0
"""Seconds that a run which has ended waits for its baselines."""
_QUIET = getattr(subprocess, "CREATE_NO_WINDOW", 0) | getattr(subprocess, "IDLE_PRIORITY_CLASS", 0)


class BaselineWork:
    """Gathers data in slices between steps, then lets a process in the background count."""

    def __init__(self, trainer: Trainer, folder: Path, emit: Callable[[Event], None]) -> None:
        """Does nothing unless the settings want it, or when the run has its baselines already."""
        self._trainer, self._folder, self._emit = trainer, folder, emit
        self.done = not trainer.config.training.baselines or (folder / NAME).exists()
        self._gathering: Slices | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._place: tempfile.TemporaryDirectory[str] | None = None
        self._next = 0.0
        self._waited = 0.0

    def advance(self) -> None:
        """A slice of work, if it is time for one."""
        if self.done:
            return
        if self._child is not None:
            self._look(self._child)
        elif self._gathering is not None:
            self._gather(self._gathering)
        elif self._trainer.meter.seconds >= AFTER or self._trainer.done:
            self._begin()

    def wait(self, seconds: float = 0.02) -> None:
        """A slice for a run that has nothing else to do; after a while it waits no more."""
        self._next = 0.0
        if self._child is not None:
            self._waited += seconds
            try:
                self._child.wait(seconds)
            except subprocess.TimeoutExpired:
                if self._waited > PATIENCE:
                    self.close()
        self.advance()

    def _begin(self) -> None:
        """Tell what needs no counting, and start gathering."""
        data = self._trainer.data
        self._emit(BaselinesFound((uniform(len(data.coding.vocabularies.target)),)))
        self._gathering = gather(self._trainer.config, data)

    def _gather(self, slices: Slices) -> None:
        now = time.perf_counter()
        if now < self._next:
            return
        try:
            next(slices)
        except StopIteration as end:
            self._gathering = None
            self._start(end.value)
        else:
            spent = time.perf_counter() - now
            self._next = now + spent / SHARE

    def _start(self, material: Material) -> None:
        self._place = tempfile.TemporaryDirectory(prefix="baselines-", ignore_cleanup_errors=True)
        folder = Path(self._place.name)
        (folder / "material.npz").write_bytes(packed(material))
        self._child = subprocess.Popen(
            [sys.executable, "-m", "explorer.training.baselines", "material.npz", NAME],
            cwd=folder, env=_environment(), creationflags=_QUIET,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def _look(self, child: subprocess.Popen[bytes]) -> None:
        """Take what the process found, once it has ended."""
        if child.poll() is None or self._place is None:
            return
        found = read_baselines(Path(self._place.name) / NAME)
        if found:
            self._keep(found)
        else:
            _log.warning("the baselines were not found: exit status %s", child.returncode)
        self.close()

    def _keep(self, found: tuple[Baseline, ...]) -> None:
        self._emit(BaselinesFound(found))
        try:
            write_baselines(self._folder, found)
        except OSError:
            _log.info("the baselines could not be written", exc_info=True)

    def close(self) -> None:
        """End whatever goes on; what was not found is looked for again when the run goes on."""
        self.done, self._gathering = True, None
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._child = None
        if self._place is not None:
            self._place.cleanup()
            self._place = None


def _environment() -> dict[str, str]:
    """This process's, with one thread, and with this very package in the path."""
    few = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
    path = [str(Path(explorer.__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, **few, "PYTHONPATH": os.pathsep.join(filter(None, path))}

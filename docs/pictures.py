"""The pictures of the README: `python -m docs.pictures [--out docs/pictures] [--model MODEL]`.

Drives the real application without a screen, with settings and runs of its own.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.views_real import MINILM, STORIES, folder
from docs.decoder_pictures import of_decoder
from explorer import app
from explorer.messages.commands import StartTraining
from explorer.messages.config import RunConfig
from explorer.messages.events import (
    Decoded,
    Event,
    Failed,
    Inspected,
    ModelOpened,
    TrainingChanged,
    TrainStep,
)
from explorer.messages.presets import load_preset
from explorer.messages.race import LaneStep
from explorer.messages.results import ModelInfo, Site, SiteKind
from explorer.messages.settings import with_values
from explorer.resources import resource
from explorer.ui import theme
from explorer.ui.attention.views import VIEWS
from explorer.ui.main_window import MainWindow
from explorer.ui.panel import Panel
from explorer.ui.panels.attention_panel import AttentionPanel
from explorer.ui.panels.decoder_panel import DecoderPanel
from explorer.ui.race.race_window import RaceWindow
from explorer.ui.session import Session

SIZES = ((1280, 800), (1920, 1080))
VIEW_SIZE = (1760, 1100)
LOOKS: tuple[theme.Choice, ...] = ("light", "dark")
LIST = "3 1 4 1 5 9 2 6"
LEARNED = 700
"""Steps after which the heads and the curves have a shape."""
RACED = 160
"""Steps of each lane after which the curves part."""
_SETTLE = 700
_PAUSES = 5
"""Looks at a view before it is photographed, while the worker measures."""
PLANS = ("window", "views", "training", "race", "outside", "decoder", "travel")
PAST = 0.5
"""Which of the kept steps is looked back at, as a share of them."""
_GIVE_UP = 600_000
_FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <edit name="family" mode="prepend" binding="strong"><string>Inter</string></edit>
  </match>
</fontconfig>
"""
P = TypeVar("P")
Act = tuple[Callable[[], bool], Callable[[], None]]
"""What must hold, and what is done then."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A real model, what is typed, and what is looked at."""

    name: str
    model: str
    text: str
    view: str
    look: theme.Choice
    head: tuple[Site, int] | None = None
    pair: tuple[int, int] = (2, 2)
    step: int = 0


OUTSIDE = (
    Shot("outside-decoder", STORIES, "Once upon a time", "map", "light", step=9),
    Shot(
        "outside-pair", MINILM, "The old cat sleeps on the chair. ||| It is tired.", "lines",
        "light", (Site(SiteKind.ENCODER, 3), 7), (10, 3),
    ),
    Shot(
        "outside-words", MINILM, "Unbelievably, the cat outsmarted everyone.", "text", "dark",
        (Site(SiteKind.ENCODER, 2), 4), (3, 3),
    ),
)  # fmt: skip


class Photographer(QObject):
    """Waits until everything is drawn, takes the pictures one after another, and closes."""

    def __init__(self, out: Path, only: Sequence[str]) -> None:
        super().__init__()
        self._out = out
        self._seen: set[type[Event]] = set()
        self._state, self._step, self._lane_step = "", 0, 0
        self._model: ModelInfo | None = None
        plans = {
            "window": self._of_translation,
            "views": self._of_views,
            "training": self._of_training,
            "race": self._of_race,
            "outside": self._of_outside,
            "decoder": self._of_decoder,
            "travel": self._of_travel,
        }
        self._plan = [act for name in only for act in plans[name]()]

    def watch(self, window: MainWindow, session: Session) -> None:
        """Begin; the window is built and about to be shown."""
        self._window = window
        session.attach(self)
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._go_on)
        self._next.start(_SETTLE)
        QTimer.singleShot(_GIVE_UP, self, lambda: self._give_up("nothing happened for too long"))

    def receive(self, events: Sequence[Event]) -> None:
        """Note what has come."""
        for event in events:
            self._seen.add(type(event))
            match event:
                case ModelOpened(model=model):
                    self._model = model
                    self._seen -= {Inspected, Decoded}
                case TrainingChanged(state=state):
                    self._state, self._step = state, 0
                case TrainStep(step=step):
                    self._step = step
                case LaneStep(step=step):
                    self._lane_step = step
                case Failed(message=message):
                    self._give_up(message)
                case _:
                    pass

    def _go_on(self) -> None:
        """The next act whose condition holds; half a second later the one after it."""
        if not self._plan:
            self._window.close()
            return
        ready, act = self._plan[0]
        if ready():
            self._plan.pop(0)
            act()
        self._next.start(_SETTLE)

    def _of_travel(self) -> list[Act]:
        """The run that ships with its history, at a step in its midst."""
        acts: list[Act] = [(self._answered, lambda: self._window.open_model("induction"))]
        for look in LOOKS:
            acts.append((self._has_travelled, lambda k=look: self._pose(SIZES[0], k)))
            acts.append((self._has_travelled, self._look_back))
            acts.extend([(self._is_back, lambda: None)] * _PAUSES)
            name = f"travel-{look}.png"
            acts.append((self._is_back, lambda n=name: self._take(n)))
        return acts

    def _has_travelled(self) -> bool:
        travel = self._window.travel
        return travel.voyage.whole and bool(travel.happened.marks)

    def _look_back(self) -> None:
        kept = self._window.travel.voyage.kept
        self._window.travel.go_to(kept[round(PAST * (len(kept) - 1))])

    def _is_back(self) -> bool:
        trace, at = self._panel(AttentionPanel).view.trace, self._window.travel.at
        return trace is not None and trace.step == at and bool(trace.heads)

    def _of_translation(self) -> list[Act]:
        acts: list[Act] = []
        for size in SIZES:
            for look in LOOKS:
                acts.append((self._answered, lambda s=size, k=look: self._pose(s, k)))
                acts.append((self._answered, self._choose_what_is_seen))
                name = f"window-{look}-{size[0]}x{size[1]}.png"
                acts.append((lambda: True, lambda n=name: self._take(n)))
        return acts

    def _of_views(self) -> list[Act]:
        """Each view of attention, light and dark, the panel alone."""
        acts: list[Act] = []
        for look in LOOKS:
            acts.append((self._answered, lambda k=look: self._pose(VIEW_SIZE, k)))
            for view in VIEWS:
                acts.append((self._answered, lambda v=view: self._turn_to(v.key)))
                acts.extend([(lambda: True, lambda: None)] * _PAUSES)
                name = f"view-{view.key}-{look}.png"
                acts.append((lambda: True, lambda n=name: self._take(n, AttentionPanel)))
        return acts

    def _of_decoder(self) -> list[Act]:
        """Each page of the decoder panel, light and dark, the panel alone."""
        acts: list[Act] = []
        for look in LOOKS:
            acts.append((self._answered, lambda k=look: self._pose(VIEW_SIZE, k)))
            acts += of_decoder(
                lambda: self._panel(DecoderPanel),
                lambda key, k=look: self._take(f"decoder-{key}-{k}.png", DecoderPanel),
            )
        return acts

    def _turn_to(self, key: str) -> None:
        """Turn to a view, with two heads pinned and a pair of tokens chosen."""
        desk = self._panel(AttentionPanel).view
        site = desk.selection.site
        if site is not None and not desk.selection.pinned:
            for head in (0, desk.selection.head):
                desk.selection.pin(site, head)
        desk.selection.pick(2, 2)
        desk.side.turn_to(key)

    def _of_training(self) -> list[Act]:
        acts: list[Act] = [(lambda: True, lambda: self._pose(SIZES[0], "light"))]
        for name, config, text, steps in _runs():
            acts.append((lambda: True, lambda c=config, t=text: self._train(c, t)))
            acts.append((lambda n=steps: self._has_learned(n), lambda n=name: self._take(n)))
        return acts

    def _of_race(self) -> list[Act]:
        """Three architectures that reverse lists, held in the middle, light and dark."""
        acts: list[Act] = [(lambda: True, self._race)]
        acts.append((lambda: self._lane_step >= RACED, lambda: self._race_window().hold.click()))
        for look in LOOKS:
            acts.append((lambda: True, lambda k=look: theme.theme().choose(k)))
            acts.append((lambda: True, lambda n=f"race-{look}.png": self._take_race(n)))
        return acts

    def _race_window(self) -> RaceWindow:
        window = self._window.races.window
        assert window is not None
        return window

    def _race(self) -> None:
        self._window.open_race()
        window = self._race_window()
        window.resize(*SIZES[0])
        window.source.set_text(LIST)
        window.start.click()

    def _take_race(self, name: str) -> None:
        self._save(self._race_window(), name)

    def _of_outside(self) -> list[Act]:
        """The real models, where they are at hand, as the how-to page shows them."""
        acts: list[Act] = []
        for shot in OUTSIDE:
            path = folder(shot.model)
            if path is None:
                print(f"{shot.name} is left out: {shot.model} is not on this computer")
                continue
            acts.append((self._at_rest, lambda s=shot, p=path: self._open(s, p)))
            acts.append((lambda p=path: self._reads(p), lambda s=shot: self._turn_outside(s)))
            acts.extend([(lambda: True, lambda: None)] * _PAUSES)
            part = AttentionPanel if shot.model == MINILM else None
            acts.append((lambda: True, lambda s=shot, k=part: self._take(f"{s.name}.png", k)))
        return acts

    def _at_rest(self) -> bool:
        return Inspected in self._seen

    def _reads(self, path: Path) -> bool:
        """Whether this model has answered; one without words only by its attention."""
        model = self._model
        if model is None or model.origin != str(path.absolute()):
            return False
        silent = model.foreign is not None and not model.foreign.guesses
        return Inspected in self._seen and (silent or Decoded in self._seen)

    def _open(self, shot: Shot, path: Path) -> None:
        theme.theme().choose(shot.look)
        self._window.resize(*(VIEW_SIZE if shot.model == MINILM else SIZES[0]))
        self._window.open_model(str(path))
        self._window.set_text(shot.text)

    def _turn_outside(self, shot: Shot) -> None:
        desk = self._panel(AttentionPanel).view
        if shot.head is not None:
            desk.selection.choose(*shot.head)
        desk.selection.pick(*shot.pair)
        desk.side.turn_to(shot.view)
        course = self._panel(DecoderPanel)
        if course.course.decoding is not None:
            course.go(shot.step)

    def _answered(self) -> bool:
        return {Inspected, Decoded} <= self._seen

    def _pose(self, size: tuple[int, int], look: theme.Choice) -> None:
        source = self._panel(AttentionPanel).source
        self._window.set_text(source.text())  # Asked again, so that the time is that of one look.
        theme.theme().choose(look)
        self._window.resize(*size)
        self._window.docks.arrange()

    def _choose_what_is_seen(self) -> None:
        decoder = self._panel(DecoderPanel)
        steps = len(decoder.strip.written)
        decoder.go(steps // 2)

    def _train(self, config: RunConfig, text: str) -> None:
        self._state, self._step = "", 0
        self._window.send(StartTraining(config))
        self._window.set_text(text)

    def _has_learned(self, steps: int) -> bool:
        return self._state == "running" and self._step >= steps

    def _panel(self, kind: type[P]) -> P:
        return next(panel for panel in self._window.panels if isinstance(panel, kind))

    def _take(self, name: str, part: type[Panel] | None = None) -> None:
        self._save(self._window if part is None else self._panel(part), name)

    def _save(self, seen: QWidget, name: str) -> None:
        picture = seen.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
        path = self._out / name
        picture.save(str(path), quality=0)  # The smallest.
        print(f"{path}: {path.stat().st_size / 1024:.0f} kB")

    def _give_up(self, why: str) -> None:
        print(why, file=sys.stderr)
        self._plan.clear()
        QApplication.exit(1)


def _runs() -> Iterator[tuple[str, RunConfig, str, int]]:
    """What is photographed while it trains: the picture's name, settings, sentence and step."""
    yield "training-light.png", load_preset("reverse"), LIST, LEARNED
    shapes = load_preset("shapes")
    yield "shapes-light.png", shapes, shapes.example, LEARNED
    page = str(resource("help", "how-to-read.md"))
    values = {
        "model.architecture": "decoder-only", "model.decoder_layers": 3, "model.width": 96,
        "model.feed_forward": 256, "task.name": "text", "task.file": page, "task.context": 64,
        "task.vocabulary": "character", "decoding.max_length": 32,
        "training.learning_rate": 0.002, "training.batch_size": 16,
    }  # fmt: skip
    yield "text-light.png", with_values(RunConfig(), values), "Every row is ", LEARNED


def main() -> int:
    """Take every picture; returns 1 when something failed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="docs.pictures")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "pictures")
    parser.add_argument("--model", default=None, help="in place of the sample model")
    parser.add_argument("--text", default=None, help="in place of the model's own example")
    parser.add_argument("--only", choices=PLANS, action="append", help="these pictures alone")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        fonts = Path(home, "fonts.conf")
        fonts.write_text(_FONTS)
        os.environ |= {
            "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": home,
            "ATTENTION_EXPLORER_HOME": home, "FONTCONFIG_FILE": str(fonts),
        }  # fmt: skip
        return app.run(
            options.model, options.text, observer=Photographer(options.out, options.only or PLANS)
        )


if __name__ == "__main__":
    sys.exit(main())

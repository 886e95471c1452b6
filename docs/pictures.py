"""The pictures of the README: `python -m docs.pictures [--out docs/pictures] [--model MODEL]`.

Drives the real application without a screen, with settings and runs of its own.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from explorer import app
from explorer.messages.commands import StartTraining
from explorer.messages.config import RunConfig
from explorer.messages.events import Decoded, Event, Failed, Inspected, TrainingChanged, TrainStep
from explorer.messages.presets import load_preset
from explorer.messages.settings import with_values
from explorer.resources import resource
from explorer.ui import theme
from explorer.ui.main_window import MainWindow
from explorer.ui.panels.attention_panel import AttentionPanel
from explorer.ui.panels.decoder_panel import DecoderPanel
from explorer.ui.session import Session

SIZES = ((1280, 800), (1920, 1080))
LOOKS: tuple[theme.Choice, ...] = ("light", "dark")
LIST = "3 1 4 1 5 9 2 6"
LEARNED = 700
"""Steps after which the heads and the curves have a shape."""
_SETTLE = 700
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


class Photographer(QObject):
    """Waits until everything is drawn, takes the pictures one after another, and closes."""

    def __init__(self, out: Path) -> None:
        super().__init__()
        self._out = out
        self._seen: set[type[Event]] = set()
        self._state, self._step = "", 0
        self._plan = [*self._of_translation(), *self._of_training()]

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
                case TrainingChanged(state=state):
                    self._state, self._step = state, 0
                case TrainStep(step=step):
                    self._step = step
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

    def _of_translation(self) -> list[Act]:
        acts: list[Act] = []
        for size in SIZES:
            for look in LOOKS:
                acts.append((self._answered, lambda s=size, k=look: self._pose(s, k)))
                acts.append((self._answered, self._choose_what_is_seen))
                name = f"window-{look}-{size[0]}x{size[1]}.png"
                acts.append((lambda: True, lambda n=name: self._take(n)))
        return acts

    def _of_training(self) -> list[Act]:
        acts: list[Act] = [(lambda: True, lambda: self._pose(SIZES[0], "light"))]
        for name, config, text, steps in _runs():
            acts.append((lambda: True, lambda c=config, t=text: self._train(c, t)))
            acts.append((lambda n=steps: self._has_learned(n), lambda n=name: self._take(n)))
        return acts

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

    def _take(self, name: str) -> None:
        picture = self._window.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
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
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        fonts = Path(home, "fonts.conf")
        fonts.write_text(_FONTS)
        os.environ |= {
            "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": home,
            "ATTENTION_EXPLORER_HOME": home, "FONTCONFIG_FILE": str(fonts),
        }  # fmt: skip
        return app.run(options.model, options.text, observer=Photographer(options.out))


if __name__ == "__main__":
    sys.exit(main())

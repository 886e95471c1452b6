"""The decoder panel before the real engine, turn by turn on one thread: nothing is awaited."""

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.data.prepare import prepare
from explorer.engine.engine import Engine
from explorer.messages.commands import Command, Inspect, Lens, OpenModel
from explorer.messages.config import RunConfig
from explorer.messages.decoding import Decoding
from explorer.messages.events import Event, ModelOpened
from explorer.subjects.opening import describe
from explorer.subjects.subject import Subject, make_model
from explorer.ui.decoder.page import Page
from explorer.ui.panels.decoder_panel import DecoderPanel
from tests.small import small_config
from tests.subject import small_subject

P = TypeVar("P", bound=Page)


class Bench:
    """A panel, an engine, and the commands between them: they wait until `settle`."""

    def __init__(self, qtbot: QtBot, size: tuple[int, int] = (420, 900)) -> None:
        self.told: list[Event] = []
        self.engine = Engine(self.told.append, "cpu")
        self.asked: list[Command] = []
        self._waiting: deque[Command] = deque()
        self.panel = DecoderPanel()
        qtbot.addWidget(self.panel)
        self.panel.requested.connect(self._ask)
        self.panel.resize(*size)
        self.panel.show()

    def _ask(self, command: Command) -> None:
        self.asked.append(command)
        self._waiting.append(command)

    def open(self, model: str | Path | Subject, source: str) -> None:
        """Open a model, type a source, and wait until all is shown."""
        if isinstance(model, Subject):
            self.engine._sentences.subject = model
            self.told.append(ModelOpened(describe(model)))
        else:
            self._waiting.append(OpenModel(str(model)))
        self.write(source)

    def write(self, source: str) -> None:
        """Another source."""
        self._waiting.append(Inspect(source, "", 1))
        self.settle()

    def settle(self) -> None:
        """Let the engine do all that waits, and tell the panel."""
        while self._waiting or self.told or self.engine._sentences.writing is not None:
            if self._waiting:
                self.engine.handle(self._waiting.popleft())
            elif self.engine._sentences.writing is not None:
                self.engine.work()
            events = list(self.told)
            self.told.clear()
            self.panel.receive(events)

    def page(self, kind: type[P]) -> P:
        """The page of a kind, seen from now on."""
        self.panel.pages.turn_to(kind.key)
        self.settle()
        found = self.panel.pages.pages[kind.key]
        assert isinstance(found, kind)
        return found

    def press(self, *keys: Qt.Key) -> None:
        """Press keys where the tokens have the focus; what they ask for waits."""
        for key in keys:
            QTest.keyClick(self.panel.strip, key)

    @property
    def decoding(self) -> Decoding:
        """What is on show."""
        found = self.panel.course.decoding
        assert found is not None
        return found

    @property
    def lenses(self) -> int:
        """How many lenses were asked for."""
        return sum(isinstance(command, Lens) for command in self.asked)


def subject_of(values: Mapping[str, Any], seed: int = 0) -> Subject:
    """A small untrained model with these settings, whose heads differ."""
    config: RunConfig = small_config(values)
    if values.get("model.architecture") != "encoder-only":
        return small_subject(seed, config)
    torch.manual_seed(seed)
    coding = prepare(config).coding
    return Subject("small", "", config, make_model(coding), coding, 12)


DECODER_ALONE = {
    "model.architecture": "decoder-only", "model.decoder_layers": 2, "model.tie_embeddings": False,
}  # fmt: skip
ENCODER_ALONE = {
    "model.architecture": "encoder-only", "model.encoder_layers": 2, "model.max_length": 32,
    "task.name": "roles",
}  # fmt: skip

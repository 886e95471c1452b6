"""What shall race: a task, what is compared, which variants, how turns are taken, how long."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from explorer.messages.config import RunConfig
from explorer.messages.presets import all_presets
from explorer.messages.race import FEWEST, MOST, TARGET, By, StartRace
from explorer.messages.race_choices import COMPARISONS, Offer, offers
from explorer.messages.task_config import GENERATED
from explorer.ui import theme
from explorer.ui.widgets.elided_combo import ElidedCombo
from explorer.ui.widgets.segments import Segment, Segments

_TURNS = (
    Segment("step", "by step", "Every lane takes as many optimizer steps as the others."),
    Segment(
        "seconds", "by time",
        "Every lane works as many seconds as the others: a small model takes more steps.",
    ),
)  # fmt: skip
_LIKELY = "reverse"


class RaceSetup(QWidget):
    """`changed` fires when something else would race; `command` is the race as it stands."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presets = [
            preset for preset in all_presets()
            if preset.config.task.name in GENERATED and not preset.config.task.own
        ]  # fmt: skip
        self.preset = ElidedCombo("Task", "What all lanes learn: same examples, same seed.", self)
        self.preset.addItems([preset.title for preset in self._presets])
        self.preset.setMinimumContentsLength(24)
        names = [preset.name for preset in self._presets]
        self.preset.setCurrentIndex(names.index(_LIKELY) if _LIKELY in names else 0)
        self.comparison = ElidedCombo("Compare", "The one thing in which lanes differ.", self)
        for comparison in COMPARISONS:
            self.comparison.add_choice(comparison.title, comparison.title, comparison.help)
        self.comparison.setMinimumContentsLength(12)
        self.turns = Segments("Turns", _TURNS, self)
        self.steps = QSpinBox(self)
        self.steps.setRange(20, 1_000_000)
        self.steps.setSingleStep(100)
        self.steps.setGroupSeparatorShown(True)
        self.steps.setAccessibleName("Steps of each lane")
        self.steps.setToolTip("Optimizer steps that every lane takes in all.")
        self.said = QLabel(self)
        self.said.setFont(theme.font("small"))
        self.boxes: list[QCheckBox] = []
        self._offers: tuple[Offer, ...] = ()
        self._arrange()
        self.preset.currentIndexChanged.connect(lambda _: self._choose_preset())
        self.comparison.currentIndexChanged.connect(lambda _: self._fill())
        self.steps.valueChanged.connect(lambda _: self._offer())
        theme.theme().changed.connect(self._say)
        self._choose_preset()

    def _arrange(self) -> None:
        top, self._lanes = QHBoxLayout(), QHBoxLayout()
        self._top = top
        for name, part in (
            ("Task", self.preset), ("Compare", self.comparison), ("Turns", self.turns),
            ("Steps", self.steps),
        ):  # fmt: skip
            label = QLabel(name, self)
            label.setBuddy(part)
            top.addWidget(label)
            top.addWidget(part)
            top.addSpacing(theme.SPACE)
        top.addStretch(1)
        self._lanes.addWidget(QLabel("Lanes", self))
        self._lanes.addSpacing(theme.SPACE)
        self._lanes.addWidget(self.said)
        self._lanes.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.SPACE)
        box.addLayout(top)
        box.addLayout(self._lanes)

    def put_beside(self, *buttons: QWidget) -> None:
        """Put these at the right end of the first line."""
        for button in buttons:
            self._top.addWidget(button)

    @property
    def config(self) -> RunConfig:
        """The preset's settings."""
        return self._presets[self.preset.currentIndex()].config

    @property
    def chosen(self) -> Sequence[Offer]:
        """The variants that shall race."""
        pairs = zip(self.boxes, self._offers, strict=True)
        return [offer for box, offer in pairs if box.isChecked() and offer.entrant]

    @property
    def ready(self) -> bool:
        """Whether there are two to four lanes."""
        return FEWEST <= len(self.chosen) <= MOST

    def command(self, folder: str | None = None) -> StartRace:
        """The race as it stands."""
        entrants = tuple(offer.entrant for offer in self.chosen if offer.entrant)
        by: By = "seconds" if self.turns.value == "seconds" else "step"
        return StartRace(entrants, by, TARGET, folder)

    def lock(self, locked: bool) -> None:
        """While a race goes on, nothing can be chosen."""
        for part in (self.preset, self.comparison, self.turns, self.steps):
            part.setEnabled(not locked)
        for box, offer in zip(self.boxes, self._offers, strict=True):
            box.setEnabled(not locked and offer.entrant is not None)

    def _choose_preset(self) -> None:
        with QSignalBlocker(self.steps):
            self.steps.setValue(min(self.config.training.steps, 5000))
        self._fill()

    def _fill(self) -> None:
        """Other boxes for another comparison; the first ones that fit are checked."""
        for box in self.boxes:
            self._lanes.removeWidget(box)
            box.hide()
            box.deleteLater()
        comparison = COMPARISONS[self.comparison.currentIndex()]
        self.boxes = [QCheckBox(variant.name, self) for variant in comparison.variants]
        for number, box in enumerate(self.boxes):
            self._lanes.insertWidget(2 + number, box)
            box.toggled.connect(lambda _: self._say())
        self._offer()
        fitting = [box for box, o in zip(self.boxes, self._offers, strict=True) if o.entrant]
        for box in fitting[: MOST - 1]:
            box.setChecked(True)

    def _offer(self) -> None:
        comparison = COMPARISONS[self.comparison.currentIndex()]
        self._offers = offers(self.config, comparison, self.steps.value())
        for box, offer in zip(self.boxes, self._offers, strict=True):
            box.setEnabled(offer.entrant is not None)
            box.setToolTip(offer.refused or f"Let “{offer.name}” race.")
            if offer.entrant is None:
                box.setChecked(False)
        self._say()

    def _say(self) -> None:
        count = len(self.chosen)
        self.said.setText("" if self.ready else f"Choose {FEWEST} to {MOST} lanes, not {count}.")
        self.said.setStyleSheet(f"color: {theme.colors().warning}; background: transparent;")
        self.changed.emit()

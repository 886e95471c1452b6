"""The choices of the flow view: which method, up to which layer, of which heads."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from explorer.messages.flow import FlowChoice, layers_of
from explorer.messages.results import SiteKind, Trace
from explorer.ui import theme
from explorer.ui.widgets.elided_combo import ElidedCombo
from explorer.ui.widgets.head_selection import HeadSelection
from explorer.ui.widgets.segments import Segment, Segments

_METHODS = (
    Segment(
        "rollout", "Rollout",
        "Attention rollout (Abnar and Zuidema, 2020): the layers' weights, averaged over heads, "
        "multiplied. How much of what a token is made of comes from each input.",
    ),
    Segment(
        "flow", "Flow",
        "Attention flow (Abnar and Zuidema, 2020): weights are pipes; how much could flow from an "
        "input to a token at most. Each pair by itself, so rows do not add up to 1.",
    ),
    Segment(
        "value", "Value-weighted",
        "‖α·v·W_O‖ (Kobayashi et al., 2020): how long a vector the chosen head moves, not only how "
        "hard it looks.",
    ),
)  # fmt: skip
_RESIDUAL = (
    "Let half of each token stay where it is, as the residual connection does: ½A + ½I. "
    "Without it only attention moves anything."
)
_PINNED = "Take only the pinned heads of each layer; layers without any take all their heads."
_ROWS = "Divide each row by its sum, so that it shows proportions; off: lengths as they are."
_LAYER = "Add up the layers from the first to this one."


class FlowChoices(QWidget):
    """A row of choices; `changed` when a person changed one."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.method = Segments("Method", _METHODS)
        self.layer = ElidedCombo("Up to layer", _LAYER)
        self.residual = _check("Residual", _RESIDUAL)
        self.pinned = _check("Pinned heads", _PINNED)
        self.normalise = _check("Rows to 1", _ROWS)
        self.residual.setChecked(True)
        self.normalise.setChecked(True)
        self._count = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE)
        self.layer.setFont(theme.font("small"))
        for part in (self.method, self.layer, self.residual, self.pinned, self.normalise):
            row.addWidget(part)
        self.method.chosen.connect(lambda _: self._say())
        self.layer.activated.connect(lambda _: self._say())
        for box in (self.residual, self.pinned, self.normalise):
            box.clicked.connect(lambda _: self._say())
        self._offer()

    def _say(self) -> None:
        self._offer()
        self.changed.emit()

    def _offer(self) -> None:
        value = self.method.value == "value"
        self.layer.setVisible(not value)
        self.residual.setVisible(not value)
        self.normalise.setVisible(value)

    def _offer_layers(self, count: int) -> None:
        """As many as there are; whoever looked at all of them does so again."""
        if count == self._count:
            return
        last = self.layer.currentIndex() in (-1, self._count - 1)
        at = count - 1 if last else min(self.layer.currentIndex(), count - 1)
        self._count = count
        self.layer.clear()
        for layer in range(count):
            text = "Layer 1" if layer == 0 else f"Layers 1–{layer + 1}"
            self.layer.add_choice(text, layer, _LAYER)
        self.layer.setCurrentIndex(at)

    def choice(self, trace: Trace, selection: HeadSelection) -> FlowChoice | None:
        """What is asked for; None where the trace has no such attention."""
        site = selection.site
        if site is None or site not in trace.weights:
            return None
        if self.method.value == "value":
            return self._value(selection)
        self._offer_layers(layers_of(trace.weights, site.kind))
        self.pinned.setEnabled(bool(selection.pinned))
        method = "flow" if self.method.value == "flow" else "rollout"
        heads = selection.pinned if self.pinned.isChecked() else ()
        if site.kind is not SiteKind.CROSS:
            heads = tuple(head for head in heads if head[0].kind is site.kind)
        layer = max(self.layer.currentIndex(), 0)
        return FlowChoice(method, site.kind, layer, self.residual.isChecked(), heads)

    def _value(self, selection: HeadSelection) -> FlowChoice:
        """Of one layer: its pinned heads, or the chosen one."""
        site = selection.site
        assert site is not None
        self.pinned.setEnabled(bool(selection.pinned))
        pinned = tuple(head for head in selection.pinned if head[0] == site)
        heads = pinned if self.pinned.isChecked() and pinned else ((site, selection.head),)
        return FlowChoice("value", site.kind, site.layer, False, heads, self.normalise.isChecked())


def _check(text: str, help: str) -> QCheckBox:
    box = QCheckBox(text)
    box.setFont(theme.font("small"))
    box.setAccessibleName(text)
    box.setToolTip(help)
    return box

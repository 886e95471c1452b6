"""Whose attention a decision is shown with: one layer, and one head or the mean of all."""

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QWidget

from explorer.messages.results import DecodeStep, Site, SiteKind
from explorer.ui import theme
from explorer.ui.widgets.attention_chips import Weights

MEAN = 0
"""The head selector's first entry; head h is entry h + 1."""


class AttentionChoice(QWidget):
    """Two selectors; until somebody chooses, the mean over the heads of the last layer.

    It is cross-attention where there is a source to look at, else self-attention.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers = self._heads = 0
        self._follows_last = True
        self.layer = _selector(
            "Layer of the attention",
            "<b>Layer</b><br>Every layer looks with heads of its own.",
        )
        self.head = _selector(
            "Head of the attention",
            "<b>Head</b> h<br>One head's weights, or the mean of all heads of the layer.",
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE // 2)
        row.addWidget(self.layer, 1)
        row.addWidget(self.head, 1)
        self.layer.activated.connect(self._choose_layer)
        self.head.activated.connect(lambda index: self.changed.emit())
        theme.theme().changed.connect(self._color_heads)

    def fit(self, step: DecodeStep) -> None:
        """Offer the layers and heads that this step has; keep the choice where it exists."""
        sites = sites_of(step)
        heads = step.attention[sites[0]].shape[0] if sites else 0
        if len(sites) != self._layers:
            self._layers = len(sites)
            self._offer_layers()
        if heads != self._heads:
            self._heads = heads
            self._offer_heads()

    def weights(self, step: DecodeStep) -> Weights:
        """The attention over the tokens that were looked at; empty where the step has none."""
        sites = sites_of(step)
        if not sites:
            return np.zeros(0, np.float32)
        weights_HK = step.attention[sites[min(self.layer.currentIndex(), len(sites) - 1)]]
        head = self.head.currentIndex()
        return weights_HK.mean(axis=0) if head == MEAN else weights_HK[head - 1]

    def color(self) -> str:
        """The colour of what is shown: the head's own, or the accent for the mean."""
        head = self.head.currentIndex()
        return "accent" if head == MEAN else theme.head_color(head - 1).name()

    def said(self) -> str:
        """What is shown, in words."""
        if not self._layers:
            return "This decision came without attention."
        layer = self.layer.currentIndex() + 1
        last = " (the last)" if layer == self._layers and self._layers > 1 else ""
        if self.head.currentIndex() == MEAN:
            return f"Mean over the {self._heads} heads of layer {layer}{last}"
        return f"Head {self.head.currentIndex()} of {self._heads}, layer {layer}{last}"

    def _choose_layer(self, index: int) -> None:
        self._follows_last = index == self._layers - 1
        self.changed.emit()

    def _offer_layers(self) -> None:
        before = self.layer.currentIndex()
        names = [f"Layer {i + 1}" for i in range(self._layers)]
        last = self._layers - 1
        _offer(self.layer, names, last if self._follows_last else min(before, last))

    def _offer_heads(self) -> None:
        before = max(self.head.currentIndex(), MEAN)
        names = [f"Mean of {self._heads}", *(f"Head {h + 1}" for h in range(self._heads))]
        _offer(self.head, names, before if before <= self._heads else MEAN)
        self._color_heads()

    def _color_heads(self) -> None:
        for head in range(self._heads):
            swatch = QPixmap(10, 10)
            swatch.fill(theme.head_color(head))
            self.head.setItemIcon(head + 1, QIcon(swatch))


def _selector(name: str, tip: str) -> QComboBox:
    made = QComboBox()
    made.setFont(theme.font("small"))
    made.setAccessibleName(name)
    made.setToolTip(tip)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(4)
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made


def _offer(selector: QComboBox, names: list[str], current: int) -> None:
    selector.clear()
    selector.addItems(names)
    selector.setCurrentIndex(current)
    selector.setEnabled(len(names) > 1)


def sites_of(step: DecodeStep) -> list[Site]:
    """The sites, layer by layer, of the attention that tells most of where a decision came from."""
    for kind in (SiteKind.CROSS, SiteKind.DECODER, SiteKind.ENCODER):
        found = sorted(site for site in step.attention if site.kind is kind)
        if found:
            return found
    return []

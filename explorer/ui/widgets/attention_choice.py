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
    """Selectors; until somebody chooses, the mean over the heads of the last layer.

    It is cross-attention where there is a source to look at, else self-attention; of a decoder
    that pays both, one can choose.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layers = self._heads = 0
        self._kinds: tuple[SiteKind, ...] = ()
        self._follows_last = True
        self.side = _selector(
            "What is looked at",
            "<b>Cross-attention</b> looks at the source; <b>self-attention</b> at the text "
            "so far, the start token first.",
        )
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
        row.addWidget(self.side, 1)
        row.addWidget(self.layer, 1)
        row.addWidget(self.head, 1)
        self.side.hide()
        self.side.activated.connect(lambda index: self.changed.emit())
        self.layer.activated.connect(self._choose_layer)
        self.head.activated.connect(lambda index: self.changed.emit())
        theme.theme().changed.connect(self._color_heads)

    def fit(self, step: DecodeStep) -> None:
        """Offer the layers and heads that this step has; keep the choice where it exists."""
        kinds = kinds_of(step)
        if kinds != self._kinds:
            self._kinds = kinds
            _offer(self.side, [_SIDES[kind] for kind in kinds], 0)
            self.side.setVisible(len(kinds) > 1)
        sites = self._sites(step)
        heads = step.attention[sites[0]].shape[0] if sites else 0
        if len(sites) != self._layers:
            self._layers = len(sites)
            self._offer_layers()
        if heads != self._heads:
            self._heads = heads
            self._offer_heads()

    @property
    def kind(self) -> SiteKind | None:
        """The kind of attention that is shown; None before there is any."""
        return self._kinds[max(self.side.currentIndex(), 0)] if self._kinds else None

    def _sites(self, step: DecodeStep) -> list[Site]:
        return sorted(site for site in step.attention if site.kind is self.kind)

    def choose(self, site: Site, head: int) -> None:
        """Look at this head; a site or head that is not there changes nothing."""
        if site.kind in self._kinds and site.layer < self._layers and head < self._heads:
            self.side.setCurrentIndex(self._kinds.index(site.kind))
            self.layer.setCurrentIndex(site.layer)
            self.head.setCurrentIndex(head + 1)
            self._choose_layer(site.layer)

    def memory(self) -> dict[str, object]:
        """What was chosen, as plain values."""
        kind = self.kind
        return {
            "kind": "" if kind is None else str(kind), "head": self.head.currentIndex(),
            "layer": -1 if self._follows_last else self.layer.currentIndex(),
        }  # fmt: skip

    def weights(self, step: DecodeStep) -> Weights:
        """The attention over the tokens that were looked at; empty where the step has none."""
        sites = self._sites(step)
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

    def brief(self) -> str:
        """The same where there is little room."""
        if not self._layers:
            return "none"
        head = self.head.currentIndex()
        return f"layer {self.layer.currentIndex() + 1}, {f'head {head}' if head else 'mean'}"

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


_SIDES = {
    SiteKind.CROSS: "Source", SiteKind.DECODER: "Text so far", SiteKind.ENCODER: "Text",
}  # fmt: skip


def kinds_of(step: DecodeStep) -> tuple[SiteKind, ...]:
    """The kinds of attention that a decision paid, the one that tells most of it first."""
    there = {site.kind for site in step.attention}
    return tuple(kind for kind in _SIDES if kind in there)

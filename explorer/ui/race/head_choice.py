"""Which head all lanes show: its kind, layer and head, of all that any lane has."""

from collections.abc import Iterable

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from explorer.messages.results import Site, SiteKind
from explorer.ui import theme
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import HeadSelection


class HeadChoice(QWidget):
    """Three lists that follow the shared selection, and change it."""

    def __init__(self, selection: HeadSelection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._selection = selection
        self._heads: dict[Site, int] = {}
        self.kind = _list("Kind of attention", "Encoder, decoder or cross-attention.")
        self.layer = _list("Layer", "Every layer looks with heads of its own.")
        self.head = _list("Head", "One head of the layer (h in the paper).")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.SPACE // 2)
        for part in (self.kind, self.layer, self.head):
            row.addWidget(part)
            part.activated.connect(lambda _: self._choose())
        selection.follow(self._follow)

    def attend(self, selection: HeadSelection) -> None:
        """Follow another selection: other lanes are here."""
        self._selection, self._heads = selection, {}
        selection.follow(self._follow)

    def offer(self, sites: Iterable[tuple[Site, int]]) -> None:
        """These attentions are there, in one lane or another, with so many heads."""
        heads: dict[Site, int] = {}
        for site, count in sites:
            heads[site] = max(count, heads.get(site, 0))
        if heads == self._heads:
            return
        self._heads = heads
        if self._selection.site not in heads and heads:
            cross = [site for site in heads if site.kind is SiteKind.CROSS]
            self._selection.choose((cross or list(heads))[-1], 0)
        self._follow()

    def _choose(self) -> None:
        kind, layer = self.kind.currentData(), self.layer.currentData()
        there = [site for site in self._heads if site.kind.value == kind]
        site = next((s for s in there if s.layer == layer), there[-1] if there else None)
        if site is not None:
            head = min(self.head.currentData() or 0, self._heads[site] - 1)
            self._selection.choose(site, head)

    def _follow(self) -> None:
        chosen = self._selection.site
        if chosen is None or chosen not in self._heads:
            return
        kinds = [kind for kind in words.KINDS if any(s.kind is kind for s in self._heads)]
        _fill(self.kind, [(words.SHORT_NAMES[k], k.value) for k in kinds], chosen.kind.value)
        layers = sorted(site.layer for site in self._heads if site.kind is chosen.kind)
        _fill(self.layer, [(f"layer {n + 1}", n) for n in layers], chosen.layer)
        heads = range(self._heads[chosen])
        _fill(self.head, [(f"head {n + 1}", n) for n in heads], self._selection.head)


def _list(name: str, tip: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(name)
    made.setToolTip(tip)
    return made


def _fill(combo: QComboBox, entries: list[tuple[str, object]], chosen: object) -> None:
    if [combo.itemText(n) for n in range(combo.count())] != [text for text, _ in entries]:
        combo.clear()
        for text, value in entries:
            combo.addItem(text, value)
    combo.setCurrentIndex([value for _, value in entries].index(chosen))
    combo.setEnabled(len(entries) > 1)

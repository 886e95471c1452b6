"""Heads of a model to be chosen from a menu, each by site, layer and head."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from explorer.messages.config import ModelConfig
from explorer.messages.head_names import Head, names_of
from explorer.messages.tokens import Site, SiteKind

_TITLES = {
    SiteKind.ENCODER: "Encoder self-attention", SiteKind.DECODER: "Decoder self-attention",
    SiteKind.CROSS: "Cross-attention",
}  # fmt: skip


class HeadChoice(QToolButton):
    """Says which heads are chosen; its menus hold all there are, layer by layer."""

    edited = Signal()

    def __init__(self, model: ModelConfig, name: str, tip: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._heads: dict[Head, QAction] = {}
        self.setAccessibleName(name)
        self.setToolTip(tip)
        self.setProperty("opens", True)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        menu = QMenu(self)
        for kind, layers in model.layers.items():
            for layer in range(layers):
                part = menu.addMenu(f"{_TITLES[kind]}, layer {layer + 1}")
                for head in range(model.heads):
                    self._add(part, (Site(kind, layer), head))
        self.setMenu(menu)
        self._say()

    def _add(self, menu: QMenu, head: Head) -> None:
        action = menu.addAction(f"Head {head[1] + 1}")
        action.setCheckable(True)
        action.toggled.connect(self._take)
        self._heads[head] = action

    def choose(self, *heads: Head) -> None:
        """Choose these heads, and no others."""
        for head, action in self._heads.items():
            action.setChecked(head in heads)

    @property
    def names(self) -> str:
        """The chosen heads as settings write them."""
        return names_of(head for head, action in self._heads.items() if action.isChecked())

    def _take(self) -> None:
        self._say()
        self.edited.emit()

    def _say(self) -> None:
        chosen = [head for head, action in self._heads.items() if action.isChecked()]
        said = [f"{site.kind} {site.layer + 1} · head {head + 1}" for site, head in sorted(chosen)]
        self.setText(", ".join(said[:3]) + (f" and {len(said) - 3} more" if len(said) > 3 else "")
                     if said else "none")  # fmt: skip

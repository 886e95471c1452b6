"""The switch between views: all of them in sight where there is room, else a list."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStackedLayout, QToolButton, QWidget

from explorer.ui import theme
from explorer.ui.widgets.segments import Segment, Segments


class ViewSwitch(QWidget):
    """Shows segments or a list of the same; never asks for more width than the list needs."""

    chosen = Signal(object)
    """The key of the view that a person chose."""

    def __init__(self, segments: Sequence[Segment], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.segments = Segments("View of attention", segments)
        self.list = QComboBox()
        self.list.setAccessibleName("View of attention")
        self.list.setFont(theme.font("small"))
        for place, segment in enumerate(segments):
            self.list.addItem(segment.text, segment.value)
            self.list.setItemData(place, segment.help, Qt.ItemDataRole.ToolTipRole)
        self._explain()
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.addWidget(self.segments)
        self._stack.addWidget(self.list)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.segments.chosen.connect(self._choose)
        self.list.activated.connect(lambda place: self._choose(self.list.itemData(place)))

    def minimumSizeHint(self) -> QSize:
        """Room for the list."""
        return self.list.minimumSizeHint().expandedTo(QSize(0, self.segments.sizeHint().height()))

    def sizeHint(self) -> QSize:
        """Room for all segments."""
        return self.segments.sizeHint()

    def button(self, key: object) -> QToolButton:
        """The segment of a view."""
        return self.segments.button(key)  # pyright: ignore[reportArgumentType]

    def choose(self, key: object) -> None:
        """Choose from outside; nothing is emitted."""
        self.segments.choose(key)  # pyright: ignore[reportArgumentType]
        self.list.setCurrentIndex(self.list.findData(key))
        self._explain()

    def _explain(self) -> None:
        """What the chosen view shows; the others explain themselves in the open list."""
        self.list.setToolTip(self.list.currentData(Qt.ItemDataRole.ToolTipRole) or "")

    def _choose(self, key: object) -> None:
        self.choose(key)
        self.chosen.emit(key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what has room."""
        super().resizeEvent(event)
        wide = self.width() >= self.segments.sizeHint().width()
        self._stack.setCurrentWidget(self.segments if wide else self.list)

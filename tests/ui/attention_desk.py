"""The attention panel on its own, for the tests of what is typed and of what is seen."""

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.events import ModelOpened
from explorer.ui import theme
from explorer.ui.attention.map_view import MapView
from explorer.ui.panels.attention_panel import AttentionPanel
from tests.ui.heads import answer, model, trace


def heat(panel: AttentionPanel) -> MapView:
    """The large map of a panel."""
    view = panel.view.side.views["map"]
    assert isinstance(view, MapView)
    return view


def shown_panel(qtbot: QtBot) -> AttentionPanel:
    """A panel on the screen, before any model."""
    theme.theme().choose("light")
    made = AttentionPanel()
    qtbot.addWidget(made)
    made.resize(1100, 720)
    made.show()
    return made


def opened(panel: AttentionPanel, **content: object) -> AttentionPanel:
    """The panel after a model was opened and its example was answered."""
    panel.receive([ModelOpened(model())])
    panel.receive([answer(1, trace(**content))])  # pyright: ignore[reportArgumentType]
    QApplication.processEvents()
    return panel


def point(panel: AttentionPanel, query: int, key: int) -> None:
    """Bring the pointer to a cell of the large map."""
    shown = heat(panel).layout_
    assert shown is not None
    QTest.mouseMove(heat(panel), QPoint(1, 1))  # A pointer that is there already moves nothing.
    QTest.mouseMove(heat(panel), shown.frame(query, key).center())
    QApplication.processEvents()

"""Every control of the window says what it is, explains itself, and is reached by keys alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollBar,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.ui.attention.views import VIEWS
from explorer.ui.main_window import MainWindow
from tests.desk import Desk

ASKING = (QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QAbstractSlider)
"""What a person sets or presses: each has a tooltip. A surface explains places under the pointer,
and describes itself to who cannot see them."""
MOST_TABS = 300


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path / "settings.ini", "reverse")
    yield made
    made.close()


def controls(window: QWidget) -> Iterator[QWidget]:
    """All that can be pressed, set or focused, but for the inside of Qt's own controls."""
    for widget in window.findChildren(QWidget):
        inside = isinstance(
            widget.parentWidget(), (QComboBox, QAbstractSpinBox, QLineEdit, QTabBar)
        )
        if inside or isinstance(widget, QScrollBar) or widget.objectName().startswith("qt_"):
            continue
        empty = isinstance(widget, QAbstractButton) and widget.isHidden() and not widget.text()
        if widget.window() is not window or empty:
            continue
        if isinstance(widget, ASKING) or widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            yield widget


def named(widget: QWidget, kind: QAccessible.Text = QAccessible.Text.Name) -> str:
    """What a screen reader is told."""
    told = QAccessible.queryAccessibleInterface(widget)
    return told.text(kind) if told is not None else ""


def place(widget: QWidget | None) -> str:
    """Where a control is, for the message of a failing test."""
    if widget is None:
        return "nowhere"
    names = [type(widget).__name__]
    above = widget.parentWidget()
    while above is not None:
        names.append(type(above).__name__)
        above = above.parentWidget()
    return f"{named(widget)!r}: {' in '.join(names[:5])}"


def unexplained(window: QWidget) -> list[str]:
    """Controls without a name, or without words on what they are for."""
    found: list[str] = []
    for widget in controls(window):
        words = widget.toolTip()
        if not isinstance(widget, (*ASKING, QTabBar)):
            words = words or named(widget, QAccessible.Text.Description)
        explained = bool(words) or isinstance(widget, QTabBar) or _text_alone(widget)
        if not named(widget) or not explained:
            found.append(place(widget))
    return found


def _text_alone(widget: QWidget) -> bool:
    """Words that take the focus only to be read out and copied."""
    return isinstance(widget, QLabel)


def visible_stops(window: QWidget) -> set[QWidget]:
    """Controls in sight at which Tab has to stop."""
    return {
        widget for widget in controls(window)
        if widget.isVisible() and widget.isEnabled() and widget.focusProxy() is None
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not _chosen_with_arrows(widget)
    }  # fmt: skip


def _chosen_with_arrows(widget: QWidget) -> bool:
    """Of buttons of which one is chosen, Tab reaches the chosen one and arrows the others."""
    if not isinstance(widget, QAbstractButton):
        return False
    return widget.autoExclusive() or widget.group() is not None


def stops(qtbot: QtBot, window: QWidget) -> set[QWidget]:
    """Where Tab leads, from the first control until it comes round."""
    found: list[QWidget] = []
    for _ in range(MOST_TABS):
        at = QApplication.focusWidget()
        if at is not None and at in found[:1]:
            break
        if at is not None:
            found.append(at)
        qtbot.keyClick(at or window, Qt.Key.Key_Tab)
    return set(found)


class Windows(QObject):
    """Notes every window that is shown, however briefly."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget):
            window = watched.isWindow() and not isinstance(watched, MainWindow)
            self.shown += [type(watched).__name__] if window else []
        return False


def test_that_no_other_window_appears(qapp: QApplication, qtbot: QtBot, tmp_path: Path) -> None:
    """A part that is shown before it has its place would be a window, and take the keys away."""
    windows = Windows()
    qapp.installEventFilter(windows)
    desk = Desk(qtbot, tmp_path / "settings.ini", "reverse")
    for view in VIEWS:
        desk.attention.view.side.turn_to(view.key)
    for key in desk.decoder.pages.pages:
        desk.decoder.pages.turn_to(key)
    desk.close()
    qapp.removeEventFilter(windows)
    assert not windows.shown


def test_that_every_control_has_a_name_and_explains_itself(desk: Desk) -> None:
    faults = unexplained(desk.window)
    for view in VIEWS:  # A view may make controls when it is first seen.
        desk.attention.view.side.turn_to(view.key)
        QApplication.processEvents()
        faults += [fault for fault in unexplained(desk.window) if fault not in faults]
    assert not faults, "\n".join(faults)


def test_that_a_docked_panel_offers_to_float(desk: Desk) -> None:
    offers = [b.toolTip() for b in controls(desk.window) if named(b).startswith("Float ")]
    assert offers and set(offers) == {"Float this panel on its own"}


def test_that_tab_comes_to_every_control_in_sight(desk: Desk, qtbot: QtBot) -> None:
    for view in VIEWS:
        desk.attention.view.side.turn_to(view.key)
        desk.line.setFocus()
        QApplication.processEvents()
        missed = visible_stops(desk.window) - stops(qtbot, desk.window)
        assert not missed, f"{view.key}:\n" + "\n".join(map(place, missed))


def test_that_settings_follow_their_heading(desk: Desk, qtbot: QtBot) -> None:
    """Their lines are made later than what stands below them."""
    group = desk.model.form.groups[0]
    made = [row for row in group.rows.values() if row.isVisible()]
    group.heading.setFocus()
    for row in made:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        at = QApplication.focusWidget()
        assert at is not None and row.isAncestorOf(at), place(at)

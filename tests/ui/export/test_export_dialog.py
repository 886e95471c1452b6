"""Exporting from the window: the dialog, the clipboard, and the keys for it."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton
from pytestqt.qtbot import QtBot

from explorer.messages.events import Inspected, ModelOpened
from explorer.messages.results import Site, SiteKind
from explorer.ui.export.export_dialog import ExportDialog
from explorer.ui.panels.attention_panel import AttentionPanel
from tests.ui.attention_desk import opened, shown_panel
from tests.ui.heads import model, trace
from tests.ui.test_main_window import Desk

CROSS = Site(SiteKind.CROSS, 1)


@pytest.fixture
def panel(qtbot: QtBot) -> AttentionPanel:
    made = opened(shown_panel(qtbot))
    made.selection.choose(CROSS, 2)
    return made


@pytest.fixture
def dialog(qtbot: QtBot, panel: AttentionPanel) -> ExportDialog:
    view = panel.seen_view()
    assert view is not None
    made = ExportDialog(view, panel)
    made.show()
    qtbot.waitUntil(lambda: not made.preview.pixmap().isNull())
    return made


def choose(dialog: ExportDialog, format: str) -> None:
    box = dialog.choices.format
    box.setFocus()
    box.setCurrentIndex(box.findData(format))


def save(qtbot: QtBot, dialog: ExportDialog, path: Path) -> None:
    qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    (files,) = dialog.findChildren(QFileDialog)
    files.filesSelected.emit([str(path)])
    files.reject()
    qtbot.waitUntil(lambda: not dialog.findChildren(QFileDialog))


@pytest.mark.parametrize(
    ("format", "begins"),
    [("svg", b"<?xml"), ("pdf", b"%PDF"), ("png", b"\x89PNG"), ("html", b"<!doctype html>"),
     ("csv", b"\xef\xbb\xbfattention,"), ("npz", b"PK"), ("json", b"{")],
)  # fmt: skip
def test_that_every_format_is_written_where_it_was_asked_for(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path, format: str, begins: bytes
) -> None:
    choose(dialog, format)
    save(qtbot, dialog, tmp_path / f"a.{format}")
    assert (tmp_path / f"a.{format}").read_bytes().startswith(begins)
    assert dialog.note.text() == f"Saved {tmp_path / f'a.{format}'}"


def test_that_the_preview_follows_the_choices(qtbot: QtBot, dialog: ExportDialog) -> None:
    qtbot.mouseClick(
        dialog.choices.dark, Qt.MouseButton.LeftButton,
        pos=QPoint(8, dialog.choices.dark.height() // 2),
    )  # fmt: skip
    qtbot.waitUntil(lambda: dialog.preview.pixmap().toImage().pixelColor(3, 3).lightness() < 60)
    choose(dialog, "csv")
    weights = sum(each.size for each in trace().weights.values())
    qtbot.waitUntil(lambda: f"{weights:,} weights of 24 heads" in dialog.preview.text())


def test_that_another_view_can_be_exported_than_the_one_on_screen(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
) -> None:
    box = dialog.choices.view
    box.setCurrentIndex(box.findData("all"))
    save(qtbot, dialog, tmp_path / "a.svg")
    assert "Encoder self-attention" in (tmp_path / "a.svg").read_text("utf-8")


def test_that_one_head_can_be_written_alone(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
) -> None:
    choose(dialog, "npz")
    dialog.choices.heads.setCurrentIndex(1)
    save(qtbot, dialog, tmp_path / "a.npz")
    arrays = np.load(tmp_path / "a.npz")
    assert [name for name in arrays.files if "." in name] == ["cross.1", "cross.1.heads"]
    np.testing.assert_array_equal(arrays["cross.1"][0], trace().weights[CROSS][2])


def test_that_a_file_that_cannot_be_written_is_said(
    qtbot: QtBot, dialog: ExportDialog, tmp_path: Path
) -> None:
    (tmp_path / "in the way").write_text("a file")
    save(qtbot, dialog, tmp_path / "in the way" / "a.svg")
    assert "was not written" in dialog.note.text()


def test_that_all_can_be_reached_by_keys_and_has_a_name_and_a_tooltip(dialog) -> None:
    choices = dialog.choices
    for part in (
        choices.format, choices.view, choices.heads, choices.width_, choices.height_, choices.dpi,
        choices.family, choices.points, choices.caption, choices.dark,
    ):  # fmt: skip
        assert part.accessibleName() and part.toolTip()
        assert part.focusPolicy() & Qt.FocusPolicy.TabFocus
    for button in dialog.buttons.findChildren(QPushButton):
        assert button.toolTip()


def test_that_ctrl_c_copies_the_picture_and_with_shift_the_table(panel: AttentionPanel) -> None:
    view = panel.seen_view()
    assert view is not None
    panel.activateWindow()
    view.setFocus()
    focused = QApplication.focusWidget()
    assert focused is not None
    QTest.keyClick(focused, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    data = QGuiApplication.clipboard().mimeData()
    assert data.hasImage() and data.data("image/svg+xml").startsWith(b"<?xml")
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(focused, Qt.Key.Key_C, both)
    lines = list(csv.reader(io.StringIO(QGuiApplication.clipboard().text()), "excel-tab"))
    np.testing.assert_array_equal(
        np.array([line[1:] for line in lines[1:]], np.float32), trace().weights[CROSS][2]
    )
    assert panel.view.reading.text() == "Copied as a table"


def test_that_the_right_button_offers_to_copy_and_to_export(
    qtbot: QtBot, panel: AttentionPanel
) -> None:
    view = panel.seen_view()
    assert view is not None
    shown: list[QMenu] = []

    def look() -> None:
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        shown.append(menu)
        export = next(action for action in menu.actions() if action.text() == "Export…")
        export.trigger()
        menu.close()

    QTimer.singleShot(200, look)
    place = view.rect().center()
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(view, QContextMenuEvent(reason, place, view.mapToGlobal(place)))
    qtbot.waitUntil(lambda: bool(shown))
    (dialog,) = panel.findChildren(ExportDialog)
    assert dialog.isVisible()
    dialog.reject()


def test_that_the_menu_exports_or_says_why_not(qtbot: QtBot, tmp_path: Path) -> None:
    settings = QSettings(str(tmp_path / "s.ini"), QSettings.Format.IniFormat)
    desk = Desk(qtbot, settings)
    desk.menu_action("File", "Export attention…").trigger()
    assert "no attention to export yet" in desk.window.status.text
    desk.tell(ModelOpened(model()))
    desk.tell(Inspected(1, trace()))
    desk.menu_action("File", "Export attention…").trigger()
    (dialog,) = desk.window.findChildren(ExportDialog)
    assert dialog.isVisible()
    dialog.reject()

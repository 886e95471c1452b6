"""A session saved to a file and opened again: in another window, from a drop, from a menu."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from explorer.__main__ import window_request
from explorer.messages.commands import Command, Decode, Inspect, OpenModel
from explorer.messages.events import Decoded, Failed, Inspected, ModelOpened
from explorer.messages.results import Site, SiteKind
from explorer.resources import sample_models
from explorer.ui import theme
from explorer.ui.attention.flow_view import FlowView
from explorer.ui.attention.map_layout import Place
from explorer.ui.attention.map_view import MapView
from explorer.ui.desk_file import DeskFileError, SavedModel, read_desk, reference_of, saved_model
from explorer.ui.panels.attention_panel import AttentionPanel
from tests.ui.heads import model, trace
from tests.ui.scripts import decoding
from tests.ui.test_main_window import Desk, drop

SENTENCE = "The old cat is sleeping"
NAME = "translate-en-fr"


class Window(Desk):
    """A window whose worker answers from a script."""

    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        settings = QSettings(str(folder / f"{id(self)}.ini"), QSettings.Format.IniFormat)
        super().__init__(qtbot, settings)
        (self.panel,) = (p for p in self.window.panels if isinstance(p, AttentionPanel))

    def serve(self, step: int = 1200) -> Sequence[Command]:
        """Open what is to be opened, and answer the newest sentence; returns what was asked."""
        asked = self.asked()
        origin = str(sample_models()[NAME])
        for _ in (command for command in asked if isinstance(command, OpenModel)):
            self.tell(ModelOpened(replace(model(), origin=origin, step=step)))
        asked += self.asked()
        sentences = [command for command in asked if isinstance(command, Inspect)]
        if sentences:
            last = sentences[-1]
            answer = trace(last.source, last.target or "Le chat dort", seed=len(last.source))
            self.tell(Inspected(last.request, answer))
        more = self.asked()
        for written in (command for command in more if isinstance(command, Decode)):
            self.tell(Decoded(written.request, decoding(written.source, "Le chat dort")))
        return [*asked, *more]

    def picture(self) -> QImage:
        """The whole window, when it has come to rest and no cursor blinks in it."""
        if (focused := self.window.focusWidget()) is not None:
            focused.clearFocus()
        last = QImage()
        for _ in range(60):
            QTest.qWait(80)
            now = self.window.grab().toImage()
            if now == last:
                break
            last = now
        return last

    @property
    def said(self) -> str:
        """What stands at the window's foot."""
        return self.window.status.text


@pytest.fixture
def used(qtbot: QtBot, tmp_path: Path) -> Window:
    """A window in which much was chosen by hand."""
    made = Window(qtbot, tmp_path)
    made.window.open_model(NAME)
    made.serve()
    qtbot.keyClick(made.panel.source.edit, Qt.Key.Key_Escape)
    qtbot.keyClicks(made.panel.source.edit, SENTENCE)
    made.serve()
    grid = made.panel.view.heads.grid
    place = grid.shown.place(Site(SiteKind.CROSS, 1), 2)
    qtbot.mouseClick(grid, Qt.MouseButton.LeftButton, pos=QPoint(*place) + QPoint(5, 5))
    made.panel.selection.pin(Site(SiteKind.CROSS, 0), 1)
    made.panel.selection.pick(2, 1)
    made.panel.view.side.options.hide_special.trigger()
    made.window.docks.docks[0].close()
    made.picture()
    view = made.panel.seen_view()
    assert isinstance(view, MapView)
    view.see(Place(1.6, 1, 0))
    made.window.resize(1180, 760)
    theme.theme().choose("dark")
    return made


def test_that_a_session_opens_again_to_the_same_pixels(
    qtbot: QtBot, tmp_path: Path, used: Window
) -> None:
    before = used.picture()
    used.window.keeping.save(tmp_path / "mine.attention")
    theme.theme().choose("light")
    other = Window(qtbot, tmp_path)
    other.window.open_model(str(tmp_path / "mine.attention"))
    assert [c.reference for c in other.serve() if isinstance(c, OpenModel)] == [NAME]
    after = other.picture()
    assert other.panel.source.text() == SENTENCE
    assert (other.panel.selection.site, other.panel.selection.head) == (Site(SiteKind.CROSS, 1), 2)
    assert after.size() == before.size() == QSize(1180, 760)
    assert after == before


def test_that_what_was_set_inside_a_view_is_set_again(
    qtbot: QtBot, tmp_path: Path, used: Window
) -> None:
    side = used.panel.view.side
    side.turn_to("flow")
    flow = side.views["flow"]
    assert isinstance(flow, FlowView)
    flow.choices.residual.click()
    flow.choices.method.button("value").click()
    used.window.keeping.save(tmp_path / "mine.attention")
    other = Window(qtbot, tmp_path)
    other.window.open_model(str(tmp_path / "mine.attention"))
    other.serve()
    again = other.panel.view.side.seen
    assert isinstance(again, FlowView)
    assert again.choices.method.value == "value"
    assert again.choices.residual.isChecked() is flow.choices.residual.isChecked()


def test_that_the_file_is_small_and_whole_and_names_the_model(tmp_path: Path, used: Window) -> None:
    used.window.keeping.save(tmp_path / "mine")
    assert [path.name for path in tmp_path.glob("*.attention")] == ["mine.attention"]
    text = (tmp_path / "mine.attention").read_text("utf-8")
    assert len(text) < 10_000
    said = json.loads(text)
    assert said["model"]["sample"] == NAME and said["model"]["step"] == 1200
    assert said["panels"]["attention"]["source"] == SENTENCE


def test_that_a_session_opens_by_drop_and_by_the_command_line(
    qtbot: QtBot, tmp_path: Path, used: Window
) -> None:
    file = tmp_path / "mine.attention"
    used.window.keeping.save(file)
    other = Window(qtbot, tmp_path)
    assert drop(other.window, file)
    other.serve()
    assert other.panel.source.text() == SENTENCE
    request = window_request([str(file)])
    assert request is not None and request.model == str(file)


def test_that_the_menus_ask_for_a_file(qtbot: QtBot, tmp_path: Path, used: Window) -> None:
    for entry, name in (
        ("Save session as…", "kept.attention"),
        ("Open session…", "kept.attention"),
    ):
        used.menu_action("File", entry).trigger()
        (dialog,) = used.window.findChildren(QFileDialog)
        dialog.filesSelected.emit([str(tmp_path / name)])
        dialog.reject()
        QApplication.processEvents()
        qtbot.waitUntil(lambda: not used.window.findChildren(QFileDialog))
    assert read_desk(tmp_path / "kept.attention").model is not None
    assert any(isinstance(command, OpenModel) for command in used.asked())


def test_that_another_step_of_the_model_is_said(qtbot: QtBot, tmp_path: Path, used: Window) -> None:
    used.window.keeping.save(tmp_path / "mine.attention")
    other = Window(qtbot, tmp_path)
    other.window.open_model(str(tmp_path / "mine.attention"))
    other.serve(step=5000)
    assert "saved at step 1,200" in other.said and "now at step 5,000" in other.said


def test_that_a_model_that_cannot_be_opened_leaves_the_session_be(
    qtbot: QtBot, tmp_path: Path, used: Window
) -> None:
    used.window.keeping.save(tmp_path / "mine.attention")
    other = Window(qtbot, tmp_path)
    other.window.open_model(str(tmp_path / "mine.attention"))
    other.asked()
    other.tell(Failed("model", "It is gone"))
    other.window.open_model("reverse")
    other.serve()
    assert other.panel.source.text() != SENTENCE


BROKEN = {
    "no session": (b"What? A text.", "is no session"),
    "json of others": (b'{"cells": []}', "is no session"),
    "empty": (b"", "is no session"),
    "cut off": (b'{"format": "attention-explorer session", "versi', "is damaged"),
    "wrong types": (b'{"format": "attention-explorer session", "panels": 3}', "is damaged"),
    "of tomorrow": (b'{"format": "attention-explorer session", "version": 9}', "later version"),
    "bytes": (bytes(range(256)), "is no session"),
    "huge": (b" " * 5_000_000, "too large"),
    "gone": (
        b'{"format": "attention-explorer session", "model": {"path": "/no/where"}}',
        "is not here any more: /no/where",
    ),
    "other sample": (
        b'{"format": "attention-explorer session", "model": {"sample": "none"}}', "does not have",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), BROKEN.values(), ids=BROKEN)
def test_that_a_file_that_is_no_good_is_said_and_changes_nothing(
    tmp_path: Path, used: Window, content: bytes, said: str
) -> None:
    file = tmp_path / "odd.attention"
    file.write_bytes(content)
    used.asked()
    before = used.window.panels, used.panel.source.text(), theme.theme().choice
    used.window.open_model(str(file))
    assert said in used.said
    assert (used.window.panels, used.panel.source.text(), theme.theme().choice) == before
    assert used.asked() == []


def test_that_a_file_that_is_not_there_is_said(tmp_path: Path, used: Window) -> None:
    used.window.open_model(str(tmp_path / "none.attention"))
    assert "cannot be read: No such file" in used.said


def test_that_a_session_and_its_run_can_be_moved_together(tmp_path: Path) -> None:
    (tmp_path / "a" / "run").mkdir(parents=True)
    file = tmp_path / "a" / "mine.attention"
    kept = saved_model(str(tmp_path / "a" / "run"), 7, file)
    assert kept == SavedModel(path=str(tmp_path / "a" / "run"), beside="run", step=7)
    shutil.move(tmp_path / "a", tmp_path / "b")
    moved = tmp_path / "b" / "mine.attention"
    assert reference_of(kept, moved) == str(tmp_path / "b" / "run")
    shutil.rmtree(tmp_path / "b" / "run")
    with pytest.raises(DeskFileError, match="not here any more"):
        reference_of(kept, moved)


def test_that_a_model_known_by_its_name_is_asked_for_by_it(tmp_path: Path) -> None:
    kept = saved_model("somebody/a-model", 0, tmp_path / "mine.attention")
    assert kept == SavedModel(name="somebody/a-model")
    assert reference_of(kept, tmp_path / "elsewhere.attention") == "somebody/a-model"


def test_that_a_certain_checkpoint_stays_that_one(
    qtbot: QtBot, tmp_path: Path, used: Window
) -> None:
    checkpoint = next(sample_models()[NAME].glob("checkpoints/step-*"))
    used.window.open_model(str(checkpoint))
    used.serve()
    used.window.keeping.save(tmp_path / "mine.attention")
    kept = read_desk(tmp_path / "mine.attention").model
    assert kept is not None and kept.path == str(checkpoint)


def test_that_a_session_that_cannot_be_written_is_said(tmp_path: Path, used: Window) -> None:
    (tmp_path / "in the way").write_text("a file")
    used.window.keeping.save(tmp_path / "in the way" / "mine.attention")
    assert "The session was not saved" in used.said

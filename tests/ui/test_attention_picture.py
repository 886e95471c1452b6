"""What the attention panel shows of an answer, by real clicks and scripted events."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.events import Event
from explorer.messages.results import Site, SiteKind
from explorer.messages.shown import AS_IT_IS
from explorer.ui import theme
from explorer.ui.attention.style import MapStyle
from explorer.ui.panels.attention_panel import AttentionPanel
from explorer.ui.session import TRAINING_FRAME
from explorer.ui.widgets import raster
from tests.ui.attention_desk import heat, opened, point, shown_panel
from tests.ui.heads import SOURCE, answer, trace
from tests.whole import whole

ENCODER = Site(SiteKind.ENCODER, 0)
CROSS = Site(SiteKind.CROSS, 1)


@pytest.fixture
def panel(qtbot: QtBot) -> AttentionPanel:
    return shown_panel(qtbot)


def test_that_a_small_map_is_chosen_by_a_click_and_shown_large(panel):
    opened(panel)
    grid = panel.view.heads.grid
    place = QPoint(*grid.shown.place(CROSS, 2)) + QPoint(5, 5)
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place)
    assert (panel.selection.site, panel.selection.head) == (CROSS, 2)
    assert panel.view.side.name.text() == "Cross-attention, layer 2, head 3"


def test_that_a_small_map_says_its_name_under_the_pointer(panel):
    opened(panel)
    grid = panel.view.heads.grid
    QTest.mouseMove(grid, QPoint(*grid.shown.place(CROSS, 1)) + QPoint(5, 5))
    QApplication.processEvents()
    assert panel.view.reading.text() == "Cross-attention, layer 2, head 2"


def test_that_a_chosen_head_stays_chosen_when_the_sentence_changes(panel):
    opened(panel)
    panel.selection.choose(ENCODER, 3)
    panel.receive([answer(2, trace("other words", seed=9))])
    assert (panel.selection.site, panel.selection.head) == (ENCODER, 3)
    assert panel.view.side.name.text() == "Encoder self-attention, layer 1, head 4"


def test_that_the_value_under_the_pointer_is_the_models_and_follows_training(panel):
    opened(panel)
    panel.selection.choose(ENCODER, 1)
    point(panel, 1, 3)
    for weight in (0.25, 0.5):
        given = whole(trace().weights[ENCODER]).copy()
        given[1, 1, 3] = weight
        panel.receive([answer(1, trace(given={ENCODER: given}))])
        said = panel.view.reading.text().replace("\u2068", "").replace("\u2069", "")
        assert said == f"“cat” looks at “sleeping”: {weight:.3f}"


def test_that_a_decoders_row_is_said_to_decide_the_next_token(panel):
    opened(panel)
    panel.selection.choose(CROSS, 0)
    point(panel, 1, 1)
    said = panel.view.reading.text().replace("\u2068", "").replace("\u2069", "")
    assert said.startswith("“Le”, deciding “chat”, looks at “cat”: ")


def test_that_the_colours_are_the_weights_own(panel):
    given = {CROSS: whole(trace().weights[CROSS]).copy()}
    given[CROSS][0, 0] = np.linspace(0, 1, given[CROSS].shape[2])
    opened(panel, given=given)
    panel.selection.choose(CROSS, 0)
    panel.view.side.options.take(AS_IT_IS, MapStyle())
    shown, picture = heat(panel).layout_, heat(panel).grab().toImage()
    table = raster.palette(False, 0)
    assert shown is not None
    for key, weight in enumerate(given[CROSS][0, 0].tolist()):
        corner = shown.frame(0, key).topLeft() + QPoint(2, 2)
        wanted = QColor.fromRgb(int(table[int(weight * 255 + 0.5)]))
        assert picture.pixelColor(corner) == wanted


def test_that_a_range_per_map_is_drawn_and_kept_to_what_was_chosen(panel):
    faint = {CROSS: np.full_like(whole(trace().weights[CROSS]), 0.1)}
    opened(panel, given=faint)
    panel.selection.choose(CROSS, 0)
    layout = heat(panel).layout_
    assert layout is not None
    corner = layout.frame(0, 0).topLeft() + QPoint(2, 2)
    before = heat(panel).grab().toImage().pixelColor(corner)
    panel.view.side.options.ranges.actions()[1].trigger()
    after = heat(panel).grab().toImage().pixelColor(corner)
    assert after.lightness() < before.lightness() - 80


def test_that_weights_which_are_no_numbers_are_said_and_not_fatal(panel):
    broken = {CROSS: np.full_like(whole(trace().weights[CROSS]), np.nan)}
    opened(panel, given=broken)
    panel.selection.choose(CROSS, 0)
    panel.view.side.options.take(AS_IT_IS, MapStyle(range="map"))
    point(panel, 1, 1)
    assert panel.view.reading.text().endswith("not a number")
    assert not panel.grab().isNull()


def test_that_groups_can_be_shown_alone(panel):
    opened(panel)
    QTest.mouseClick(panel.view.heads.kinds.button(SiteKind.CROSS), Qt.MouseButton.LeftButton)
    assert {row.site.kind for row in panel.view.heads.grid.shown.rows} == {SiteKind.CROSS}
    QTest.mouseClick(panel.view.heads.kinds.button(None), Qt.MouseButton.LeftButton)
    assert len(panel.view.heads.grid.shown.rows) == 6


def test_that_only_the_groups_that_a_model_has_are_offered(panel):
    opened(panel)
    QTest.mouseClick(panel.view.heads.kinds.button(SiteKind.CROSS), Qt.MouseButton.LeftButton)
    panel.receive([answer(1, trace(kinds=[SiteKind.ENCODER, SiteKind.DECODER]))])
    assert not panel.view.heads.kinds.button(SiteKind.CROSS).isVisible()
    assert panel.view.heads.kinds.button(SiteKind.DECODER).isVisible()
    assert panel.view.heads.kinds.value is None
    assert {row.site.kind for row in panel.view.heads.grid.shown.rows} == {
        SiteKind.ENCODER, SiteKind.DECODER,
    }  # fmt: skip


def test_that_one_group_alone_leaves_nothing_to_choose(panel):
    opened(panel, kinds=[SiteKind.ENCODER])
    assert not panel.view.heads.kinds.isVisible()
    assert panel.selection.site.kind is SiteKind.ENCODER


def test_that_a_trace_without_attention_leaves_an_empty_map(panel):
    opened(panel)
    point(panel, 1, 1)
    panel.receive([answer(1, trace(kinds=[]))])
    assert panel.view.reading.text() == "Point at a cell to read its weight."
    assert not panel.grab().isNull()


class LayoutRequests(QObject):
    """Counts how often something below asks to be laid out anew."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize)
        return False


def test_that_a_repeat_moves_nothing(panel, qapp):
    opened(panel)
    for _ in range(6):
        qapp.processEvents()  # Requests for a layout climb one parent a round.
    watch = LayoutRequests()
    qapp.installEventFilter(watch)
    try:
        for step in range(1200, 1300, 7):
            panel.receive([answer(1, trace(step=step, seed=step))])
            QApplication.processEvents()
    finally:
        qapp.removeEventFilter(watch)
    assert watch.count == 0


def test_that_a_repeat_is_taken_in_and_painted_within_a_frames_share(panel):
    repeats = [answer(1, trace(SOURCE * 2, layers=3, heads=8, seed=seed)) for seed in range(20)]
    opened(panel).receive(repeats[:1])
    QApplication.processEvents()

    def cost(repeat: Event) -> float:
        begun = time.thread_time()
        panel.receive([repeat])
        QApplication.processEvents()
        return time.thread_time() - begun

    # A tenth of a frame; of several rounds the least, as others may run beside this.
    least = min(np.median([cost(repeat) for repeat in repeats]) for _ in range(8))
    assert 1000 * least < TRAINING_FRAME / 10


def test_that_long_sentences_are_drawn_in_slices(panel, qtbot):
    long = trace(" ".join("w" * 200), " ".join("v" * 200), heads=8, layers=3)
    opened(panel).receive([answer(1, long)])
    begun = time.thread_time()
    panel.view.heads.grid.repaint()
    assert time.thread_time() - begun < 0.05
    qtbot.waitUntil(lambda: panel.view.heads.grid.is_whole, timeout=2000)


def test_that_the_dark_appearance_repaints_all(panel):
    opened(panel)
    theme.theme().choose("dark")
    QApplication.processEvents()
    picture = panel.grab().toImage()
    assert picture.pixelColor(2, 2).lightness() < 60
    shades = [
        picture.pixelColor(x, y).lightness() for x in range(0, 1100, 9) for y in range(0, 720, 9)
    ]
    assert np.mean(np.array(shades) > 200) < 0.05

"""What lines, text and formula have in common: paper of any size, one selection, being unseen."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QBuffer, QIODevice, QPointF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.shown import Shown
from explorer.ui import theme
from explorer.ui.attention import memory
from explorer.ui.attention.formula_view import FormulaView
from explorer.ui.attention.lines_view import LinesView
from explorer.ui.attention.page_view import PageView
from explorer.ui.attention.text_view import TextView
from explorer.ui.attention.views import VIEWS
from explorer.ui.export.figures import copy_of
from explorer.ui.palette import LIGHT
from explorer.ui.widgets.head_selection import HeadSelection
from tests.ui.attention.worked import (
    CROSS,
    ENCODER,
    colors,
    made,
    move,
    press,
    selection,
    show,
    worked,
)

PAGES: list[type[PageView]] = [LinesView, TextView, FormulaView]
SIZES = [(60, 40), (320, 200), (900, 700), (200, 1600), (3000, 400)]


def drawn(view: PageView, wide: float, high: float) -> QImage:
    """The page on white paper, with a margin around it."""
    image = QImage(round(wide) + 40, round(high) + 40, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    painter.translate(20, 20)
    view.draw(painter, QSizeF(wide, high))
    painter.end()
    return image


def edges(image: QImage) -> np.ndarray:
    """The pixels of the margin."""
    pixels = colors(image)
    inside = np.zeros(pixels.shape[:2], bool)
    inside[18:-18, 18:-18] = True
    return pixels[~inside]


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_that_a_page_is_drawn_whole_within_paper_of_any_size(
    qtbot: QtBot, kind: type[PageView], size: tuple[int, int]
):
    theme.theme().choose("light")
    trace = worked(9, 7, site=CROSS)
    view = kind(selection(trace))
    qtbot.addWidget(view)
    view.show_attention(Shown(trace))
    image = drawn(view, *size)
    assert (edges(image) == 255).all()
    assert (colors(image)[20:-20, 20:-20] < 200).any()


@pytest.mark.parametrize("kind", PAGES)
def test_that_text_stays_text_in_a_drawing(qtbot: QtBot, kind: type[PageView]):
    trace = worked(4, 5, site=CROSS)
    view = show(qtbot, kind(selection(trace)), trace)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    painter = QPainter(generator)
    view.draw(painter, view.paper_size())
    painter.end()
    text = bytes(buffer.data().data()).decode()
    assert ">t3" in text or "t3" in text
    assert "<image" not in text


@pytest.mark.parametrize("kind", PAGES)
def test_that_its_own_size_needs_no_shrinking(qtbot: QtBot, kind: type[PageView]):
    trace = worked(120, 120)
    view = show(qtbot, kind(selection(trace)), trace, size=(500, 260))
    size = view.paper_size()
    assert size.width() == view.canvas.viewport().width()
    assert size.height() >= view.page_height(size.width()) > 260


@pytest.mark.parametrize("kind", PAGES)
def test_that_larger_text_on_paper_makes_the_whole_page_larger(qtbot: QtBot, kind: type[PageView]):
    trace = worked(6, 6)
    view = show(qtbot, kind(selection(trace)), trace)
    before = view.paper_size()
    with theme.printing(theme.Print(LIGHT, "", 20.0)):
        assert view.paper_size() == before * 2


@pytest.mark.parametrize("kind", PAGES)
def test_that_what_the_pointer_is_on_is_not_on_paper(qtbot: QtBot, kind: type[PageView]):
    trace = worked(6, 6)
    view = show(qtbot, kind(selection(trace)), trace)
    before = colors(drawn(view, 600, 500)).copy()
    for y in range(40, 300, 20):
        for x in (30, 90, 560):
            move(view, QPointF(x, y))
            if isinstance(view, LinesView | TextView) and view.hovered is not None:
                assert np.array_equal(colors(drawn(view, 600, 500)), before)
    view.selection.pick(3, 2)
    assert not np.array_equal(colors(drawn(view, 600, 500)), before)


@pytest.mark.parametrize("kind", PAGES)
def test_that_what_changes_unseen_is_there_when_it_is_seen(qtbot: QtBot, kind: type[PageView]):
    first, second = worked(5, 5), worked(8, 8, seed=2)
    one = show(qtbot, kind(selection(first)), first)
    one.hide()
    one.show_attention(Shown(second))
    one.selection.choose(ENCODER, 1)
    one.show()
    other = show(qtbot, kind(selection(second, 1)), second)
    QApplication.processEvents()
    assert one.canvas.accessibleDescription() == other.canvas.accessibleDescription()
    assert one.canvas.verticalScrollBar().maximum() == other.canvas.verticalScrollBar().maximum()


@pytest.mark.parametrize("kind", PAGES)
def test_that_a_stale_picture_steps_back(qtbot: QtBot, kind: type[PageView]):
    trace = worked(5, 5)
    view = show(qtbot, kind(selection(trace)), trace)
    before = colors(view.canvas.viewport().grab().toImage()).astype(int)
    view.set_dimmed(True)
    after = colors(view.canvas.viewport().grab().toImage()).astype(int)
    assert after[4:-4, 4:-4].min() > before[4:-4, 4:-4].min() + 60


@pytest.mark.parametrize("kind", PAGES)
def test_that_both_appearances_are_drawn(qtbot: QtBot, kind: type[PageView]):
    trace = worked(5, 5)
    view = show(qtbot, kind(selection(trace)), trace)
    theme.theme().choose("dark")
    QApplication.processEvents()
    dark = colors(view.canvas.viewport().grab().toImage())
    assert np.median(dark) < 60 and dark.max() > 180


def test_that_views_share_one_selection(qtbot: QtBot):
    trace = worked(6, 6)
    chosen: HeadSelection = selection(trace)
    lines, text, formula = (show(qtbot, kind(chosen), trace) for kind in PAGES)
    assert isinstance(lines, LinesView)
    assert isinstance(text, TextView) and isinstance(formula, FormulaView)
    press(lines, Qt.Key.Key_Down, Qt.Key.Key_Down)
    assert text.reading is not None and text.reading.chosen == 1
    assert formula.pair is not None and formula.pair[0] == 1
    press(formula, Qt.Key.Key_Home, Qt.Key.Key_Right)
    assert (chosen.query, chosen.key) == (1, 1)
    text.sides.button("key").click()
    press(text, Qt.Key.Key_End)
    assert lines.kept is not None and (lines.kept.side, lines.kept.index) == ("key", 5)
    assert formula.pair is not None and formula.pair[1] == 5
    chosen.choose(ENCODER, 1)
    assert formula.steps is not None and formula.steps.head == 1
    assert lines.heads == ((ENCODER, 1),) == text.reading.heads


@pytest.mark.parametrize("make", [lambda trace: trace, made], ids=["kept", "made"])
@pytest.mark.parametrize("kind", PAGES)
def test_that_one_token_alone_is_drawn(
    qtbot: QtBot, kind: type[PageView], make: Callable[..., object]
):
    trace = make(worked(1, 1))
    view = show(qtbot, kind(selection(trace)), trace)  # pyright: ignore[reportArgumentType]
    assert (colors(drawn(view, 500, 400)) < 150).any()
    press(view, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_End)


@pytest.mark.parametrize("kind", PAGES)
def test_that_a_page_says_what_it_is_and_can_be_reached(qtbot: QtBot, kind: type[PageView]):
    assert kind in VIEWS
    view = show(qtbot, kind(selection(worked(3, 3))), worked(3, 3))
    assert view.accessibleName() == view.canvas.accessibleName() == kind.title
    assert len(kind.help) > 40 and view.focusProxy() is view.canvas
    assert view.canvas.focusPolicy() & Qt.FocusPolicy.TabFocus
    for child in view.findChildren(type(view.canvas)):
        assert child.accessibleName()


def test_that_threshold_and_side_are_kept_in_sessions_and_exports():
    first, second = HeadSelection(), HeadSelection()
    first.choose(ENCODER, 1)
    first.limit(0.25)
    first.turn("key")
    memory.into_selection(memory.of_selection(first), second)
    for other in (second, copy_of(first)):
        assert (other.threshold, other.side, other.head) == (0.25, "key", 1)
    memory.into_selection({"threshold": 7, "side": "above"}, second)
    assert (second.threshold, second.side) == (0.25, "query")


def test_that_the_controls_follow_the_selection(qtbot: QtBot):
    trace = worked(6, 6)
    chosen = selection(trace)
    lines, text = (show(qtbot, kind(chosen), trace) for kind in (LinesView, TextView))
    assert isinstance(lines, LinesView) and isinstance(text, TextView)
    chosen.limit(0.36)
    assert lines.threshold.value == 0.36 and lines.threshold.slider.value() == 120
    chosen.turn("key")
    assert text.sides.value == "key" and text.reading is not None and text.reading.side == "key"

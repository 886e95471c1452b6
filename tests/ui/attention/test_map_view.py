"""One head as a map: real wheel, drag and keys; labels, numbers and colours."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollBar
from pytestqt.qtbot import QtBot

from explorer.messages.heads import MadeWeights
from explorer.messages.results import Site, SiteKind, Trace
from explorer.messages.shown import Reading, Shown
from explorer.ui.attention import map_labels
from explorer.ui.attention.coloring import Coloring
from explorer.ui.attention.map_large import Look, level_of
from explorer.ui.attention.map_layout import MapLayout
from explorer.ui.attention.map_view import MapView
from explorer.ui.attention.style import MapStyle
from explorer.ui.palette import LIGHT
from explorer.ui.widgets.head_selection import HeadSelection
from tests.ui.attention.long import long_trace
from tests.ui.heads import trace, weights

ENCODER, DECODER, CROSS = (Site(kind, 0) for kind in SiteKind)
SENTENCE = " ".join(f"word{i}" for i in range(60))


def shown_in(qtbot: QtBot, content: Trace, site: Site, **reading: bool) -> MapView:
    """A view on the first head of a site, on the screen."""
    selection = HeadSelection()
    view = MapView(selection)
    qtbot.addWidget(view)
    view.resize(640, 520)
    selection.choose(site, 0)
    view.show_attention(Shown(content, Reading(**reading)))
    view.show()
    QApplication.processEvents()
    return view


def layout_of(view: MapView) -> MapLayout:
    assert view.layout_ is not None
    return view.layout_


def picture_of(view: MapView) -> QImage:
    return view.grab().toImage()


def wheel(view: MapView, at: QPoint, notches: int, keys=Qt.KeyboardModifier.NoModifier) -> None:
    event = QWheelEvent(
        QPointF(at), QPointF(view.mapToGlobal(at)), QPoint(), QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton, keys, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(view, event)


def drag(view: MapView, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        QTest.mouseMove(view, start + (end - start) * step / 5)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=end)


@pytest.fixture
def view(qtbot: QtBot) -> MapView:
    return shown_in(qtbot, trace(), CROSS)


@pytest.fixture
def many(qtbot: QtBot) -> MapView:
    """61 tokens: much to zoom into."""
    return shown_in(qtbot, trace(SENTENCE), ENCODER)


def test_that_every_cell_has_exactly_the_colour_of_its_weight(view: MapView) -> None:
    layout, picture = layout_of(view), picture_of(view)
    for style in (MapStyle(), MapStyle("log", "map", "blue"), MapStyle("square root", "row")):
        view.restyle(style)
        picture, coloring = picture_of(view), Coloring(style, LIGHT)
        map_QK = view.shown.weights(CROSS, 0)  # type: ignore[union-attr]
        peaks = {"fixed": 1.0, "map": map_QK.max(), "row": map_QK.max(axis=1, keepdims=True)}
        levels = coloring.levels(map_QK, peaks[style.range])
        for query in range(map_QK.shape[0]):
            for key in range(map_QK.shape[1]):
                corner = layout.frame(query, key).topLeft() + QPoint(2, 2)
                wanted = QColor(int(coloring.table[levels[query, key]]) & 0xFFFFFF)
                assert picture.pixelColor(corner) == wanted


def test_that_every_cell_is_found_in_its_middle_at_every_zoom(many: MapView) -> None:
    for _ in range(4):
        layout = layout_of(many)
        rows, columns = layout.in_view
        for query in range(rows.start, rows.stop):
            for key in range(columns.start, columns.stop):
                frame = layout.frame(query, key)
                if frame.isEmpty():
                    continue
                middle = frame.center()
                assert layout.at(middle.x(), middle.y()) == (query, key)
        many.zoom(1.7)


def test_that_the_wheel_zooms_at_the_pointer(many: MapView) -> None:
    layout = layout_of(many)
    at = layout.frame(20, 30).center()
    wheel(many, at, 5)
    closer = layout_of(many)
    assert closer.place.zoom == pytest.approx(1.25**5)
    assert closer.at(at.x(), at.y()) == (20, 30) == many.cell
    wheel(many, at, -50)
    assert layout_of(many).place.zoom == 1 and layout_of(many).body == layout.body


def test_that_zooming_ends_where_cells_are_large(many: MapView) -> None:
    wheel(many, layout_of(many).body.center(), 100)
    layout = layout_of(many)
    assert min(layout.across, layout.down) == pytest.approx(64)


def test_that_a_drag_takes_the_map_along_and_chooses_nothing(many: MapView) -> None:
    wheel(many, layout_of(many).body.center(), 6)
    start = layout_of(many).body.center()
    held = layout_of(many).at(start.x(), start.y())
    drag(many, start, start + QPoint(60, 45))
    there = layout_of(many).at(start.x() + 60, start.y() + 45)
    assert there == held
    assert (many.selection.query, many.selection.key) == (None, None)
    drag(many, start, start + QPoint(5000, 5000))
    assert (layout_of(many).place.top, layout_of(many).place.left) == (0, 0)


def test_that_a_click_chooses_and_a_second_one_lets_go(view: MapView) -> None:
    at = layout_of(view).frame(2, 3).center()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert (view.selection.query, view.selection.key) == (2, 3)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert (view.selection.query, view.selection.key) == (None, None)


def test_that_a_label_chooses_its_row_or_column(view: MapView) -> None:
    layout = layout_of(view)
    row = QPoint(layout.body.left() - 20, layout.frame(1, 0).center().y())
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=row)
    assert (view.selection.query, view.selection.key) == (1, None)
    column = QPoint(layout.frame(0, 4).center().x(), layout.body.top() - 10)
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=column)
    assert (view.selection.query, view.selection.key) == (None, 4)


def test_that_what_others_choose_is_marked(view: MapView) -> None:
    before, layout = picture_of(view), layout_of(view)
    view.selection.pick(2, 3)
    after = picture_of(view)
    edge = layout.frame(2, 3).topLeft() - QPoint(1, 1)
    assert after.pixelColor(edge).name() == LIGHT.accent
    far = layout.frame(5, 6).topLeft() + QPoint(4, 4)
    assert after.pixelColor(far) == before.pixelColor(far)


@pytest.mark.parametrize("how", ["home", "double click"])
def test_that_home_and_a_double_click_show_all(many: MapView, how: str) -> None:
    many.zoom(4)
    assert layout_of(many).in_view[0].stop - layout_of(many).in_view[0].start < 61
    if how == "home":
        QTest.keyClick(many, Qt.Key.Key_Home)
    else:
        QTest.mouseDClick(many, Qt.MouseButton.LeftButton, pos=layout_of(many).body.center())
    assert layout_of(many).in_view == (slice(0, 61), slice(0, 61))


def test_that_the_keyboard_alone_zooms_walks_chooses_and_lets_go(many: MapView) -> None:
    QTest.keyClick(many, Qt.Key.Key_Right)
    assert many.cell == (0, 0)
    for _ in range(3):
        QTest.keyClick(many, Qt.Key.Key_Plus)
    assert layout_of(many).place.zoom == pytest.approx(1.5**3)
    for _ in range(50):
        QTest.keyClick(many, Qt.Key.Key_Down)
    assert many.cell == (50, 0)
    rows, _ = layout_of(many).in_view
    assert rows.start <= 50 < rows.stop and rows.start > 0  # The view went along.
    QTest.keyClick(many, Qt.Key.Key_End)
    assert many.cell == (50, 60)
    QTest.keyClick(many, Qt.Key.Key_Return)
    assert (many.selection.query, many.selection.key) == (50, 60)
    QTest.keyClick(many, Qt.Key.Key_Escape)
    assert many.cell is None
    QTest.keyClick(many, Qt.Key.Key_Escape)
    assert many.selection.query is None
    QTest.keyClick(many, Qt.Key.Key_Minus)
    assert layout_of(many).place.zoom == pytest.approx(1.5**2)


def test_that_shift_and_arrows_pan(many: MapView) -> None:
    many.zoom(4)
    before = layout_of(many).place
    QTest.keyClick(many, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert layout_of(many).place.left > before.left and layout_of(many).place.top == before.top


def test_that_scroll_bars_come_when_zoomed_and_move_the_map(many: MapView) -> None:
    bars = many.findChildren(QScrollBar)
    assert not any(bar.isVisible() for bar in bars)
    many.zoom(4)
    assert all(bar.isVisible() and bar.accessibleName() for bar in bars)
    vertical = next(bar for bar in bars if bar.orientation() is Qt.Orientation.Vertical)
    vertical.setValue(vertical.maximum())
    assert layout_of(many).in_view[0].stop == 61
    assert all(many.rect().contains(bar.geometry()) for bar in bars)


def test_that_another_head_is_seen_at_the_same_place_and_another_length_whole(
    many: MapView,
) -> None:
    many.zoom(4)
    place = many.place
    many.selection.choose(ENCODER, 2)
    assert many.place == place
    many.show_attention(Shown(trace()))
    assert layout_of(many).place.zoom == 1


def test_that_pointing_reads_the_weight_and_describes_it(view: MapView) -> None:
    said: list[str] = []
    view.pointed.connect(said.append)
    QTest.mouseMove(view, layout_of(view).frame(1, 0).center())
    weight = float(view.shown.weights(CROSS, 0)[1, 0])  # type: ignore[union-attr]
    assert f"{weight:.3f}" in said[-1] and "The" in said[-1] and "chat" in said[-1]
    assert said[-1] in view.accessibleDescription()
    assert "Cross-attention, layer 1, head 1" in view.accessibleDescription()
    QTest.keyClick(view, Qt.Key.Key_Escape)
    assert said[-1] == ""


def test_that_numbers_stand_in_cells_with_room_and_only_there(many: MapView) -> None:
    """The same picture but for ink: numbers are drawn, colours stay."""

    def inks(view: MapView) -> int:
        rows, columns = layout_of(view).in_view
        frame = layout_of(view).frame((rows.start + rows.stop) // 2, columns.start + 2)
        picture = picture_of(view)
        return len({
            picture.pixelColor(x, y).rgb()
            for x in range(frame.left() + 2, frame.right() - 2)
            for y in range(frame.top() + 2, frame.bottom() - 2)
        })  # fmt: skip

    assert inks(many) <= 1
    many.zoom(100)
    assert inks(many) > 3


def test_that_labels_are_thinned_evenly_and_stay_while_the_map_moves() -> None:
    for first in (0, 7, 33):
        found = map_labels.shown_indices(first, 100, 3.0, 12.0)
        assert found.step == 5 and found.start % 5 == 0 and found.start >= first
    assert map_labels.shown_indices(0, 10, 20.0, 12.0).step == 1
    assert map_labels.shown_indices(0, 4096, 0.2, 12.0).step == 100


def test_that_a_long_label_is_whole_under_the_pointer(qtbot: QtBot) -> None:
    long = "incomprehensibilities" * 2
    view = shown_in(qtbot, trace(f"a {long} b"), ENCODER)
    layout = layout_of(view)
    assert layout.row_room < view.fontMetrics().horizontalAdvance(long)
    before = picture_of(view)
    view.point((1, 1))
    after, row = picture_of(view), layout.frame(1, 0)
    inside = [
        (x, row.center().y()) for x in range(layout.body.left(), row.right() - 1)
        if before.pixelColor(x, row.center().y()) != after.pixelColor(x, row.center().y())
    ]  # fmt: skip
    assert inside  # The label goes on over the map, so that it can be read to its end.


def test_that_tooltips_explain_tokens_and_axes(view: MapView) -> None:
    layout = layout_of(view)
    row = QPoint(layout.body.left() - 20, layout.frame(1, 0).center().y())
    column = QPoint(layout.frame(0, 1).center().x(), layout.body.top() - 10)
    assert "Le" in view.help_at(row) and "cat" in view.help_at(column)
    assert "decides the token after" in view.help_at(QPoint(3, 3))
    assert view.help_at(layout.body.center()) == ""


@pytest.mark.parametrize("count", [1, 3, 40, 300])
@pytest.mark.parametrize("size", [QSize(240, 200), QSize(500, 900), QSize(1500, 300)])
def test_that_the_map_stays_inside_whatever_the_size_and_length(
    qtbot: QtBot, count: int, size: QSize
) -> None:
    content = trace(" ".join("word" * (i % 4 + 1) for i in range(count)))
    view = shown_in(qtbot, content, ENCODER)
    view.resize(size)
    for _ in range(2):
        assert not view.grab().isNull()
        assert view.rect().contains(layout_of(view).body)
        assert view.rect().contains(layout_of(view).bar)
        view.zoom(3)


def test_that_nothing_is_drawn_of_nothing(qtbot: QtBot) -> None:
    view = MapView(HeadSelection())
    qtbot.addWidget(view)
    view.show()
    for shown in (None, Shown(trace())):  # No head is chosen.
        view.show_attention(shown)
        assert view.layout_ is None and not view.grab().isNull()
        QTest.keyClick(view, Qt.Key.Key_Right)
        wheel(view, QPoint(50, 50), 2)
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(60, 60))
    assert view.accessibleDescription() == "Nothing to show"


def test_that_a_closed_cell_is_told_from_a_weight_of_nothing(qtbot: QtBot) -> None:
    content = trace()
    count = len(content.target)
    closed = Trace(**{
        name: getattr(content, name) for name in (
            "model", "step", "source_text", "target_text", "own_target", "source", "target",
            "weights",
        )
    }, allowed={SiteKind.DECODER: np.tri(count, dtype=bool)})  # fmt: skip
    view = shown_in(qtbot, closed, DECODER)
    picture, layout = picture_of(view), layout_of(view)
    color = picture.pixelColor(layout.frame(0, count - 1).topLeft() + QPoint(2, 2)).name()
    table = Coloring(MapStyle(), LIGHT).table
    assert color in {f"#{int(table[at]) & 0xFFFFFF:06x}" for at in (257, 258)}


def test_that_a_large_map_comes_in_tiles_and_shows_what_it_has_before(qtbot: QtBot) -> None:
    content = long_trace(1500)
    view = shown_in(qtbot, content, ENCODER)
    first = picture_of(view)
    body = layout_of(view).body
    assert len({first.pixelColor(body.left() + i, body.center().y()).rgb() for i in range(60)}) > 5
    qtbot.waitUntil(lambda: view.is_whole)
    made = content.weights[ENCODER]
    assert isinstance(made, MadeWeights) and not made._made  # No whole map was made.
    wheel(view, body.center(), 12)
    qtbot.waitUntil(lambda: view.is_whole)
    picture, layout = picture_of(view), layout_of(view)
    coloring = Coloring(MapStyle(), LIGHT)
    rows, columns = layout.in_view
    for query, key in ((rows.start + 3, columns.start + 3), (rows.stop - 4, columns.stop - 5)):
        level = coloring.levels(made.heads.block(0, slice(query, query + 1))[0, key : key + 1], 1.0)
        wanted = QColor(int(coloring.table[level[0]]) & 0xFFFFFF)
        assert picture.pixelColor(layout.frame(query, key).center()) == wanted


def test_that_the_range_of_a_large_map_is_found_as_it_comes(qtbot: QtBot) -> None:
    view = shown_in(qtbot, long_trace(1100), ENCODER)
    for style in (MapStyle(range="map"), MapStyle(range="row", pooling="mean")):
        view.restyle(style)
        qtbot.waitUntil(lambda: view.is_whole)
        source = view._scene.source
        assert source is not None
        found = view.tiles.peaks(source)
        assert found is not None
        largest = source.weights(slice(0, 1100), slice(0, 1100)).max(axis=1)
        np.testing.assert_allclose(found, largest, rtol=1e-5)


def test_that_a_file_gets_text_as_text_and_the_part_that_is_seen(many: MapView) -> None:
    many.zoom(100)
    size = QSizeF(600, 500)
    picture = QImage(size.toSize(), QImage.Format.Format_RGB32)
    picture.fill(QColor(LIGHT.surface))
    painter = QPainter(picture)
    many.draw(painter, size)
    painter.end()
    assert picture.pixelColor(layout_of(many).body.center()) != QColor(LIGHT.surface)
    assert many.paper_size().width() > 100


def test_that_a_map_of_zeros_or_of_no_numbers_can_be_shown(qtbot: QtBot) -> None:
    drawn = weights(4, 9, 10, 0)
    drawn[0] = np.nan
    view = shown_in(qtbot, trace(given={CROSS: drawn}), CROSS)
    for style in (MapStyle(range="map"), MapStyle("log", "row")):
        view.restyle(style)
        bad = picture_of(view).pixelColor(layout_of(view).frame(1, 1).topLeft() + QPoint(2, 2))
        assert bad.name() == LIGHT.bad


def test_that_tiles_are_the_finest_of_which_no_value_is_smaller_than_a_pixel(qtbot: QtBot) -> None:
    view = shown_in(qtbot, long_trace(1500), ENCODER)
    source = view._scene.source
    assert source is not None
    look = Look(source, Coloring(MapStyle(), LIGHT), 1.0)
    for _ in range(9):
        layout = layout_of(view)
        for ratio in (1.0, 2.0):
            pixels = min(layout.across, layout.down) * ratio * (1 << level_of(layout, look, ratio))
            finest = level_of(layout, look, ratio) == 0
            assert pixels >= 1 and (finest or pixels < 2)
        view.zoom(1.5)

"""Lines between two columns of tokens: which there are, what is said, and what hands do."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QFontMetrics, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.results import Site, SiteKind
from explorer.messages.shown import Reading, Shown
from explorer.ui import theme
from explorer.ui.attention import line_finding
from explorer.ui.attention.line_finding import Focus
from explorer.ui.attention.line_labels import Labels
from explorer.ui.attention.lines_view import LinesView
from explorer.ui.attention.page_view import page_font
from explorer.ui.attention.style import MapStyle
from explorer.ui.widgets import token_axis
from explorer.ui.widgets.head_selection import HeadSelection
from tests.ui.attention.worked import (
    CROSS,
    ENCODER,
    by_hand,
    click,
    colors,
    in_pieces,
    made,
    move,
    press,
    selection,
    show,
    words,
    worked,
)

DIAGONAL, UNIFORM = np.eye(5), np.full((5, 5), 0.2)
KEY = Qt.Key


@pytest.fixture
def view(qtbot: QtBot) -> LinesView:
    trace = by_hand(DIAGONAL, UNIFORM)
    return show(qtbot, LinesView(selection(trace)), trace)


def pairs(view: LinesView) -> set[tuple[int, int]]:
    """Query and key of each line."""
    assert view.lines is not None
    return set(zip(view.lines.query_N.tolist(), view.lines.key_N.tolist(), strict=True))


def label(view: LinesView, side: str, index: int) -> QPointF:
    """A point on a token's label."""
    layout = view.on_screen()
    if side == "query":
        return QPointF(layout.left - 14, layout.query_y(index))
    return QPointF(layout.right + 14, layout.key_y(index))


class TestWhatIsDrawn:
    def test_that_a_diagonal_head_has_a_line_from_each_token_to_itself(self, view: LinesView):
        assert view.lines is not None
        assert pairs(view) == {(i, i) for i in range(5)}
        assert view.lines.weight_N.tolist() == [1.0] * 5
        assert view.words.text() == "5 of 25 lines; no attention is hidden"

    def test_that_uniform_weights_below_the_threshold_leave_no_line_and_it_is_said(
        self, view: LinesView
    ):
        view.selection.choose(ENCODER, 1)
        assert len(pairs(view)) == 25
        view.threshold.box.setValue(0.3)
        assert pairs(view) == set()
        assert view.words.text() == "0 of 25 lines; all attention is hidden"

    def test_that_the_slider_and_the_number_are_one_threshold(self, view: LinesView):
        view.threshold.box.setValue(0.25)
        assert view.threshold.slider.value() == 100
        view.threshold.slider.setFocus()
        QTest.keyClick(view.threshold.slider, KEY.Key_End)
        assert view.threshold.value == 1.0

    def test_that_several_pinned_heads_are_drawn_at_once(self, view: LinesView):
        view.selection.pin(ENCODER, 0)
        view.selection.pin(ENCODER, 1)
        assert view.lines is not None
        assert len(view.lines.weight_N) == 5 + 25
        assert sorted(set(view.lines.head_N.tolist())) == [0, 1]
        assert view.subject().count("head") == 2

    def test_that_a_line_has_its_heads_colour(self, qtbot: QtBot):
        trace = by_hand(DIAGONAL, DIAGONAL, DIAGONAL)
        view = show(qtbot, LinesView(selection(trace, 2)), trace)
        layout, ink = view.on_screen(), theme.head_color(2)
        picture = colors(view.canvas.viewport().grab().toImage())
        middle = round((layout.left + layout.right) / 2)
        found = picture[round(layout.query_y(2)), middle].astype(int)
        assert np.abs(found - [ink.red(), ink.green(), ink.blue()]).max() <= 12

    def test_that_stronger_weights_have_stronger_lines(self, qtbot: QtBot):
        map_ = np.array([[0.9, 0.0], [0.0, 0.1]], np.float32)
        view = show(qtbot, LinesView(selection(by_hand(map_))), by_hand(map_))
        layout = view.on_screen()
        picture = colors(view.canvas.viewport().grab().toImage()).astype(int)
        column = picture[:, round((layout.left + layout.right) / 2)]
        strong, weak = (
            (255 - column[round(layout.query_y(i)) - 6 : round(layout.query_y(i)) + 6]).sum()
            for i in (0, 1)
        )
        assert strong > 3 * weak > 0

    def test_that_differences_have_two_colours_and_signs(self, qtbot: QtBot):
        one, other = by_hand(DIAGONAL), by_hand(DIAGONAL[::-1].copy())
        view = show(qtbot, LinesView(selection(one)), one, other=other)
        assert view.lines is not None
        found = dict(zip(
            zip(view.lines.query_N.tolist(), view.lines.key_N.tolist(), strict=True),
            view.lines.weight_N.tolist(), strict=True,
        ))  # fmt: skip
        assert found == {
            **{(i, i): 1.0 for i in range(5) if i != 2},
            **{(i, 4 - i): -1.0 for i in range(5) if i != 2},
        }
        assert "difference" in view.words.text()
        move(view, label(view, "query", 0))
        assert "+1.000" in view._reading() and "−1.000" in view._reading()

    def test_that_joined_words_and_hidden_marks_have_no_lines_of_their_own(self, qtbot: QtBot):
        trace = worked(7, 7, tokens=in_pieces())
        view = show(qtbot, LinesView(selection(trace)), trace, reading=Reading(True, True))
        layout = view.on_screen()
        assert (layout.queries, layout.keys) == (3, 3)
        view.threshold.box.setValue(0)
        assert len(pairs(view)) == 9

    def test_that_nothing_shown_and_sites_that_are_not_there_leave_a_hint(self, qtbot: QtBot):
        trace = by_hand(DIAGONAL)
        view = show(qtbot, LinesView(selection(trace)), None)
        assert view.lines is None and view.words.text() == ""
        view.show_attention(Shown(trace))
        assert view.lines is not None
        view.selection.choose(CROSS, 0)
        assert view.lines is None
        press(view, KEY.Key_Down, KEY.Key_Return)
        click(view, QPointF(30, 100))
        assert view.selection.query is None


def test_that_the_trained_reverse_model_crosses_all_its_lines(qtbot: QtBot, reverse: object):
    from explorer.messages.results import Trace

    assert isinstance(reverse, Trace)
    chosen = HeadSelection()
    chosen.reopen(reverse.weights)
    for head in range(4):
        chosen.pin(Site(SiteKind.CROSS, 0), head)
    view = show(qtbot, LinesView(chosen), reverse)
    assert view.lines is not None
    length = len(reverse.source) - 1
    for query in range(length):
        mine = view.lines.query_N == query
        weights = np.zeros(len(reverse.source))
        np.add.at(weights, view.lines.key_N[mine], view.lines.weight_N[mine])
        assert int(weights.argmax()) == length - 1 - query


class TestHands:
    def test_that_the_pointer_on_a_token_leaves_its_lines_alone(self, view: LinesView):
        view.selection.choose(ENCODER, 1)
        said: list[str] = []
        view.pointed.connect(said.append)
        move(view, label(view, "query", 3))
        assert view.hovered == Focus("query", 3)
        assert pairs(view) == {(3, key) for key in range(5)}
        assert said[-1].startswith("“\u2068t3\u2069” looks at “\u2068t0\u2069” 0.200")
        move(view, label(view, "key", 1))
        assert pairs(view) == {(query, 1) for query in range(5)}
        assert "is looked at by" in said[-1]
        layout = view.on_screen()
        move(view, QPointF((layout.left + layout.right) / 2, layout.query_y(1)))
        assert len(pairs(view)) == 25 and said[-1] == ""

    def test_that_a_click_keeps_a_token_and_another_lets_go(self, view: LinesView):
        click(view, label(view, "key", 2))
        assert (view.selection.query, view.selection.key) == (None, 2)
        move(view, QPointF(300, 300))
        assert pairs(view) == {(2, 2)}
        click(view, label(view, "key", 2))
        assert view.selection.key is None and len(pairs(view)) == 5

    def test_that_arrows_go_from_token_to_token_and_side_to_side(self, view: LinesView):
        press(view, KEY.Key_Down)
        assert view.kept == Focus("query", 0)
        press(view, KEY.Key_Down, KEY.Key_Down, KEY.Key_Up)
        assert view.kept == Focus("query", 1)
        press(view, KEY.Key_Right)
        assert view.kept == Focus("key", 1)
        press(view, KEY.Key_End)
        assert view.kept == Focus("key", 4) and pairs(view) == {(4, 4)}
        press(view, KEY.Key_Down, KEY.Key_Home, KEY.Key_Up)
        assert view.kept == Focus("key", 0)
        press(view, KEY.Key_Left)
        assert view.kept == Focus("query", 0)
        press(view, KEY.Key_Escape)
        assert view.kept is None and len(pairs(view)) == 5

    def test_that_enter_keeps_the_token_under_the_pointer(self, view: LinesView):
        move(view, label(view, "key", 3))
        press(view, KEY.Key_Return)
        assert view.selection.key == 3

    def test_that_it_tells_what_is_chosen_to_those_who_listen(self, view: LinesView):
        press(view, KEY.Key_Down)
        said = view.canvas.accessibleDescription()
        assert "layer 1, head 1" in said and "t0" in said and "1 of 5 lines" in said

    def test_that_a_token_picked_elsewhere_is_shown(self, view: LinesView):
        view.selection.pick(2, 4)
        assert pairs(view) == {(2, 2)}

    def test_that_a_pick_beyond_the_tokens_of_another_sentence_is_left_alone(self, view: LinesView):
        view.selection.pick(4, None)
        view.show_attention(Shown(by_hand(np.eye(3))))
        assert view.kept is None and len(pairs(view)) == 3


class TestLongTexts:
    @pytest.fixture
    def long(self, qtbot: QtBot) -> LinesView:
        trace = worked(500, 500, heads=12)
        found = show(qtbot, LinesView(selection(trace)), trace)
        for head in range(12):
            found.selection.pin(ENCODER, head)
        return found

    def test_that_only_lines_with_an_end_in_sight_are_drawn(self, long: LinesView):
        wheel(long, -1200)
        rows, columns = long.on_screen().sight(*long.seen())
        assert rows.start > 10 and rows.stop - rows.start < 40
        assert long.lines is not None and len(pairs(long)) > 100
        for query, key in pairs(long):
            assert rows.start <= query < rows.stop or columns.start <= key < columns.stop
        assert "lines in sight" in long.words.text()

    def test_that_those_lines_are_all_that_the_maps_have_there(self, long: LinesView):
        rows, columns = long.on_screen().sight(*long.seen())
        assert long.shown is not None and long.lines is not None
        count = 0
        for head in range(12):
            map_QK = long.shown.weights(ENCODER, head).copy()
            seen_QK = np.zeros_like(map_QK, bool)
            seen_QK[rows], seen_QK[:, columns] = True, True
            count += int(((map_QK >= 0.05) & seen_QK).sum())
        assert long.lines.reached == count

    def test_that_the_strongest_are_drawn_when_there_are_too_many(self, long: LinesView):
        long.threshold.box.setValue(0.0)
        assert long.lines is not None
        assert len(long.lines.weight_N) == line_finding.MOST < long.lines.reached
        assert f"the {line_finding.MOST:,} strongest are drawn" in long.words.text()
        assert (np.diff(long.lines.weight_N) <= 0).all()

    def test_that_arrow_keys_bring_a_far_token_into_sight(self, long: LinesView):
        press(long, KEY.Key_Down, KEY.Key_End)
        top, bottom = long.seen()
        assert long.kept == Focus("query", 499)
        assert top < long.on_screen().query_y(499) < bottom

    def test_that_a_short_column_travels_along_and_stays_in_sight(self, qtbot: QtBot):
        trace = worked(6, 300, site=CROSS)
        view = show(qtbot, LinesView(selection(trace)), trace)
        for _ in range(14):
            top, bottom = view.seen()
            rows, _ = view.on_screen().sight(top, bottom)
            assert rows == slice(0, 6)
            wheel(view, -1500)
        assert view.canvas.verticalScrollBar().value() == view.canvas.verticalScrollBar().maximum()

    def test_that_made_weights_give_the_lines_of_the_queries_in_sight(self, qtbot: QtBot):
        dense = worked(300, 300)
        view = show(qtbot, LinesView(selection(dense)), made(dense))
        rows, _ = view.on_screen().sight(*view.seen())
        map_QK = Shown(dense).weights(ENCODER, 0)[rows]
        assert pairs(view) == set(zip(*map(list, np.nonzero(map_QK >= 0.05)), strict=True))
        view.selection.pick(None, 7)
        column = Shown(dense).weights(ENCODER, 0)[:, 7]
        assert {query for query, _ in pairs(view)} == set(np.flatnonzero(column >= 0.05).tolist())

    @pytest.mark.slow
    def test_that_scrolling_stays_fluent(self, long: LinesView):
        spent: list[float] = []
        for place in range(0, 2000, 100):
            started = time.thread_time()
            long.canvas.verticalScrollBar().setValue(place)
            long.canvas.viewport().repaint()
            spent.append(time.thread_time() - started)
        assert np.median(spent) < 0.033


def wheel(view: LinesView, turn: int) -> None:
    """Turn the wheel over the canvas, down where negative."""
    at = QPointF(100, 100)
    event = QWheelEvent(
        at, view.canvas.viewport().mapToGlobal(at), QPoint(), QPoint(0, turn),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
        False,
    )  # fmt: skip
    QApplication.sendEvent(view.canvas.viewport(), event)
    QApplication.processEvents()


def test_that_all_lines_are_drawn_within_a_few_turns(qtbot: QtBot):
    trace = worked(60, 60, heads=8)
    view = show(qtbot, LinesView(selection(trace)), trace)
    for head in range(8):
        view.selection.pin(ENCODER, head)
    qtbot.waitUntil(lambda: view.picture.is_whole, timeout=5000)
    assert view.lines is not None and len(view.lines.weight_N) > 1000


@pytest.mark.parametrize(
    ("range_", "peaks"), [("fixed", [1, 1]), ("map", [0.6, 0.6]), ("row", [0.6, 0.2])]
)
def test_that_the_strongest_line_is_what_the_style_says(range_: str, peaks: list[float]):
    map_ = np.array([[0.6, 0.0], [0.0, 0.2]], np.float32)
    shown = Shown(by_hand(map_))
    lines = line_finding.find(shown, [(ENCODER, 0)], 0.05, slice(0, 2), slice(0, 2))
    found = line_finding.peaks(shown, [(ENCODER, 0)], lines, range_)
    assert found.tolist() == pytest.approx(peaks)


def test_that_another_style_and_theme_are_drawn_anew(view: LinesView):
    view.selection.choose(ENCODER, 1)
    QApplication.processEvents()
    before = colors(view.canvas.viewport().grab().toImage()).copy()
    view.restyle(MapStyle(range="map"))
    stronger = colors(view.canvas.viewport().grab().toImage()).copy()
    assert stronger.sum() < before.sum()
    theme.theme().choose("dark")
    assert not np.array_equal(colors(view.canvas.viewport().grab().toImage()), stronger)


def test_that_every_token_of_both_columns_can_be_pointed_at(view: LinesView):
    layout = view.on_screen()
    for side in ("query", "key"):
        for index in range(5):
            at = label(view, side, index)
            assert layout.at(at.x(), at.y()) == Focus(side, index)
    assert layout.at(layout.left - 10, layout.query_y(5)) is None


def test_that_labels_made_one_by_one_are_those_of_the_map(qapp: QApplication):
    tokens = (*in_pieces(), *words(40))
    metrics = QFontMetrics(page_font())
    for kind in SiteKind:
        whole, lazy = token_axis.query_labels(tokens, kind), Labels(tokens, kind)
        assert tuple(lazy) == whole
        assert lazy.widest(metrics) == token_axis.widest(whole, metrics) + 2
    assert tuple(Labels(tokens)) == token_axis.key_labels(tokens)
    assert len(Labels()) == 0 and Labels().widest(metrics) == 2

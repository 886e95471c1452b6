"""The page of the formula: what it says of a pair, and how a pair is chosen."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.messages.results import Trace
from explorer.messages.shown import Reading, Shown
from explorer.ui.attention.formula_blocks import Block, CheckLine, Words, figure
from explorer.ui.attention.formula_cells import Cells, Vector, brief
from explorer.ui.attention.formula_table import KeyTable
from explorer.ui.attention.formula_view import FormulaView
from explorer.ui.attention.typeset import Text
from tests.ui.attention.worked import (
    CROSS,
    ENCODER,
    by_hand,
    click,
    in_pieces,
    made,
    move,
    press,
    selection,
    show,
    worked,
)

KEY = Qt.Key


@pytest.fixture
def view(qtbot: QtBot) -> FormulaView:
    trace = worked(6, 6)
    return show(qtbot, FormulaView(selection(trace)), trace, size=(760, 520))


def blocks(view: FormulaView) -> tuple[Block, ...]:
    view.page_height(700)
    return view._blocks


def said(view: FormulaView) -> str:
    """All sentences and checks of the page."""
    found = (block.text for block in blocks(view) if isinstance(block, Words | CheckLine))
    return "\n".join(found)


def table(view: FormulaView) -> KeyTable:
    return next(block for block in blocks(view) if isinstance(block, KeyTable))


def top_of(view: FormulaView, kind: type[Block]) -> float:
    width = float(view.canvas.viewport().width())
    place = next(i for i, block in enumerate(blocks(view)) if isinstance(block, kind))
    return view._tops(width)[place]


class TestThePage:
    def test_that_the_strongest_pair_is_shown_until_one_is_picked(self, view: FormulaView):
        assert view.shown is not None
        map_QK = view.shown.weights(ENCODER, 0)
        assert view.pair == tuple(int(i) for i in np.unravel_index(map_QK.argmax(), map_QK.shape))
        view.selection.pick(4, 1)
        assert view.pair == (4, 1) and view.steps is not None
        assert view.steps.weight == pytest.approx(float(map_QK[4, 1]), abs=1e-6)

    def test_that_every_line_has_a_mark_with_the_models_number(self, view: FormulaView):
        assert view.steps is not None
        checks = [block for block in blocks(view) if isinstance(block, CheckLine)]
        assert len(checks) == 5
        assert all(check.text.startswith("✓") for check in checks)
        weight = figure(view.steps.weight)
        assert f"recomputed {weight}, in the model {weight} (difference" in checks[3].text

    def test_that_a_number_that_disagrees_is_marked(self, qtbot: QtBot):
        trace = worked(4, 4)
        wrong = np.array(trace.weights[ENCODER])
        wrong[0, 1, 2] += 0.2
        trace = replace(trace, weights={ENCODER: wrong})
        view = show(qtbot, FormulaView(selection(trace)), trace)
        view.selection.pick(1, 2)
        assert said(view).count("✗") >= 3

    def test_that_vectors_hold_the_models_numbers(self, view: FormulaView):
        view.selection.pick(2, 3)
        assert view.shown is not None
        heads = view.shown.trace.heads[ENCODER]
        first, second = (block for block in blocks(view) if isinstance(block, Cells))
        query, key, product = (vector.values for vector in first.vectors)
        assert np.allclose(query, heads.query_HQD[0, 2])
        assert np.allclose(key, heads.key_HKD[0, 3])
        assert np.allclose(product, query * key)
        assert np.allclose(second.vectors[0].values, heads.value_HKD[0, 3])

    def test_that_the_table_lists_the_rows_keys_and_marks_the_chosen_one(self, view: FormulaView):
        view.selection.pick(2, 3)
        assert view.shown is not None
        weights = view.shown.weights(ENCODER, 0)[2]
        rows = table(view).rows
        assert [row.key for row in rows] == list(range(6)) and table(view).chosen == 3
        assert [row.weight for row in rows] == pytest.approx(weights.tolist(), abs=1e-6)

    def test_that_of_many_keys_the_strongest_and_the_chosen_are_listed(self, qtbot: QtBot):
        trace = worked(40, 40, sink=0.5)
        view = show(qtbot, FormulaView(selection(trace)), trace)
        weakest = int(Shown(trace).weights(ENCODER, 0)[3].argmin())
        view.selection.pick(3, weakest)
        rows = table(view).rows
        assert weakest in [row.key for row in rows] and len(rows) == 8 + 1 + 1 + 1
        assert "other keys together" in rows[-2].name and "sink" in rows[-1].name
        assert sum(row.weight for row in rows) == pytest.approx(1, abs=1e-6)

    def test_that_cap_and_distance_have_their_lines_only_where_the_model_has_them(
        self, qtbot: QtBot, view: FormulaView
    ):
        assert "ALiBi" not in said(view) and "bends" not in said(view)
        trace = worked(5, 5, slope=0.2, cap=4.0)
        other = show(qtbot, FormulaView(selection(trace)), trace)
        assert "ALiBi" in said(other) and "none exceeds c = 4" in said(other)
        assert "✗" not in said(other)

    def test_that_a_closed_key_is_explained(self, qtbot: QtBot):
        trace = worked(5, 5, allowed=np.tril(np.ones((5, 5), bool)))
        view = show(qtbot, FormulaView(selection(trace)), trace)
        view.selection.pick(1, 3)
        assert "may not look at" in said(view) and "closes 3 of 5 keys" in said(view)
        assert "tells nothing of this number" in said(view)

    def test_that_what_is_shown_otherwise_is_said(self, qtbot: QtBot):
        trace = worked(7, 7, tokens=in_pieces())
        view = show(
            qtbot, FormulaView(selection(trace)), trace, reading=Reading(True, True),
            other=worked(7, 7, seed=1, tokens=in_pieces()),
        )  # fmt: skip
        view.selection.pick(0, 1)
        assert view.steps is not None and (view.steps.query, view.steps.key) == (1, 2)
        assert "each word's first token" in said(view)
        assert "the formula counts them all" in said(view)
        assert "not of the difference" in said(view)

    def test_that_made_weights_are_told_apart(self, qtbot: QtBot):
        dense = worked(30, 30)
        view = show(qtbot, FormulaView(selection(dense)), made(dense))
        assert "✗" not in said(view) and "Long text" in said(view)

    def test_that_what_cannot_be_shown_leaves_a_hint(self, qtbot: QtBot):
        view = show(qtbot, FormulaView(selection(worked(3, 3))), None)
        assert view.pair is None and not view.queries.isEnabled()
        press(view, KEY.Key_Down, KEY.Key_Return)
        click(view, QPointF(100, 100))
        assert view.selection.query is None
        view.show_attention(Shown(by_hand(np.eye(3))))
        assert view.steps is None and view.pair is not None
        view.selection.choose(CROSS, 0)
        assert view.pair is None and view.subject() == ""

    def test_that_a_trained_models_numbers_all_agree(self, qtbot: QtBot, reverse: Trace):
        chosen = selection(reverse)
        view = show(qtbot, FormulaView(chosen), reverse)
        for site, weights in reverse.weights.items():
            for head in range(weights.shape[0]):
                chosen.choose(site, head)
                chosen.pick(None, None)
                assert said(view).count("✓") == 5 and "✗" not in said(view)


class TestHands:
    def test_that_keys_choose_query_and_key(self, view: FormulaView):
        view.selection.pick(2, 2)
        press(view, KEY.Key_Down, KEY.Key_Right, KEY.Key_Right)
        assert (view.selection.query, view.selection.key) == (3, 4)
        press(view, KEY.Key_Up, KEY.Key_Left, KEY.Key_End, KEY.Key_Right)
        assert (view.selection.query, view.selection.key) == (2, 5)
        press(view, KEY.Key_Home, KEY.Key_Return)
        assert (view.selection.query, view.selection.key) == (None, None)

    def test_that_the_lists_choose_and_follow(self, view: FormulaView):
        view.selection.pick(1, 2)
        assert (view.queries.currentIndex(), view.keys.currentIndex()) == (1, 2)
        assert view.queries.itemText(1) == "2 · t1"
        view.keys.setFocus()
        QTest.keyClick(view.keys, KEY.Key_Down)
        assert (view.selection.query, view.selection.key) == (1, 3)
        view.queries.setFocus()
        QTest.keyClick(view.queries, KEY.Key_End)
        assert (view.selection.query, view.selection.key) == (5, 3)

    def test_that_a_click_in_the_table_takes_that_key(self, view: FormulaView):
        view.selection.pick(1, 2)
        top = top_of(view, KeyTable)
        view.reveal(top, top + 200)
        click(view, QPointF(120, top + 26 + 4 * 21 + 10))
        assert (view.selection.query, view.selection.key) == (1, 4)

    def test_that_the_pointer_on_a_cell_reads_its_number(self, view: FormulaView):
        view.selection.pick(1, 2)
        heard: list[str] = []
        view.pointed.connect(heard.append)
        top = top_of(view, Cells)
        move(view, QPointF(18 + 34 + 62 + 5, top + 15 + 21 + 8))
        assert view.shown is not None
        number = figure(float(view.shown.trace.heads[ENCODER].key_HKD[0][2, 0]))
        assert heard[-1].startswith("key of") and heard[-1].endswith(f"element 1: {number}")

    def test_that_the_wheel_and_page_keys_scroll(self, view: FormulaView):
        QTest.keyClick(view.canvas, KEY.Key_PageDown)
        assert view.canvas.verticalScrollBar().value() > 100

    def test_that_the_description_tells_the_pair(self, view: FormulaView):
        view.selection.pick(1, 2)
        text = view.canvas.accessibleDescription()
        assert "layer 1, head 1" in text and "t1" in text and "looks at" in text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"), (0.12345, "0.1235"), (-2.5, "−2.5000"), (1e-7, "1.00 · 10⁻⁷"),
        (-3.1e8, "−3.10 · 10⁸"), (float("-inf"), "−∞"), (float("nan"), "not a number"),
    ],
)  # fmt: skip
def test_that_numbers_are_written_as_people_do(value: float, text: str):
    assert figure(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.004, "0.00"), (-0.004, "0.00"), (-1.234, "−1.23"), (12.34, "12.3"), (-123.4, "−123")],
)
def test_that_numbers_fit_their_cells(value: float, text: str):
    assert brief(value) == text


@pytest.mark.parametrize(
    ("length", "fit", "band"), [(32, 17, 16), (64, 12, 12), (16, 12, 8), (8, 20, 8), (32, 7, 7)]
)
def test_that_vectors_break_into_bands_of_one_length(length: int, fit: int, band: int):
    cells = Cells((Vector(Text("q"), np.arange(length, dtype=float), "query"),))
    assert cells.a_band(34 + 62 + 38 * fit + 1) == band
    assert cells.height(34 + 62 + 38 * fit + 1) == -(-length // band) * cells.height(5000)

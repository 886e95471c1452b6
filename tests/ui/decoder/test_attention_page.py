"""The page of attention that grows with the steps, before the real engine, by clicks and keys."""

import time
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from explorer.messages.tokens import Site, SiteKind
from explorer.ui.decoder.attention_page import AttentionPage
from explorer.ui.decoder.decision_page import DecisionPage
from explorer.ui.decoder.growing_map import GrowingMap
from explorer.ui.decoder.growth import Growth, Whose, keys_of, reads
from explorer.ui.decoder.lens_page import LensPage
from tests.ui.decoder.bench import DECODER_ALONE, ENCODER_ALONE, Bench, subject_of
from tests.ui.scripts import decoding

LIST = "3 1 4 1 5 9 2 6"
RIGHT, LEFT = Qt.Key.Key_Right, Qt.Key.Key_Left


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    made = Bench(qtbot)
    made.open("reverse", LIST)
    return made


def pick(box: QComboBox, place: int) -> None:
    """Choose an entry of a list with the keyboard."""
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(place):
        QTest.keyClick(box, Qt.Key.Key_Down)


def test_that_a_row_comes_with_each_step_and_goes_with_it(bench: Bench) -> None:
    shown = bench.page(AttentionPage).map
    rows = [shown.rows]
    for key in (RIGHT, RIGHT, RIGHT, LEFT):
        bench.press(key)
        rows.append(shown.rows)
    assert rows == [1, 2, 3, 4, 3]


def test_that_the_rows_are_what_the_steps_paid(bench: Bench) -> None:
    page = bench.page(AttentionPage)
    for side, kind in ((0, SiteKind.CROSS), (1, SiteKind.DECODER)):
        pick(page.choice.side, side)
        for layer, head in ((0, 2), (1, 4)):
            pick(page.choice.layer, layer)
            pick(page.choice.head, head)
            for row, step in enumerate(bench.decoding.steps):
                paid = step.attention[Site(kind, 0)][head - 1]
                assert np.array_equal(page.map.growth.weights_DK[row, : len(paid)], paid)
                assert not page.map.growth.weights_DK[row, len(paid) :].any()
                assert page.map.growth.closed_DK[row].sum() == len(page.map._keys) - len(paid)


def test_that_the_mean_is_shown_until_a_head_is_chosen_and_over_both_texts(bench: Bench) -> None:
    page = bench.page(AttentionPage)
    bench.press(RIGHT, RIGHT)
    step, last = bench.decoding.steps[2], len(bench.decoding.steps[0].attention) // 2 - 1
    for text, kind in zip(page.texts, (SiteKind.CROSS, SiteKind.DECODER), strict=True):
        assert text.isVisible()
        expected = step.attention[Site(kind, last)].mean(axis=0)
        assert np.allclose(text.chips._weights, expected, atol=1e-7)
    assert page.texts[1].chips.texts == ["start", *bench.panel.strip.written[:2]]


def test_that_a_click_on_a_row_goes_to_its_decision_and_the_keys_walk(bench: Bench) -> None:
    shown = bench.page(AttentionPage).map
    layout = shown.layout_
    assert layout is not None
    middle = QPoint(layout.body.center().x(), int(layout.row_middle(4)))
    QTest.mouseClick(shown, Qt.MouseButton.LeftButton, pos=middle)
    assert bench.panel.strip.current == 4 and shown.rows == 5
    label = QPoint(layout.body.left() - 10, int(layout.row_middle(1)))
    QTest.mouseClick(shown, Qt.MouseButton.LeftButton, pos=label)
    assert bench.panel.strip.current == 1
    for key in (Qt.Key.Key_Down, RIGHT, Qt.Key.Key_Up):
        QTest.keyClick(shown, key)
    assert bench.panel.strip.current == 2


def test_that_a_weight_is_read_where_there_is_a_row_already(bench: Bench) -> None:
    page = bench.page(AttentionPage)
    bench.press(RIGHT)
    layout = page.map.layout_
    assert layout is not None
    QTest.mouseMove(page.map, layout.frame(1, 2).center())
    QApplication.processEvents()
    paid = page.map.growth.weights_DK[1, 2]
    assert f"{paid:.3f}" in page.reading.text() or f"{paid:.2g}" in page.reading.text()
    assert "Deciding" in page.reading.text()
    QTest.mouseMove(page.map, layout.frame(4, 2).center())
    QApplication.processEvents()
    assert page.reading.text() == ""


def test_that_the_wheel_zooms_with_control_alone_and_the_row_stays_in_view(bench: Bench) -> None:
    shown = bench.page(AttentionPage).map
    for held, zoomed in ((Qt.KeyboardModifier.NoModifier, False), (_CONTROL, True)):
        _turn(shown, held)
        assert (shown.place.zoom > 1) is zoomed
    for _ in range(6):
        _turn(shown, _CONTROL)
    for _ in range(len(bench.decoding.steps)):
        bench.press(RIGHT)
        layout = shown.layout_
        assert layout is not None and layout.frame(shown.rows - 1, layout.first[1]).height() > 0


_CONTROL = Qt.KeyboardModifier.ControlModifier


def _turn(shown: GrowingMap, held: Qt.KeyboardModifier) -> None:
    """One notch of the wheel over the map."""
    assert shown.layout_ is not None
    at = QPointF(shown.layout_.body.center())
    QApplication.sendEvent(shown, QWheelEvent(
        at, shown.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, held,
        Qt.ScrollPhase.NoScrollPhase, False,
    ))  # fmt: skip


def test_that_a_head_of_the_lenses_is_shown_where_its_attention_is(bench: Bench) -> None:
    bars = bench.page(LensPage).bars
    place = next(n for n, part in enumerate(bars.rows) if part.kind == "head")
    part = bars.rows[place]
    bars.reveal(place)
    QTest.mouseClick(bars.viewport(), Qt.MouseButton.LeftButton, pos=bars.row_rect(place).center())
    page = bench.panel.pages.seen
    assert isinstance(page, AttentionPage) and part.site is not None and part.head is not None
    assert page.choice.kind is part.site.kind
    own = bench.decoding.steps[0].attention[part.site][part.head]
    assert np.array_equal(page.map.growth.weights_DK[0, : len(own)], own)
    other = bench.page(DecisionPage).view.choice
    assert other.layer.currentIndex() == part.site.layer
    assert other.head.currentIndex() == part.head + 1


@pytest.mark.parametrize("values", [DECODER_ALONE, ENCODER_ALONE])
def test_that_other_architectures_grow_too(qtbot: QtBot, values: dict[str, object]) -> None:
    bench = Bench(qtbot)
    bench.open(subject_of(values), "the old man gave" if values is ENCODER_ALONE else "3 1 4")
    page = bench.page(AttentionPage)
    kind = SiteKind.ENCODER if values is ENCODER_ALONE else SiteKind.DECODER
    for row, step in enumerate(bench.decoding.steps):
        paid = step.attention[Site(kind, 1)].mean(axis=0)
        assert np.allclose(page.map.growth.weights_DK[row, : len(paid)], paid, atol=1e-7)
    assert not page.texts[1].isVisible()
    layout = page.map.layout_
    assert layout is not None and layout.shape[0] == len(bench.decoding.steps)


def test_that_a_text_that_goes_on_keeps_its_rows() -> None:
    whole = decoding()
    begun = replace(whole, steps=whole.steps[:3])
    whose, growth = Whose(SiteKind.CROSS, 1, 2), Growth()
    keys = keys_of(begun, SiteKind.CROSS)
    assert growth.show(begun.steps, whose, len(keys))
    before = growth.weights_DK.copy()
    assert growth.show(whole.steps, whose, len(keys))
    assert not growth.show(whole.steps, whose, len(keys))
    assert np.array_equal(growth.weights_DK[:3], before)
    paid = whole.steps[-1].attention[Site(SiteKind.CROSS, 1)][2]
    assert np.array_equal(growth.weights_DK[-1], paid)
    assert [token.piece for token in reads(whole)[:2]] == ["<s>", "▁Le"]


def test_that_a_step_costs_the_window_less_than_ten_milliseconds(bench: Bench) -> None:
    page = bench.page(AttentionPage)
    spent: list[float] = []
    for index in [*range(8), *reversed(range(8))] * 3:
        began = time.process_time()
        page.show_index(index)
        spent.append(time.process_time() - began)
    assert sorted(spent)[len(spent) // 2] < 0.010


def test_that_a_long_text_is_shown_legibly_around_the_cursor(qtbot: QtBot) -> None:
    whole, shown = decoding(), GrowingMap()
    qtbot.addWidget(shown)
    shown.resize(320, 300)
    shown.show()
    steps = tuple(whole.steps[n % 8] for n in range(400))
    keys = keys_of(whole, SiteKind.CROSS)
    shown.growth.show(steps, Whose(SiteKind.CROSS, 0), len(keys))
    tokens = tuple(step.token for step in steps)
    shown.go(0)
    shown.show_map(tokens, tokens, keys)
    for index in (0, 250, 399, 3):
        shown.go(index)
        layout = shown.layout_
        assert layout is not None and layout.down >= 9
        assert layout.frame(index, layout.first[1]).height() >= 9
    layout = shown.layout_
    assert layout is not None
    QTest.mouseDClick(shown, Qt.MouseButton.LeftButton, pos=layout.body.center())
    assert shown.place.zoom == 1

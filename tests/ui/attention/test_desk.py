"""All views together: one selection, one way of reading and colouring, and what is compared."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.inspection.measures import measure_heads
from explorer.messages.commands import MeasureHeads
from explorer.messages.events import HeadsMeasured, Inspected
from explorer.messages.measures import ordered
from explorer.messages.results import Site, SiteKind
from explorer.messages.shown import Reading
from explorer.ui.attention.beside_view import BesideView
from explorer.ui.attention.style import MapStyle
from explorer.ui.panels.attention_panel import AttentionPanel
from tests.ui.attention_desk import heat, opened, shown_panel
from tests.ui.heads import trace

CROSS, DECODER = Site(SiteKind.CROSS, 1), Site(SiteKind.DECODER, 1)


STYLE = MapStyle("square root", "row", "gray", "mean")


@pytest.fixture
def panel(qtbot: QtBot) -> AttentionPanel:
    made = opened(shown_panel(qtbot))
    made.selection.choose(CROSS, 0)
    return made


def place(panel: AttentionPanel, site: Site, head: int) -> QPoint:
    grid = panel.view.heads.grid
    found = grid.shown.place(site, head)
    assert found is not None
    return QPoint(*found) + QPoint(5, 5)


def click(panel: AttentionPanel, site: Site, head: int, *, control: bool = False) -> None:
    pressed = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
    grid = panel.view.heads.grid
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pressed, place(panel, site, head))


def test_that_every_view_can_be_turned_to_and_shows_the_chosen_head(panel: AttentionPanel) -> None:
    side = panel.view.side
    for key, view in side.views.items():
        button = side.switch.button(key)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        assert side.seen is view and view.isVisible()
        assert view.shown is panel.view.shown
        assert not view.grab().isNull()
        assert button.toolTip() and button.text() == view.title


def test_that_a_view_is_told_of_a_trace_when_its_turn_comes(panel: AttentionPanel) -> None:
    side = panel.view.side
    lines = side.views["lines"]
    assert lines.shown is None
    side.turn_to("lines")
    first = lines.shown
    panel.receive([Inspected(panel._asked, trace())])
    assert lines.shown is not None and lines.shown is not first


def test_that_ctrl_click_and_a_key_pin_heads_side_by_side(panel: AttentionPanel) -> None:
    click(panel, CROSS, 1, control=True)
    click(panel, CROSS, 2)
    QTest.keyClick(panel.view.heads.grid, Qt.Key.Key_P)
    assert panel.selection.pinned == ((CROSS, 1), (CROSS, 2))
    assert panel.view.side.pin.isChecked()
    beside = panel.view.side.views["beside"]
    panel.view.side.turn_to("beside")
    QApplication.processEvents()
    assert isinstance(beside, BesideView)
    assert [view.selection.head for view in beside.maps] == [1, 2]
    QTest.mouseClick(panel.view.side.pin, Qt.MouseButton.LeftButton)
    assert panel.selection.pinned == ((CROSS, 1),)


def test_that_tokens_chosen_in_one_map_are_chosen_in_all(panel: AttentionPanel) -> None:
    panel.selection.pin(CROSS, 1)
    panel.selection.pin(CROSS, 2)
    panel.view.side.turn_to("beside")
    beside = panel.view.side.views["beside"]
    assert isinstance(beside, BesideView)
    beside.maps[1].choose(2, 1)
    assert (panel.selection.query, panel.selection.key) == (2, 1)
    assert (beside.maps[0].selection.query, beside.maps[0].selection.key) == (2, 1)
    assert (panel.selection.site, panel.selection.head) == (CROSS, 2)


def test_that_heads_stand_in_the_order_of_a_measure(panel: AttentionPanel, qtbot: QtBot) -> None:
    shown = panel.view.trace
    assert shown is not None
    with qtbot.waitSignal(panel.requested) as asked:
        panel.view.heads.choose_order("entropy", "")
    question = asked.args[0] if asked.args else None
    assert isinstance(question, MeasureHeads)
    found = measure_heads(shown)
    panel.receive([HeadsMeasured(question.request, found)])
    grid = panel.view.heads.grid
    wanted = ordered(found, "entropy")
    assert grid.shown.order == wanted  # pyright: ignore[reportAttributeAccessIssue]
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place(panel, *wanted[3]))
    assert (panel.selection.site, panel.selection.head) == wanted[3]
    QTest.keyClick(grid, Qt.Key.Key_Right)
    assert (panel.selection.site, panel.selection.head) == wanted[4]
    panel.view.heads.choose_order("", "")
    assert len(grid.shown.rows) == 6


def test_that_only_heads_of_a_role_are_shown(panel: AttentionPanel, qtbot: QtBot) -> None:
    shown = panel.view.trace
    assert shown is not None
    found = measure_heads(shown)
    role = found.labels[0].role or "mixed"
    with qtbot.waitSignal(panel.requested) as asked:
        panel.view.heads.choose_order("", role)
    question = asked.args[0] if asked.args else None
    assert isinstance(question, MeasureHeads)
    panel.receive([HeadsMeasured(question.request, found)])
    order = panel.view.heads.grid.shown.order  # pyright: ignore[reportAttributeAccessIssue]
    assert order and {found.labels[found.rows[head]].role for head in order} == {role}


def test_that_what_was_kept_is_subtracted_and_said(panel: AttentionPanel) -> None:
    before = panel.view.trace
    assert before is not None
    comparing = panel.view.side.comparing
    QTest.mouseClick(comparing.keep, Qt.MouseButton.LeftButton)
    other = {
        site: np.asarray(weights) * np.float32(0.5) for site, weights in before.weights.items()
    }
    panel.receive([Inspected(panel._asked, trace(given=other))])
    QTest.mouseClick(comparing.subtract, Qt.MouseButton.LeftButton)
    shown = panel.view.shown
    assert shown is not None and shown.signed
    np.testing.assert_allclose(
        shown.weights(CROSS, 0), -0.5 * np.asarray(before.weights[CROSS][0]), atol=1e-6
    )
    assert "difference" in panel.view.done.text()
    QTest.mouseClick(comparing.keep, Qt.MouseButton.LeftButton)
    assert panel.view.shown is not None and not panel.view.shown.signed
    assert not panel.view.done.isVisible()


def test_that_two_of_other_lengths_stand_side_by_side_but_are_not_subtracted(
    panel: AttentionPanel,
) -> None:
    comparing = panel.view.side.comparing
    comparing.keep.setChecked(True)
    now = panel.view.trace
    assert now is not None
    shorter = {site: np.asarray(w)[:, 1:, 1:].copy() for site, w in now.weights.items()}
    panel.receive([Inspected(panel._asked, replace(
        now, source=now.source[1:], target=now.target[1:], weights=shorter
    ))])  # fmt: skip
    comparing.subtract.setChecked(True)
    assert panel.view.shown is not None and not panel.view.shown.signed
    assert "no difference" in panel.view.done.text().lower()
    panel.view.side.turn_to("beside")
    beside = panel.view.side.views["beside"]
    assert isinstance(beside, BesideView) and len(beside.maps) == 2


def test_that_hiding_special_tokens_is_said_and_renormalises_only_when_asked(
    panel: AttentionPanel,
) -> None:
    options = panel.view.side.options
    assert not options.renormalise.isEnabled()
    options.hide_special.trigger()
    shown = panel.view.shown
    assert shown is not None and not any(token.special for token in shown.keys(DECODER.kind))
    assert "not renormalised" in panel.view.done.text()
    assert shown.weights(DECODER, 0).sum(axis=1).min() < 0.9
    options.renormalise.trigger()
    assert panel.view.shown is not None
    np.testing.assert_allclose(panel.view.shown.weights(DECODER, 0).sum(axis=1), 1, atol=1e-5)
    assert options.text() == "Display •"


def test_that_the_scale_changes_the_colours_of_map_and_small_maps(panel: AttentionPanel) -> None:
    grid = panel.view.heads.grid
    before = heat(panel).grab().toImage(), grid.grab().toImage()
    panel.view.side.options.take(Reading(), MapStyle(scale="log"))
    after = heat(panel).grab().toImage()
    for _ in range(20):
        QApplication.processEvents()
        grid.repaint()
    assert after != before[0] and grid.grab().toImage() != before[1]


def test_that_a_resting_pointer_enlarges_a_small_map(panel: AttentionPanel, qtbot: QtBot) -> None:
    grid, enlarged = panel.view.heads.grid, panel.view._enlarged
    QTest.mouseMove(grid, place(panel, CROSS, 1))
    qtbot.waitUntil(enlarged.isVisible, timeout=3000)
    assert not enlarged.grab().isNull()
    QTest.mouseMove(grid, QPoint(grid.width() - 1, grid.height() - 1))
    qtbot.waitUntil(lambda: not enlarged.isVisible(), timeout=3000)


def test_that_the_panel_remembers_what_it_was_told(panel: AttentionPanel, qtbot: QtBot) -> None:
    panel.selection.pin(CROSS, 1)
    panel.selection.pick(1, 2)
    panel.view.side.options.take(
        Reading(words=True), MapStyle("square root", "row", "gray", "mean")
    )
    panel.view.side.turn_to("lines")
    kept = panel.memory()
    other = opened(shown_panel(qtbot))
    other.remember(kept)
    assert other.memory() == kept
    other.remember({"site": "nowhere", "head": -3, "pinned": ["x", 5], "scale": "?", "view": "no"})
    assert other.memory()["scale"] == "linear"

"""The page of lenses before the real engine, by clicks and keys."""

import math
import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.commands import Lens
from explorer.messages.events import Failed, LensRead
from explorer.ui.decoder.lens_page import LensPage
from tests.ui.decoder.bench import DECODER_ALONE, ENCODER_ALONE, Bench, subject_of

LIST = "3 1 4 1 5 9 2 6"
RIGHT, LEFT = Qt.Key.Key_Right, Qt.Key.Key_Left


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    made = Bench(qtbot)
    made.open("reverse", LIST)
    return made


def pick(page: LensPage, name: str, place: int) -> None:
    """Choose an entry of a list with the keyboard."""
    box = getattr(page, name)
    QTest.keyClick(box, Qt.Key.Key_Home)
    for _ in range(place):
        QTest.keyClick(box, Qt.Key.Key_Down)


def test_that_the_last_row_is_what_the_model_says(bench: Bench) -> None:
    grid = bench.page(LensPage).grid
    assert [shown.decision for shown in grid.columns] == list(range(len(grid.columns)))
    assert len(grid.columns) >= 6
    for shown in grid.columns:
        step, column = bench.decoding.steps[shown.decision], shown.column
        assert column is not None and shown.holds
        assert column.chosen_L[-1] == pytest.approx(step.probability, abs=1e-5)
        assert column.rank_L[-1] == step.rank
        assert column.top_LK[-1, 0] == step.candidates[0].token.id


def test_that_the_parts_add_up_to_the_logit_on_screen(bench: Bench) -> None:
    page = bench.page(LensPage)
    for index in range(len(bench.decoding.steps)):
        bench.panel.go(index)
        bench.settle()
        total, logit = (said.split()[1] for said in page.sum.text().split("·"))
        shares = sum(part.logit for part in page.bars.rows)
        assert float(total.replace("−", "-")) == pytest.approx(shares, abs=5.1e-4)
        assert total == logit
        assert bench.decoding.steps[index].token.text in page.of.text()


def test_that_a_lead_is_the_difference_of_two_log_probabilities(bench: Bench) -> None:
    page = bench.page(LensPage)
    pick(page, "rival", 2)
    bench.settle()
    step = bench.decoding.steps[0]
    rival = [c for c in step.candidates if c.token.id != step.token.id][1]
    lead = page.bars.parts
    assert lead is not None and lead.against is not None and lead.against.id == rival.token.id
    ratio = step.log_probability - math.log(rival.probability)
    assert sum(part.logit for part in lead.parts) == pytest.approx(ratio, abs=1e-3)
    bench.press(RIGHT)
    bench.settle()
    following = page.bars.parts
    assert following is not None and following.against is not None
    after = bench.decoding.steps[1]
    best = next(c for c in after.candidates if c.token.id != after.token.id)
    assert following.against.id == best.token.id


def test_that_going_back_asks_for_nothing_and_shows_it_at_once(bench: Bench) -> None:
    page = bench.page(LensPage)
    for _ in range(4):
        bench.press(RIGHT)
        bench.settle()
    asked = bench.lenses
    seen = page.sum.text()
    bench.press(*[LEFT] * 4)
    assert page.grid.columns[0].holds and page.sum.text() != seen
    bench.press(*[RIGHT] * 4)
    assert page.sum.text() == seen and bench.lenses == asked


def test_that_another_branch_asks_only_from_where_it_parts(bench: Bench) -> None:
    page = bench.page(LensPage)
    bench.panel.go(2)
    bench.settle()
    own = bench.panel.course.branch
    first = bench.asked[-1]
    rival = bench.decoding.steps[2].candidates[1].token.id
    bench.panel.course.force(rival)
    bench.settle()
    asked = [c for c in bench.asked if isinstance(c, Lens)][-1]
    assert asked is not first and min(asked.decisions) == 2
    count = bench.lenses
    assert own is not None
    bench.panel.course.jump(own.number)
    assert bench.lenses == count and all(shown.holds for shown in page.grid.columns)


def test_that_what_has_not_come_is_pale_until_it_has(bench: Bench) -> None:
    page = bench.page(LensPage)
    bench.press(RIGHT)
    assert page.bars.pale
    bench.settle()
    assert not page.bars.pale
    bench.write("2 7 1 8")
    assert all(shown.holds for shown in page.grid.columns) and not page.bars.pale


def test_that_a_click_goes_to_a_decision_and_the_keys_walk_over_the_layers(bench: Bench) -> None:
    page = bench.page(LensPage)
    grid = page.grid
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(1, 3).center())
    bench.settle()
    assert bench.panel.strip.current == 3
    column = grid.columns[3].column
    assert column is not None
    QTest.mouseMove(grid, QPoint(1, grid.height() - 1))
    QApplication.processEvents()
    assert page.says.text().startswith("Layer 1")
    QTest.keyClick(grid, Qt.Key.Key_Up)
    assert page.says.text().startswith("Embedding")
    assert f"rank {column.rank_L[0]}" in page.there.text()
    QTest.keyClick(grid, RIGHT)
    assert bench.panel.strip.current == 4
    assert "<table>" in grid.help_at(grid.cell_rect(0, 0).center())


def test_that_chosen_positions_alone_are_shown(bench: Bench) -> None:
    page = bench.page(LensPage)
    grid = page.grid
    control = Qt.KeyboardModifier.ControlModifier
    for place in (1, 4):
        QTest.mouseClick(
            grid, Qt.MouseButton.LeftButton, control, grid.cell_rect(0, place).center()
        )
    QTest.keyClick(grid, Qt.Key.Key_Return)
    pick(page, "positions", 2)
    bench.panel.go(5)
    bench.settle()
    assert [shown.decision for shown in grid.columns] == [0, 1, 4, 5]
    assert [shown.pinned for shown in grid.columns] == [True, True, True, False]


def test_that_bars_are_sorted_by_size_or_by_layer_and_explain_themselves(bench: Bench) -> None:
    bars = bench.page(LensPage).bars
    sizes = [abs(part.logit) for part in bars.rows]
    assert sizes == sorted(sizes, reverse=True)
    pick(bench.page(LensPage), "order", 1)
    assert bars.rows[0].kind == "embedding"
    layers = [part.layer for part in bars.rows[1:-1]]
    assert layers == sorted(layers)
    assert "directly" in bars.help_for(1)
    for row, part in enumerate(bars.rows[:4]):
        zero = bars.bar_rect(row).left() if part.logit >= 0 else bars.bar_rect(row).right()
        assert abs(zero - bars.bar_rect(0).left()) <= 1 or bars.rows[0].logit < 0


@pytest.mark.parametrize("values", [DECODER_ALONE, ENCODER_ALONE])
def test_that_other_architectures_have_lenses_too(qtbot: QtBot, values: dict[str, object]) -> None:
    bench = Bench(qtbot)
    bench.open(subject_of(values), "the old man gave" if values is ENCODER_ALONE else "3 1 4")
    page = bench.page(LensPage)
    for index in (0, 1):
        bench.panel.go(index)
        bench.settle()
        shown = page.grid.columns[index]
        assert shown.column is not None and shown.holds
        step = bench.decoding.steps[index]
        assert shown.column.chosen_L[-1] == pytest.approx(step.probability, abs=1e-5)
        parts = page.bars.parts
        assert parts is not None and parts.decision == index
        assert abs(sum(part.logit for part in page.bars.rows) - parts.logit) < 1e-4


def test_that_a_model_without_lenses_says_so_in_words(bench: Bench) -> None:
    page = bench.page(LensPage)
    bench.press(RIGHT)
    newest = [c for c in bench.asked if isinstance(c, Lens)][-1]
    bench.panel.receive([LensRead(newest.request, None, "This model keeps its residual.")])
    assert page.note.isVisible() and "keeps its residual" in page.note.text()
    assert not page.grid.isVisible()
    bench.write("2 7 1 8")
    assert page.grid.isVisible() and not page.note.isVisible()


def test_that_a_lens_that_fails_leaves_the_answer_alone(bench: Bench) -> None:
    page = bench.page(LensPage)
    bench.press(RIGHT)
    newest = [c for c in bench.asked if isinstance(c, Lens)][-1]
    bench.panel.receive([Failed("sentence", "Memory ran out.", newest.request)])
    assert page.note.text() == "Memory ran out." and not bench.panel.trouble.isVisible()


def test_that_a_hidden_page_asks_for_nothing(bench: Bench) -> None:
    bench.press(RIGHT, RIGHT)
    bench.settle()
    assert bench.lenses == 0


def test_that_a_step_costs_the_window_less_than_ten_milliseconds(bench: Bench) -> None:
    page = bench.page(LensPage)
    spent: list[float] = []
    for index in [*range(6), *reversed(range(6))] * 4:
        bench.panel.course.cursor.go(index)
        began = time.process_time()
        page.show_index(index)
        spent.append(time.process_time() - began)
        bench.settle()
    assert sorted(spent)[len(spent) // 2] < 0.010

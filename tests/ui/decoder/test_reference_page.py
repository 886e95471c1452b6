"""The page of a given text before the real engine, by clicks and keys."""

import math
import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.decoding.stepper import Writing
from explorer.messages.decoding import Wish
from explorer.ui.decoder import loss_words
from explorer.ui.decoder.reference_page import ReferencePage
from tests.ui.decoder.bench import DECODER_ALONE, ENCODER_ALONE, Bench, subject_of

LIST = "3 1 4 1 5"
GIVEN = "5 1 4 2 3"
"""Not the reverse: one number is another."""


@pytest.fixture
def bench(qtbot: QtBot) -> Bench:
    made = Bench(qtbot)
    made.open("reverse", LIST)
    return made


def give(bench: Bench, page: ReferencePage, text: str = GIVEN) -> None:
    """Type a reference and press Enter."""
    QTest.keyClicks(page.line, text)
    QTest.keyClick(page.line, Qt.Key.Key_Return)
    bench.settle()


def test_that_the_figures_of_a_reference_are_the_engines(bench: Bench) -> None:
    page = bench.page(ReferencePage)
    give(bench, page)
    subject = bench.engine._sentences.subject
    assert subject is not None
    wish = Wish(bench.panel.course.config, reference=GIVEN)
    known = Writing(subject, subject.source(LIST), LIST, wish).run()
    assert [step.token.text for step in page.rows.steps[:-1]] == GIVEN.split()
    for mine, its in zip(page.rows.steps, known.steps, strict=True):
        assert (mine.token.id, mine.rank) == (its.token.id, its.rank)
        assert mine.log_probability == pytest.approx(its.log_probability, abs=1e-5)
    total = -sum(step.log_probability for step in known.steps)
    assert page.total.value().startswith(f"{total:.3f} nats")
    mean = total / len(known.steps)
    assert page.perplexity.value() == f"{math.exp(mean):,.3f}"
    own = sum(step.rank == 1 for step in known.steps)
    assert own < len(known.steps)
    assert page.own.value() == f"{own} of {len(known.steps)} tokens"
    assert bench.decoding.reference and not page.whose.isVisible()


def test_that_the_models_own_choice_stands_where_the_text_leaves_it(bench: Bench) -> None:
    page = bench.page(ReferencePage)
    give(bench, page)
    step = page.rows.steps[3]
    first = loss_words.otherwise(step)
    assert step.token.text == "2" and first is not None and first.token.text == "1"
    assert first.probability == step.candidates[0].probability
    assert page.chips._other[3] and not page.chips._other[0]
    assert "would have said “\u20681\u2069”" in page.rows.help_for(3)
    assert loss_words.otherwise(page.rows.steps[0]) is None


def test_that_a_colour_is_the_loss_and_is_never_rescaled(bench: Bench) -> None:
    page = bench.page(ReferencePage)
    give(bench, page)
    shares = [min(step.loss, 5.0) / 5.0 for step in page.rows.steps]
    assert page.chips._weights.tolist() == pytest.approx(shares, abs=1e-6)
    assert loss_words.share(9.0) == 1.0 and math.isnan(loss_words.share(math.nan))


def test_that_a_click_on_a_token_or_row_goes_to_its_decision(bench: Bench) -> None:
    page = bench.page(ReferencePage)
    give(bench, page)
    middle = page.chips.chip_rect(2).center()
    QTest.mouseClick(page.chips.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert bench.panel.strip.current == 2
    row = page.rows.row_rect(1).center()
    QTest.mouseClick(page.rows.viewport(), Qt.MouseButton.LeftButton, pos=row)
    assert bench.panel.strip.current == 1
    QTest.keyClick(page.rows, Qt.Key.Key_Down)
    assert bench.panel.strip.current == 2
    QTest.keyClick(page.rows, Qt.Key.Key_Right)
    assert bench.panel.strip.current == 3 and page.rows.current == 3


def test_that_keys_typed_into_the_line_move_nothing(bench: Bench) -> None:
    page = bench.page(ReferencePage)
    QTest.keyClicks(page.line, "5 1")
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_End):
        QTest.keyClick(page.line, key)
    QTest.keyClick(page.line, Qt.Key.Key_Right)
    assert bench.panel.strip.current == 0 and page.line.text() == "5 1"
    QTest.keyClick(page.line, Qt.Key.Key_Escape)
    assert page.line.text() == ""


def test_that_a_pasted_reference_is_held_and_let_go_by_the_button(bench: Bench) -> None:
    page = bench.page(ReferencePage)
    assert page.whose.isVisible() and not page.go.isEnabled()
    own = [step.token.id for step in bench.decoding.steps]
    QApplication.clipboard().setText(GIVEN)
    page.line.paste()
    QTest.mouseClick(page.go, Qt.MouseButton.LeftButton)
    bench.settle()
    assert bench.decoding.reference and page.go.text() == "Let go"
    QTest.mouseClick(page.go, Qt.MouseButton.LeftButton)
    bench.settle()
    assert not bench.decoding.reference and page.line.text() == ""
    assert [step.token.id for step in bench.decoding.steps] == own


def test_that_what_is_cut_or_unknown_is_said(bench: Bench) -> None:
    page = bench.page(ReferencePage)
    give(bench, page, "5 1 word")
    assert page.whose.isVisible() and "Not in the model's vocabulary" in page.whose.text()
    page.line.clear()
    give(bench, page, " ".join("1" * 200))
    assert "Cut to" in page.whose.text()


def test_that_a_decoder_alone_is_held_to_a_text_too(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.open(subject_of(DECODER_ALONE), "3 1 4")
    page = bench.page(ReferencePage)
    give(bench, page, "4 1 3")
    assert [step.token.text for step in page.rows.steps[:3]] == ["4", "1", "3"]
    assert bench.decoding.reference


def test_that_an_encoder_alone_says_why_there_is_no_reference(qtbot: QtBot) -> None:
    bench = Bench(qtbot)
    bench.open(subject_of(ENCODER_ALONE), "the old man gave")
    page = bench.page(ReferencePage)
    assert not page.line.isVisible() and "writes no text" in page.whose.text()
    assert page.rows.count == len(bench.decoding.steps)


def test_that_a_step_costs_the_window_less_than_ten_milliseconds(bench: Bench) -> None:
    page = bench.page(ReferencePage)
    give(bench, page)
    spent: list[float] = []
    for index in [*range(6), *reversed(range(6))] * 4:
        began = time.process_time()
        page.show_index(index)
        spent.append(time.process_time() - began)
    assert sorted(spent)[len(spent) // 2] < 0.010

"""What is typed into the attention panel and what answers, by real keys and scripted events."""

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.commands import Inspect
from explorer.messages.events import Failed, ModelOpened
from explorer.ui.panels.attention_panel import AttentionPanel
from explorer.ui.widgets.sentence_line import LONGEST
from tests.ui.attention_desk import heat, opened, point, shown_panel
from tests.ui.heads import SOURCE, TARGET, answer, model, trace
from tests.ui.scripts import token


@pytest.fixture
def panel(qtbot: QtBot) -> AttentionPanel:
    return shown_panel(qtbot)


@pytest.fixture
def asked(panel: AttentionPanel) -> list[Inspect]:
    """What the panel asked for."""
    commands: list[Inspect] = []
    panel.requested.connect(commands.append)
    return commands


def test_that_every_keystroke_asks_at_once_with_a_higher_number(panel, asked):
    QTest.keyClicks(panel.source.edit, "cat")
    assert [command.source for command in asked] == ["c", "ca", "cat"]
    numbers = [command.request for command in asked]
    assert numbers == sorted(set(numbers))


def test_that_typing_a_target_asks_with_both_sentences(panel, asked):
    panel.set_text("The cat")
    QTest.keyClicks(panel.target.edit, "Le")
    assert (asked[-1].source, asked[-1].target) == ("The cat", "Le")


def test_that_opening_a_model_fills_in_its_example_and_asks_for_it(panel, asked):
    panel.receive([ModelOpened(model())])
    assert panel.source.text() == SOURCE
    assert asked[-1].source == SOURCE


def test_that_opening_a_model_keeps_what_was_typed_and_asks_again(panel, asked):
    QTest.keyClicks(panel.source.edit, "mine")
    panel.receive([ModelOpened(model())])
    assert panel.source.text() == "mine"
    assert asked[-1].source == "mine"
    assert asked[-1].request > asked[-2].request


def test_that_another_model_replaces_an_example_that_nobody_touched(panel):
    opened(panel).receive([ModelOpened(model("3 1 4", name="reverse"))])
    assert panel.source.text() == "3 1 4"


def test_that_a_sentence_from_outside_outlives_the_opening_of_a_model(panel, asked):
    panel.set_text("A dog barks.")
    panel.receive([ModelOpened(model())])
    assert panel.source.text() == "A dog barks."
    assert asked[-1].source == "A dog barks."


def test_that_an_answer_to_an_older_sentence_never_replaces_a_newer_one(panel):
    opened(panel)
    panel.receive([answer(5, trace("new words", step=7))])
    panel.receive([answer(4, trace("old words", step=8))])
    assert panel.view.trace.source_text == "new words"


def test_that_of_answers_in_one_frame_the_newest_is_shown(panel):
    opened(panel).receive([answer(2, trace(step=1)), answer(3, trace(step=2)), answer(2)])
    assert panel.view.trace.step == 2


def test_that_repeats_of_an_answer_while_training_are_shown(panel):
    opened(panel)
    for step in (1300, 1400):
        panel.receive([answer(1, trace(step=step, seed=step))])
    assert panel.view.status.text() == "translate-en-fr · step 1,400 · 18 ms"


def test_that_the_models_own_text_stands_as_a_ghost_and_is_marked(panel):
    opened(panel)
    edit = panel.target.edit
    assert edit.placeholderText() == TARGET
    assert edit.text() == ""
    badge = edit.findChild(type(panel.target.title))
    assert badge.text() == "written by the model" and badge.isVisible()
    QTest.keyClicks(edit, "Le")
    assert not badge.isVisible()


def test_that_the_right_arrow_takes_the_models_text_over(panel, asked):
    opened(panel)
    QTest.keyClick(panel.target.edit, Qt.Key.Key_Right)
    assert panel.target.text() == TARGET
    assert asked[-1].target == TARGET


def test_that_a_given_target_is_no_ghost(panel):
    opened(panel, own=False)
    assert panel.target.edit.placeholderText() == ""


def test_that_before_a_model_the_next_step_is_taught(panel):
    assert panel.empty.isVisible()
    assert panel.empty.title.text() == "No model yet"


def test_that_an_emptied_line_teaches_and_ignores_answers_that_come_late(panel):
    opened(panel)
    panel.source.edit.selectAll()
    QTest.keyClick(panel.source.edit, Qt.Key.Key_Delete)
    panel.receive([answer(1, trace(notes=["a note"]))])
    assert panel.empty.isVisible() and not panel.view.isVisible()
    assert panel.empty.title.text() == "Type a sentence above"
    assert panel.note.text() == ""


def test_that_answers_to_what_was_emptied_are_ignored_while_the_next_is_typed(panel):
    opened(panel, step=2)
    panel.source.edit.selectAll()
    QTest.keyClick(panel.source.edit, Qt.Key.Key_Delete)
    QTest.keyClicks(panel.source.edit, "A")
    panel.receive([answer(1, trace(step=3))])
    assert panel.view.trace.step == 2


def test_that_the_example_is_a_click_away_from_an_empty_line(panel, asked):
    opened(panel)
    panel.source.edit.selectAll()
    QTest.keyClick(panel.source.edit, Qt.Key.Key_Delete)
    QTest.mouseClick(panel.empty.button, Qt.MouseButton.LeftButton)
    assert asked[-1].source == SOURCE
    assert panel.view.isVisible()


def test_that_notes_stand_below_the_lines_until_they_are_over(panel):
    opened(panel, notes=["cut to 256 tokens", "“wug” is not known"])
    assert panel.note.text() == "cut to 256 tokens · “wug” is not known"
    panel.receive([answer(1, trace())])
    assert panel.note.text() == ""


def test_that_a_failure_is_said_and_keeps_the_last_picture_dimmed(panel):
    opened(panel)
    point(panel, 1, 2)
    clear = heat(panel).grab().toImage()
    panel.receive([Failed("sentence", "Digits only, please.", 1)])
    assert panel.note.text() == "Digits only, please."
    assert panel.view.isVisible() and heat(panel).grab().toImage() != clear
    panel.receive([answer(1, trace())])
    assert panel.note.text() == ""
    assert heat(panel).grab().toImage() == clear


def test_that_a_failure_of_something_else_is_not_the_sentences(panel):
    opened(panel).receive([Failed("training", "The disk is full.")])
    assert panel.note.text() == ""


def test_that_a_failure_before_any_picture_stands_in_its_place(panel):
    panel.receive([ModelOpened(model()), Failed("sentence", "Digits only, please.", 1)])
    assert panel.empty.isVisible()
    assert panel.empty.words.text() == "Digits only, please."


def test_that_ten_thousand_words_are_taken_in_at_once_as_far_as_they_fit(panel, asked):
    opened(panel)
    QApplication.clipboard().setText("word " * 10_000)
    panel.source.edit.selectAll()
    begun = time.thread_time()
    panel.source.edit.paste()
    QApplication.processEvents()
    assert time.thread_time() - begun < 0.5
    assert len(asked[-1].source) == LONGEST
    panel.receive([answer(asked[-1].request)])
    assert "5,000 characters" in panel.note.text()


@pytest.mark.parametrize(
    "text",
    [
        "😀👩‍👩‍👧 café",
        "a\x00b\x07c\x1b[31m\u2028d",
        "שלום עולם مرحبا",
        "x" * (LONGEST - 1) + "😀 cut in half",
        "\u202egnorts",
    ],
)
def test_that_any_text_is_sent_as_something_that_can_be_encoded(panel, asked, text):
    panel.set_text(text)
    sent = asked[-1].source
    sent.encode("utf-8")
    assert sent and not any(ord(char) < 0x20 for char in sent)


def test_that_strange_tokens_are_drawn(panel):
    words = ["wug", "😀", "سلام", "\x07", "\u202e", "", "x" * 10_000, "\u0301" * 500]
    tokens = [token(word or "▁", unknown=word == "wug") for word in words]
    opened(panel)
    panel.receive([answer(1, trace(tokens))])
    point(panel, 0, 6)
    assert not panel.grab().isNull()
    assert len(panel.view.reading.text()) < 200

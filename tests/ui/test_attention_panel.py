"""The attention panel, fed with scripted events and real keys and clicks, without a worker."""

import time
from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.commands import Inspect
from explorer.messages.events import Failed, ModelOpened
from explorer.messages.results import Site, SiteKind
from explorer.ui import theme
from explorer.ui.panels.attention_panel import AttentionPanel
from explorer.ui.widgets import raster
from explorer.ui.widgets.sentence_line import LONGEST
from tests.ui.heads import SOURCE, TARGET, answer, model, trace
from tests.ui.scripts import token

ENCODER = Site(SiteKind.ENCODER, 0)
CROSS = Site(SiteKind.CROSS, 1)


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[AttentionPanel]:
    theme.theme().choose("light")
    made = AttentionPanel()
    qtbot.addWidget(made)
    made.resize(1100, 720)
    made.show()
    yield made


@pytest.fixture
def asked(panel: AttentionPanel) -> list[Inspect]:
    """What the panel asked for."""
    commands: list[Inspect] = []
    panel.requested.connect(commands.append)
    return commands


def opened(panel: AttentionPanel, **content: object) -> AttentionPanel:
    """The panel after a model was opened and its example was answered."""
    panel.receive([ModelOpened(model())])
    panel.receive([answer(1, trace(**content))])  # pyright: ignore[reportArgumentType]
    QApplication.processEvents()
    return panel


def point(panel: AttentionPanel, query: int, key: int) -> None:
    """Bring the pointer to a cell of the large map."""
    shown = panel.view.map.shown
    assert shown is not None
    QTest.mouseMove(panel.view.map, QPoint(1, 1))  # A pointer that is there already moves nothing.
    QTest.mouseMove(panel.view.map, shown.frame(query, key).center())
    QApplication.processEvents()


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
    clear = panel.view.map.grab().toImage()
    panel.receive([Failed("sentence", "Digits only, please.", 1)])
    assert panel.note.text() == "Digits only, please."
    assert panel.view.isVisible() and panel.view.map.grab().toImage() != clear
    panel.receive([answer(1, trace())])
    assert panel.note.text() == ""
    assert panel.view.map.grab().toImage() == clear


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
    begun = time.perf_counter()
    panel.source.edit.paste()
    QApplication.processEvents()
    assert time.perf_counter() - begun < 0.5
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


def test_that_a_small_map_is_chosen_by_a_click_and_shown_large(panel):
    opened(panel)
    grid = panel.view.grid
    place = QPoint(grid.shown.left(2) + 5, grid.shown.top(CROSS) + 5)
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=place)
    assert (panel.selection.site, panel.selection.head) == (CROSS, 2)
    assert panel.view.name.text() == "Cross-attention, layer 2, head 3"


def test_that_a_small_map_says_its_name_under_the_pointer(panel):
    opened(panel)
    grid = panel.view.grid
    QTest.mouseMove(grid, QPoint(grid.shown.left(1) + 5, grid.shown.top(CROSS) + 5))
    QApplication.processEvents()
    assert panel.view.reading.text() == "Cross-attention, layer 2, head 2"


def test_that_a_chosen_head_stays_chosen_when_the_sentence_changes(panel):
    opened(panel)
    panel.selection.choose(ENCODER, 3)
    panel.receive([answer(2, trace("other words", seed=9))])
    assert (panel.selection.site, panel.selection.head) == (ENCODER, 3)
    assert panel.view.name.text() == "Encoder self-attention, layer 1, head 4"


def test_that_the_value_under_the_pointer_is_the_models_and_follows_training(panel):
    opened(panel)
    panel.selection.choose(ENCODER, 1)
    point(panel, 1, 3)
    for weight in (0.25, 0.5):
        given = trace().weights[ENCODER].copy()
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
    given = {CROSS: trace().weights[CROSS].copy()}
    given[CROSS][0, 0] = np.linspace(0, 1, given[CROSS].shape[2])
    opened(panel, given=given)
    panel.selection.choose(CROSS, 0)
    panel.view.own_range.setChecked(False)
    shown, picture = panel.view.map.shown, panel.view.map.grab().toImage()
    table = raster.palette(False, 0)
    for key, weight in enumerate(given[CROSS][0, 0].tolist()):
        corner = shown.frame(0, key).topLeft() + QPoint(2, 2)
        wanted = QColor.fromRgb(int(table[int(weight * 255 + 0.5)]))
        assert picture.pixelColor(corner) == wanted


def test_that_a_range_per_map_is_drawn_and_kept_to_what_was_chosen(panel):
    faint = {CROSS: np.full_like(trace().weights[CROSS], 0.1)}
    opened(panel, given=faint)
    panel.selection.choose(CROSS, 0)
    corner = panel.view.map.shown.frame(0, 0).topLeft() + QPoint(2, 2)
    before = panel.view.map.grab().toImage().pixelColor(corner)
    QTest.mouseClick(panel.view.own_range, Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    after = panel.view.map.grab().toImage().pixelColor(corner)
    assert after.lightness() < before.lightness() - 80
    assert panel.view.map.peak == pytest.approx(0.1)


def test_that_weights_which_are_no_numbers_are_said_and_not_fatal(panel):
    broken = {CROSS: np.full_like(trace().weights[CROSS], np.nan)}
    opened(panel, given=broken)
    panel.selection.choose(CROSS, 0)
    panel.view.own_range.setChecked(True)
    point(panel, 1, 1)
    assert panel.view.reading.text().endswith("not a number")
    assert not panel.grab().isNull()


def test_that_groups_can_be_shown_alone(panel):
    opened(panel)
    QTest.mouseClick(panel.view.kinds.button(SiteKind.CROSS), Qt.MouseButton.LeftButton)
    assert {row.site.kind for row in panel.view.grid.shown.rows} == {SiteKind.CROSS}
    QTest.mouseClick(panel.view.kinds.button(None), Qt.MouseButton.LeftButton)
    assert len(panel.view.grid.shown.rows) == 6


def test_that_a_group_which_the_model_lacks_cannot_be_chosen(panel):
    opened(panel, kinds=[SiteKind.ENCODER])
    assert not panel.view.kinds.button(SiteKind.CROSS).isEnabled()
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
    repeats = [answer(1, trace(SOURCE * 2, layers=3, heads=8, seed=seed)) for seed in range(40)]
    opened(panel).receive(repeats[:1])
    QApplication.processEvents()
    taken = []
    for repeat in repeats:
        begun = time.perf_counter()
        panel.receive([repeat])
        QApplication.processEvents()
        taken.append(time.perf_counter() - begun)
    assert np.median(taken) < 0.006  # 2 ms on two quiet cores; other tests may run beside this.


def test_that_long_sentences_are_drawn_in_slices(panel, qtbot):
    long = trace(" ".join("w" * 200), " ".join("v" * 200), heads=8, layers=3)
    opened(panel).receive([answer(1, long)])
    begun = time.perf_counter()
    panel.view.grid.repaint()
    assert time.perf_counter() - begun < 0.05
    qtbot.waitUntil(lambda: panel.view.grid.is_whole, timeout=2000)


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

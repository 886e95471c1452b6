"""The decoder panel, fed with scripted events and real clicks and keys, without a worker."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.messages.commands import Command, Decode
from explorer.messages.config import RunConfig
from explorer.messages.events import Failed, Inspected, ModelOpened, TrainingChanged
from explorer.messages.results import Decoding, ModelInfo, Site, SiteKind
from explorer.ui.panels.decoder_panel import DecoderPanel
from tests.ui.scripts import END, decoded, decoding, inspected, token, trace

CAT = "The cat is sleeping on the old chair ."
RUNNING = TrainingChanged("running", "run", 0, 100)


class Asked(list[Command]):
    """The commands that a panel asked for."""

    @property
    def sources(self) -> list[str]:
        return [command.source for command in self if isinstance(command, Decode)]


@pytest.fixture
def panel(qtbot: QtBot) -> DecoderPanel:
    made = DecoderPanel()
    qtbot.addWidget(made)
    made.resize(360, 700)
    made.show()
    return made


@pytest.fixture
def asked(panel: DecoderPanel) -> Iterator[Asked]:
    commands = Asked()
    panel.requested.connect(commands.append)
    yield commands


def answer(panel: DecoderPanel, given: Decoding | None = None) -> Decoding:
    """Let a sentence be inspected and answered."""
    given = given or decoding(CAT)
    panel.receive([inspected(given.source_text, step=given.step, model=given.model)])
    panel.receive([decoded(panel._asking.request, given)])
    return given


def click_token(qtbot: QtBot, panel: DecoderPanel, index: int) -> None:
    middle = panel.strip.chip_rect(index).center()
    qtbot.mouseClick(panel.strip.viewport(), Qt.MouseButton.LeftButton, pos=middle)


def press(qtbot: QtBot, widget: QWidget, *keys: Qt.Key) -> None:
    for key in keys:
        qtbot.keyClick(widget, key)


def move_pointer(widget: QWidget, place: QPoint) -> None:
    """Move it within the window, as the window system would tell."""
    window = widget.window()
    QTest.mouseMove(window.windowHandle(), widget.mapTo(window, place))
    QApplication.processEvents()


# Asking.


def test_that_an_inspected_sentence_is_asked_for_once(panel: DecoderPanel, asked: Asked) -> None:
    panel.receive([inspected(CAT)])
    panel.receive([inspected(CAT)])
    assert asked.sources == [CAT]


def test_that_only_the_newest_of_several_sentences_is_asked_for(
    panel: DecoderPanel, asked: Asked
) -> None:
    panel.receive([inspected("The"), inspected("The cat"), inspected(CAT)])
    assert asked.sources == [CAT]


def test_that_a_hidden_panel_asks_when_it_is_shown(panel: DecoderPanel, asked: Asked) -> None:
    panel.hide()
    panel.receive([inspected(CAT)])
    assert asked == []
    panel.show()
    assert asked.sources == [CAT]


def test_that_repeats_of_a_growing_model_are_left_to_the_worker(
    panel: DecoderPanel, asked: Asked
) -> None:
    panel.receive([RUNNING, inspected(CAT, step=1)])
    panel.receive([inspected(CAT, step=2), inspected(CAT, step=3)])
    assert asked.sources == [CAT]


def test_that_typing_while_training_asks_at_once(panel: DecoderPanel, asked: Asked) -> None:
    panel.receive([RUNNING, inspected("The", step=1)])
    panel.receive([inspected(CAT, step=2)])
    assert asked.sources == ["The", CAT]


def test_that_another_model_is_asked_the_same_sentence(panel: DecoderPanel, asked: Asked) -> None:
    panel.receive([inspected(CAT, model="reverse")])
    panel.receive([inspected(CAT, model="dates")])
    assert asked.sources == [CAT, CAT]


def test_that_a_model_opened_under_an_old_name_is_asked_again(
    panel: DecoderPanel, asked: Asked
) -> None:
    panel.receive([inspected(CAT, step=0)])
    opened = ModelOpened(ModelInfo("translate-en-fr", "", RunConfig(), 0, 1, 1, ""))
    panel.receive([opened, RUNNING, inspected(CAT, step=0)])
    assert asked.sources == [CAT, CAT]


def test_that_a_single_step_of_a_paused_run_asks_anew(panel: DecoderPanel, asked: Asked) -> None:
    panel.receive([inspected(CAT, step=1)])
    panel.receive([inspected(CAT, step=2)])
    assert asked.sources == [CAT, CAT]


def test_that_the_workers_own_answer_saves_a_question(panel: DecoderPanel, asked: Asked) -> None:
    panel.receive([inspected(CAT, step=1)])
    repeat = decoded(panel._asking.request, decoding(CAT, step=2))
    panel.receive([repeat, inspected(CAT, step=2)])
    assert asked.sources == [CAT]


def test_that_requests_differ_and_are_none_of_an_inspection(
    panel: DecoderPanel, asked: Asked
) -> None:
    panel.receive([inspected("The")])
    panel.receive([inspected(CAT)])
    requests = [command.request for command in asked if isinstance(command, Decode)]
    assert len(set(requests)) == 2
    assert max(requests) < 0


def test_that_answers_to_others_are_not_shown(panel: DecoderPanel) -> None:
    panel.receive([decoded(5)])
    assert not panel.strip.isVisible()


# Showing.


def test_that_an_empty_panel_says_what_to_do(panel: DecoderPanel) -> None:
    assert panel.empty.isVisible()
    assert "Type a sentence" in panel.empty.words.text()


def test_that_an_answer_starts_at_its_first_decision(panel: DecoderPanel) -> None:
    given = answer(panel)
    assert panel.strip.isVisible()
    assert panel.strip.current == 0
    assert panel.place.text() == f"Decision 1 of {len(given.steps)}"
    assert panel.decision.candidates.rows()[0].label == "Le"


def test_that_the_numbers_are_those_of_the_model(panel: DecoderPanel) -> None:
    given = answer(panel)
    panel.go(3)
    step = given.steps[3]
    rows = panel.decision.candidates.rows()
    assert [row.number for row in rows[:-1]] == [f"{c.probability:.3f}" for c in step.candidates]
    assert [row.share for row in rows[:-1]] == [c.probability for c in step.candidates]
    rest = 1 - sum(c.probability for c in step.candidates)
    assert rows[-1].label == "all others"
    assert rows[-1].share == pytest.approx(max(rest, 0))
    assert panel.decision.entropy.value() == f"{step.entropy:.3f} nats · wavering"
    product = np.prod([np.exp(s.log_probability) for s in given.steps[:4]])
    total = sum(s.log_probability for s in given.steps[:4])
    assert panel.decision.so_far.value() == f"{product:.3f} · log p −{-total:.3f}"


def test_that_a_low_panel_counts_the_least_likely_candidates_with_the_others(
    qtbot: QtBot, panel: DecoderPanel
) -> None:
    given = answer(panel)
    panel.resize(360, 460)
    rows = panel.decision.candidates.rows()
    listed = given.steps[0].candidates
    assert [row.label for row in rows] == [*(c.token.text for c in listed[:5]), "all others"]
    assert rows[-1].share == pytest.approx(1 - sum(c.probability for c in listed[:5]))
    qtbot.waitUntil(lambda: panel.decision.bars.visibleRegion().boundingRect().height() > 40)
    assert "All others" in panel.decision.candidates.help_at(panel.decision.candidates.height() - 5)


def test_that_the_written_token_stands_out_even_if_it_is_not_the_likeliest(
    panel: DecoderPanel,
) -> None:
    given = decoding(CAT)
    first = given.steps[0]
    odd = replace(first, token=first.candidates[2].token)
    answer(panel, replace(given, steps=(odd, *given.steps[1:])))
    assert [row.bold for row in panel.decision.candidates.rows()[:4]] == [False, False, True, False]


def test_that_a_text_too_unlikely_for_a_float_is_no_zero(panel: DecoderPanel) -> None:
    given = decoding(CAT, " ".join("x" * 90))
    steps = tuple(replace(step, log_probability=-10.0) for step in given.steps)
    answer(panel, replace(given, steps=steps))
    panel.go(89)
    assert panel.decision.so_far.value() == "10^-391 · log p −900.000"


def test_that_an_answer_cut_off_says_so(panel: DecoderPanel) -> None:
    answer(panel, decoding(CAT, finished=False))
    assert "cut off at 8 tokens" in panel.origin.text()


def test_that_an_answer_without_a_decision_is_told(panel: DecoderPanel) -> None:
    answer(panel, replace(decoding(CAT), steps=(), text=""))
    assert panel.empty.isVisible()
    assert "nothing" in panel.empty.words.text()


# Going back and forth.


def test_that_clicking_a_token_goes_to_its_decision(qtbot: QtBot, panel: DecoderPanel) -> None:
    answer(panel)
    click_token(qtbot, panel, 4)
    assert panel.strip.current == 4
    assert panel.decision.candidates.rows()[0].label == "la"


def test_that_the_keys_walk_through_the_decisions(qtbot: QtBot, panel: DecoderPanel) -> None:
    last = len(answer(panel).steps) - 1
    places = []
    keys = (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Left, Qt.Key.Key_End, Qt.Key.Key_Home)
    for key in keys:
        press(qtbot, panel.strip, key)
        places.append(panel.strip.current)
    assert places == [1, 2, 1, last, 0]


def test_that_the_keys_work_on_a_button_too(qtbot: QtBot, panel: DecoderPanel) -> None:
    answer(panel)
    press(qtbot, panel.transport.buttons["play"], Qt.Key.Key_Right, Qt.Key.Key_Right)
    assert panel.strip.current == 2


def test_that_the_buttons_walk_and_end_where_the_answer_ends(
    qtbot: QtBot, panel: DecoderPanel
) -> None:
    last = len(answer(panel).steps) - 1
    buttons = panel.transport.buttons
    places = []
    for name in ("forward", "forward", "back", "last", "first"):
        qtbot.mouseClick(buttons[name], Qt.MouseButton.LeftButton)
        places.append(panel.strip.current)
    assert places == [1, 2, 1, last, 0]
    assert not buttons["back"].isEnabled() and not buttons["first"].isEnabled()
    panel.go(last)
    assert not buttons["forward"].isEnabled() and not buttons["last"].isEnabled()


def test_that_play_goes_on_by_itself_to_the_end(qtbot: QtBot, panel: DecoderPanel) -> None:
    last = len(answer(panel, decoding(CAT, "Le chat dort")).steps) - 1
    panel.transport.set_pace(1)
    press(qtbot, panel.strip, Qt.Key.Key_Space)
    assert panel.transport.playing
    qtbot.waitUntil(lambda: panel.strip.current == last)
    qtbot.waitUntil(lambda: not panel.transport.playing)


def test_that_play_at_the_end_begins_anew_and_a_click_holds_it(
    qtbot: QtBot, panel: DecoderPanel
) -> None:
    answer(panel)
    press(qtbot, panel.strip, Qt.Key.Key_End, Qt.Key.Key_Space)
    assert panel.strip.current == 0
    click_token(qtbot, panel, 2)
    assert not panel.transport.playing
    assert panel.strip.current == 2


def test_that_a_hidden_panel_does_not_play(qtbot: QtBot, panel: DecoderPanel) -> None:
    answer(panel)
    press(qtbot, panel.strip, Qt.Key.Key_Space)
    panel.hide()
    assert not panel.transport.playing


# While the answer changes.


def test_that_the_place_stays_when_the_answer_changes(panel: DecoderPanel) -> None:
    answer(panel)
    panel.go(3)
    answer(panel, decoding(CAT, "Un chien mange sur le tapis .", step=1300))
    assert panel.strip.current == 3
    assert "step 1,300" in panel.origin.text()


def test_that_a_place_lost_to_a_shorter_answer_comes_back(panel: DecoderPanel) -> None:
    answer(panel)
    panel.go(5)
    answer(panel, decoding(CAT, "Le chat", step=1201))
    assert panel.strip.current == 2
    answer(panel, decoding(CAT, step=1202))
    assert panel.strip.current == 5


def test_that_the_end_stays_the_end(qtbot: QtBot, panel: DecoderPanel) -> None:
    answer(panel)
    press(qtbot, panel.strip, Qt.Key.Key_End)
    for words in ("Le chat", "Le chat dort bien sur la très vieille chaise en bois ."):
        given = answer(panel, decoding(CAT, words, step=len(words)))
        assert panel.strip.current == len(given.steps) - 1


def test_that_nothing_jumps_from_one_decision_to_the_next(
    qtbot: QtBot, panel: DecoderPanel
) -> None:
    answer(panel)
    parts = (panel.strip, panel.transport, panel.decision.candidates, panel.decision.chips)

    def places() -> list[tuple[QPoint, int]]:
        return [(part.mapTo(panel, QPoint()), part.height()) for part in parts]

    qtbot.waitExposed(panel)
    before = places()
    for _ in range(8):
        press(qtbot, panel.strip, Qt.Key.Key_Right)
        assert places() == before


def test_that_a_hidden_panel_catches_up_when_shown(panel: DecoderPanel) -> None:
    answer(panel)
    request = panel._asking.request
    panel.hide()
    panel.receive([decoded(request, decoding(CAT, "Un chien", step=1300))])
    panel.show()
    assert panel.place.text() == "Decision 1 of 3"
    assert panel.decision.candidates.rows()[0].label == "Un"


# The attention it paid.


def test_that_the_mean_over_the_last_layers_heads_comes_first_and_is_said(
    panel: DecoderPanel,
) -> None:
    given = answer(panel)
    expected = given.steps[0].attention[Site(SiteKind.CROSS, 1)].mean(axis=0)
    assert panel.decision.said.text() == "Mean over the 4 heads of layer 2 (the last)"
    rows = [panel.decision.bars.row(i) for i in range(len(given.source))]
    assert [row.share for row in rows] == pytest.approx(expected.tolist())
    assert [row.number for row in rows] == [f"{weight:.3f}" for weight in expected]


def test_that_a_layer_and_a_head_can_be_chosen_by_keys(qtbot: QtBot, panel: DecoderPanel) -> None:
    given = answer(panel)
    choice = panel.decision.choice
    press(qtbot, choice.layer, Qt.Key.Key_Up)
    press(qtbot, choice.head, Qt.Key.Key_Down, Qt.Key.Key_Down)
    expected = given.steps[0].attention[Site(SiteKind.CROSS, 0)][1]
    assert panel.decision.said.text() == "Head 2 of 4, layer 1"
    assert panel.decision.bars.row(2).share == pytest.approx(float(expected[2]))


def test_that_a_chosen_head_stays_for_the_next_answer(qtbot: QtBot, panel: DecoderPanel) -> None:
    answer(panel)
    press(qtbot, panel.decision.choice.head, Qt.Key.Key_Down)
    answer(panel, decoding("A dog .", "Un chien .", step=7))
    assert panel.decision.said.text() == "Head 1 of 4, layer 2 (the last)"


def test_that_a_model_of_another_size_shows_its_own_last_layer(panel: DecoderPanel) -> None:
    answer(panel)
    answer(panel, decoding(CAT, model="big", layers=6, heads=8))
    assert panel.decision.said.text() == "Mean over the 8 heads of layer 6 (the last)"
    assert panel.decision.choice.head.count() == 9


def test_that_pointing_at_a_bar_marks_its_token(qtbot: QtBot, panel: DecoderPanel) -> None:
    answer(panel)
    bars, chips = panel.decision.bars, panel.decision.chips
    move_pointer(bars.viewport(), QPoint(40, 5))
    assert chips.hovered == 0
    assert bars.row(0).bold


# Trouble.


def test_that_a_failure_is_shown_and_the_last_answer_stays_pale(panel: DecoderPanel) -> None:
    answer(panel)
    panel.receive([inspected("x " * 500)])
    panel.receive([Failed("sentence", "That is too long.", panel._asking.request)])
    assert panel.trouble.isVisible()
    assert panel.trouble.text() == "That is too long."
    assert panel.strip.dimmed
    assert panel.decision.candidates.rows()[0].ink == "faint"


def test_that_the_next_answer_ends_the_trouble(panel: DecoderPanel) -> None:
    answer(panel)
    panel.receive([inspected("x")])
    panel.receive([Failed("sentence", "No.", panel._asking.request)])
    answer(panel, decoding("A dog ."))
    assert not panel.trouble.isVisible()
    assert not panel.strip.dimmed


def test_that_the_failures_of_others_say_nothing_here(panel: DecoderPanel) -> None:
    answer(panel)
    panel.receive([Failed("sentence", "No.", 3), Failed("training", "No.", -1)])
    assert not panel.trouble.isVisible()


def test_that_an_answer_is_pale_while_the_line_holds_what_cannot_be_read(
    panel: DecoderPanel,
) -> None:
    answer(panel)
    panel.receive([Failed("sentence", "Type a sentence.", 2)])
    assert panel.strip.dimmed
    panel.receive([Inspected(1, trace(CAT, step=1300))])  # A repeat of the old sentence.
    assert panel.strip.dimmed
    panel.receive([Inspected(3, trace(CAT, step=1300))])
    assert not panel.strip.dimmed


def test_that_a_failure_before_any_answer_is_shown_in_the_middle(panel: DecoderPanel) -> None:
    panel.receive([inspected("x")])
    panel.receive([Failed("sentence", "That is too long.", panel._asking.request)])
    assert panel.empty.words.text() == "That is too long."


def test_that_a_slow_answer_is_announced(qtbot: QtBot, panel: DecoderPanel) -> None:
    answer(panel)
    panel.receive([inspected("A dog .")])
    qtbot.waitUntil(lambda: "writing" in panel.origin.text())
    answer(panel, decoding("A dog .", step=1300))
    assert "writing" not in panel.origin.text()


# Long, foreign and strange.


def test_that_a_hundred_tokens_scroll_to_the_cursor(qtbot: QtBot, panel: DecoderPanel) -> None:
    answer(panel, decoding(CAT, " ".join(f"mot{i}" for i in range(99))))
    press(qtbot, panel.strip, Qt.Key.Key_End)
    seen = panel.strip.viewport().rect()
    assert seen.contains(panel.strip.chip_rect(99))
    press(qtbot, panel.strip, Qt.Key.Key_Home)
    assert seen.contains(panel.strip.chip_rect(0))


def test_that_a_script_that_runs_to_the_left_starts_at_the_right(panel: DecoderPanel) -> None:
    answer(panel, decoding("The boy reads .", "الولد يقرأ ."))
    first, second = panel.strip.chip_rect(0), panel.strip.chip_rect(1)
    assert first.left() > second.left()
    assert first.right() > panel.strip.viewport().width() - 8


def test_that_pieces_of_a_word_stand_close(panel: DecoderPanel) -> None:
    given = decoding("A", "A B")
    first, second, end = given.steps
    pieces = replace(second, token=token("B", begins=False))
    answer(panel, replace(given, steps=(first, pieces, end)))
    rects = [panel.strip.chip_rect(i) for i in range(3)]
    assert rects[1].left() - rects[0].right() < rects[2].left() - rects[1].right()


@pytest.mark.parametrize(
    "strange",
    ["你好 世界", "👩‍👩‍👧 🙂", "\x07\x1b[0m \u202egnp.exe", "<b>bold</b> & <unk>", "w" * 3000],
)
def test_that_strange_tokens_are_drawn(qtbot: QtBot, panel: DecoderPanel, strange: str) -> None:
    answer(panel, decoding(strange, strange))
    panel.grab()
    assert panel.strip.chip_rect(0).right() <= panel.strip.viewport().width()


def test_that_a_tooltip_shows_marks_as_text_and_not_as_markup(panel: DecoderPanel) -> None:
    given = answer(panel, decoding("<b>x</b>", "<b>x</b>"))
    assert "&lt;b&gt;x" in panel.strip.help_for(0)
    assert "&lt;b&gt;x" in panel.decision.candidates.help_at(3)
    assert "&lt;b&gt;x" in panel.decision.bars.help_for(0)
    assert "&lt;/s&gt;" in panel.strip.help_for(len(given.steps) - 1)


def test_that_the_end_is_called_so_and_unknown_words_are_marked(panel: DecoderPanel) -> None:
    given = decoding("The zyx", "Le zyx")
    source = (token("The"), token("zyx", unknown=True), END)
    answer(panel, replace(given, source=source))
    assert panel.decision.bars.row(2).label == "end"
    assert panel.decision.bars.row(2).ink == "muted"
    assert "not in the vocabulary" in panel.decision.bars.help_for(1)


def test_that_probabilities_that_are_no_numbers_do_not_break_the_panel(panel: DecoderPanel) -> None:
    given = decoding(CAT)
    first = given.steps[0]
    paid = {site: np.full_like(w, np.nan) for site, w in first.attention.items()}
    broken = replace(first, log_probability=float("nan"), entropy=float("nan"), attention=paid)
    answer(panel, replace(given, steps=(broken, *given.steps[1:])))
    panel.grab()
    assert "broken" in panel.decision.entropy.value()
    assert panel.decision.bars.row(0).number == "not a number"


def test_that_a_decision_without_attention_is_told(panel: DecoderPanel) -> None:
    given = decoding(CAT)
    answer(panel, replace(given, steps=tuple(replace(s, attention={}) for s in given.steps)))
    panel.grab()
    assert panel.decision.said.text() == "This decision came without attention."


def test_that_every_control_has_a_name_and_an_explanation(panel: DecoderPanel) -> None:
    answer(panel)
    controls = [
        *panel.transport.buttons.values(), panel.decision.choice.layer, panel.decision.choice.head,
        panel.strip, panel.decision.chips, panel.decision.bars, panel.decision.entropy,
        panel.decision.so_far, panel.decision.candidates,
    ]  # fmt: skip
    for control in controls:
        assert control.accessibleName(), control
        assert control.toolTip(), control

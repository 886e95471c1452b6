"""The decoder panel for a decoder alone, an encoder alone, and pictures; and when nobody looks."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.commands import Command, Decode
from explorer.messages.events import ModelOpened, TrainingChanged
from explorer.messages.results import Decoding, ModelInfo, Site, SiteKind
from explorer.ui.panels.decoder_panel import DecoderPanel
from tests.ui import architectures as made
from tests.ui.scripts import decoded, inspected

WORDS = "the old man gave the girl a red apple"
LABELS = "O B-A I-A V O B-R O B-T I-T"


@pytest.fixture
def panel(qtbot: QtBot) -> DecoderPanel:
    shown = DecoderPanel()
    qtbot.addWidget(shown)
    shown.resize(340, 640)
    shown.show()
    return shown


def show(panel: DecoderPanel, info: ModelInfo, given: Decoding) -> Decoding:
    panel.receive([ModelOpened(info)])
    panel.receive([inspected(given.source_text, model=given.model)])
    panel.receive([decoded(panel._asking.request, given)])
    return given


def labels(panel: DecoderPanel) -> Decoding:
    given = made.said(made.labelled(WORDS), LABELS)
    return show(panel, made.info("encoder-only", "roles"), given)


def test_that_a_prompt_stands_before_what_is_written_and_is_no_decision(
    qtbot: QtBot, panel: DecoderPanel
) -> None:
    show(panel, made.info("decoder-only", "text"), made.written_on())
    assert panel.what.text() == "How the text goes on"
    assert panel.strip.texts == [*made.PROMPT.split(), *made.STORY.split()]
    assert panel.strip.written == made.STORY.split()
    panel.go(2)
    assert panel.strip.current == 2
    first_of_prompt = panel.strip.chip_rect(0).center()
    qtbot.mouseClick(panel.strip.viewport(), Qt.MouseButton.LeftButton, pos=first_of_prompt)
    assert panel.strip.current == 2
    written = panel.strip.written_rect(3).center()
    qtbot.mouseClick(panel.strip.viewport(), Qt.MouseButton.LeftButton, pos=written)
    assert panel.strip.current == 3
    assert "Of the prompt" in panel.strip.help_for(0)
    assert "Decision 1" in panel.strip.help_for(4)


def test_that_a_decoder_alone_shows_what_it_paid_to_the_text_so_far(panel: DecoderPanel) -> None:
    given = show(panel, made.info("decoder-only", "text"), made.written_on())
    for index in (0, 3):
        panel.go(index)
        so_far = [*made.PROMPT.split(), *made.STORY.split()[:index]]
        assert panel.decision.chips.texts == so_far
        paid = given.steps[index].attention[Site(SiteKind.DECODER, 1)].mean(axis=0)
        shares = [panel.decision.bars.row(i).share for i in range(len(so_far))]
        assert shares == pytest.approx(paid.tolist())
    assert panel.decision.paid.text() == "Attention it paid to the text so far"


def test_that_a_prompt_of_a_task_is_not_repeated(panel: DecoderPanel) -> None:
    show(panel, made.info("decoder-only", "reverse"), made.written_on("3 1", "1 3"))
    assert panel.what.text() == "Answer" and panel.strip.texts == ["1", "3"]


def test_that_labels_are_told_with_their_words(panel: DecoderPanel) -> None:
    given = labels(panel)
    panel.go(3)
    assert panel.what.text() == "Labels"
    assert panel.strip.written == LABELS.split()
    assert "gave" in panel.place.text() and "4 of 9" in panel.place.text()
    paid = given.steps[3].attention[Site(SiteKind.ENCODER, 1)].mean(axis=0)
    shares = [panel.decision.bars.row(i).share for i in range(len(given.source))]
    assert shares == pytest.approx(paid.tolist())
    assert panel.decision.rivals.text() == "Most likely labels"


def test_that_a_class_is_one_decision_of_the_start(panel: DecoderPanel) -> None:
    given = made.said(made.labelled("a good film"), "positive")
    show(panel, made.info("encoder-only", "classes"), given)
    assert panel.what.text() == "Class" and panel.place.text() == "Decision 1 of 1"


def test_that_guesses_are_called_so_before_there_are_any(panel: DecoderPanel) -> None:
    panel.receive([ModelOpened(made.info("encoder-only", "text"))])
    assert panel.what.text() == "Guesses for hidden words"
    assert "<mask>" in panel.empty.words.text()


def test_that_a_picture_stands_in_place_of_its_patches_and_is_tinted(panel: DecoderPanel) -> None:
    given = made.said(made.seen(), "circle")
    show(panel, made.info("encoder-only", "shapes"), given)
    picture = panel.decision.picture
    assert picture.isVisible() and not panel.decision.chips.isVisible()
    paid = given.steps[0].attention[Site(SiteKind.ENCODER, 1)].mean(axis=0)
    assert np.allclose(picture.tinted, paid)
    QTest.mouseMove(picture, picture.box(5).center().toPoint())
    QApplication.processEvents()
    assert panel.decision.bars.row(5).bold
    labels(panel)
    assert not picture.isVisible() and panel.decision.chips.isVisible()


def test_that_no_bar_is_cut_in_half(panel: DecoderPanel) -> None:
    labels(panel)
    bars = panel.decision.bars
    row = bars._bars.row_height
    for height in range(560, 700, 7):
        panel.resize(320, height)
        QApplication.processEvents()
        assert bars.viewport().height() % row == 0
    bar = bars.verticalScrollBar()
    bar.setValue(bar.maximum())
    lowest = QPoint(5, bars.viewport().height() - 1)
    assert bars._index_at(lowest) == len(bars._tokens) - 1 or bar.maximum() == 0


# When nobody looks


def test_that_a_panel_that_is_hidden_ends_what_it_asked_for_and_asks_anew(
    panel: DecoderPanel,
) -> None:
    asked: list[Command] = []
    panel.requested.connect(asked.append)
    panel.receive([TrainingChanged("running", "run", 0, 100), inspected("3 1 4", step=1)])
    panel.hide()
    panel.receive([inspected("3 1 4", step=2)])
    assert [command.source for command in asked if isinstance(command, Decode)] == ["3 1 4", ""]
    panel.show()
    assert isinstance(asked[-1], Decode) and asked[-1].source == "3 1 4"
    assert len(asked) == 3

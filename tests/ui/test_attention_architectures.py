"""The attention panel for a decoder alone, an encoder alone, and for pictures and sounds."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.commands import Inspect
from explorer.messages.events import Inspected, ModelOpened
from explorer.messages.results import ModelInfo, Site, SiteKind, Trace
from explorer.ui.panels.attention_panel import AttentionPanel
from tests.ui import architectures as made
from tests.ui.attention_desk import heat, point, shown_panel
from tests.ui.heads import answer, model, trace


@pytest.fixture
def panel(qtbot: QtBot) -> AttentionPanel:
    return shown_panel(qtbot)


def show(panel: AttentionPanel, info: ModelInfo, content: Trace) -> AttentionPanel:
    panel.receive([ModelOpened(info)])
    panel.receive([Inspected(1, content)])
    QApplication.processEvents()
    return panel


def titles(panel: AttentionPanel) -> list[str]:
    lines = [line for line in (panel.source, panel.target) if line.isVisible()]
    return [line.title.text() for line in lines]


def test_that_a_decoder_alone_has_a_prompt_and_what_it_writes_on(panel):
    asked: list[Inspect] = []
    panel.requested.connect(asked.append)
    show(panel, made.info("decoder-only", "text"), made.story())
    assert titles(panel) == ["Prompt", "Goes on"]
    assert panel.target.edit.placeholderText() == made.STORY
    QTest.keyClick(panel.target.edit, Qt.Key.Key_Right)
    assert (asked[-1].source, asked[-1].target) == (made.PROMPT, made.STORY)
    layout = heat(panel).layout_
    assert layout is not None and len(layout.rows) == 9 + 1


def test_that_a_decoder_that_answers_calls_it_an_answer(panel):
    show(panel, made.info("decoder-only", "reverse", "3 1"), made.story("3 1", "1 3"))
    assert titles(panel) == ["Prompt", "Answer"]


def test_that_an_encoder_alone_has_one_line_and_no_ghost(panel):
    show(panel, model(), trace())
    show(panel, made.info("encoder-only", "roles"), made.labelled())
    assert titles(panel) == ["Text"]
    assert panel.target.text() == "" and panel.target.edit.placeholderText() == ""
    assert panel.view.heads.grid.isVisible() and not panel.view.heads.kinds.isVisible()
    show(panel, model(), trace())
    assert titles(panel) == ["Source", "Target"] and panel.view.heads.kinds.isVisible()


def test_that_both_lines_begin_at_the_same_place_whatever_they_are_called(panel):
    for info in (model(), made.info("decoder-only", "text"), made.info("encoder-decoder", "tones")):
        panel.receive([ModelOpened(info)])
        QApplication.processEvents()
        lefts = [line.edit.mapTo(panel, QPoint()).x() for line in (panel.source, panel.target)]
        assert lefts[0] == lefts[1]


def test_that_a_hidden_word_is_explained_where_words_are_guessed(panel):
    panel.receive([ModelOpened(made.info("encoder-only", "text"))])
    assert "<mask>" in panel.source.edit.toolTip()


@pytest.mark.parametrize("count", [1, 300])
def test_that_long_and_short_texts_with_a_pattern_are_drawn(panel, count):
    show(panel, made.info("encoder-only", "roles"), made.labelled("w " * count, window=4))
    heat(panel).grab()
    point(panel, 0, 1)
    assert "looks at" in panel.view.reading.text()


def test_that_twelve_layers_of_twelve_heads_and_a_single_head_are_drawn(panel):
    for layers, heads in ((12, 12), (1, 1)):
        content = made.labelled(layers=layers, heads=heads)
        show(panel, made.info("encoder-only", "roles"), content)
        layout = panel.view.heads.grid.shown
        assert len(layout.rows) == layers and layout.rows[0].heads == heads
        assert not panel.grab().isNull()


# Pictures and sounds


@pytest.fixture
def looking(panel) -> AttentionPanel:
    """A panel with a picture in it, the first layer's second head chosen."""
    show(panel, made.info("encoder-only", "shapes", "circle"), made.seen())
    panel.selection.choose(Site(SiteKind.ENCODER, 0), 1)
    return panel


def to_patch(panel: AttentionPanel, index: int) -> None:
    QTest.mouseMove(panel.signal.picture, panel.signal.picture.box(index).center().toPoint())
    QApplication.processEvents()


def test_that_text_has_no_picture(panel):
    show(panel, model(), trace())
    assert not panel.signal.isVisible()


def test_that_a_picture_is_shown_in_its_own_shape_and_goes_with_its_sentence(looking):
    body = looking.signal.picture.picture_rect()
    assert looking.signal.isVisible() and body.width() == body.height() >= 72
    assert "24 × 24 pixels in 16 patches" in looking.signal.what.text()
    assert titles(looking) == ["Picture"]
    looking.source.edit.selectAll()
    QTest.keyClick(looking.source.edit, Qt.Key.Key_Delete)
    assert not looking.signal.isVisible()


def test_that_pixels_are_not_smoothed(looking):
    view = looking.signal.picture
    drawn, body = view.grab().toImage(), view.picture_rect()
    colors = {drawn.pixelColor(x, body.height() // 2).name() for x in range(2, body.width() - 2)}
    assert len(colors) == 2  # The disc and its ground, and nothing in between.


def test_that_the_patch_under_the_pointer_frames_its_column(looking):
    before = heat(looking).grab().toImage()
    to_patch(looking, 6)
    assert looking.signal.picture.marked == 6
    assert heat(looking).grab().toImage() != before
    to_patch(looking, 7)
    QApplication.sendEvent(looking.signal.picture, leave())
    assert looking.signal.picture.marked == -1
    assert heat(looking).grab().toImage() == before


def leave():
    from PySide6.QtCore import QEvent

    return QEvent(QEvent.Type.Leave)


def test_that_the_pointed_row_tints_the_patches_by_its_weights(looking):
    point(looking, 0, 7)
    weights = made.seen().weights[Site(SiteKind.ENCODER, 0)][1][0]
    assert np.array_equal(looking.signal.picture.tinted, weights)
    assert looking.signal.picture.marked == 7
    assert f"{weights.max():.3f}" in looking.signal.tint.text()
    heat(looking).point(None)
    assert not looking.signal.picture.tinted.size and looking.signal.picture.marked == -1


def test_that_a_start_without_a_place_in_the_picture_is_never_found(looking):
    assert looking.signal.picture.box(0).isEmpty()
    view = looking.signal.picture
    found = {view._index_at(x, y) for x in range(0, 90, 3) for y in range(0, 90, 3)}
    assert 0 not in found and set(range(1, 17)) <= found


def test_that_a_sound_is_wide_and_leaves_room_for_its_words(panel):
    show(panel, made.info("encoder-decoder", "tones", "5 9"), made.heard())
    body = panel.signal.picture.picture_rect()
    assert body.width() > 2 * body.height() and panel.signal.what.width() > 200
    panel.selection.choose(Site(SiteKind.CROSS, 0), 0)
    to_patch(panel, 12)
    assert panel.signal.picture.marked == 12
    point(panel, 1, 3)
    assert len(panel.signal.picture.tinted) == 30
    panel.selection.choose(Site(SiteKind.DECODER, 0), 0)
    point(panel, 1, 0)
    assert not panel.signal.picture.tinted.size


def test_that_a_picture_of_nothing_but_numbers_that_are_none_is_drawn(panel):
    from dataclasses import replace

    broken = made.disc()
    broken = replace(broken, values=np.full_like(broken.values, np.nan))
    show(panel, made.info("encoder-only", "shapes"), replace(made.seen(), signal=broken))
    assert not panel.signal.picture.grab().isNull()


def test_that_the_answer_after_a_failure_lets_the_picture_come_back(looking):
    from explorer.messages.events import Failed

    looking.receive([Failed("sentence", "This stands for no picture.", 1)])
    assert looking.note.text() == "This stands for no picture."
    looking.receive([answer(1, made.seen())])
    assert looking.note.text() == "" and looking.signal.isVisible()

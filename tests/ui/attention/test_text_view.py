"""The text in the colours of one token's attention: which weights, what is said, what hands do."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.results import Site, SiteKind, Token, Trace
from explorer.messages.shown import Reading, Shown
from explorer.ui import colormaps
from explorer.ui.attention.style import MapStyle
from explorer.ui.attention.text_layout import Paragraph, paragraphs
from explorer.ui.attention.text_reading import TextReading
from explorer.ui.attention.text_view import TextView
from explorer.ui.widgets.head_selection import HeadSelection
from tests.ui.attention.worked import (
    CROSS,
    ENCODER,
    by_hand,
    click,
    colors,
    in_pieces,
    made,
    move,
    press,
    selection,
    show,
    words,
    worked,
)
from tests.ui.scripts import token

KEY = Qt.Key
NEXT = np.eye(6)[[1, 2, 3, 4, 5, 0]]


@pytest.fixture
def view(qtbot: QtBot) -> TextView:
    """Every token looks at the one after it."""
    trace = by_hand(NEXT, np.full((6, 6), 1 / 6))
    return show(qtbot, TextView(selection(trace)), trace)


def reading(view: TextView) -> TextReading:
    found = view.reading
    assert found is not None
    return found


def middle(view: TextView, index: int, paragraph: int = 0) -> QPointF:
    return view.on_screen()[paragraph].box(index).center()


def ground(view: TextView, index: int, paragraph: int = 0) -> list[int]:
    """The colour on which a token stands, just inside its left edge."""
    box = view.on_screen()[paragraph].box(index)
    picture = colors(view.canvas.viewport().grab().toImage())
    return picture[round(box.center().y()), round(box.left()) + 3].tolist()


class TestWhatIsShown:
    def test_that_the_one_token_looked_at_has_the_strongest_colour(self, view: TextView):
        view.selection.pick(2, None)
        table = colormaps.sequential(False)
        assert reading(view).weights.tolist() == [0, 0, 0, 1, 0, 0]
        assert ground(view, 3) == table[255].tolist()
        assert ground(view, 0) == ground(view, 4) == table[0].tolist()

    def test_that_the_other_side_shows_who_looks(self, view: TextView):
        view.selection.pick(2, None)
        view.sides.button("key").click()
        assert (view.selection.query, view.selection.key) == (None, 2)
        assert reading(view).weights.tolist() == [0, 1, 0, 0, 0, 0]
        assert reading(view).headline == "“\u2068t2\u2069” is looked at by"

    def test_that_without_a_pick_the_first_word_is_framed_and_nothing_is_picked(self, qtbot: QtBot):
        trace = worked(7, 7, tokens=in_pieces())
        view = show(qtbot, TextView(selection(trace)), trace)
        assert reading(view).chosen == 1
        assert (view.selection.query, view.selection.key) == (None, None)

    def test_that_chosen_heads_are_averaged_and_it_is_said(self, view: TextView):
        view.selection.pin(ENCODER, 0)
        view.selection.pin(ENCODER, 1)
        view.selection.pick(0, None)
        wanted = [1 / 12, 7 / 12, *[1 / 12] * 4]
        assert reading(view).weights.tolist() == pytest.approx(wanted)
        assert reading(view).average == "Average of 2 heads"
        move(view, middle(view, 1))
        assert view.words.text().endswith(": 0.583 on average (1.000, 0.167)")

    def test_that_cross_attention_has_two_texts(self, qtbot: QtBot, reverse: Trace):
        chosen = HeadSelection()
        chosen.reopen(reverse.weights)
        chosen.choose(Site(SiteKind.CROSS, 0), chosen.head)
        view = show(qtbot, TextView(chosen), reverse)
        source, target = view.on_screen()
        assert (source.tokens, target.tokens) == (reverse.source, reverse.target)
        for head in range(4):
            chosen.pin(Site(SiteKind.CROSS, 0), head)
        last = len(reverse.source) - 2
        for query in range(last + 1):  # Deciding the digit after it, it looks from the end on.
            chosen.pick(query, None)
            assert int(reading(view).weights.argmax()) == last - query

    def test_that_differences_take_the_diverging_colours(self, qtbot: QtBot):
        one, other = by_hand(NEXT), by_hand(np.eye(6))
        view = show(qtbot, TextView(selection(one)), one, other=other)
        view.selection.pick(2, None)
        ends = colormaps.diverging(False)
        assert reading(view).weights.tolist() == [0, 0, -1, 1, 0, 0]
        assert ground(view, 3) == ends[255].tolist()
        # One entry is spent so that a difference of 0 stands exactly in the middle.
        assert np.abs(np.subtract(ground(view, 2), ends[0].astype(int))).max() <= 2
        move(view, middle(view, 2))
        assert view.words.text().endswith("−1.000")

    def test_that_the_strongest_colour_can_be_the_rows_largest(self, view: TextView):
        view.selection.choose(ENCODER, 1)
        assert ground(view, 3) != colormaps.sequential(False)[255].tolist()
        view.restyle(MapStyle(range="row"))
        assert ground(view, 3) == colormaps.sequential(False)[255].tolist()

    def test_that_closed_tokens_have_no_colour_and_say_why(self, qtbot: QtBot):
        trace = worked(5, 5, allowed=np.tril(np.ones((5, 5), bool)))
        view = show(qtbot, TextView(selection(trace)), trace)
        view.selection.pick(2, None)
        empty = colors(view.canvas.viewport().grab().toImage())[-9, -9].tolist()
        assert ground(view, 4) == empty != ground(view, 1)
        move(view, middle(view, 4))
        assert view.words.text().endswith("0, as it may not look there")

    def test_that_joined_words_are_tokens_of_the_text(self, qtbot: QtBot):
        trace = worked(7, 7, tokens=in_pieces())
        view = show(qtbot, TextView(selection(trace)), trace, reading=Reading(True, True))
        (paragraph,) = view.on_screen()
        assert paragraph.texts == ("one", "extraordinary", "two")

    def test_that_made_weights_show_the_same(self, qtbot: QtBot):
        dense = worked(40, 40)
        view = show(qtbot, TextView(selection(dense)), made(dense))
        for side in ("query", "key"):
            view.sides.button(side).click()
            press(view, KEY.Key_Right)
            place = reading(view).chosen
            map_QK = Shown(dense).weights(ENCODER, 0)
            wanted = map_QK[place] if side == "query" else map_QK[:, place]
            assert np.allclose(reading(view).weights, wanted, atol=1e-6)

    def test_that_nothing_leaves_a_hint_and_answers_no_hand(self, qtbot: QtBot):
        view = show(qtbot, TextView(selection(by_hand(NEXT))), None)
        press(view, KEY.Key_Right, KEY.Key_Return)
        click(view, QPointF(40, 80))
        assert view.reading is None and view.words.text() == ""
        assert view.selection.query is None
        view.show_attention(Shown(by_hand(NEXT)))
        view.selection.choose(CROSS, 0)
        assert view.reading is None


class TestHands:
    def test_that_the_pointer_reads_a_weight_in_words(self, view: TextView):
        said: list[str] = []
        view.pointed.connect(said.append)
        move(view, middle(view, 1))
        assert said[-1] == "“\u2068t0\u2069” looks at “\u2068t1\u2069”: 1.000"
        assert view.words.text() == said[-1]
        assert said[-1] in view.help_at(middle(view, 1))
        move(view, QPointF(600, 400))
        assert said[-1] == "" and view.words.text().startswith("Most: ")

    def test_that_a_click_frames_a_token(self, view: TextView):
        click(view, middle(view, 4))
        assert (view.selection.query, reading(view).chosen) == (4, 4)
        accent = QColor("#3457d5")
        box = view.on_screen()[0].box(4)
        picture = colors(view.canvas.viewport().grab().toImage()).astype(int)
        edge = picture[round(box.top() - 0.5), round(box.center().x())]
        assert np.abs(edge - [accent.red(), accent.green(), accent.blue()]).max() < 60

    def test_that_arrows_home_and_end_go_from_token_to_token(self, view: TextView):
        press(view, KEY.Key_Right, KEY.Key_Right, KEY.Key_Left)
        assert view.selection.query == 1
        press(view, KEY.Key_End, KEY.Key_Right)
        assert view.selection.query == 5
        press(view, KEY.Key_Home)
        assert view.selection.query == 0

    def test_that_up_and_down_go_to_the_nearest_token_of_the_next_row(self, qtbot: QtBot):
        trace = worked(60, 60)
        view = show(qtbot, TextView(selection(trace)), trace, size=(360, 400))
        press(view, KEY.Key_Right, KEY.Key_Right, KEY.Key_Down)
        (paragraph,) = view.on_screen()
        chosen = reading(view).chosen
        assert paragraph.layout.places[chosen].row == 1
        assert abs(paragraph.box(chosen).center().x() - paragraph.box(2).center().x()) < 24
        press(view, KEY.Key_Up)
        assert reading(view).chosen == 2
        press(view, KEY.Key_Up)
        assert reading(view).chosen == 0

    def test_that_enter_looks_from_the_other_side(self, view: TextView):
        press(view, KEY.Key_Right, KEY.Key_Return)
        assert view.side == "key" and view.selection.key == 1
        press(view, KEY.Key_Return)
        assert view.side == "query" and view.selection.query == 1

    def test_that_in_a_text_that_runs_to_the_left_the_left_key_goes_on(self, qtbot: QtBot):
        tokens = [token(text) for text in ("القطة", "تنام", "على", "الكرسي")]
        trace = by_hand(np.eye(4), tokens=tokens)
        view = show(qtbot, TextView(selection(trace)), trace)
        (paragraph,) = view.on_screen()
        assert paragraph.box(0).left() > paragraph.box(1).left()
        press(view, KEY.Key_Left)
        assert view.selection.query == 1
        press(view, KEY.Key_Right, KEY.Key_Right)
        assert view.selection.query == 0

    def test_that_a_click_in_the_other_text_looks_from_there(self, qtbot: QtBot):
        trace = worked(5, 6, site=CROSS)
        view = show(qtbot, TextView(selection(trace)), trace)
        click(view, middle(view, 3, paragraph=0))
        assert view.side == "key" and (view.selection.query, view.selection.key) == (None, 3)
        click(view, middle(view, 2, paragraph=1))
        assert view.side == "query" and (view.selection.query, view.selection.key) == (2, None)

    def test_that_a_token_picked_elsewhere_turns_the_view(self, view: TextView):
        view.selection.pick(None, 3)
        assert view.side == "key" and reading(view).chosen == 3
        view.selection.pick(1, None)
        assert view.side == "query" and reading(view).chosen == 1
        view.selection.pick(2, 5)
        assert view.side == "query" and reading(view).chosen == 2

    def test_that_the_description_tells_what_is_chosen(self, view: TextView):
        press(view, KEY.Key_Right)
        said = view.canvas.accessibleDescription()
        assert "layer 1, head 1" in said and "t1" in said and "t2" in said

    def test_that_the_focus_frame_is_seen(self, view: TextView):
        view.sides.button("key").setFocus()
        QApplication.processEvents()
        before = colors(view.canvas.viewport().grab().toImage()).copy()
        QTest.mouseClick(view.canvas.viewport(), KEY_LEFT, pos=QPointF(500, 400).toPoint())
        view.canvas.setFocus()
        assert not np.array_equal(colors(view.canvas.viewport().grab().toImage())[0], before[0])


KEY_LEFT = Qt.MouseButton.LeftButton


class TestLongTexts:
    def test_that_keys_bring_a_far_token_into_sight(self, qtbot: QtBot):
        trace = worked(2000, 2000, heads=1, width=2)
        view = show(qtbot, TextView(selection(trace)), trace)
        assert view.canvas.verticalScrollBar().maximum() > 500
        press(view, KEY.Key_End)
        top, bottom = view.seen()
        box = view.on_screen()[0].box(1999)
        assert top < box.top() and box.bottom() < bottom

    def test_that_only_tokens_in_sight_are_drawn(self):
        (paragraph,) = laid(words(3000), 500)
        seen = paragraph.between(1000, 1400)
        assert 0 < len(seen) < 400
        assert all(960 < paragraph.box(index).top() < 1400 for index in seen)

    def test_that_a_token_wider_than_the_page_is_cut_to_it(self):
        (paragraph,) = laid((token("x" * 300), token("y")), 300)
        assert paragraph.box(0).right() <= 300 and paragraph.box(1).top() > paragraph.box(0).top()

    def test_that_pieces_without_spaces_stand_together_and_words_apart(self):
        (paragraph,) = laid((token("猫"), token("は", begins=False), token("cat")), 300)
        first, second, third = (paragraph.box(index) for index in range(3))
        assert second.left() - first.right() < third.left() - second.right()


def laid(tokens: tuple[Token, ...], width: float) -> tuple[Paragraph, ...]:
    """One text at a width."""
    return paragraphs([(None, "", tokens)], width, 0)

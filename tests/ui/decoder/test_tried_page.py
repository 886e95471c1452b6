"""What was tried stays: a branch each, to be shown again, compared and forgotten."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.messages.commands import Command, Decode
from explorer.messages.decoding import Decoding, Wish
from explorer.messages.results import Site, SiteKind
from explorer.ui.decoder.tried_page import TriedPage
from explorer.ui.panels.decoder_panel import DecoderPanel
from tests.ui.scripts import attention, decoded, decoding, inspected

CAT = "The cat is sleeping on the old chair ."
OWN = "Le chat dort sur la vieille chaise ."
OTHER = "Le chat mange sur la chaise ."


def with_self_attention(given: Decoding) -> Decoding:
    steps = tuple(
        replace(step, attention={
            **step.attention,
            **{Site(SiteKind.DECODER, n): attention(4, 1 + step.index, n) for n in (0, 1)},
        })
        for step in given.steps
    )  # fmt: skip
    return replace(given, steps=steps)


@pytest.fixture
def panel(qtbot: QtBot) -> DecoderPanel:
    """A panel that shows the page, with the model's own text and one where a rival was forced."""
    made = DecoderPanel()
    qtbot.addWidget(made)
    made.resize(360, 760)
    made.show()
    made.pages.turn_to("tried")
    made.receive([inspected(CAT)])
    answer(made, OWN)
    made.course.force(made.course.decoding.steps[0].candidates[1].token.id, 2)  # pyright: ignore
    answer(made, OTHER)
    return made


def answer(panel: DecoderPanel, text: str, step: int = 1200) -> None:
    given = with_self_attention(decoding(CAT, text, step=step))
    panel.receive([decoded(panel._asking.request, given)])


def page(panel: DecoderPanel) -> TriedPage:
    seen = panel.pages.seen
    assert isinstance(seen, TriedPage)
    return seen


def click(qtbot: QtBot, panel: DecoderPanel, row: int, *, pill: bool = False) -> None:
    shown = page(panel).list
    rect = shown.pill_rect(row) if pill else shown.row_rect(row)
    qtbot.mouseClick(shown.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def test_that_each_text_is_a_row_below_the_one_it_leaves(panel: DecoderPanel) -> None:
    first, second = page(panel).list.rows
    assert (first.own, first.came, first.shown) == (OWN, "by itself", False)
    assert (second.own, second.depth, second.shown) == ("… mange sur la chaise .", 1, True)
    assert "leaves 1 at token 3" in second.came
    total = panel.course.branches.branches[1].decoding.log_probability
    assert second.score == f"{total:.3f}".replace("-", "−")


def test_that_a_click_shows_a_branch_again_with_all_its_decisions(
    qtbot: QtBot, panel: DecoderPanel
) -> None:
    asked: list[Command] = []
    panel.requested.connect(asked.append)
    click(qtbot, panel, 0)
    assert panel.strip.written == [*OWN.split(), "end"]
    assert [row.shown for row in page(panel).list.rows] == [True, False]
    assert panel.course.wish == Wish() and asked == []


def test_that_keys_choose_show_compare_and_forget(qtbot: QtBot, panel: DecoderPanel) -> None:
    shown = page(panel).list
    qtbot.keyClick(shown, Qt.Key.Key_Up)
    qtbot.keyClick(shown, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert shown.rows[0].compared and page(panel).pair.isVisible()
    qtbot.keyClick(shown, Qt.Key.Key_Return)
    assert panel.strip.written[2] == "dort" and not page(panel).pair.isVisible()
    qtbot.keyClick(shown, Qt.Key.Key_Down)
    qtbot.keyClick(shown, Qt.Key.Key_Delete)
    assert [row.number for row in shown.rows] == [1]


def test_that_the_keys_of_the_transport_work_on_the_tree(qtbot: QtBot, panel: DecoderPanel) -> None:
    qtbot.keyClick(page(panel).list, Qt.Key.Key_End)
    assert panel.strip.current == 7
    qtbot.keyClick(page(panel).list, Qt.Key.Key_Left)
    assert panel.strip.current == 6


def test_that_two_branches_stand_side_by_side_with_the_attention_of_both(
    qtbot: QtBot, panel: DecoderPanel
) -> None:
    click(qtbot, panel, 0, pill=True)
    compared = page(panel).pair
    assert compared.isVisible()
    assert compared.said.text() == "2 and 1 part at token 3"
    keys = len(CAT.split()) + 1
    assert compared.map.shape == ((8, keys), (9, keys))
    panel.go(4)
    own, other = panel.course.branches.branches
    site = Site(SiteKind.CROSS, 1)
    row = compared.bars.row(3)
    assert row.share == pytest.approx(float(other.steps[4].attention[site].mean(0)[3]))
    assert row.after == pytest.approx(float(own.steps[4].attention[site].mean(0)[3]))
    assert compared.deciding.text().startswith("Token 5: A “")


def test_that_self_attention_of_both_is_compared_over_what_each_had_written(
    qtbot: QtBot, panel: DecoderPanel
) -> None:
    click(qtbot, panel, 0, pill=True)
    compared = page(panel).pair
    qtbot.keyClick(compared.choice.side, Qt.Key.Key_Down)
    assert compared.pair is not None and compared.choice.kind is SiteKind.DECODER
    assert np.isnan(compared.pair.one.table_NK[2]).tolist() == [False] * 3 + [True] * 5
    panel.go(4)
    labels = [compared.bars.row(key).label for key in range(5)]
    assert labels == ["start", "Le", "chat", "mange | dort", "sur"]


def test_that_a_click_on_a_row_of_either_text_goes_to_that_decision(
    qtbot: QtBot, panel: DecoderPanel
) -> None:
    click(qtbot, panel, 0, pill=True)
    map_ = page(panel).pair.map
    for side, row in ((1, 3), (0, 1)):
        at = map_.cells(side).topLeft()
        at.setY(at.y() + row * map_._high + 3)
        qtbot.mouseClick(map_.viewport(), Qt.MouseButton.LeftButton, pos=at)
        assert panel.strip.current == row == map_.row


def test_that_a_comparison_follows_the_branch_on_show_and_ends_by_its_button(
    qtbot: QtBot, panel: DecoderPanel
) -> None:
    panel.course.force(panel.course.decoding.steps[0].candidates[2].token.id, 5)  # pyright: ignore
    answer(panel, "Le chat mange sur la table .")
    click(qtbot, panel, 0, pill=True)
    click(qtbot, panel, 1)
    assert page(panel).pair.said.text() == "2 and 1 part at token 3"
    qtbot.mouseClick(page(panel).pair.end, Qt.MouseButton.LeftButton)
    assert not page(panel).pair.isVisible()
    assert not any(row.compared for row in page(panel).list.rows)


def test_that_what_was_tried_stays_while_the_model_learns(
    qtbot: QtBot, panel: DecoderPanel
) -> None:
    answer(panel, "Le chat mange la chaise .", step=1300)
    first, second = page(panel).list.rows
    assert first.own == OWN and "step 1,200" in first.came
    assert second.own == "… mange la chaise ." and "step" not in second.came
    asked: list[Command] = []
    panel.requested.connect(asked.append)
    click(qtbot, panel, 0)
    assert panel.strip.written[2] == "dort" and "step 1,200" in panel.origin.text()
    panel.receive([inspected(CAT, step=1300)])
    assert [c.wish for c in asked if isinstance(c, Decode)] == [Wish()]


def test_that_one_text_alone_says_how_to_try_others(qtbot: QtBot) -> None:
    made = DecoderPanel()
    qtbot.addWidget(made)
    made.show()
    made.pages.turn_to("tried")
    made.receive([inspected(CAT)])
    answer(made, OWN)
    assert "click a rival" in page(made).hint.text()


def test_that_strange_and_long_texts_are_drawn(qtbot: QtBot, panel: DecoderPanel) -> None:
    for index, text in enumerate(("你好 世界 ！", "👩‍👩‍👧 🙂 x", "الولد يقرأ ." * 40)):
        panel.course.force(1000 + index, 0)
        answer(panel, text)
        click(qtbot, panel, 0, pill=True)
        panel.grab()
    assert len(page(panel).list.rows) == 5

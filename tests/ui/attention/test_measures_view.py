"""The table of measures, used as a person would: sorted, walked through, measured on a sample."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.inspection.measures import Tally, measure_heads
from explorer.messages.commands import MeasureHeads, MeasureSample
from explorer.messages.events import HeadsMeasured, MeasuringHeads
from explorer.messages.measures import ordered
from explorer.messages.results import Site, SiteKind, Trace
from explorer.messages.shown import Shown
from explorer.ui import theme
from explorer.ui.attention.frozen_column import FrozenColumn
from explorer.ui.attention.measures_view import MeasuresView
from explorer.ui.widgets.head_selection import HeadSelection
from tests.ui.heads import trace

CROSS = Site(SiteKind.CROSS, 1)
LEFT = Qt.MouseButton.LeftButton


class Table:
    """The view on the screen, and the worker's part played by the measures themselves."""

    def __init__(self, qtbot: QtBot, shown: Trace | None = None) -> None:
        self.trace = shown or trace()
        self.selection = HeadSelection()
        self.selection.fit(self.trace.weights)
        self.view = MeasuresView(self.selection)
        self.asked: list[object] = []
        self.view.requested.connect(self.asked.append)
        qtbot.addWidget(self.view)
        self.view.resize(900, 500)
        self.view.show()
        self.view.show_attention(Shown(self.trace))

    def answer(self) -> "Table":
        """What the worker would say to the newest question."""
        question = self.asked[-1]
        if isinstance(question, MeasureSample):
            tally = Tally()
            for seed in range(3):
                list(tally.add(trace(seed=seed)))
            found = tally.result(self.trace, sample=True)
            self.view.receive([HeadsMeasured(question.request, found, sample=True)])
        else:
            assert isinstance(question, MeasureHeads)
            self.view.receive([HeadsMeasured(question.request, measure_heads(self.trace))])
        QApplication.processEvents()
        return self

    @property
    def table(self):
        return self.view.table

    def column(self, title: str) -> int:
        return [column.title for column in self.table.rows.columns].index(title)

    def texts(self, title: str) -> list[str]:
        rows, column = self.table.rows, self.column(title)
        return [rows.index(row, column).data() for row in range(rows.rowCount())]

    def click_title(self, title: str) -> None:
        header = self.table.horizontalHeader()
        x = header.sectionViewportPosition(self.column(title)) + 5
        QTest.mouseClick(header.viewport(), LEFT, pos=QPoint(x, header.height() // 2))

    def click_row(self, row: int) -> None:
        box = self.table.visualRect(self.table.rows.index(row, 1))
        QTest.mouseClick(self.table.viewport(), LEFT, pos=box.center())


@pytest.fixture
def table(qtbot: QtBot) -> Table:
    return Table(qtbot).answer()


def test_that_it_asks_for_the_sentence_that_is_shown_and_has_a_row_for_each_head(
    table: Table,
) -> None:
    (question,) = table.asked
    assert question == MeasureHeads(
        table.trace.source_text,
        "",
        question.request,  # pyright: ignore[reportAttributeAccessIssue]
    )
    assert table.table.rows.rowCount() == 24
    assert table.texts("Head")[0] == "Encoder 1 · 1"
    assert "this sentence" in table.view.words.text()


def test_that_a_click_on_a_title_sorts_by_it_and_another_turns_it_round(table: Table) -> None:
    table.click_title("Entropy")
    values = [float(text) for text in table.texts("Entropy")]
    assert values == sorted(values, reverse=True)
    table.click_title("Entropy")
    assert [float(text) for text in table.texts("Entropy")] == sorted(values)
    table.click_title("Head")
    assert table.texts("Head")[0] == "Encoder 1 · 1"


def test_that_heads_without_a_measure_come_last_either_way(table: Table) -> None:
    for _ in range(2):
        table.click_title("Distance")
        texts = table.texts("Distance")
        assert texts[-8:] == ["–"] * 8 and "–" not in texts[:-8]


def test_that_a_click_on_a_row_chooses_its_head(table: Table) -> None:
    table.click_title("Entropy")
    table.click_row(3)
    assert table.view.measures is not None
    expected = ordered(table.view.measures, "entropy")[3]
    assert (table.selection.site, table.selection.head) == expected
    assert table.selection.by_hand


def test_that_the_row_follows_what_is_chosen_elsewhere_and_keeps_to_it_when_sorted(
    table: Table,
) -> None:
    table.selection.choose(CROSS, 2)
    assert table.table.head == (CROSS, 2)
    table.click_title("Largest weight")
    assert table.table.head == (CROSS, 2) == (table.selection.site, table.selection.head)
    assert "layer 2, head 3" in table.table.accessibleDescription()


def test_that_keys_alone_walk_sort_and_choose(table: Table) -> None:
    table.view.setFocus()
    QTest.keyClick(table.table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert (table.selection.site, table.selection.head) == (Site(SiteKind.ENCODER, 0), 0)
    QTest.keyClick(table.table, Qt.Key.Key_Down)
    assert table.selection.head == 1
    for _ in range(table.column("Entropy")):
        QTest.keyClick(table.table, Qt.Key.Key_Right)
    QTest.keyClick(table.table, Qt.Key.Key_S)
    values = [float(text) for text in table.texts("Entropy")]
    assert values == sorted(values, reverse=True)
    assert table.selection.head == 1


def test_that_names_stay_in_sight_when_the_table_is_scrolled_sideways(table: Table) -> None:
    frozen = table.table.findChild(FrozenColumn)
    assert frozen is not None and not frozen.isVisible()
    table.table.horizontalScrollBar().setValue(200)
    assert frozen.isVisible() and frozen.x() == 0
    box = frozen.visualRect(frozen.model().index(2, 0))
    QTest.mouseClick(frozen.viewport(), LEFT, pos=box.center())
    assert (table.selection.site, table.selection.head) == (Site(SiteKind.ENCODER, 0), 2)
    table.table.horizontalScrollBar().setValue(0)
    assert not frozen.isVisible()


def test_that_every_title_and_cell_explains_itself(table: Table) -> None:
    rows = table.table.rows
    for column in range(rows.columnCount()):
        help = rows.headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        assert isinstance(help, str) and len(help) > 30
        assert rows.index(0, column).data(Qt.ItemDataRole.ToolTipRole)
    role = rows.index(0, 1).data(Qt.ItemDataRole.ToolTipRole)
    assert "chance" in role and "queries" in role


class TestAsking:
    def test_that_another_sentence_is_measured_at_once(self, table: Table):
        table.trace = trace("A dog runs .", "Un chien court .")
        table.view.show_attention(Shown(table.trace))
        question = table.asked[-1]
        assert isinstance(question, MeasureHeads) and question.source == "A dog runs ."

    def test_that_an_answer_about_a_sentence_that_is_gone_is_not_shown(self, table: Table):
        old = measure_heads(table.trace)
        table.trace = trace("A dog runs .", "Un chien court .")
        table.view.show_attention(Shown(table.trace))
        table.view.receive([HeadsMeasured(1, old)])
        assert table.view.asking.waiting
        table.answer()
        assert table.view.measures is not None
        assert table.view.measures.source_text == "A dog runs ."

    def test_that_the_same_sentence_at_another_step_waits_its_turn(
        self, table: Table, qtbot: QtBot
    ):
        for step in range(1300, 1320):
            table.view.show_attention(Shown(trace(step=step)))
        assert len(table.asked) == 1
        qtbot.waitUntil(lambda: len(table.asked) == 2, timeout=3000)

    def test_that_nothing_is_asked_while_nobody_looks(self, table: Table):
        table.view.hide()
        table.view.show_attention(Shown(trace("A dog runs .", "Un chien court .")))
        assert len(table.asked) == 1
        table.view.show()
        assert len(table.asked) == 2

    def test_that_held_out_examples_show_their_progress_and_their_number(self, table: Table):
        button = table.view.on.button(64)
        QTest.mouseClick(button, LEFT)
        question = table.asked[-1]
        assert question == MeasureSample(64, question.request)  # pyright: ignore
        table.view.receive([MeasuringHeads("sample", question.request, 16, 64)])  # pyright: ignore
        assert table.view.progress.isVisible() and table.view.progress.value() == 16
        table.answer()
        assert not table.view.progress.isVisible()
        assert "3 held-out examples" in table.view.words.text()
        assert "Content part" in [column.title for column in table.table.rows.columns]

    def test_that_going_back_to_the_sentence_gives_the_sample_up(self, table: Table):
        QTest.mouseClick(table.view.on.button(512), LEFT)
        QTest.mouseClick(table.view.on.button(0), LEFT)
        assert table.asked[-2] == MeasureSample(0)
        assert isinstance(table.asked[-1], MeasureHeads)

    def test_that_a_refusal_is_said_in_its_place(self, table: Table):
        QTest.mouseClick(table.view.on.button(64), LEFT)
        number = table.asked[-1].request  # pyright: ignore[reportAttributeAccessIssue]
        table.view.receive([HeadsMeasured(number, None, "The examples are not here.", sample=True)])
        assert table.view.empty.isVisible()
        assert table.view.empty.words.text() == "The examples are not here."
        assert not table.view.save.isEnabled()


def test_that_an_empty_view_says_what_to_do(qtbot: QtBot) -> None:
    view = MeasuresView(HeadSelection())
    qtbot.addWidget(view)
    view.show()
    view.show_attention(None)
    assert "sentence" in view.empty.words.text()


def test_that_the_table_is_saved_with_its_definitions(table: Table, tmp_path: Path) -> None:
    table.view.save_to(tmp_path / "m.json")
    value = json.loads((tmp_path / "m.json").read_text(encoding="utf-8"))
    assert len(value["heads"]) == 24 and value["rule"]
    assert "Saved" in table.view.words.text()


def test_that_a_place_that_cannot_be_written_is_said(table: Table, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    table.view.save_to(tmp_path / "file" / "m.csv")
    assert "was not saved" in table.view.words.text()


@pytest.mark.parametrize("dark", [False, True])
def test_that_the_whole_table_is_drawn_on_paper(table: Table, dark: bool) -> None:
    theme.theme().choose("dark" if dark else "light")
    size = table.view.paper_size()
    image = QImage(size.toSize(), QImage.Format.Format_RGB32)
    image.fill(theme.colors().surface)
    painter = QPainter(image)
    table.view.draw(painter, size)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
    below = pixels[int(image.height() * 0.96) :]
    assert len(np.unique(below)) > 10  # The last head is there.
    assert QRectF(image.rect()).width() >= size.width() - 1


def test_that_a_large_model_is_shown_without_holding_up_the_window(qtbot: QtBot) -> None:
    table = Table(qtbot, trace(layers=12, heads=12)).answer()
    times: list[float] = []
    for _ in range(7):
        started = time.thread_time()
        table.view.receive([HeadsMeasured(0, table.view.measures)])
        table.table.viewport().repaint()
        times.append(time.thread_time() - started)
    assert table.table.rows.rowCount() == 3 * 144
    assert sorted(times)[3] < 0.05, times

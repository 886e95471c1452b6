"""The flow view: what it asks for, what its lines and numbers say, pointer and keys."""

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.inspection.flow import Network
from explorer.inspection.flow_answer import flow_of
from explorer.inspection.layered import Layered
from explorer.messages.commands import TraceFlow, TracePath
from explorer.messages.events import FlowTraced, MeasuringHeads, PathTraced
from explorer.messages.flow import FlowPath
from explorer.messages.results import Site, SiteKind, Trace
from explorer.messages.shown import Reading, Shown
from explorer.ui import theme
from explorer.ui.attention.flow_view import FlowView
from explorer.ui.widgets.head_selection import HeadSelection
from tests.inspection.hand import hand_trace, one_hot
from tests.ui.heads import trace
from tests.ui.scripts import token

ENCODER, CROSS = Site(SiteKind.ENCODER, 0), Site(SiteKind.CROSS, 1)
LEFT = Qt.MouseButton.LeftButton


class Flow:
    """The view on the screen; questions are answered by the worker's own functions."""

    def __init__(
        self, qtbot: QtBot, shown: Trace | None = None, site: Site = ENCODER, wide: int = 900
    ) -> None:
        self.trace = shown or trace()
        self.selection = HeadSelection()
        self.selection.choose(site, 1)
        self.view = FlowView(self.selection)
        self.asked: list[TraceFlow | TracePath] = []
        self._graph: Layered | None = None
        self._answered = 0
        self.view.requested.connect(self.asked.append)
        qtbot.addWidget(self.view)
        self.view.resize(wide, 500)
        self.view.show()
        self.view.show_attention(Shown(self.trace))
        self.answer()

    def answer(self) -> None:
        """Answer all that was asked since."""
        while self._answered < len(self.asked):
            question = self.asked[self._answered]
            self._answered += 1
            if isinstance(question, TraceFlow):
                self.view.receive([FlowTraced(question.request, self._flow(question))])
            elif self._graph is not None:
                value, carried = Network(self._graph).path(question.query, question.key)
                path = FlowPath(question.query, question.key, value, carried)
                self.view.receive([PathTraced(question.request, path)])
        QApplication.processEvents()

    def _flow(self, question: TraceFlow):
        slices = flow_of(self.trace, question.choice)
        while True:
            try:
                next(slices)
            except StopIteration as end:
                found, self._graph = end.value
                return found

    @property
    def found(self):
        assert self.view.found is not None
        return self.view.found

    @property
    def layout(self):
        return self.view.layout_(self.view.canvas.viewport().width())

    def query_point(self, row: int) -> QPoint:
        """The label of a query, right of the graph."""
        return QPointF(self.layout.right + 14, self.layout.y(row)).toPoint()

    def cell(self, row: int, column: int) -> QPoint:
        layout = self.layout
        x = (layout.columns[column] + layout.columns[column + 1]) / 2
        return QPointF(x, (layout.rows[row] + layout.rows[row + 1]) / 2).toPoint()

    def move(self, point: QPoint) -> None:
        viewport = self.view.canvas.viewport()
        QTest.mouseMove(viewport, QPoint(1, 1))
        QTest.mouseMove(viewport, point)
        self.answer()

    def click(self, point: QPoint) -> None:
        QTest.mouseClick(self.view.canvas.viewport(), LEFT, pos=point)
        self.answer()

    def key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.view.canvas, key)
        self.answer()

    def method(self, name: str) -> None:
        QTest.mouseClick(self.view.choices.method.button(name), LEFT)
        self.answer()


@pytest.fixture
def flow(qtbot: QtBot) -> Flow:
    return Flow(qtbot)


class TestAsking:
    def test_that_it_asks_for_all_layers_of_the_chosen_attention(self, flow: Flow):
        (question,) = flow.asked
        assert isinstance(question, TraceFlow)
        choice = question.choice
        assert (choice.method, choice.kind, choice.layer) == ("rollout", SiteKind.ENCODER, 1)
        assert choice.residual and not choice.heads

    def test_that_another_attention_asks_anew_and_another_head_does_not(self, flow: Flow):
        flow.selection.choose(ENCODER, 3)
        assert len(flow.asked) == 1
        flow.selection.choose(CROSS, 0)
        flow.answer()
        assert flow.found.choice.kind is SiteKind.CROSS
        assert len(flow.found.queries) == len(flow.trace.target)

    def test_that_value_weighting_follows_the_chosen_head(self, flow: Flow):
        QTest.mouseClick(flow.view.choices.method.button("value"), LEFT)
        flow.selection.choose(Site(SiteKind.ENCODER, 1), 2)
        assert isinstance(question := flow.asked[-1], TraceFlow)
        assert question.choice.heads == ((Site(SiteKind.ENCODER, 1), 2),)
        assert question.choice.layer == 1 and question.choice.normalise
        assert flow.view.choices.residual.isHidden() and flow.view.choices.layer.isHidden()

    def test_that_residual_layer_and_pinned_heads_are_asked_for(self, flow: Flow):
        QTest.mouseClick(flow.view.choices.residual, LEFT, pos=QPoint(8, 8))
        flow.answer()
        assert not flow.found.choice.residual
        flow.view.choices.layer.setFocus()
        QTest.keyClick(flow.view.choices.layer, Qt.Key.Key_Up)
        flow.answer()
        assert flow.found.choice.layer == 0
        assert not flow.view.choices.pinned.isEnabled()
        flow.selection.pin(ENCODER, 2)
        QTest.mouseClick(flow.view.choices.pinned, LEFT, pos=QPoint(8, 8))
        flow.answer()
        assert flow.found.choice.heads == ((ENCODER, 2),)
        np.testing.assert_allclose(flow.found.map_QK, flow.trace.weights[ENCODER][2], atol=1e-6)

    def test_that_nothing_is_asked_while_nobody_looks(self, flow: Flow):
        flow.view.hide()
        flow.view.show_attention(Shown(trace("A dog runs .", "Un chien court .")))
        assert len(flow.asked) == 1
        flow.view.show()
        assert len(flow.asked) == 2

    def test_that_steps_of_training_wait_their_turn(self, flow: Flow, qtbot: QtBot):
        for step in range(1300, 1320):
            flow.view.show_attention(Shown(trace(step=step)))
        assert len(flow.asked) == 1
        qtbot.waitUntil(lambda: len(flow.asked) == 2, timeout=3000)

    def test_that_a_refusal_and_the_progress_are_said(self, flow: Flow):
        QTest.mouseClick(flow.view.choices.method.button("flow"), LEFT)
        number = flow.asked[-1].request
        flow.view.receive([MeasuringHeads("flow", number, 3, 9)])
        assert "3 of 9" in flow.view.words.text()
        flow.view.receive([FlowTraced(number, None, "Too long; take a shorter text.")])
        assert flow.view.found is None
        assert "Too long" in flow.view.canvas.accessibleDescription()

    def test_that_an_answer_to_an_older_question_is_not_shown(self, flow: Flow):
        old = flow.found
        QTest.mouseClick(flow.view.choices.method.button("flow"), LEFT)
        flow.view.receive([FlowTraced(1, old)])
        flow.answer()
        assert flow.found.choice.method == "flow"


class TestTokens:
    def test_that_the_pointer_tells_what_a_token_is_made_of(self, flow: Flow, qtbot: QtBot):
        said: list[str] = []
        flow.view.pointed.connect(said.append)
        flow.move(flow.query_point(2))
        row = flow.found.map_QK[2]
        best = flow.found.keys[int(row.argmax())].text
        assert flow.view.chosen == (2, None)
        assert best in said[-1] and f"{row.max():.2f}" in said[-1]

    def test_that_a_cell_of_the_map_tells_its_share(self, flow: Flow):
        said: list[str] = []
        flow.view.pointed.connect(said.append)
        flow.move(flow.cell(3, 5))
        assert flow.view.chosen == (3, 5)
        assert f"{flow.found.map_QK[3, 5]:.3f}" in said[-1]

    def test_that_a_click_keeps_the_token_for_all_views_and_another_lets_go(self, flow: Flow):
        flow.click(flow.query_point(4))
        assert (flow.selection.query, flow.selection.key) == (4, None)
        flow.click(flow.query_point(4))
        assert (flow.selection.query, flow.selection.key) == (None, None)

    def test_that_keys_alone_reach_every_token(self, flow: Flow):
        flow.view.canvas.setFocus()
        flow.key(Qt.Key.Key_Down)
        flow.key(Qt.Key.Key_Down)
        assert flow.selection.query == 1
        flow.key(Qt.Key.Key_Right)
        assert (flow.selection.query, flow.selection.key) == (1, 0)
        flow.key(Qt.Key.Key_End)
        assert flow.selection.query == len(flow.found.queries) - 1
        assert flow.found.queries[-1].text in flow.view.canvas.accessibleDescription()
        flow.key(Qt.Key.Key_Escape)
        assert flow.selection.query is None

    def test_that_the_largest_flow_of_a_pair_comes_from_the_worker(self, flow: Flow):
        flow.method("flow")
        flow.click(flow.query_point(2))
        assert isinstance(flow.asked[-1], TracePath)
        path = flow.view.path
        assert path is not None and path.query == 2
        assert path.key == int(flow.found.map_QK[2].argmax())
        flow.click(flow.cell(2, 6))
        path = flow.view.path
        assert path is not None and path.key == 6
        assert path.value == pytest.approx(float(flow.found.map_QK[2, 6]), abs=1e-6)
        assert "largest flow" in flow.view.words.text()

    def test_that_words_picked_elsewhere_mean_their_first_token(self, qtbot: QtBot):
        parts = (token("un"), token("able", begins=False), token("cat"))
        parts = tuple(
            type(part)(part.id, part.text, part.piece, word=word)
            for part, word in zip(parts, (0, 0, 1), strict=True)
        )
        flow = Flow(qtbot, trace(parts))
        flow.view.show_attention(Shown(flow.trace, Reading(words=True)))
        flow.selection.pick(1, None)
        assert flow.view.picked == (2, None)
        flow.click(flow.query_point(1))
        assert flow.selection.query == 0


class TestPicture:
    def test_that_shifts_of_two_layers_lead_two_tokens_back(self, qtbot: QtBot):
        """The line of the third query ends at the first input: its number is 1, the others' 0."""
        back = one_hot([0, 0, 1, 2, 3], 5)
        sites = {Site(SiteKind.DECODER, n): back for n in range(2)}
        flow = Flow(qtbot, hand_trace(sites, target="abcde"), Site(SiteKind.DECODER, 0))
        QTest.mouseClick(flow.view.choices.residual, LEFT, pos=QPoint(8, 8))
        flow.answer()
        assert flow.view.picture is not None
        amounts = flow.view.picture.amounts(4)
        assert amounts is not None
        assert [np.argwhere(amount > 0.5).tolist() for amount in amounts] == [[[4, 3]], [[3, 2]]]

    @pytest.mark.parametrize("dark", [False, True])
    @pytest.mark.parametrize("wide", [420, 900])
    def test_that_it_is_drawn_on_screen_and_on_paper(self, qtbot: QtBot, dark: bool, wide: int):
        theme.theme().choose("dark" if dark else "light")
        flow = Flow(qtbot, site=CROSS, wide=wide)
        flow.selection.pick(2, None)
        size = flow.view.paper_size()
        image = QImage(size.toSize(), QImage.Format.Format_RGB32)
        image.fill(theme.colors().surface)
        painter = QPainter(image)
        flow.view.draw(painter, size)
        painter.end()
        pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)
        accent = int(theme.colors().accent[1:], 16)
        assert ((pixels & 0xFFFFFF) == accent).sum() > 50  # Nodes and marks of the chosen query.
        assert not flow.view.grab().isNull()

    def test_that_without_a_trace_it_says_what_to_do(self, qtbot: QtBot):
        view = FlowView(HeadSelection())
        qtbot.addWidget(view)
        view.show()
        view.show_attention(None)
        assert "Type a sentence" in view.canvas.accessibleDescription()

    def test_that_only_what_is_seen_of_a_long_text_is_drawn(self, qtbot: QtBot):
        flow = Flow(qtbot, trace(" ".join(["word"] * 400), layers=1, heads=1))
        assert flow.view.canvas.verticalScrollBar().maximum() > 5000
        times: list[float] = []
        for query in (5, 6, 7):
            flow.selection.pick(query, None)
            started = time.perf_counter()
            flow.view.canvas.viewport().repaint()
            times.append(time.perf_counter() - started)
        assert min(times) < 0.05, times

    def test_that_other_scripts_and_emoji_have_their_rows(self, qtbot: QtBot):
        flow = Flow(qtbot, trace("سلام 你好 👩‍👩‍👧 word", "שלום friend"))
        flow.move(flow.query_point(0))
        assert flow.view.chosen == (0, None)
        assert not flow.view.grab().isNull()

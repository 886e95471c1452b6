"""Every view on a trained model whose attention is known: the anti-diagonal."""

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.results import Trace
from explorer.messages.shown import Shown
from explorer.ui.attention.desk import AttentionDesk
from explorer.ui.widgets.head_selection import HeadSelection
from tests.reverse_task import SITE, digits, reverse_trace


@pytest.fixture
def trace() -> Trace:
    return reverse_trace(digits(3))


def test_that_each_digit_looks_at_its_mirror_image(trace: Trace) -> None:
    weights = np.asarray(trace.weights[SITE])[0]
    length = len(trace.source)
    assert weights.argmax(axis=1).tolist() == list(range(length))[::-1]
    assert weights.max(axis=1).mean() > 0.5
    np.testing.assert_allclose(trace.heads[SITE].block(0), weights, atol=1e-5)


def test_that_every_view_tells_the_mirror_image(qtbot: QtBot, trace: Trace) -> None:
    desk = AttentionDesk(HeadSelection())
    qtbot.addWidget(desk)
    desk.resize(1100, 700)
    desk.show()
    desk.show_trace(trace, reopened=True)
    desk.selection.pick(2, None)
    for key, view in desk.side.views.items():
        desk.side.turn_to(key)
        QApplication.processEvents()
        assert isinstance(view.shown, Shown)
        assert not view.grab().isNull(), key
    assert (desk.selection.site, desk.selection.head) == (SITE, 0)

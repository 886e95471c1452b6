"""Which answers a panel takes while it and the bar of time learn of another model in turns."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from explorer.messages.config import RunConfig
from explorer.messages.events import ModelOpened, Moments, WentTo
from explorer.messages.foreign import NO_STEP
from explorer.messages.results import ModelInfo
from explorer.messages.travel import GoTo
from explorer.ui.travel.bar import TravelBar
from explorer.ui.travel.presence import Presence

OPENED = ModelOpened(ModelInfo("m", "", RunConfig(), 60, 1, 1, ""))


def test_that_a_step_told_before_the_model_of_it_is_known_here_stands() -> None:
    panel = Presence()
    assert panel.look(8, 1), "the bar was told of the model first"
    for event in (OPENED, WentTo(8)):
        panel.take(event)
    assert panel.at == 8 and panel.agrees


def test_that_a_step_of_the_model_before_means_nothing_any_more() -> None:
    panel = Presence()
    panel.take(OPENED)
    assert panel.look(4, 1)
    panel.take(OPENED)
    assert panel.at is None and panel.agrees
    assert not panel.look(4, 1), "the bar has yet to be told of the other model"
    assert panel.at is None and panel.agrees
    assert panel.look(None, 2)


def test_that_the_step_of_a_session_is_gone_to_in_its_model_and_not_in_the_one_before(
    qtbot: QtBot,
) -> None:
    bar, asked = TravelBar(), []
    qtbot.addWidget(bar)
    bar.requested.connect(asked.append)
    bar.receive([OPENED, Moments("before", (0, 100, 200))])
    bar.remember({"step": 8})
    assert asked[-1] == GoTo(None), "the answer to this comes after all of the opening"
    bar.receive([OPENED, Moments("then", (0, 4, 8, 16))])
    assert bar.at is None
    bar.receive([WentTo(None)])
    assert bar.at == 8 and asked[-1] == GoTo(8)


def test_that_a_model_without_steps_is_called_pre_trained(qtbot: QtBot) -> None:
    bar = TravelBar()
    qtbot.addWidget(bar)
    bar.receive([ModelOpened(replace(OPENED.model, step=NO_STEP))])
    assert bar.parts.where.text() == "Pre-trained"
    bar.receive([OPENED])
    assert bar.parts.where.text() == "Now, step 60"

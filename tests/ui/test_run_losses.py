"""What the run's facts say of the loss on held-out data."""

from pytestqt.qtbot import QtBot

from explorer.messages.events import Evaluated
from explorer.messages.results import Measurement
from explorer.ui.widgets.run_view import RunView


def test_that_a_low_bit_models_loss_stands_beside_that_of_full_precision(qtbot: QtBot) -> None:
    view = RunView()
    qtbot.addWidget(view)
    view.receive([Evaluated(Measurement(4, 0.5, 0.25, 8, 0.75, 0.4375))])
    assert view.facts.value("Held-out loss") == "0.500, unrounded 0.438"


def test_that_another_models_loss_stands_alone(qtbot: QtBot) -> None:
    view = RunView()
    qtbot.addWidget(view)
    view.receive([Evaluated(Measurement(4, 0.5, 0.25, 8))])
    assert view.facts.value("Held-out loss") == "0.500"

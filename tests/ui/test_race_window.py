"""A race, opened, chosen, run and looked at by hand, with the real worker."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from explorer.messages.presets import load_preset
from explorer.messages.race import Arrival
from explorer.messages.race_choices import COMPARISONS, offers
from explorer.messages.results import Site, SiteKind
from explorer.runs.folder import RunFolder
from explorer.ui.race.lane_card import nearest
from explorer.ui.race.race_curves import standing
from explorer.ui.race.race_window import RaceWindow
from tests.desk import Desk

LONG = 120_000
"""Milliseconds for what takes seconds on a machine with little else to do."""
ENCODER, DECODER, CROSS = (Site(kind, 0) for kind in SiteKind)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(qtbot, tmp_path / "settings.ini")
    yield made
    made.close()


def opened(desk: Desk, folder: Path, steps: int) -> RaceWindow:
    """The window, opened from the menu, with so many steps typed in."""
    (action,) = [a for a in desk.window.findChildren(QAction) if a.text() == "&Race…"]
    action.trigger()
    window = desk.window.races.window
    assert window is not None
    desk.wait(window.isVisible)
    window.folder = str(folder)
    window.setup.steps.selectAll()
    desk.qtbot.keyClicks(window.setup.steps, str(steps))
    desk.qtbot.keyClick(window.setup.steps, Qt.Key.Key_Return)
    assert window.setup.steps.value() == steps
    return window


def click(desk: Desk, button: object) -> None:
    desk.wait(button.isEnabled)  # type: ignore[attr-defined]
    desk.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


@pytest.mark.slow
def test_that_three_architectures_race_and_are_seen_side_by_side(
    desk: Desk, tmp_path: Path
) -> None:
    window = opened(desk, tmp_path / "race", 20)
    assert window.state is None and not window.hold.isEnabled()
    click(desk, window.start)
    desk.wait(lambda: window.state == "finished", LONG)
    window.refresh()
    names = ["Encoder–decoder", "Decoder alone", "Encoder alone"]
    assert [card.name.text() for card in window.cards] == names
    assert [len(curve.series) for curve in window.curves.chart.plots[0].curves] == [20, 20, 20]
    assert all("step 20 of 20" in card.facts.text() for card in window.cards)
    assert all("accuracy" in card.facts.text() for card in window.cards)
    assert (
        window.said.text() == "Over: no lane at 95 % of tokens right." and window.start.isEnabled()
    )
    folders = [RunFolder(path) for path in (tmp_path / "race").iterdir()]
    assert [folder.newest_step() for folder in folders] == [20, 20, 20]
    kinds = [{site.kind for site, _ in card.sites} for card in window.cards]
    assert kinds == [set(SiteKind), {SiteKind.DECODER}, {SiteKind.ENCODER}]
    assert window.selection.site == CROSS, "the most telling kind is chosen first"
    assert window.cards[0].title.text() == "Cross · layer 1 · head 1"
    assert "there is no Cross" in window.cards[1].title.text()


@pytest.mark.slow
def test_that_a_sentence_head_and_token_are_the_same_in_all_lanes(
    desk: Desk, tmp_path: Path
) -> None:
    window = opened(desk, tmp_path / "race", 100_000)
    window.setup.comparison.setCurrentIndex(1)
    assert [box.text() for box in window.setup.boxes] == ["Sinusoidal", "Rotary", "Learned", "None"]
    click(desk, window.setup.boxes[2])
    assert [offer.name for offer in window.setup.chosen] == ["Sinusoidal", "Rotary"]
    click(desk, window.start)
    desk.wait(lambda: window.state == "running" and len(window.cards) == 2, LONG)
    window.source.edit.selectAll()
    desk.qtbot.keyClicks(window.source.edit, "2 7 1 8")
    traces = [card.map for card in window.cards]
    desk.wait(lambda: all(m.shown and m.shown.trace.source_text == "2 7 1 8" for m in traces))
    click(desk, window.hold)
    desk.wait(lambda: window.state == "paused")
    steps = {m.shown.trace.step for m in traces if m.shown}
    assert len(steps) == 1 or max(steps) - min(steps) <= 1
    window.heads.kind.setFocus()
    desk.qtbot.keyClick(window.heads.kind, Qt.Key.Key_Home)
    desk.qtbot.keyClick(window.heads.head, Qt.Key.Key_Down)
    desk.wait(lambda: all(c.title.text() == "Encoder · layer 1 · head 2" for c in window.cards))
    first, second = traces
    desk.wait(lambda: first.layout_ is not None)
    desk.qtbot.mouseClick(
        first, Qt.MouseButton.LeftButton, pos=QPoint(first.width() // 2, first.height() // 2)
    )
    picked = window.selection.query, window.selection.key
    other = second.selection
    assert picked != (None, None) and (other.query, other.key) == picked
    click(desk, window.hold)
    desk.wait(lambda: window.state == "running")
    click(desk, window.stop)
    desk.wait(lambda: window.state == "stopped")
    assert window.setup.preset.isEnabled() and not window.stop.isEnabled()


@pytest.mark.slow
def test_that_closing_the_window_holds_the_race_and_opening_it_shows_it_again(
    desk: Desk, tmp_path: Path
) -> None:
    window = opened(desk, tmp_path / "race", 100_000)
    click(desk, window.start)
    desk.wait(lambda: window.state == "running", LONG)
    window.close()
    desk.wait(lambda: window.state == "paused")
    desk.window.open_race()
    assert desk.window.races.window is window and window.hold.text() == "Resume"


def test_that_one_lane_alone_is_no_race(desk: Desk, tmp_path: Path) -> None:
    window = opened(desk, tmp_path / "race", 50)
    for box in window.setup.boxes[1:]:
        click(desk, box)
    assert not window.start.isEnabled() and "2 to 4 lanes, not 1" in window.setup.said.text()


def test_that_every_comparison_of_the_lists_has_at_least_two_lanes() -> None:
    for name in ("reverse", "repeat", "dates", "addition"):
        config = load_preset(name)
        for comparison in COMPARISONS:
            found = offers(config, comparison, 200)
            assert sum(offer.entrant is not None for offer in found) >= 2
            tasks = {o.entrant.config.task.model_dump_json() for o in found if o.entrant}
            assert len(tasks) == 1, "the same examples"


def test_that_a_variant_that_does_not_fit_says_why() -> None:
    found = offers(load_preset("repeat"), COMPARISONS[0], 200)
    assert [offer.entrant is None for offer in found] == [False, False, True]
    assert "does not fit the task" in found[2].refused


def test_that_a_lane_without_the_head_shows_the_nearest() -> None:
    decoder = [(Site(SiteKind.DECODER, n), 2) for n in range(3)]
    assert nearest(decoder, Site(SiteKind.DECODER, 1), 1) == (Site(SiteKind.DECODER, 1), 1)
    assert nearest(decoder, Site(SiteKind.CROSS, 7), 5) == (Site(SiteKind.DECODER, 2), 1)
    both = [(ENCODER, 4), (DECODER, 4), (CROSS, 4)]
    assert nearest(both, CROSS, 3) == (CROSS, 3)


def test_that_a_lane_that_came_in_says_its_place_step_and_time() -> None:
    arrivals = [Arrival(1, 300, 4.2, 0.96), Arrival(0, 400, 3.0, 0.95)]
    assert standing(1, arrivals, {1: 1, 0: 2}) == "1st · step 300 · 0:04"
    assert standing(2, arrivals, {1: 1, 0: 2}) == ""

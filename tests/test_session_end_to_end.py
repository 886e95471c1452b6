"""A session with the real worker: saved, and opened in another window on the same model."""

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.messages.results import Site, SiteKind
from tests.desk import Desk


def grabbed(desk: Desk, part: QWidget) -> QImage:
    """A part of the window that has come to rest."""
    seen: list[QImage] = []

    def rests() -> bool:
        seen.append(part.grab().toImage())
        return len(seen) > 20 and all(image == seen[-1] for image in seen[-10:])

    desk.wait(rests)
    return seen[-1]


@pytest.mark.slow
def test_that_a_session_opens_with_its_model_to_the_same_attention(
    qtbot: QtBot, tmp_path: Path
) -> None:
    file = tmp_path / "mine.attention"
    desk = Desk(qtbot, tmp_path / "one.ini", "reverse")
    desk.clear()
    desk.type("7 7 1 9")
    desk.wait(lambda: desk.shown == "7 7 1 9")
    desk.attention.selection.choose(Site(SiteKind.CROSS, 0), 3)
    desk.attention.view.side.turn_to("lines")
    desk.attention.selection.pick(1, 2)
    before = [grabbed(desk, part) for part in (desk.attention.view.heads, desk.attention.view.side)]
    desk.window.keeping.save(file)
    desk.close()

    other = Desk(qtbot, tmp_path / "two.ini", str(file))
    other.wait(lambda: other.shown == "7 7 1 9")
    view = other.attention.view
    after = [grabbed(other, part) for part in (view.heads, view.side)]
    other.close()
    assert view.side.seen.key == "lines"
    assert after == before

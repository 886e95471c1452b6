"""What a move of the slider of time costs: all panels follow, and are painted.

    python -m benchmarks.dragging [RUN] [--size 1440x900] [--moves 200]

RUN is a run's folder or a sample model with kept steps. Drives the real window without a screen,
with the real worker; the sentence has gone through all steps before the clock starts. Prints
milliseconds of the window's thread from a move of the pointer to the painted window, by view, as
wall time and as the thread's own processor time, and the frames a second that the latter allow.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.engine import loop
from explorer.messages.mailbox import Inbox, Outbox
from explorer.ui import theme
from explorer.ui.main_window import MainWindow
from explorer.ui.panels.attention_panel import AttentionPanel
from explorer.ui.session import Session

VIEWS = ("map", "lines", "text", "beside", "measures")
PATIENCE = 300.0
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def wait(until: Callable[[], bool]) -> None:
    """Let the window live until something is true."""
    end = time.monotonic() + PATIENCE
    while not until():
        QTest.qWait(20)
        if time.monotonic() > end:
            sys.exit("nothing came for too long; is this a run with kept steps?")


def measure(window: MainWindow, moves: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each move, as wall time and as processor time of this thread."""
    track = window.travel.track
    wall: list[float] = []
    own: list[float] = []
    spots = [QPoint(round(track.x_of(step)), track.height() - 8) for step in track.kept]
    way = spots[::-1] + spots
    QTest.mousePress(track, LEFT, NONE, way[0])
    QApplication.processEvents()
    for number in range(moves):
        begun, used = time.perf_counter(), time.thread_time()
        QTest.mouseMove(track, way[number % len(way)])
        QApplication.processEvents()
        wall.append(1000 * (time.perf_counter() - begun))
        own.append(1000 * (time.thread_time() - used))
    QTest.mouseRelease(track, LEFT, NONE, way[0])
    return wall, own


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("run", nargs="?", default="induction")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--moves", type=int, default=200)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        app = QApplication([])
        theme.install(app, "light")
        inbox, outbox = Inbox(), Outbox()
        session = Session(inbox, outbox)
        kept = QSettings(str(Path(home, "settings.ini")), QSettings.Format.IniFormat)
        window = MainWindow(session, kept)
        window.resize(*map(int, chosen.size.split("x")))
        window.show()
        worker = loop.start(inbox, outbox)
        window.open_model(chosen.run)
        wait(lambda: window.travel.voyage.whole and window.travel.happened.progress is None)
        report(window, chosen.moves)
        ends: list[bool] = []
        window.finished.connect(lambda: ends.append(True))
        window.close()
        wait(lambda: bool(ends))
        worker.join()
        session.close()


def report(window: MainWindow, moves: int) -> None:
    """A line a view."""
    panel = next(panel for panel in window.panels if isinstance(panel, AttentionPanel))
    voyage = window.travel.voyage
    print(
        f"{len(voyage.kept)} kept steps, {window.width()} × {window.height()}, {moves} moves a view"
    )
    print(f"{'view':>9}  {'median':>7}  {'95 %':>7}  {'own':>7}  {'frames/s':>8}")
    for view in VIEWS:
        panel.view.side.turn_to(view)
        QTest.qWait(300)
        wall, own = measure(window, moves)
        spent = statistics.median(own)
        worst = statistics.quantiles(wall, n=20)[-1]
        print(
            f"{view:>9}  {statistics.median(wall):7.1f}  {worst:7.1f}  {spent:7.1f}  "
            f"{1000 / spent:8.0f}"
        )


if __name__ == "__main__":
    main()

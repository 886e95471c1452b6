"""How fast the decoder panel follows a person: keys that are held down, and rivals that are forced.

`python -m benchmarks.decoder_panel [--json FILE] [--model NAME]`. The real window without a screen,
with the real worker, for each sample model. A step is a repeat of the right arrow key with all that
it redraws, by the processor time of the window's own thread, which other programs do not lengthen;
forcing is timed from the click on a rival to the drawn continuation, by the clock and by the
processor time of all threads together (busy). The worker gives way to whatever else runs, so the
clock says little on a machine that is busy with other things.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.engine import loop
from explorer.messages.mailbox import Inbox, Outbox
from explorer.ui import theme
from explorer.ui.decoder.beams_page import BeamsPage
from explorer.ui.main_window import MainWindow
from explorer.ui.panels.decoder_panel import DecoderPanel
from explorer.ui.session import Session

MODELS = ("reverse", "dates", "translate-en-fr")
STEP, FORCE = 33.0, 100.0
"""Milliseconds wanted at most: for 30 steps a second, and for a new continuation."""
_PATIENCE = 120.0


class Bench:
    """The window on one model."""

    def __init__(self, home: Path, model: str) -> None:
        self._app = QApplication.instance() or QApplication([])
        assert isinstance(self._app, QApplication)
        theme.install(self._app, "light")
        inbox, outbox = Inbox(), Outbox()
        self._session = Session(inbox, outbox)
        settings = QSettings(str(home / "settings.ini"), QSettings.Format.IniFormat)
        self._window = MainWindow(self._session, settings)
        self._window.resize(1280, 800)
        self._window.show()
        self._worker = loop.start(inbox, outbox, "cpu")
        panels = self._window.panels
        self.panel = next(panel for panel in panels if isinstance(panel, DecoderPanel))
        self._window.open_model(model)
        self._wait(self._written)

    def _written(self) -> bool:
        return self.panel.course.decoding is not None and not self.panel._asking.waiting

    def _wait(self, until: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE
        while not until():
            QApplication.processEvents()
            time.sleep(0.001)
            if time.monotonic() > end:
                raise SystemExit("the worker did not answer")

    def steps(self, page: str) -> list[float]:
        """Milliseconds of the window's thread for each step of three runs through the text."""
        self.panel.pages.turn_to(page)
        if page == BeamsPage.key and not self._searched():
            seen = self.panel.pages.seen
            assert isinstance(seen, BeamsPage)
            seen.empty.button.click()
            self._wait(lambda: self._written() and self._searched())
        found: list[float] = []
        for _ in range(3):
            self._key(Qt.Key.Key_Home)
            while self.panel.course.cursor.can_go_on:
                started = time.thread_time()
                self._key(Qt.Key.Key_Right)
                found.append(1000 * (time.thread_time() - started))
        return found

    def _searched(self) -> bool:
        decoding = self.panel.course.decoding
        return decoding is not None and bool(decoding.tree)

    def _key(self, key: Qt.Key) -> None:
        QTest.keyClick(self.panel.strip, key)
        QApplication.processEvents()

    def forces(self) -> tuple[list[float], list[float]]:
        """Milliseconds from a click on the second rival to its continuation, at each decision.

        By the clock, and by the processor time of window and worker together.
        """
        self.panel.pages.turn_to("decision")
        course, rivals = self.panel.course, self.panel.decision.candidates
        clock: list[float] = []
        busy: list[float] = []
        for index in range(min(12, course.cursor.count - 1)):
            course.jump(1)
            self.panel.go(index)
            QApplication.processEvents()
            started, spent = time.perf_counter(), time.process_time()
            place = rivals.row_rect(1).center()
            QTest.mouseClick(rivals, Qt.MouseButton.LeftButton, pos=place)
            self._wait(self._written)
            QApplication.processEvents()
            clock.append(1000 * (time.perf_counter() - started))
            busy.append(1000 * (time.process_time() - spent))
        return clock, busy

    def close(self) -> None:
        """Close the window, and wait for the worker."""
        ended: list[bool] = []
        self._window.finished.connect(lambda: ended.append(True))
        self._window.close()
        self._wait(lambda: bool(ended))
        self._worker.join()
        self._session.close()


def main() -> int:
    """Measure and print; returns 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__, prog="benchmarks.decoder_panel")
    parser.add_argument("--json", type=Path, help="also write every figure to this file")
    parser.add_argument("--model", action="append", help="in place of the sample models")
    options = parser.parse_args()
    raw: dict[str, dict[str, list[float]]] = {}
    good = True
    print(f"{'model':<18}{'what':<12}{'n':>4}{'least':>8}{'median':>8}{'worst':>8}  ms")
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": home,
            "ATTENTION_EXPLORER_HOME": home,
        }  # fmt: skip
        for model in options.model or MODELS:
            bench = Bench(Path(home), model)
            clock, busy = bench.forces()
            figures = {"force": clock, "force, busy": busy}
            figures |= {page: bench.steps(page) for page in bench.panel.pages.pages}
            bench.close()
            raw[model] = figures
            for what, every in figures.items():
                good &= _told(model, what, every)
    if options.json:
        options.json.write_text(json.dumps(raw) + "\n")
    return 0 if good else 1


def _told(model: str, what: str, every: list[float]) -> bool:
    if not every:
        return True
    least, median, worst = min(every), statistics.median(every), max(every)
    print(
        f"{model:<18}{what:<12}{len(every):>4}{least:>8.1f}{median:>8.1f}{worst:>8.1f}", flush=True
    )
    return median <= (FORCE if what.startswith("force") else STEP)


if __name__ == "__main__":
    sys.exit(main())

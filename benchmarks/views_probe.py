"""One side of `benchmarks.views`, in a process of its own that takes turns when it is told.

`python -m benchmarks.views_probe explorer|minilm|stories260K|model_view|head_view TOKENS`. It says
`ready`, and for every line that it reads it takes a turn and answers with a line of JSON.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.views_real import REAL, real_sentence, real_subject
from benchmarks.views_subject import LENGTHS, make_subject, sentence

_LIMIT = 8 << 30
"""Bytes of address space beyond what is used at the start that the peer may take."""
_SIZE = 1280, 800
_FRAMES = 60


def main() -> None:
    """Serve turns until the lines end."""
    side, tokens = sys.argv[1], int(sys.argv[2])
    ours = side == "explorer" or side in REAL
    turn = explorer(side, tokens) if ours else bertviz(side, tokens)
    print("ready", flush=True)
    for line in sys.stdin:
        try:
            answer = turn(int(line))
        except MemoryError:
            answer = {"gave_up": f"needs more than {_LIMIT >> 30} GB"}
        print(json.dumps(answer), flush=True)
    os._exit(0)  # Threads that are still at work are not waited for.


def status(name: str) -> float:
    """A figure of this process's memory, in MB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) / 1024
    return float("nan")


def forget_peak() -> None:
    """Let the peak of memory be counted from here on."""
    Path("/proc/self/clear_refs").write_text("5")


# Ours


def explorer(side: str, tokens: int) -> Callable[[int], dict[str, Any]]:
    """The real panel without a screen, the real worker thread behind it."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from explorer.engine import loop, opening
    from explorer.messages.commands import OpenModel
    from explorer.messages.mailbox import Inbox, Outbox
    from explorer.ui import theme
    from explorer.ui.panels.attention_panel import AttentionPanel
    from explorer.ui.session import Session

    subject = real_subject(side) if side in REAL else make_subject(LENGTHS[tokens])

    def text(length: int, turn: int = 0) -> str:
        real = side in REAL
        return real_sentence(subject, length, turn) if real else sentence(length, turn)

    opening.open_subject = lambda *_: subject
    app = QApplication([])
    theme.install(app, "light")
    inbox, outbox = Inbox(), Outbox()
    session, panel = Session(inbox, outbox), AttentionPanel()
    panel.requested.connect(session.send)
    session.attach(panel)
    panel.resize(*_SIZE)
    panel.show()
    threading.Thread(target=loop.run, args=(inbox, outbox, "cpu"), daemon=True).start()
    session.send(OpenModel("random"))
    desk = Desk(panel, session, app.processEvents)
    heartbeat = QTimer()
    heartbeat.start(50)
    desk.await_drawn(text(16))
    idle = status("VmRSS")

    def turn(index: int) -> dict[str, Any]:
        forget_peak()
        forward = _forward(subject, text(tokens, index))
        typed = text(tokens, index + 1000)
        began = time.perf_counter()
        desk.await_drawn(typed)
        drawn = time.perf_counter() - began
        found = {"forward": forward, "drawn": drawn, "traced": desk.traced()}
        found |= desk.frames(_FRAMES) if index % 4 == 0 else {}
        return found | {
            "memory": status("VmHWM") - idle,
            "idle": idle,
            "kept": heartbeat.isActive(),
        }

    return turn


class Desk:
    """A panel that sentences are typed into, and what it shows."""

    def __init__(self, panel: Any, session: Any, process: Callable[..., None]) -> None:
        from PySide6.QtCore import QEventLoop

        flags = QEventLoop.ProcessEventsFlag
        self._wait = lambda: process(flags.AllEvents | flags.WaitForMoreEvents)
        self._panel, self._session = panel, session  # Nobody else holds the session.

    @property
    def _desk(self) -> Any:
        return self._panel.view

    def traced(self) -> float:
        """Seconds in which the worker made the trace."""
        return self._desk.trace.milliseconds / 1000

    def await_drawn(self, text: str) -> None:
        """Type a sentence and wait until the grid and the large map are on the screen, whole."""
        self._panel.set_text(text)
        while not self._shows(text):
            self._wait()

    def _shows(self, text: str) -> bool:
        trace = self._desk.trace
        if trace is None or trace.source_text != text:
            return False
        return self._desk.heads.grid.is_whole and self._desk.side.seen.is_whole

    def frames(self, count: int) -> dict[str, float]:
        """Frames a second of the map while the wheel zooms in and out and a hand drags it."""
        view = self._desk.side.seen
        zoom, pan = [], []
        middle = view.layout_.body.center()
        for index in range(count):
            times = 1.2 if index % 40 < 20 else 1 / 1.2
            zoom.append(self._frame(view, lambda t=times: view.zoom(t, middle.toPointF())))
        view.zoom(8.0)
        for index in range(count):
            step = 25 if index % 30 < 15 else -25
            pan.append(self._frame(view, lambda s=step: view.pan(s, s)))
        view.zoom(1e-6)
        found = {"zoom": zoom, "pan": pan}
        return {f"{name}_fps": len(taken) / sum(taken) for name, taken in found.items()} | {
            f"{name}_worst": max(taken) for name, taken in found.items()
        }

    def _frame(self, view: Any, move: Callable[[], None]) -> float:
        """Seconds of one: the move, its repaint, and the tiles that have come meanwhile."""
        began = time.perf_counter()
        move()
        view.repaint()
        taken = time.perf_counter() - began
        while time.perf_counter() - began < 1 / 60:  # A screen's frame, in which tiles may come.
            began_events = time.perf_counter()
            self._wait()
            taken += min(time.perf_counter() - began_events, 0.002)
        return taken


def _forward(subject: Any, text: str) -> float:
    """Seconds of the model's own pass, nobody watching."""
    import torch

    from explorer.inspection.giving_back import give_back

    read = subject.source(text).as_input(subject.device)
    began = time.perf_counter()
    with torch.no_grad():
        alone = subject.architecture == "decoder-only"
        subject.model.hidden(*((None, read) if alone else (read, None)))
    taken = time.perf_counter() - began
    give_back()  # This pass is the measurement's, and its memory no part of the application's.
    return taken


# The peer


def bertviz(view: str, tokens: int) -> Callable[[int], dict[str, Any]]:
    """BertViz's HTML of the same attention of the same model, all layers and heads."""
    import resource

    import bertviz as peer  # pyright: ignore[reportMissingImports]
    import torch

    from explorer.inspection.recording import recording

    subject = make_subject(LENGTHS[tokens])
    make = getattr(peer, view)
    idle = status("VmRSS")
    used = int(status("VmSize")) << 20
    resource.setrlimit(resource.RLIMIT_AS, (used + _LIMIT, used + _LIMIT))

    def turn(index: int) -> dict[str, Any]:
        forget_peak()
        began = time.perf_counter()
        read = subject.source(sentence(tokens, index))
        with torch.no_grad(), recording(subject.model.sites()) as recorded:
            subject.model.hidden(read.as_input(subject.device), None)
        attention = [recorded[site] for site, _ in subject.model.sites()]
        passed = time.perf_counter() - began
        html = make(attention, [token.text for token in read.tokens], html_action="return")
        drawn = time.perf_counter() - began
        size = len(html.data.encode())
        return {
            "forward": passed, "drawn": drawn, "html": drawn - passed, "bytes": size,
            "memory": status("VmHWM") - idle, "idle": idle,
        }  # fmt: skip

    return turn


if __name__ == "__main__":
    main()

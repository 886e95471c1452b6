"""The application: the only file that knows both the window and the engine."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Protocol

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from explorer.engine import loop
from explorer.messages.mailbox import Inbox, Outbox
from explorer.ui import theme
from explorer.ui.main_window import MainWindow
from explorer.ui.menus import kept_appearance
from explorer.ui.session import Session

OPENING_MODEL = "translate-en-fr"
_START_ANYHOW = 1500
"""Milliseconds after which the worker starts even if nothing was painted (minimised)."""


class Observer(Protocol):
    """Somebody who watches the start, such as a benchmark."""

    def watch(self, window: MainWindow, session: Session) -> None:
        """The window is built and about to be shown."""
        ...


class _Worker:
    """Starts the engine's thread once, when the window is on the screen."""

    def __init__(self, inbox: Inbox, outbox: Outbox) -> None:
        self._inbox, self._outbox = inbox, outbox
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None:
            self._thread = loop.start(self._inbox, self._outbox)

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join()


def run(
    model: str | None = None, text: str | None = None, follow: bool = False,
    observer: Observer | None = None,
) -> int:  # fmt: skip
    """Open the window, on a model and with a sentence when given; returns the exit status."""
    app = _application()
    settings = QSettings()
    theme.install(app, kept_appearance(settings))
    inbox, outbox = Inbox(), Outbox()
    session, worker = Session(inbox, outbox), _Worker(inbox, outbox)
    window = MainWindow(session, settings)
    window.painted.connect(worker.start)
    QTimer.singleShot(_START_ANYHOW, worker.start)
    window.finished.connect(app.quit)
    if model and follow:
        window.follow_run(model)
    else:
        window.open_model(model or OPENING_MODEL)
    if text:
        window.set_text(text)
    if observer is not None:
        observer.watch(window, session)
    window.show()
    with _errors_told_by(window):
        status = app.exec()
    worker.join()
    session.close()
    window.deleteLater()
    return status


def _application() -> QApplication:
    QApplication.setApplicationName("Attention Explorer")
    QApplication.setOrganizationName("attention-explorer")
    QApplication.setDesktopFileName("attention-explorer")
    app = QApplication.instance()
    made = app if isinstance(app, QApplication) else QApplication(sys.argv[:1])
    made.setQuitOnLastWindowClosed(False)  # It hides first, and ends when the worker has ended.
    return made


@contextmanager
def _errors_told_by(window: MainWindow) -> Iterator[None]:
    """An error nobody caught is printed as ever, and told to the person at the window."""
    usual = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        usual(kind, error, trace)
        window.complain(
            f"Something went wrong in the window ({kind.__name__}: {error}). "
            "The model and your runs are not affected."
        )

    sys.excepthook = hook
    try:
        yield
    finally:
        sys.excepthook = usual

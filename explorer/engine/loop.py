"""The worker thread: commands between slices of training, from start to `Shutdown`."""

import logging
import os
import sys
import threading

from explorer.messages.commands import Shutdown, StopTraining
from explorer.messages.events import Ended, Failed
from explorer.messages.mailbox import Inbox, Outbox

_log = logging.getLogger(__name__)
_NICE = 5
"""How far the worker's threads stand back behind the window's where both want a core."""


def start(inbox: Inbox, outbox: Outbox, device: str = "auto") -> threading.Thread:
    """Start the worker; it ends after a `Shutdown`, and its last event is `Ended`."""
    worker = threading.Thread(target=run, args=(inbox, outbox, device), name="explorer-worker")
    worker.start()
    return worker


def run(inbox: Inbox, outbox: Outbox, device: str = "auto") -> None:
    """Serve commands on this thread until `Shutdown`.

    All commands that wait are served between two slices of training, so that a sentence typed
    while training is answered from the weights of that very step.
    """
    try:
        _serve(inbox, outbox, device)
    except Exception as error:
        _log.exception("the worker could not start")
        outbox.put(Failed("engine", f"The engine could not start: {error}"))
    finally:
        outbox.put(Ended())


def _serve(inbox: Inbox, outbox: Outbox, device: str) -> None:
    from explorer.engine.preload import preload_torch

    _stand_back()
    preload_torch()
    from explorer.engine.engine import Engine

    engine = Engine(outbox.put, device, lambda: inbox.holds(Shutdown, StopTraining))
    while True:
        command = inbox.take(wait=not engine.busy, patience=engine.patience)
        try:
            if command is None:
                engine.work()
                continue
            engine.handle(command)
        except Exception as error:
            _log.exception("%s failed", type(command).__name__ if command else "training")
            outbox.put(Failed("engine", _unforeseen(error)))
            if command is None:
                engine.halt()
        if isinstance(command, Shutdown):
            return


def _stand_back() -> None:
    """Let the window's thread go first: torch's threads, made by this one, inherit its place.

    Without it a window on a busy machine waits for a core up to a tick of the scheduler.
    """
    if sys.platform == "linux":  # Elsewhere a thread has no such number of its own.
        try:
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        except OSError:
            _log.debug("the worker keeps its priority", exc_info=True)


def _unforeseen(error: Exception) -> str:
    return (
        f"Something failed that should not have: {type(error).__name__}: {error}. The model and "
        "what was saved are as they were; the log has the details."
    )

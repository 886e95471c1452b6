"""A test fails when it leaves something behind: a window, a thread, a hook, an unexpected log line.

What lives longer than one test on purpose, in a fixture of a wider scope, is not counted.
"""

import gc
import logging
import re
import sys
import threading
import time
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

PATIENCE = 2.0
"""Seconds that a thread which was asked to end may take to do so after its test."""
_PASSING_WIDGETS = {"QTipLabel", "QComboBoxPrivateContainer"}
"""Qt makes and drops these top-level widgets by itself."""


class Unexpected(logging.Handler):
    """Collects log records from WARNING up, minus those that the test announced."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.expected: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def complaints(self) -> Iterator[str]:
        """Records that nobody announced, and announcements that nothing fulfilled."""
        said = [record.getMessage() for record in self.records]
        for record, text in zip(self.records, said, strict=True):
            if not any(re.search(pattern, text) for pattern in self.expected):
                yield f"unexpected log record {record.levelname} {record.name}: {text}"
        for pattern in self.expected:
            if not any(re.search(pattern, text) for text in said):
                yield f"no log record matched {pattern!r}"


class Hooks:
    """Every forward hook that was registered through `torch.nn.Module` while watching.

    Modules are held until the end of their test, so that a hook left on a model that only the
    test knew is still found.
    """

    def __init__(self) -> None:
        self.made: list[tuple[Any, Any, str]] = []
        self._watching = False

    def watch(self) -> None:
        """Follow registrations from now on; does nothing while nobody has imported torch."""
        torch = sys.modules.get("torch")
        module = getattr(getattr(torch, "nn", None), "Module", None)
        if self._watching or module is None:
            return
        self._watching = True
        for name in ("register_forward_hook", "register_forward_pre_hook"):
            setattr(module, name, self._recording(getattr(module, name)))

    def _recording(self, register: Any) -> Any:
        def recording(module: Any, *args: Any, **options: Any) -> Any:
            handle = register(module, *args, **options)
            self.made.append((module, handle, _caller()))
            return handle

        return recording

    def complaints(self) -> Iterator[str]:
        """Hooks that are still in place."""
        for module, handle, where in self.made:
            places = handle.hooks_dict_ref()
            if places is not None and handle.id in places:
                yield f"forward hook left on {type(module).__name__}, registered at {where}"


def _caller() -> str:
    """Where the code that runs was called from, leaving out the machinery of threads and tests."""
    frame = sys._getframe(1)
    skipped = (__file__, threading.__file__)
    while frame.f_back is not None and frame.f_code.co_filename in skipped:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


_start_thread = threading.Thread.start


def _start_and_remember(self: threading.Thread) -> None:
    self.__dict__["started_at"] = _caller()
    _start_thread(self)


class Guard:
    """What was there before the test, and what is there too much after it."""

    def __init__(self) -> None:
        self.widgets: list[QWidget] = []
        self.threads: set[threading.Thread] = set()
        self.hooks = Hooks()
        self.log = Unexpected()

    def begin(self) -> None:
        """Take stock before a test."""
        self.hooks.watch()
        self.hooks.made.clear()
        self.log.records.clear()
        self.log.expected.clear()
        self.accept()

    def accept(self) -> None:
        """Count whatever lives now as belonging here."""
        self.widgets = _top_level_widgets()
        self.threads = set(threading.enumerate())
        self.hooks.made.clear()

    def complaints(self) -> list[str]:
        """What the test left behind, in words."""
        found = [*self._left_widgets(), *self._left_threads()]
        found += [*self.hooks.complaints(), *self.log.complaints()]
        self.hooks.made.clear()
        self.widgets = []
        return found

    def _left_widgets(self) -> Iterator[str]:
        for attempt in (_delete_later, gc.collect):
            if not self._new_widgets():
                return
            attempt()
        for widget in self._new_widgets():
            name = widget.objectName() or widget.windowTitle()
            yield f"top-level widget left: {type(widget).__name__} {name!r}"

    def _new_widgets(self) -> list[QWidget]:
        known = {id(widget) for widget in self.widgets}
        return [widget for widget in _top_level_widgets() if id(widget) not in known]

    def _left_threads(self) -> Iterator[str]:
        deadline = time.monotonic() + PATIENCE
        for thread in set(threading.enumerate()) - self.threads:
            if _belongs_to_others(thread):
                continue
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                where = thread.__dict__.get("started_at", "an unknown place")
                yield f"thread left running: {thread.name}, started at {where}"


def _top_level_widgets() -> list[QWidget]:
    if not isinstance(QApplication.instance(), QApplication):
        return []
    alone = [w for w in QApplication.topLevelWidgets() if w.parentWidget() is None]
    return [w for w in alone if w.metaObject().className() not in _PASSING_WIDGETS]


def _delete_later() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _belongs_to_others(thread: threading.Thread) -> bool:
    """Threads of foreign origin cannot be joined; the time limit of a test is watched by one."""
    return isinstance(thread, threading._DummyThread) or thread.name.startswith("pytest_timeout")


_guard = Guard()


def pytest_configure() -> None:
    """Stand guard."""
    threading.Thread.start = _start_and_remember
    logging.getLogger().addHandler(_guard.log)


def pytest_unconfigure() -> None:
    """Stand down."""
    threading.Thread.start = _start_thread
    logging.getLogger().removeHandler(_guard.log)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup() -> Generator[None, object, object]:
    """Take stock before the first fixture."""
    _guard.begin()
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any) -> Generator[None, object, object]:
    """What a fixture of a wider scope makes may stay."""
    result = yield
    if fixturedef.scope != "function":
        _guard.accept()
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """Compare after the last fixture has cleaned up."""
    result = yield
    complaints = _guard.complaints()
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)
    return result


@pytest.fixture
def expect_log() -> Any:
    """Call it with a pattern: a log record that matches is allowed, and must come."""
    return _guard.log.expected.append

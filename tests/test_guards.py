"""The guards themselves: each detector must fail a test that leaves something behind."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent

LEAVING = """
import logging
import os
import threading
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import QSettings, qWarning
from PySide6.QtWidgets import QWidget

kept = []


def test_leaves_a_widget(qapp):
    kept.append(QWidget())
    kept[-1].setObjectName("forgotten")


def test_leaves_nothing_after_a_widget_leaked(qtbot):
    qtbot.addWidget(QWidget())


def test_leaves_a_thread():
    threading.Thread(target=threading.Event().wait, name="sleeper", daemon=True).start()


def test_joins_its_thread():
    threading.Thread(target=lambda: None).start()


def test_leaves_a_hook():
    torch.nn.Identity().register_forward_hook(lambda *args: None)


def test_removes_its_hook():
    torch.nn.Identity().register_forward_pre_hook(lambda *args: None).remove()


def test_logs_a_warning():
    logging.getLogger("explorer.engine").warning("the disk is full")


def test_logs_an_announced_warning(expect_log):
    expect_log("disk is full")
    logging.getLogger("explorer.engine").warning("the disk is full")


def test_announces_what_never_comes(expect_log):
    expect_log("disk is full")


def test_makes_qt_warn(qapp):
    qWarning("the sky is falling")


@pytest.fixture(scope="module")
def shared(qapp):
    widget = QWidget()
    yield widget
    widget.deleteLater()


def test_shares_a_widget(shared):
    assert shared is not None


def test_shares_it_again(shared):
    assert shared is not None


def test_lives_in_a_folder_of_its_own(tmp_path_factory):
    base = str(tmp_path_factory.getbasetemp())
    settings = QSettings("Attention Explorer", "Attention Explorer")
    assert settings.fileName().startswith(base)
    assert os.environ["ATTENTION_EXPLORER_HOME"].startswith(base)
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What pytest says of `LEAVING` under the guards."""
    folder = tmp_path_factory.mktemp("leaving")
    for kept in (HERE.parent / "pyproject.toml", HERE / "conftest.py"):
        (folder / kept.name).write_text(kept.read_text("utf-8"), "utf-8")
    (folder / "test_leaving.py").write_text(LEAVING, "utf-8")
    command = [sys.executable, "-m", "pytest", "-rA", "-p", "no:cacheprovider", "test_leaving.py"]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    environment.pop("QT_QPA_PLATFORM")
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("leaves_a_widget", "top-level widget left: QWidget 'forgotten'"),
        ("leaves_a_thread", r"thread left running: sleeper, started at .*test_leaving.py:\d+"),
        ("leaves_a_hook", r"forward hook left on Identity, registered at .*test_leaving.py:\d+"),
        ("logs_a_warning", "unexpected log record WARNING explorer.engine: the disk is full"),
        ("announces_what_never_comes", "no log record matched 'disk is full'"),
        ("makes_qt_warn", "the sky is falling"),
    ],
)
def test_that_what_a_test_leaves_behind_fails_it(run: str, name: str, complaint: str) -> None:
    assert re.search(rf"^(FAILED|ERROR) test_leaving.py::test_{name}\b", run, re.M), run
    assert re.search(complaint, run), run


@pytest.mark.parametrize(
    "name",
    [
        "leaves_nothing_after_a_widget_leaked",
        "joins_its_thread",
        "removes_its_hook",
        "logs_an_announced_warning",
        "shares_a_widget",
        "shares_it_again",
        "lives_in_a_folder_of_its_own",
    ],
)
def test_that_a_tidy_test_passes(run: str, name: str) -> None:
    assert f"PASSED test_leaving.py::test_{name}" in run, run
    assert not re.search(rf"(FAILED|ERROR) test_leaving.py::test_{name}\b", run), run

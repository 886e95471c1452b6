"""Every test runs without a screen, on few threads, and far from the user's own files."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before Qt and torch are imported, which read them once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # Tests share the machine; models are tiny.

pytest_plugins = ["tests.guards"]

# How long an example takes is the machine's affair; what it shows is not.
settings.register_profile(
    "shared", deadline=None, derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
settings.load_profile("shared")

USER_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "ATTENTION_EXPLORER_HOME")


@pytest.fixture(autouse=True)
def user_folder(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home for settings and runs, new for each test."""
    from PySide6.QtCore import QSettings

    home = tmp_path_factory.mktemp("home")
    for name in USER_FOLDERS:
        monkeypatch.setenv(name, str(home))
    for format in (QSettings.Format.NativeFormat, QSettings.Format.IniFormat):
        QSettings.setPath(format, QSettings.Scope.UserScope, str(home))
    return home

"""Qt's application object for pictures that are made without a window."""

import os
import sys

from PySide6.QtWidgets import QApplication

_kept: list[QApplication] = []
"""It lives as long as the process."""


def ensure_application() -> None:
    """Make one where there is none; without a screen it draws into memory."""
    if QApplication.instance() is not None:
        return
    if sys.platform.startswith("linux") and not _has_screen():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    _kept.append(QApplication(sys.argv[:1]))


def _has_screen() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))

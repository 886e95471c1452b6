"""Widgets are tested in the light appearance unless a test chooses another."""

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from explorer.ui import theme


@pytest.fixture(autouse=True)
def light_again(qapp: QApplication) -> Iterator[None]:
    """Leave no dark appearance to the next test."""
    yield
    if theme.theme().choice != "light":
        theme.theme().choose("light")

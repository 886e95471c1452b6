"""Attention on the clipboard: as a picture, and as a table."""

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication

from explorer.messages.results import Site
from explorer.messages.shown import Shown
from explorer.tables.csv_table import matrix_text
from explorer.tables.part import one_head
from explorer.ui.attention.view import View
from explorer.ui.export.paper import Paper


def copy_picture(view: View, paper: Paper | None = None) -> None:
    """The view as pixels, and as a drawing for programs that take SVG."""
    from explorer.ui.export.rendering import picture_bytes, picture_image  # Not needed at start.

    paper = paper or Paper()
    data = QMimeData()
    data.setImageData(picture_image(view, paper))
    data.setData("image/svg+xml", picture_bytes(view, "svg", paper))
    QGuiApplication.clipboard().setMimeData(data)


def copy_table(shown: Shown, site: Site, head: int) -> None:
    """One head's weights with tabs between, as spreadsheets take them; raises `TooMuchError`."""
    QGuiApplication.clipboard().setText(matrix_text(one_head(shown, site, head), site, head))

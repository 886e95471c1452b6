"""The two pages of the Help menu."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from explorer import __version__
from explorer.resources import resource
from explorer.ui import theme
from explorer.ui.icons import pixmap

_ABOUT = f"""
**Attention Explorer** {__version__}

See how a Transformer learns to attend: train one, type a sentence, look at every head.

Free software under the MIT licence. The Transformer is that of *Attention Is All You Need*
(Vaswani et al., 2017).
"""


def show_how_to_read(parent: QWidget) -> None:
    """Open the page that explains what is on screen; the window stays usable."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("How to read this")
    page = QTextBrowser()
    page.setOpenExternalLinks(True)
    page.setFont(theme.font())
    page.setMarkdown(resource("help", "how-to-read.md").read_text(encoding="utf-8"))
    page.document().setDocumentMargin(theme.SPACE * 2)
    page.setAccessibleName("How to read this window")
    _open(dialog, page, QSize(640, 560))


def show_about(parent: QWidget) -> None:
    """Open the page that says what this is."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("About Attention Explorer")
    page = QWidget()
    picture, words = QLabel(), QLabel(_ABOUT)
    picture.setPixmap(pixmap("app", "", 64, dialog.devicePixelRatioF()))
    words.setTextFormat(Qt.TextFormat.MarkdownText)
    words.setWordWrap(True)
    row = QHBoxLayout(page)
    row.setSpacing(theme.SPACE * 2)
    row.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(words, 1)
    _open(dialog, page, QSize(460, 240))


def _open(dialog: QDialog, page: QWidget, size: QSize) -> None:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    buttons.rejected.connect(dialog.reject)
    box = QVBoxLayout(dialog)
    box.addWidget(page, 1)
    box.addWidget(buttons)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.resize(size)
    dialog.open()

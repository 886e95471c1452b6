"""What is exported and how: the view, the format, the size, the type and the caption."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFontComboBox,
    QFormLayout,
    QHBoxLayout,
    QSpinBox,
    QWidget,
)

from explorer.ui import theme
from explorer.ui.export.figures import FIGURES, needs_worker
from explorer.ui.export.paper import LARGEST, SMALLEST, Paper

FORMATS = (
    ("svg", "SVG, a drawing", "Lines and letters: any size, and text that can be edited."),
    ("pdf", "PDF, a page", "Lines and letters on a page of just that size, for LaTeX and print."),
    ("png", "PNG, pixels", "For slides and web pages."),
    ("html", "HTML, to look around in", "A page with all heads for any browser; needs no network."),
    ("csv", "CSV, a table", "A line for each weight, for spreadsheets and statistics."),
    ("npz", "NPZ, arrays", "Arrays of heads × queries × keys for numpy."),
    ("json", "JSON", "Tokens and weights as nested lists."),
)
"""Name, title and meaning of each format."""
PICTURES = ("svg", "pdf", "png")
_AUTO = "as high as needed"


class ExportChoices(QWidget):
    """A form; `changed` fires with each change."""

    changed = Signal()

    def __init__(self, view: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.format = _combo("Format", "Which kind of file.")
        for name, title, help in FORMATS:
            self.format.addItem(title, name)
            self.format.setItemData(self.format.count() - 1, help, 3)  # The tooltip's role.
        self.view = _combo("View", "What is drawn.")
        for key, kind in FIGURES.items():
            if key != view and needs_worker(key):
                continue  # Only on screen does the worker answer it.
            self.view.addItem(kind.title, key)
            self.view.setItemData(self.view.count() - 1, kind.help, 3)
        self.view.setCurrentIndex(max(self.view.findData(view), 0))
        self.heads = _combo("Heads", "Whether the file holds every head or only the chosen one.")
        self.heads.addItem("All heads", True)
        self.heads.addItem("The chosen head", False)
        self.width_ = _side("Width", "How wide the picture is, in millimetres.", 160)
        self.height_ = _side("Height", "How high it is; at the least, as the view needs.", 0)
        self.height_.setSpecialValueText(_AUTO)
        self.dpi = QSpinBox()
        self.family = QFontComboBox()
        self.points = QDoubleSpinBox()
        self.caption = QCheckBox("Model, step, sentence, head and colours below")
        self.dark = QCheckBox("On a dark ground")
        self._dress()
        self._arrange()
        self._connect()

    def _dress(self) -> None:
        self.family.setCurrentFont(QFont(theme.font("body").family()))
        for box, least, most, value, suffix in (
            (self.dpi, 50, 1200, 300, " pixels an inch"), (self.points, 4, 48, 9, " pt"),
        ):  # fmt: skip
            box.setRange(least, most)
            box.setValue(value)
            box.setSuffix(suffix)
            box.lineEdit().setTextMargins(theme.SPACE // 2, 0, 0, 0)
        self.points.setDecimals(1)
        self.caption.setChecked(True)
        for part, name, help in (
            (self.dpi, "Resolution", "How finely a PNG is drawn; journals ask for 300 or more."),
            (self.family, "Typeface", "The letters of labels and caption."),
            (self.points, "Size of the type", "In points, as it will be on paper."),
            (self.caption, "Caption", "A line below that says all that a reader must know."),
            (self.dark, "On a dark ground", "For dark slides; else dark on white."),
        ):
            part.setAccessibleName(name)
            part.setToolTip(help)

    def _arrange(self) -> None:
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(2 * theme.SPACE)
        self._form.setVerticalSpacing(theme.SPACE)
        for title, part in (
            ("Format", self.format), ("View", self.view), ("Heads", self.heads),
            ("Width", self.width_), ("Height", self.height_), ("Resolution", self.dpi),
            ("Type", _row(self.family, self.points)), ("Caption", self.caption),
            ("Ground", self.dark),
        ):  # fmt: skip
            self._form.addRow(title, part)
        self._show_rows()

    def _connect(self) -> None:
        for combo in (self.format, self.view, self.heads):
            combo.currentIndexChanged.connect(self._change)
        for box in (self.width_, self.height_, self.dpi, self.points):
            box.valueChanged.connect(self._change)
        self.family.currentFontChanged.connect(self._change)
        for check in (self.caption, self.dark):
            check.toggled.connect(self._change)

    def _change(self, _: object = None) -> None:
        self._show_rows()
        self.changed.emit()

    def _show_rows(self) -> None:
        """Only what matters to the format can be chosen."""
        drawn = self.format_name in PICTURES
        last = self._form.rowCount()
        for row in range(1, last):
            self._form.setRowVisible(row, drawn)
        self._form.setRowVisible(self.heads, not drawn)
        self._form.setRowVisible(self.dpi, self.format_name == "png")

    @property
    def format_name(self) -> str:
        """`png`, `svg` …"""
        return str(self.format.currentData())

    @property
    def view_key(self) -> str:
        """The key of the view that is drawn."""
        return str(self.view.currentData())

    @property
    def all_heads(self) -> bool:
        """Whether data files hold every head."""
        return bool(self.heads.currentData())

    def paper(self) -> Paper:
        """The size, type and ground of a picture."""
        high = self.height_.value()
        return Paper(
            self.width_.value(), max(high, SMALLEST) if high else None, float(self.dpi.value()),
            self.family.currentFont().family(), self.points.value(), self.caption.isChecked(),
            self.dark.isChecked(),
        )  # fmt: skip


def _combo(name: str, help: str) -> QComboBox:
    combo = QComboBox()
    combo.setAccessibleName(name)
    combo.setToolTip(help)
    return combo


def _side(name: str, help: str, value: float) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(40 if value else 0, LARGEST)
    box.setDecimals(0)
    box.setSingleStep(5)
    box.setSuffix(" mm")
    box.lineEdit().setTextMargins(theme.SPACE // 2, 0, 0, 0)
    box.setValue(value)
    box.setAccessibleName(name)
    box.setToolTip(help)
    return box


def _row(*parts: QWidget) -> QWidget:
    held = QWidget()
    row = QHBoxLayout(held)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(theme.SPACE)
    for part in parts:
        row.addWidget(part, 1 if part is parts[0] else 0)
    return held

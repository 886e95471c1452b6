"""How the application looks: one typeface in three sizes, one spacing unit, one accent colour."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from explorer.ui.palette import DARK, LIGHT, Colors
from explorer.ui.style_sheet import style_sheet

SPACE = 8
"""The spacing unit in logical pixels; every gap is a half, one or two of it."""

Choice = Literal["system", "light", "dark"]
Role = Literal["small", "body", "title"]
_POINTS: dict[Role, float] = {"small": 8.5, "body": 10.0, "title": 13.0}


class Theme(QObject):
    """The appearance in force; `changed` fires after colours have changed everywhere."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self.colors = LIGHT
        self._choice: Choice = "system"
        app.styleHints().colorSchemeChanged.connect(self._follow_system)

    @property
    def choice(self) -> Choice:
        """What the user chose: to follow the system, light or dark."""
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Follow the system, or be light or dark whatever it says."""
        self._choice = choice
        scheme = {
            "system": Qt.ColorScheme.Unknown,
            "light": Qt.ColorScheme.Light,
            "dark": Qt.ColorScheme.Dark,
        }[choice]
        QApplication.styleHints().setColorScheme(scheme)
        self._dress()

    def _follow_system(self) -> None:
        if self._choice == "system":
            self._dress()

    def _dress(self) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        system_dark = app.styleHints().colorScheme() is Qt.ColorScheme.Dark
        dark = self._choice == "dark" or (self._choice == "system" and system_dark)
        self.colors = DARK if dark else LIGHT
        app.setPalette(_palette(self.colors))
        app.setStyleSheet(style_sheet(self.colors))
        self.changed.emit()


_theme: Theme | None = None


def install(app: QApplication, choice: Choice = "system") -> Theme:
    """Dress the application; call once, before the first widget."""
    global _theme
    app.setStyle("Fusion")
    app.setFont(font("body"))
    _theme = Theme(app)
    _theme.choose(choice)
    return _theme


def theme() -> Theme:
    """The theme in force; installs one when a widget is built alone, as tests do."""
    app = QApplication.instance()
    assert isinstance(app, QApplication), "a theme needs a QApplication"
    return _theme if _theme is not None else install(app)


@dataclass(frozen=True, slots=True)
class Print:
    """How a picture for a file is dressed; `points` is the size of the body text."""

    colors: Colors = LIGHT
    family: str = ""
    points: float = _POINTS["body"]


_print: Print | None = None


@contextmanager
def printing(print_: Print) -> Iterator[None]:
    """Let what is drawn meanwhile, on this thread, be dressed for a file and not for the screen."""
    global _print
    before, _print = _print, print_
    try:
        yield
    finally:
        _print = before


def in_print() -> Print | None:
    """How what is drawn now is dressed for a file; None: it is for the screen."""
    return _print


def colors() -> Colors:
    """The colours in force."""
    return theme().colors if _print is None else _print.colors


def font(role: Role = "body", *, bold: bool = False) -> QFont:
    """The typeface at one of its three sizes, with figures of equal width."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    made.setPointSizeF(_POINTS[role])
    if _print is not None:
        made.setPointSizeF(_POINTS[role] * _print.points / _POINTS["body"])
        made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)  # It scales evenly.
        if _print.family:
            made.setFamilies([_print.family, *made.families()])
    made.setBold(bold)
    if hasattr(made, "setFeature"):
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def head_color(head: int) -> QColor:
    """The colour that stands for a head in every view: hues spread by the golden angle."""
    light = 0.68 if colors().dark else 0.42
    return QColor.fromHslF((0.61 + head * 0.381966) % 1.0, 0.62, light)


def _palette(c: Colors) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for target, value in {
        role.Window: c.window, role.Base: c.surface, role.AlternateBase: c.raised,
        role.Button: c.raised, role.Text: c.text, role.WindowText: c.text, role.ButtonText: c.text,
        role.BrightText: c.on_accent, role.Highlight: c.accent, role.HighlightedText: c.on_accent,
        role.ToolTipBase: c.raised, role.ToolTipText: c.text, role.PlaceholderText: c.faint,
        role.Link: c.accent, role.Mid: c.line, role.Dark: c.line, role.Light: c.surface,
    }.items():  # fmt: skip
        palette.setColor(target, QColor(value))
    for target in (role.Text, role.WindowText, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, target, QColor(c.faint))
    return palette

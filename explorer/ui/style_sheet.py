"""The style sheet: how Qt's own widgets look in the colours of a theme."""

from explorer.resources import resource
from explorer.ui.palette import Colors


def style_sheet(c: Colors) -> str:
    """The whole sheet; parts are in the order from the window inwards."""
    parts = (_window, _docks, _tabs, _menus, _buttons, _fields, _choices, _scrolling, _rest)
    return "\n".join(part(c) for part in parts)


def mix(one: str, other: str, share: float) -> str:
    """A colour on the way from one to the other, both `#rrggbb`."""
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _icon(name: str) -> str:
    return f"url({resource('icons', name + '.svg').as_posix()})"


def _window(c: Colors) -> str:
    return f"""
    QMainWindow, QDialog {{ background: {c.window}; }}
    QMainWindow::separator {{ background: {c.window}; width: 6px; height: 6px; }}
    QMainWindow::separator:hover {{ background: {mix(c.window, c.accent, 0.45)}; }}
    QStatusBar {{ background: transparent; border: none; }}
    QStatusBar::item {{ border: none; }}
    QToolTip {{ color: {c.text}; background: {c.raised}; border: 1px solid {c.line};
        padding: 5px 7px; }}
    """


def _docks(c: Colors) -> str:
    return f"""
    QDockWidget {{ color: {c.muted}; }}
    QWidget#dockTitle {{ background: {c.surface}; border: 1px solid {c.line};
        border-bottom: none; border-top-left-radius: 6px; border-top-right-radius: 6px; }}
    QWidget#dockTitle QLabel {{ color: {c.muted}; background: transparent; }}
    QFrame#dockBody {{ background: {c.surface}; border: 1px solid {c.line}; border-top: none;
        border-bottom-left-radius: 6px; border-bottom-right-radius: 6px; }}
    """


def _tabs(c: Colors) -> str:
    return f"""
    QTabBar {{ background: transparent; }}
    QTabBar::tab {{ color: {c.muted}; background: transparent; padding: 5px 12px;
        border: none; border-bottom: 2px solid transparent; }}
    QTabBar::tab:hover {{ color: {c.text}; }}
    QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; }}
    QTabBar::tab:focus {{ color: {c.accent}; }}
    QTabBar::tab:disabled {{ color: {c.faint}; }}
    QTabWidget::pane {{ border: none; border-top: 1px solid {c.line}; }}
    """


def _menus(c: Colors) -> str:
    return f"""
    QMenuBar {{ background: transparent; color: {c.text}; padding: 2px 0; }}
    QMenuBar::item {{ background: transparent; padding: 4px 9px; border-radius: 4px; }}
    QMenuBar::item:selected, QMenuBar::item:pressed {{ background: {c.raised}; }}
    QMenu {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.line}; padding: 4px; }}
    QMenu::item {{ padding: 5px 26px 5px 26px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {mix(c.surface, c.accent, 0.18)}; }}
    QMenu::item:disabled {{ color: {c.faint}; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: 4px 8px; }}
    QMenu::icon {{ padding-left: 6px; }}
    QMenu::indicator {{ width: 14px; height: 14px; left: 6px; }}
    QMenu::indicator:checked {{ image: {_check(c, on_accent=False)}; }}
    """


def _check(c: Colors, *, on_accent: bool) -> str:
    dark_mark = c.dark == on_accent
    return _icon("check-on-light" if dark_mark else "check-on-dark")


def _buttons(c: Colors) -> str:
    hover = mix(c.raised, c.text, 0.07)
    return f"""
    QPushButton, QToolButton {{ color: {c.text}; background: {c.raised};
        border: 1px solid {c.line}; border-radius: 5px; padding: 4px 10px; }}
    QToolButton {{ padding: 4px 8px; }}
    QPushButton:hover, QToolButton:hover {{ background: {hover}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {c.line}; }}
    QPushButton:checked, QToolButton:checked {{ color: {c.text}; border-color: {c.accent};
        background: {mix(c.surface, c.accent, 0.18)}; }}
    QPushButton:focus, QToolButton:focus {{ border-color: {c.accent}; }}
    QPushButton:disabled, QToolButton:disabled {{ color: {c.faint}; background: transparent;
        border-color: {mix(c.surface, c.line, 0.6)}; }}
    QPushButton[primary="true"], QToolButton[primary="true"] {{ color: {c.on_accent};
        background: {c.accent}; border-color: {c.accent}; }}
    QPushButton[primary="true"]:hover, QToolButton[primary="true"]:hover {{
        background: {mix(c.accent, c.on_accent, 0.14)}; }}
    QPushButton[primary="true"]:pressed, QToolButton[primary="true"]:pressed {{
        background: {mix(c.accent, c.text, 0.22)}; }}
    QPushButton[primary="true"]:focus, QToolButton[primary="true"]:focus {{
        border-color: {c.text}; }}
    QPushButton[primary="true"]:disabled, QToolButton[primary="true"]:disabled {{
        color: {c.faint}; background: {c.raised}; border-color: {c.raised}; }}
    QPushButton[small="true"] {{ padding: 1px 7px; }}
    QPushButton[quiet="true"], QToolButton[quiet="true"] {{ background: transparent;
        border-color: transparent; }}
    QPushButton[quiet="true"]:hover, QToolButton[quiet="true"]:hover {{ background: {c.raised}; }}
    QPushButton[quiet="true"]:focus, QToolButton[quiet="true"]:focus {{
        border-color: {c.accent}; }}
    QToolButton[heading="true"], QToolButton[heading="true"]:checked {{ color: {c.text};
        background: transparent; border: none; border-top: 1px solid {c.line}; border-radius: 0;
        padding: 7px 2px 4px 2px; text-align: left; }}
    QToolButton[heading="true"]:hover, QToolButton[heading="true"]:focus {{ color: {c.accent}; }}
    QToolButton[tight="true"] {{ padding: 3px; border-radius: 4px; }}
    QToolButton::menu-indicator {{ image: none; }}
    QToolButton[opens="true"] {{ padding-right: 22px; }}
    QToolButton[opens="true"]::menu-indicator {{ image: {_icon("chevron-down")}; width: 11px;
        height: 11px; subcontrol-origin: padding; subcontrol-position: right center; right: 8px; }}
    """


def _fields(c: Colors) -> str:
    return f"""
    QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox {{
        color: {c.text}; background: {_field(c)}; border: 1px solid {c.line};
        border-radius: 5px; padding: 3px 7px; selection-background-color: {c.accent};
        selection-color: {c.on_accent}; }}
    QLineEdit:hover, QSpinBox:hover, QDoubleSpinBox:hover, QComboBox:hover {{
        border-color: {mix(c.line, c.text, 0.25)}; }}
    QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
    QComboBox:focus {{ border-color: {c.accent}; }}
    QLineEdit[wrong="true"], QSpinBox[wrong="true"], QComboBox[wrong="true"] {{
        border-color: {c.bad}; background: {mix(c.surface, c.bad, 0.14)}; }}
    QLineEdit:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QComboBox:disabled {{
        color: {c.faint}; background: transparent; }}
    QComboBox {{ padding-right: 2px; }}
    QComboBox::drop-down {{ border: none; width: 22px; }}
    QComboBox::down-arrow {{ image: {_icon("chevron-down")}; width: 12px; height: 12px; }}
    QComboBox QAbstractItemView {{ background: {c.surface}; border: 1px solid {c.line};
        selection-background-color: {mix(c.surface, c.accent, 0.18)};
        selection-color: {c.text}; outline: none; padding: 3px; }}
    QSpinBox, QDoubleSpinBox {{ padding-right: 20px; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; width: 18px;
        background: transparent; subcontrol-origin: border; margin: 1px; }}
    QAbstractSpinBox::up-button {{ subcontrol-position: top right; }}
    QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; }}
    QAbstractSpinBox::up-arrow {{ image: {_icon("chevron-up")}; width: 10px; height: 10px; }}
    QAbstractSpinBox::down-arrow {{ image: {_icon("chevron-down")}; width: 10px; height: 10px; }}
    """


def _field(c: Colors) -> str:
    return mix(c.surface, c.window, 0.75) if c.dark else c.surface


def _choices(c: Colors) -> str:
    return f"""
    QCheckBox, QRadioButton {{ color: {c.text}; spacing: 7px; background: transparent; }}
    QCheckBox:disabled, QRadioButton:disabled {{ color: {c.faint}; }}
    QCheckBox::indicator, QRadioButton::indicator, QListView::indicator {{
        width: 14px; height: 14px;
        background: {_field(c)}; border: 1px solid {mix(c.line, c.text, 0.25)}; }}
    QCheckBox::indicator, QListView::indicator {{ border-radius: 4px; }}
    QRadioButton::indicator {{ border-radius: 8px; }}
    QCheckBox::indicator:hover, QRadioButton::indicator:hover,
    QCheckBox:focus::indicator, QRadioButton:focus::indicator {{ border-color: {c.accent}; }}
    QCheckBox::indicator:checked, QListView::indicator:checked {{
        background: {c.accent}; border-color: {c.accent};
        image: {_check(c, on_accent=True)}; }}
    QRadioButton::indicator:checked {{ background: {c.accent}; border: 4px solid {_field(c)}; }}
    QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {c.line}; }}
    QSlider::sub-page:horizontal {{ height: 4px; border-radius: 2px; background: {c.accent}; }}
    QSlider::handle:horizontal {{ width: 14px; height: 14px; margin: -6px 0; border-radius: 7px;
        background: {c.surface}; border: 1px solid {c.accent}; }}
    QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{
        background: {c.accent}; }}
    """


def _scrolling(c: Colors) -> str:
    handle, hover = mix(c.surface, c.text, 0.22), mix(c.surface, c.text, 0.4)
    return f"""
    QScrollArea, QAbstractScrollArea {{ border: none; }}
    QScrollArea, QScrollArea > QWidget > QWidget#scrolled {{ background: transparent; }}
    QScrollBar {{ background: transparent; border: none; margin: 0; }}
    QScrollBar:vertical {{ width: 10px; }}
    QScrollBar:horizontal {{ height: 10px; }}
    QScrollBar::handle {{ background: {handle}; border-radius: 3px; margin: 2px; }}
    QScrollBar::handle:vertical {{ min-height: 28px; }}
    QScrollBar::handle:horizontal {{ min-width: 28px; }}
    QScrollBar::handle:hover, QScrollBar::handle:pressed {{ background: {hover}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QSplitter::handle {{ background: transparent; }}
    QSplitter::handle:hover {{ background: {mix(c.surface, c.accent, 0.45)}; }}
    """


def _rest(c: Colors) -> str:
    return f"""
    QProgressBar {{ background: {c.line}; border: none; border-radius: 2px; max-height: 4px;
        color: transparent; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 2px; }}
    QGroupBox {{ border: none; border-top: 1px solid {c.line}; margin-top: 18px;
        padding-top: 6px; }}
    QGroupBox::title {{ color: {c.muted}; subcontrol-origin: margin;
        subcontrol-position: top left; padding-right: 8px; }}
    QHeaderView::section {{ background: transparent; color: {c.muted}; border: none;
        border-bottom: 1px solid {c.line}; padding: 3px 6px; }}
    QAbstractItemView {{ background: transparent; alternate-background-color: {c.raised};
        selection-background-color: {mix(c.surface, c.accent, 0.18)};
        selection-color: {c.text}; }}
    """

"""The menu bar, and the menu of models that opens from the toolbar."""

from collections.abc import Callable
from functools import partial
from typing import Protocol, cast

from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from explorer.messages.foreign import folder_title
from explorer.resources import sample_models
from explorer.ui import theme
from explorer.ui.docks import Docks
from explorer.ui.help import show_about, show_how_to_read
from explorer.ui.opening import Recent
from explorer.ui.training_actions import TrainingActions

_THEME_KEY = "view/theme"


class Offers(Protocol):
    """What the window does when something is chosen from a menu."""

    def open_model(self, reference: str) -> None: ...
    def ask_for_model(self) -> None: ...
    def ask_for_hub(self) -> None: ...
    def ask_for_data(self) -> None: ...
    def ask_for_folder(self) -> None: ...
    def ask_for_followed(self) -> None: ...
    def ask_for_picture(self) -> None: ...
    def ask_for_session(self) -> None: ...
    def ask_to_save_session(self) -> None: ...
    def ask_to_export(self) -> None: ...
    def ask_to_export_model(self) -> None: ...
    def open_race(self) -> None: ...
    def ask_to_export_film(self) -> None: ...


class ModelMenu(QMenu):
    """Sample models, the runs of late, and a way to any other; filled when it opens."""

    def __init__(self, offers: Offers, recent: Recent, parent: QWidget) -> None:
        super().__init__("Models", parent)
        self.setToolTipsVisible(True)
        self._offers, self._recent = offers, recent
        self.aboutToShow.connect(self._fill)

    def _fill(self) -> None:
        self.clear()
        self._section("Sample models", [(name, name) for name in sample_models()])
        runs = [(folder_title(path), str(path)) for path in self._recent.paths()]
        self._section("Your runs and models", runs)
        self.addAction("Open another…", self._offers.ask_for_model)
        self.addAction("Open from Hugging Face…", self._offers.ask_for_hub)

    def _section(self, title: str, entries: list[tuple[str, str]]) -> None:
        if not entries:
            return
        self.addAction(title).setEnabled(False)
        for name, reference in entries:
            action = self.addAction(name)
            action.setToolTip(reference)
            action.triggered.connect(lambda _=False, r=reference: self._offers.open_model(r))
        self.addSeparator()


def fill_menu_bar(
    bar: QMenuBar,
    window: QWidget,
    offers: Offers,
    actions: TrainingActions,
    docks: Docks,
    settings: QSettings,
) -> None:
    """Make the menus File, Training, View and Help."""
    _fill_file(bar.addMenu("&File"), window, offers, actions)
    training = bar.addMenu("&Training")
    training.addActions([actions.start, actions.hold, actions.single, actions.end])
    training.addSeparator()
    _add(training, "&Race…", offers.open_race, "Ctrl+Shift+R")
    _fill_view(bar.addMenu("&View"), docks, settings)
    help_menu = bar.addMenu("&Help")
    _add(help_menu, "&How to read this", lambda: show_how_to_read(window), "F1")
    _add(help_menu, "&About Attention Explorer", lambda: show_about(window))


def _fill_file(menu: QMenu, window: QWidget, offers: Offers, actions: TrainingActions) -> None:
    _add(menu, "&Open model or run…", offers.ask_for_model, QKeySequence.StandardKey.Open)
    _add(menu, "Open from &Hugging Face…", offers.ask_for_hub, "Ctrl+Alt+H")
    _add(menu, "Open &data…", offers.ask_for_data, "Ctrl+Shift+O")
    _add(menu, "Open &folder of texts…", offers.ask_for_folder)
    _add(menu, "Look at a p&icture…", offers.ask_for_picture)
    _add(menu, "Follo&w run…", offers.ask_for_followed)
    menu.addAction(actions.save)
    menu.addSeparator()
    _add(menu, "Open s&ession…", offers.ask_for_session, "Ctrl+Alt+O")
    _add(menu, "Save session &as…", offers.ask_to_save_session, "Ctrl+Shift+S")
    _add(menu, "E&xport attention…", offers.ask_to_export, "Ctrl+E")
    _add(menu, "Export fi&lm…", offers.ask_to_export_film)
    _add(menu, "Export &model for transformers…", offers.ask_to_export_model)
    menu.addSeparator()
    _add(menu, "&Quit", window.close, "Ctrl+Q")


def _fill_view(menu: QMenu, docks: Docks, settings: QSettings) -> None:
    menu.addActions([dock.toggleViewAction() for dock in docks.docks])
    menu.addSeparator()
    _add(menu, "&Reset layout", docks.arrange, "Ctrl+0")
    menu.addSeparator()
    menu.addMenu(_appearance(menu, settings))


def _appearance(parent: QMenu, settings: QSettings) -> QMenu:
    menu = QMenu("&Appearance", parent)
    group = QActionGroup(menu)
    titles: dict[theme.Choice, str] = {
        "system": "As the &system", "light": "&Light", "dark": "&Dark",
    }  # fmt: skip
    for choice, title in titles.items():
        action = menu.addAction(title)
        action.setCheckable(True)
        action.setChecked(theme.theme().choice == choice)
        action.setData(choice)
        action.triggered.connect(partial(_choose, choice, settings))
        group.addAction(action)
    menu.aboutToShow.connect(partial(_check, group))  # A session's file may have chosen.
    return menu


def _check(group: QActionGroup) -> None:
    for action in group.actions():
        action.setChecked(action.data() == theme.theme().choice)


def _choose(choice: theme.Choice, settings: QSettings, _checked: bool = True) -> None:
    theme.theme().choose(choice)
    settings.setValue(_THEME_KEY, choice)


def kept_appearance(settings: QSettings) -> theme.Choice:
    """The appearance chosen last time."""
    kept = settings.value(_THEME_KEY, "system")
    return cast(theme.Choice, kept) if kept in ("light", "dark") else "system"


def _add(
    menu: QMenu,
    text: str,
    act: Callable[[], object],
    shortcut: str | QKeySequence.StandardKey | None = None,
) -> QAction:
    action = menu.addAction(text)
    if shortcut is not None:
        action.setShortcut(shortcut)
    action.triggered.connect(lambda _=False: act())
    return action

"""What can be done with the view under the keyboard or the pointer: copy it, export it."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from explorer.tables.part import TooMuchError
from explorer.ui.attention.view import View
from explorer.ui.export.clipboard import copy_picture, copy_table

_PICTURE = "Copy the view as a picture with its caption; programs that can take the drawing."
_TABLE = "Copy the weights of the chosen head as a table: keys across, queries down."
_EXPORT = "Write the view as SVG, PDF or PNG, or the weights as a page, a table or arrays."


class TakingActions:
    """Ctrl+C and Ctrl+Shift+C wherever the keyboard is inside a part of the window, and its menu.

    The menu opens by the right button or the menu key, and offers to export too.
    """

    def __init__(
        self, where: QWidget, seen: Callable[[], View | None], said: Callable[[str], None]
    ) -> None:
        self._where, self._seen, self._said = where, seen, said
        copy = QKeySequence(QKeySequence.StandardKey.Copy)
        self.picture = _action(where, "Copy picture", _PICTURE, copy, self._copy_picture)
        table = QKeySequence("Ctrl+Shift+C")
        self.table = _action(where, "Copy table", _TABLE, table, self._copy_table)
        self.export = _action(where, "Export…", _EXPORT, QKeySequence(), self._export)
        where.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _copy_picture(self) -> None:
        view = self._seen()
        if view is not None and view.shown is not None:
            copy_picture(view)
            self._said("Copied as a picture")

    def _copy_table(self) -> None:
        view = self._seen()
        if view is None or view.shown is None or view.selection.site is None:
            return
        try:
            copy_table(view.shown, view.selection.site, view.selection.head)
        except TooMuchError as error:
            self._said(str(error))
        else:
            self._said("Copied as a table")

    def _export(self) -> None:
        from explorer.ui.export.export_dialog import ExportDialog  # Not needed at start.

        view = self._seen()
        if view is not None and view.shown is not None:
            ExportDialog(view, self._where.window()).open()


def _action(
    where: QWidget, text: str, help: str, keys: QKeySequence, act: Callable[[], None]
) -> QAction:
    made = QAction(text, where)
    made.setToolTip(f"{help}  ({keys.toString()})" if not keys.isEmpty() else help)
    made.setShortcut(keys)
    made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.triggered.connect(lambda _=False: act())
    where.addAction(made)
    return made

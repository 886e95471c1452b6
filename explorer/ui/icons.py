"""Our own icons, drawn in the colours of the theme and sharp at every scale."""

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from explorer.resources import resource

_SCALES = (1, 2, 3)


@cache
def icon(name: str, color: str = "", disabled: str = "") -> QIcon:
    """The icon `resources/icons/NAME.svg` in a colour, and in another while disabled."""
    made = QIcon()
    for size in (16, 24, 48) if not color else (16,):
        for scale in _SCALES:
            made.addPixmap(pixmap(name, color, size, scale))
            if disabled:
                made.addPixmap(pixmap(name, disabled, size, scale), QIcon.Mode.Disabled)
    return made


@cache
def pixmap(name: str, color: str, size: int = 16, scale: float = 1.0) -> QPixmap:
    """One picture of an icon, `size` logical pixels on a side."""
    source = _source(name).replace(b"currentColor", color.encode() or b"black")
    made = QPixmap(round(size * scale), round(size * scale))
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    QSvgRenderer(QByteArray(source)).render(painter, QRectF(made.rect()))
    painter.end()
    made.setDevicePixelRatio(scale)
    return made


@cache
def _source(name: str) -> bytes:
    return resource("icons", f"{name}.svg").read_bytes()

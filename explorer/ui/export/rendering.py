"""A view as PNG, SVG or PDF: drawn by the view itself, with text as text and a caption below."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QPageSize,
    QPainter,
    QPdfWriter,
    QPicture,
)
from PySide6.QtSvg import QSvgGenerator

from explorer.runs.atomic import whole_file
from explorer.ui import theme
from explorer.ui.attention.view import View
from explorer.ui.export.caption import UNCOLOURED, caption
from explorer.ui.export.paper import INCH, Paper, SizeError
from explorer.ui.palette import DARK, LIGHT

Format = Literal["png", "svg", "pdf"]
FORMATS: tuple[Format, ...] = ("png", "svg", "pdf")
_MARGIN = 6.0
"""Logical pixels around everything."""
_GAP = 8.0
_MOST_PIXELS = 150_000_000
_WRAPPED = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop


def save_picture(view: View, path: Path, paper: Paper, format: Format | None = None) -> None:
    """Write the view to a file, of the kind that its name ends in unless it is told.

    Raises `OSError` when it cannot be written and `SizeError` when it would be too large.
    """
    made = picture_bytes(view, format or picture_format(path.suffix), paper)
    with whole_file(path) as beside:
        beside.write_bytes(made)


def picture_format(name: str) -> Format:
    """The format of `.png`, `svg` …; raises `SizeError` for what is none."""
    found = name.lower().removeprefix(".")
    if found == "png" or found == "svg" or found == "pdf":
        return found
    raise SizeError(f"{name or 'no ending'}: a picture ends in .png, .svg or .pdf")


def picture_bytes(view: View, format: Format, paper: Paper) -> bytes:
    """The file's content."""
    with _dressed(paper):
        size = _size(view, paper)
        if format == "png":
            return _png(_image(view, paper, size))
        return _svg(view, paper, size) if format == "svg" else _pdf(view, paper, size)


def picture_image(view: View, paper: Paper) -> QImage:
    """The view as an image, for the clipboard and for a preview."""
    with _dressed(paper):
        return _image(view, paper, _size(view, paper))


def logical_dpi() -> float:
    """Logical pixels an inch: a font's points are reckoned by it on every device."""
    screen = QGuiApplication.primaryScreen()
    return screen.logicalDotsPerInchY() if screen is not None else 96.0


@contextmanager
def _dressed(paper: Paper) -> Iterator[None]:
    colors = DARK if paper.dark else LIGHT
    with theme.printing(theme.Print(colors, paper.family, paper.points)):
        yield


def _size(view: View, paper: Paper) -> QSizeF:
    """The whole picture in logical pixels."""
    needed = view.paper_size()
    pixels = logical_dpi() / INCH
    width = paper.width * pixels if paper.width is not None else needed.width() + 2 * _MARGIN
    if paper.height is not None:
        return QSizeF(width, paper.height * pixels)
    inner = width - 2 * _MARGIN
    high = _used(view, QSizeF(inner, needed.height() * inner / max(needed.width(), 1.0)))
    return QSizeF(width, high + _caption_room(view, paper, inner) + 2 * _MARGIN)


def _used(view: View, size: QSizeF) -> float:
    """How much of a height a view draws on, or what it needs at its width."""
    own = view.paper_height(size.width())
    if own is not None:
        return own
    bottom = _bottom(view, size)
    return bottom if 0 < bottom < size.height() else size.height()


def _bottom(view: View, size: QSizeF) -> float:
    """Where what a view draws ends."""
    record = QPicture()
    painter = QPainter(record)
    try:
        painter.setFont(theme.font("body"))
        view.draw(painter, size)
    finally:
        painter.end()
    return float(record.boundingRect().bottom()) + 1


def _caption(view: View, paper: Paper) -> str:
    if not paper.caption or view.shown is None:
        return ""
    style = None if view.key in UNCOLOURED else view.style_
    return caption(view.shown, view.subject(), style)


def _caption_room(view: View, paper: Paper, width: float) -> float:
    """What the caption takes of the height, with the gap above it."""
    text = _caption(view, paper)
    if not text:
        return 0.0
    metrics = QFontMetricsF(theme.font("small"))
    return metrics.boundingRect(QRectF(0, 0, width, 1e5), _WRAPPED, text).height() + _GAP


def _draw(painter: QPainter, view: View, paper: Paper, size: QSizeF) -> None:
    """The ground, the view, and the caption below it."""
    hint = QPainter.RenderHint
    painter.setRenderHints(hint.Antialiasing | hint.TextAntialiasing | hint.LosslessImageRendering)
    painter.fillRect(QRectF(QPointF(0, 0), size), QColor(theme.colors().surface))
    inner = QSizeF(size.width() - 2 * _MARGIN, size.height() - 2 * _MARGIN)
    room = _caption_room(view, paper, inner.width())
    painter.save()
    painter.translate(_MARGIN, _MARGIN)
    painter.setFont(theme.font("body"))
    view.draw(painter, QSizeF(inner.width(), max(inner.height() - room, 1.0)))
    painter.restore()
    text = _caption(view, paper)
    if text:
        painter.setFont(theme.font("small"))
        painter.setPen(QColor(theme.colors().muted))
        top = size.height() - _MARGIN - room + _GAP
        painter.drawText(QRectF(_MARGIN, top, inner.width(), room), _WRAPPED, text)


def _image(view: View, paper: Paper, size: QSizeF) -> QImage:
    ratio = paper.dpi / logical_dpi()
    wide, high = round(size.width() * ratio), round(size.height() * ratio)
    if not 0 < wide * high <= _MOST_PIXELS:
        raise SizeError(
            f"The picture would have {wide:,} × {high:,} pixels, which is more than can be drawn. "
            "Choose a smaller size or resolution, or SVG or PDF."
        )
    image = QImage(max(wide, 1), max(high, 1), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor(theme.colors().surface))
    painter = QPainter(image)
    try:
        _draw(painter, view, paper, size)
    finally:
        painter.end()
    image.setDotsPerMeterX(round(paper.dpi / INCH * 1000))
    image.setDotsPerMeterY(round(paper.dpi / INCH * 1000))
    return image


def _png(image: QImage) -> bytes:
    buffer = _buffer()
    if not image.save(buffer, "PNG"):  # pyright: ignore[reportCallIssue, reportArgumentType]
        raise OSError(None, "The picture cannot be written")
    return bytes(buffer.data().data())


def _svg(view: View, paper: Paper, size: QSizeF) -> bytes:
    buffer, generator = _buffer(), QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setResolution(round(logical_dpi()))
    generator.setSize(size.toSize())
    generator.setViewBox(QRectF(QPointF(0, 0), size))
    generator.setTitle(view.title)
    generator.setDescription(_caption(view, paper))
    _paint(generator, view, paper, size)
    side = INCH / logical_dpi()
    exact = f'width="{size.width() * side:.3f}mm" height="{size.height() * side:.3f}mm"'
    # Qt knows the size in whole pixels only.
    return re.sub(rb'width="[^"]*" height="[^"]*"', exact.encode(), buffer.data().data(), count=1)


def _pdf(view: View, paper: Paper, size: QSizeF) -> bytes:
    buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setTitle(_caption(view, paper) or view.title)
    writer.setCreator("Attention Explorer")
    writer.setResolution(round(logical_dpi()))
    inches = QSizeF(size.width() / logical_dpi(), size.height() / logical_dpi())
    exact = QPageSize.SizeMatchPolicy.ExactMatch
    writer.setPageSize(QPageSize(inches, QPageSize.Unit.Inch, "", exact))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    _paint(writer, view, paper, size)
    return re.sub(rb"begincmap.*?endcmap", _spaces, buffer.data().data(), flags=re.DOTALL)


def _spaces(table: re.Match[bytes]) -> bytes:
    """Qt takes the glyph of a space for a tab; who searches and copies text looks for a space."""
    return table[0].replace(b"<0009>", b"<0020>")


def _paint(device: QSvgGenerator | QPdfWriter, view: View, paper: Paper, size: QSizeF) -> None:
    painter = QPainter(device)
    try:
        _draw(painter, view, paper, size)
    finally:
        painter.end()


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer

"""Traces with a known answer: maps made by hand, and heads whose weights follow from numbers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.messages.heads import Heads, MadeWeights, Overview
from explorer.messages.results import Site, SiteKind, Token, Trace
from explorer.messages.shown import AS_IT_IS, Reading, Shown
from explorer.ui import theme
from explorer.ui.attention.page_view import PageView
from explorer.ui.widgets.head_selection import HeadSelection
from tests.ui.scripts import END, START, token

ENCODER, DECODER, CROSS = (Site(kind, 0) for kind in SiteKind)
AnyPage = TypeVar("AnyPage", bound=PageView)


def words(count: int) -> tuple[Token, ...]:
    """So many different tokens."""
    return tuple(replace(token(f"t{i}"), word=i) for i in range(count))


def by_hand(
    *maps: NDArray[np.floating[Any]], site: Site = ENCODER, tokens: Sequence[Token] = ()
) -> Trace:
    """A trace of one site with these maps, a head each."""
    weights = np.stack(maps).astype(np.float32)
    queries, keys = weights.shape[1:]
    read = tuple(tokens) or words(keys)
    written = words(queries) if site.kind is not SiteKind.ENCODER else ()
    return Trace("by hand", 1, "text", "", True, read, written, {site: weights})


def worked(
    queries: int, keys: int, *, heads: int = 2, width: int = 8, seed: int = 0,
    site: Site = ENCODER, allowed: NDArray[np.bool_] | None = None, slope: float = 0.0,
    sink: float | None = None, cap: float = 0.0, tokens: Sequence[Token] = (),
) -> Trace:  # fmt: skip
    """A trace whose weights are those of its queries and keys, by the formula word for word."""
    rng = np.random.default_rng(seed)
    query, key, value = (
        rng.normal(size=(heads, count, width)).astype(np.float32) * 1.5
        for count in (queries, keys, keys)
    )
    scores = np.einsum("hqd,hkd->hqk", query.astype(float), key.astype(float)) / np.sqrt(width)
    if cap:
        scores = cap * np.tanh(scores / cap)
    slopes = slope * (1.0 + np.arange(heads)) if slope else None
    if slopes is not None:
        far = np.abs(np.arange(keys - queries, keys)[:, None] - np.arange(keys))
        scores = scores - slopes[:, None, None] * far
    if allowed is not None:
        scores = np.where(allowed, scores, -np.inf)
    with np.errstate(divide="ignore"):
        total = np.exp(scores).sum(axis=2) + (0.0 if sink is None else np.exp(sink))
        normaliser = np.where(total > 0, np.log(total), np.nan)
        weights = np.exp(scores) / np.where(total > 0, total, np.nan)[..., None]
    weights = np.nan_to_num(weights, nan=1 / keys)
    found = Heads(
        query, key, value, normaliser.astype(np.float32), np.ones((heads, keys), np.float32),
        allowed, None if slopes is None else slopes.astype(np.float32),
        None if sink is None else np.full(heads, sink, np.float32), cap,
    )  # fmt: skip
    read = tuple(tokens) or words(keys)
    written = words(queries) if site.kind is not SiteKind.ENCODER else ()
    open_ = {} if allowed is None else {site.kind: allowed}
    return Trace(
        "worked", 1, "text", "", True, read, written, {site: weights.astype(np.float32)},
        allowed=open_, heads={site: found},
    )  # fmt: skip


def made(trace: Trace) -> Trace:
    """The same trace as that of a long text is: weights are made from queries and keys."""
    small = {
        site: Overview(np.asarray(weights), np.asarray(weights))
        for site, weights in trace.weights.items()
    }
    weights = {site: MadeWeights(heads, small[site]) for site, heads in trace.heads.items()}
    return replace(trace, weights=weights)


def in_pieces() -> tuple[Token, ...]:
    """Marks around three words, of which the second has three pieces."""
    texts = ("one", "ex", "tra", "ordinary", "two")
    counted = (0, 1, 1, 1, 2)
    pieces = (
        replace(token(text, begins=text not in ("tra", "ordinary")), word=word)
        for text, word in zip(texts, counted, strict=True)
    )
    return (replace(START, word=None), *pieces, replace(END, word=None))


def show(
    qtbot: QtBot, view: AnyPage, trace: Trace | None, *, reading: Reading = AS_IT_IS,
    other: Trace | None = None, size: tuple[int, int] = (640, 480),
) -> AnyPage:  # fmt: skip
    """The view on the screen with its first site chosen."""
    theme.theme().choose("light")
    qtbot.addWidget(view)
    view.setAutoFillBackground(True)  # As the panel does, on which the views stand.
    view.setBackgroundRole(QPalette.ColorRole.Base)
    view.resize(*size)
    view.show()
    if trace is not None:
        if view.selection.site not in trace.weights:
            view.selection.choose(next(iter(trace.weights)), 0)
        view.show_attention(Shown(trace, reading, other))
    QApplication.processEvents()
    return view


def selection(trace: Trace, head: int = 0) -> HeadSelection:
    """A selection of a head of the trace's first site."""
    made_ = HeadSelection()
    made_.choose(next(iter(trace.weights)), head)
    return made_


def on_screen(view: PageView, point: QPointF) -> QPointF:
    """A point of the page in the canvas now."""
    return point - QPointF(0, view.canvas.verticalScrollBar().value())


def move(view: PageView, point: QPointF) -> None:
    """Bring the pointer to a point of the page."""
    QTest.mouseMove(view.canvas.viewport(), QPointF(1, 1).toPoint())
    QTest.mouseMove(view.canvas.viewport(), on_screen(view, point).toPoint())
    QApplication.processEvents()


def click(view: PageView, point: QPointF) -> None:
    """Click at a point of the page."""
    at = on_screen(view, point).toPoint()
    QTest.mouseClick(view.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QApplication.processEvents()


def press(view: PageView, *keys: Qt.Key) -> None:
    """Press keys on the canvas, one after the other."""
    for key in keys:
        QTest.keyClick(view.canvas, key)
    QApplication.processEvents()


def colors(image: QImage) -> NDArray[np.uint8]:
    """The pixels of a picture, rows × columns × (red, green, blue)."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    raw = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    # Copied, as the picture's own memory goes with it.
    return raw[:, : 3 * image.width()].reshape(image.height(), image.width(), 3).copy()

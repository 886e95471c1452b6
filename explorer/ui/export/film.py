"""Attention over training as a film: a frame a kept step, drawn as any picture is."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from explorer.messages.results import Trace
from explorer.messages.settings import SettingsError
from explorer.messages.shown import AS_IT_IS, Reading, Shown
from explorer.runs.atomic import whole_file
from explorer.ui.attention.style import MapStyle
from explorer.ui.export.figures import FIGURES, figure, needs_worker
from explorer.ui.export.paper import CSS_DPI, Paper, parse_size
from explorer.ui.export.rendering import picture_image
from explorer.ui.widgets.head_selection import HeadSelection

KINDS = (".gif", ".webp", ".mp4")
DPI = 1.5 * CSS_DPI
HELD = 5
"""Times as long that the last frame stays."""
MISSING = "Films need the package {}: pip install 'attention-explorer[films]'"
Frame = NDArray[np.uint8]
"""Height × width × red, green and blue."""


@dataclass(frozen=True, slots=True)
class Film:
    """What is drawn, how large (pixels, such as `960x720px`) and how fast."""

    view: str = "all"
    size: str = "960x720px"
    frames_a_second: float = 5.0
    caption: bool = True
    dark: bool = False
    reading: Reading = AS_IT_IS
    style: MapStyle = field(default_factory=MapStyle)


def views() -> list[str]:
    """The views that can be filmed: those that need no worker to be drawn."""
    return [key for key in FIGURES if not needs_worker(key) and not FIGURES[key].needs_heads]


def require(path: Path, film: Film) -> None:
    """Raises `SettingsError` in words for a film that cannot be made."""
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise SettingsError(f"{path}: a film ends in {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    if film.view not in views():
        raise SettingsError(f"--view {film.view}: choose one of {', '.join(views())}")
    try:
        import imageio.v3  # noqa: F401
    except ImportError:
        raise SettingsError(MISSING.format("imageio")) from None
    if kind == ".mp4":
        try:
            import imageio_ffmpeg  # noqa: F401
        except ImportError:
            raise SettingsError(MISSING.format("imageio-ffmpeg")) from None


def frames(traces: Iterable[Trace], film: Film, selection: HeadSelection) -> Iterator[Frame]:
    """Every step drawn, all of one size; needs a `QApplication`, and its thread."""
    paper, view = _paper(film), None
    for trace in traces:
        selection.fit(trace.weights)
        shown = Shown(trace, film.reading)
        if view is None:
            view = figure(film.view, shown, selection, film.style)
        else:
            view.show_attention(shown)
        yield _pixels(picture_image(view, paper))
    if view is not None:
        view.deleteLater()


def _paper(film: Film) -> Paper:
    width, height = parse_size(film.size, DPI)
    plain = Paper()
    return Paper(
        width, height or 0.75 * width, DPI, plain.family, plain.points, film.caption, film.dark
    )


def _pixels(image: QImage) -> Frame:
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    high, wide = plain.height(), plain.width()
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(high, plain.bytesPerLine())
    pixels = rows[:, : 3 * wide].reshape(high, wide, 3)
    return pixels[: high - high % 2, : wide - wide % 2].copy()  # H.264 halves the colours.


def encode(drawn: Sequence[Frame], path: Path, film: Film) -> None:
    """Write the frames; raises `OSError`. Needs no Qt, so that any thread can do it."""
    import imageio.v3 as imageio

    kind, pause = path.suffix.lower(), 1000 / film.frames_a_second
    options: dict[str, Any]
    if kind == ".mp4":
        drawn = [*drawn, *[drawn[-1]] * (HELD - 1)]
        options = {
            "plugin": "FFMPEG", "fps": film.frames_a_second, "codec": "libx264", "quality": 8,
            "macro_block_size": 2, "output_params": ["-f", "mp4"],
        }  # fmt: skip
    else:
        durations = [*[pause] * (len(drawn) - 1), HELD * pause]
        options = {"duration": durations, "loop": 0}
        options |= {"quality": 90, "method": 4} if kind == ".webp" else {}
    with whole_file(path) as beside:
        imageio.imwrite(beside, np.stack(list(drawn)), extension=kind, **options)


def write_film(traces: Sequence[Trace], path: Path, film: Film) -> None:
    """All at once; raises `SettingsError` in words."""
    from explorer.ui.export.application import ensure_application

    require(path, film)
    ensure_application()
    selection = HeadSelection()
    selection.reopen(traces[-1].weights)  # The most telling head of those that were learned.
    encode(list(frames(traces, film, selection)), path, film)

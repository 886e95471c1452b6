"""The files that `attention-explorer inspect` writes; Qt is loaded only for pictures."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from explorer.messages.commands import Command
from explorer.messages.events import Event
from explorer.messages.results import Site, SiteKind, Trace
from explorer.messages.settings import SettingsError
from explorer.messages.shown import Reading, Shown
from explorer.tables.csv_table import Form, write_csv
from explorer.tables.part import Part, part_of
from explorer.ui.attention.style import MapStyle, Scale
from explorer.ui.export.data_files import WRITERS
from explorer.ui.export.paper import CSS_DPI, Paper, parse_font, parse_size
from explorer.ui.widgets.head_selection import HeadSelection

Answer = Callable[[Command], Sequence[Event]]
PICTURES = ("png", "svg", "pdf")
_PLAIN = Paper()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which files, of which heads (counted from 1; None: all), and how they look."""

    files: dict[str, Path]
    view: str = "all"
    kind: SiteKind | None = None
    layer: int | None = None
    head: int | None = None
    query: int | None = None
    key: int | None = None
    reading: Reading = field(default_factory=Reading)
    scale: Scale = "linear"
    size: str = ""
    font: str = ""
    dpi: float = 0.0
    caption: bool = True
    dark: bool = False
    csv_form: Form = "long"


def write_files(trace: Trace, wanted: Wanted, answer: Answer) -> None:
    """Write all of them; raises `SettingsError` and `TooMuchError` in words, and `OSError`.

    `answer` does what a view asks the worker for.
    """
    shown = Shown(trace, wanted.reading)
    part = _part(shown, wanted)
    paper = _papers(wanted)
    for kind, path in wanted.files.items():
        if kind in PICTURES:
            _write_picture(_Subject(shown, part, answer), path, kind, wanted, paper[kind])
        elif kind == "csv":
            write_csv(part, path, wanted.csv_form)
        else:
            WRITERS[kind](part, path)


def _part(shown: Shown, wanted: Wanted) -> Part:
    layer, head = (None if n is None else n - 1 for n in (wanted.layer, wanted.head))
    part = part_of(shown, wanted.kind, layer, head)
    if part.heads:
        return part
    sites = shown.trace.weights
    there = ", ".join(dict.fromkeys(site.kind.value for site in sites))
    layers = max((site.layer + 1 for site in sites), default=0)
    heads = max((weights.shape[0] for weights in sites.values()), default=0)
    raise SettingsError(
        f"No such head: this model has {there or 'no'} attention with up to {layers} layers of "
        f"{heads} heads; --layer and --head count from 1"
    )


def _papers(wanted: Wanted) -> dict[str, Paper]:
    """Paper a format: pixels count at the resolution of a PNG, and at 96 an inch elsewhere."""
    dpi = wanted.dpi or _PLAIN.dpi
    if wanted.dpi == 0 and wanted.size.strip().lower().endswith("px"):
        dpi = 2 * CSS_DPI
    family, points = parse_font(wanted.font) if wanted.font.strip() else ("", None)
    made: dict[str, Paper] = {}
    for kind in PICTURES:
        width, height = None, None
        if wanted.size.strip():
            width, height = parse_size(wanted.size, dpi if kind == "png" else CSS_DPI)
        made[kind] = Paper(
            width, height, dpi, family, points or _PLAIN.points, wanted.caption, wanted.dark
        )
    return made


@dataclass(frozen=True, slots=True)
class _Subject:
    shown: Shown
    part: Part
    answer: Answer


def _write_picture(about: _Subject, path: Path, kind: str, wanted: Wanted, paper: Paper) -> None:
    from explorer.ui.export.application import ensure_application
    from explorer.ui.export.figures import FIGURES, figure
    from explorer.ui.export.rendering import picture_format, save_picture

    ensure_application()
    if wanted.view not in FIGURES:
        raise SettingsError(f"--view {wanted.view}: choose one of {', '.join(FIGURES)}")
    chosen, style = _selection(about.part, wanted), MapStyle(wanted.scale)
    view = figure(wanted.view, about.shown, chosen, style, about.answer)
    try:
        save_picture(view, path, paper, picture_format(kind))
    finally:
        view.deleteLater()


def _selection(part: Part, wanted: Wanted) -> HeadSelection:
    """The one head that was named; else, among those that were, the most telling one."""
    weights = part.shown.trace.weights
    chosen = HeadSelection()
    chosen.reopen({site: weights[site] for site in part.sites})
    site: Site | None = chosen.site
    if site is not None and wanted.head is not None:
        chosen.choose(*next((s, h) for s, h in part.heads if s == site or len(part.sites) == 1))
    places = (None if n is None else n - 1 for n in (wanted.query, wanted.key))
    chosen.pick(*places)
    return chosen

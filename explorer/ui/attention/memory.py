"""What was chosen and set in the attention panel, to plain values and back; knows no Qt."""

from collections.abc import Mapping
from typing import Any, get_args

from explorer.messages.heads import Pooling
from explorer.messages.results import Site, SiteKind
from explorer.messages.shown import Reading
from explorer.ui.attention.style import MapStyle, Range, Scale
from explorer.ui.colormaps import MAPS
from explorer.ui.widgets.head_selection import Head, HeadSelection, Side

Values = Mapping[str, object]


def of_selection(selection: HeadSelection) -> dict[str, Any]:
    """The chosen head and tokens, the pinned heads, and what the views of them share."""
    return {
        "site": str(selection.site or ""), "head": selection.head, "query": selection.query,
        "key": selection.key, "pinned": [f"{site}.{head}" for site, head in selection.pinned],
        "threshold": selection.threshold, "side": selection.side,
    }  # fmt: skip


def of_display(reading: Reading, style: MapStyle) -> dict[str, Any]:
    """How attention is displayed."""
    return {
        "words": reading.words, "hide_special": reading.hide_special,
        "renormalise": reading.renormalise, "scale": style.scale, "range": style.range,
        "colors": style.colors, "pooling": style.pooling,
    }  # fmt: skip


def display(values: Values) -> tuple[Reading, MapStyle]:
    """The same from values; what is missing or strange is as at first."""
    reading = Reading(*(values.get(n) is True for n in ("words", "hide_special", "renormalise")))
    plain = MapStyle()
    style = MapStyle(
        _one_of(values.get("scale"), get_args(Scale), plain.scale),
        _one_of(values.get("range"), get_args(Range), plain.range),
        _one_of(values.get("colors"), tuple(MAPS), plain.colors),
        _one_of(values.get("pooling"), get_args(Pooling), plain.pooling),
    )
    return reading, style


def _one_of(value: object, choices: tuple[Any, ...], other: Any) -> Any:
    return value if value in choices else other


def into_selection(values: Values, selection: HeadSelection) -> None:
    """Choose head, tokens and pins again, as far as they can be read."""
    site, head = _site(str(values.get("site", ""))), values.get("head", 0)
    if site is not None and isinstance(head, int) and head >= 0:
        selection.choose(site, head)
    query, key = (values.get(name) for name in ("query", "key"))
    selection.pick(query if isinstance(query, int) else None, key if isinstance(key, int) else None)
    selection.turn(_one_of(values.get("side"), get_args(Side), "query"))
    threshold = values.get("threshold")
    if isinstance(threshold, int | float) and 0 <= threshold <= 1:
        selection.limit(float(threshold))
    pinned = values.get("pinned", [])
    for name in pinned if isinstance(pinned, list) else []:
        found = _head(str(name))
        if found is not None and found not in selection.pinned:
            selection.pin(*found)


def _site(name: str) -> Site | None:
    kind, _, layer = name.partition(".")
    if kind not in set(SiteKind) or not layer.isdecimal():
        return None
    return Site(SiteKind(kind), int(layer))


def _head(name: str) -> Head | None:
    place, _, head = name.rpartition(".")
    site = _site(place)
    return None if site is None or not head.isdecimal() else (site, int(head))

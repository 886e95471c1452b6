"""Attention as one HTML file to look around in: no network, no script host; knows no Qt."""

import html
import json
import re
import zlib
from base64 import b64encode
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from explorer.messages.foreign import at_step
from explorer.messages.results import Site, SiteKind
from explorer.resources import resource
from explorer.runs.atomic import write_text
from explorer.tables.part import Part
from explorer.ui import colormaps
from explorer.ui.export.caption import isolated, sentences
from explorer.ui.palette import DARK, LIGHT, Colors
from explorer.ui.widgets import attention_words as words
from explorer.ui.widgets.head_selection import telling_head

_BYTES = 3.2
_COLORS = ("surface", "raised", "line", "text", "muted", "faint", "accent", "warning")
_SCRIPTS = ("weights.js", "picture.js", "page.js")


def write_page(part: Part, path: Path) -> None:
    """Write the page; raises `OSError`, and `TooMuchError` before anything is written."""
    part.check(_BYTES)
    write_text(path, page(part))


def page(part: Part) -> str:
    """The whole file. Weights are rounded to 16 binary digits, a relative error of 1/100,000."""
    trace = part.shown.trace
    parts = {
        "TITLE": html.escape(f"{at_step(trace.model, trace.step)} – attention"),
        "STYLE": _filled("page.css", {"LIGHT": _variables(LIGHT), "DARK": _variables(DARK)}),
        "DATA": _harmless(json.dumps(_data(part), ensure_ascii=False)),
        "SCRIPT": "\n".join(_text(name) for name in _SCRIPTS),
    }
    return _filled("page.html", parts)


def _text(name: str) -> str:
    return resource("page", name).read_text("utf-8")


def _filled(name: str, parts: dict[str, str]) -> str:
    """A template with its marked places filled, in one pass: what is filled in is not looked at."""
    return re.sub("@([A-Z]+)@", lambda found: parts[found[1]], _text(name))


def _harmless(data: str) -> str:
    """JSON that no text in it can end: it holds no `<`, and no line ends that scripts dislike."""
    for char in ("<", ">", "&", "\u2028", "\u2029"):
        data = data.replace(char, f"\\u{ord(char):04x}")
    return data


def _variables(c: Colors) -> str:
    colors = {name: getattr(c, name) for name in _COLORS} | {"on-accent": c.on_accent}
    return " ".join(f"--{name}: {color};" for name, color in colors.items())


def _data(part: Part) -> dict[str, object]:
    shown, trace = part.shown, part.shown.trace
    best = telling_head({site: trace.weights[site] for site in part.sites})
    notes = [*trace.notes, shown.note]
    return {
        "title": at_step(trace.model, trace.step),
        "sentences": sentences(trace),
        "note": "; ".join(note for note in notes if note),
        "signed": shown.signed,
        "colors": {
            name: _text_of(colormaps.of("default", dark, signed=shown.signed).tobytes())
            for name, dark in (("light", False), ("dark", True))
        },
        "kinds": [
            _kind(part, kind) for kind in words.KINDS if any(s.kind is kind for s in part.sites)
        ],
        "chosen": _place(part, best),
    }  # fmt: skip


def _place(part: Part, head: tuple[Site, int] | None) -> int:
    """Where a head stands among those of the page, which follow their kinds."""
    order = [each for kind in words.KINDS for each in part.heads if each[0].kind is kind]
    return order.index(head) if head in order else 0


def _kind(part: Part, kind: SiteKind) -> dict[str, object]:
    queries, allowed = part.shown.queries(kind), part.shown.allowed(kind)
    labels = (words.row_label(queries, i, kind) for i in range(len(queries)))
    return {
        "name": words.NAMES[kind],
        "meaning": words.MEANINGS[kind],
        "queries": [" → ".join(map(isolated, label)) for label in labels],
        "keys": [words.label(token) for token in part.shown.keys(kind)],
        "allowed": None if allowed is None else _packed(np.packbits(allowed).tobytes()),
        "sites": [
            {
                "layer": site.layer + 1, "heads": [head + 1 for head in heads],
                "weights": _packed(b"".join(_planes(part.map(site, head)) for head in heads)),
            }
            for site, heads in part.sites.items() if site.kind is kind
        ],
    }  # fmt: skip


def _planes(weights_QK: NDArray[np.float32]) -> bytes:
    """The three upper bytes of each number, rounded, a plane each: alike bytes pack well."""
    bits = weights_QK.ravel().view(np.uint32)
    rounded = np.where(np.isfinite(weights_QK.ravel()), bits + np.uint32(0x80), bits)
    planes = rounded.astype(">u4").view(np.uint8).reshape(-1, 4)[:, :3]
    return planes.T.tobytes()


def _packed(data: bytes) -> str:
    return _text_of(zlib.compress(data, 6))


def _text_of(data: bytes) -> str:
    return b64encode(data).decode("ascii")

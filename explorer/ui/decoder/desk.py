"""What was chosen on the decoder panel, to plain values and back: for sessions, and for next time.

What was forced belongs to one source and one set of weights, and is not kept.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from pydantic import ValidationError
from PySide6.QtCore import QSettings

from explorer.messages.decoding_config import DecodingConfig
from explorer.ui.widgets.transport import Transport

if TYPE_CHECKING:
    from explorer.ui.panels.decoder_panel import DecoderPanel

_SPEED = "decoder/speed"


def keep_speed(transport: Transport, settings: QSettings) -> None:
    """Play as fast as last time, and note a change for the next."""
    kept = settings.value(_SPEED)
    if isinstance(kept, str | int | float):
        transport.set_speed(str(kept))
    transport.sped.connect(lambda speed: settings.setValue(_SPEED, speed))


def memory(panel: "DecoderPanel") -> dict[str, object]:
    """The page, the speed, the method with its settings, and what the pages hold."""
    config = panel.course.config
    return {
        "page": panel.pages.seen.key,
        "speed": panel.transport.speed,
        "decoding": None if config is None else config.model_dump(),
        "pages": {key: page.memory() for key, page in panel.pages.pages.items()},
    }


def remember(panel: "DecoderPanel", values: Mapping[str, object]) -> None:
    """Put it back; what is missing or strange stays as it is."""
    panel.pages.turn_to(str(values.get("page", "")))
    panel.transport.set_speed(str(values.get("speed", "")))
    pages = values.get("pages")
    for key, kept in pages.items() if isinstance(pages, Mapping) else ():
        page = panel.pages.pages.get(str(key))
        if page is not None and isinstance(kept, Mapping):
            page.remember(dict(cast("Mapping[str, object]", kept)))
    try:
        given = values.get("decoding")
        if given is not None:
            panel.course.use(DecodingConfig.model_validate(given))
    except ValidationError:
        pass  # Of another version of the program, or written by hand.

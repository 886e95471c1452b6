"""What is photographed of the decoder panel: each page, after a few texts were tried."""

from collections.abc import Callable

from explorer.messages.decoding_config import DecodingConfig
from explorer.ui.decoder.pages import PAGES
from explorer.ui.decoder.tried_page import TriedPage
from explorer.ui.panels.decoder_panel import DecoderPanel

Act = tuple[Callable[[], bool], Callable[[], None]]
FORCED = ((1, 1), (3, 1))
"""At which decision which rival is forced, counted from 0."""
LOOKED_AT = 3
REFERENCE = "Ma petite sœur n'a pas mangé tant de pommes."


def of_decoder(panel: Callable[[], DecoderPanel], take: Callable[[str], None]) -> list[Act]:
    """Acts that try texts and take a picture of every page, by its key."""
    acts: list[Act] = []
    for index, rank in FORCED:
        acts.append((lambda: _settled(panel()), lambda i=index, r=rank: _force(panel(), i, r)))
    for kind in PAGES:
        acts.append((lambda: _settled(panel()), lambda k=kind.key: _turn_to(panel(), k)))
        acts.append((lambda: _settled(panel()), lambda: panel().go(LOOKED_AT)))
        acts.extend([(lambda: _settled(panel()), lambda: None)] * 2)  # Lenses are asked for.
        acts.append((lambda: True, lambda k=kind.key: take(k)))
    acts.append((lambda: True, lambda: panel().course.jump(1)))
    return acts


def _settled(panel: DecoderPanel) -> bool:
    return panel.course.decoding is not None and not panel._asking.waiting


def _force(panel: DecoderPanel, index: int, rank: int) -> None:
    course = panel.course
    course.jump(1)
    panel.go(index)
    step = course.step
    if step is not None and len(course.branches.branches) <= len(FORCED):
        course.force(step.candidates[rank].token.id)


def _turn_to(panel: DecoderPanel, key: str) -> None:
    """Turn to a page, with what it needs to have something to show."""
    course = panel.course
    course.jump(1)
    panel.go(LOOKED_AT)
    panel.pages.turn_to(key)
    page = panel.pages.seen
    if isinstance(page, TriedPage):
        page.compare(course.branches.branches[-1].number)
    elif key == "beams":
        panel.go(0)
        panel.head.method.changed.emit(_beams(panel))
    elif key == "reference":
        course.hold_to(REFERENCE)


def _beams(panel: DecoderPanel) -> DecodingConfig:
    values = (panel.course.config or DecodingConfig()).model_dump()
    return DecodingConfig.model_validate({**values, "method": "beam", "n_best": 4})

"""What the bar of time says, and in which colours."""

from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from explorer.ui import theme
from explorer.ui.travel.voyage import Course, Voyage
from explorer.ui.widgets.figures import count

NO_PAST = "No earlier step is here: train, or open a run."

NO_FILM = (
    "There is nothing to film yet: open or train a run, type a sentence, and wait until it has "
    "gone through the kept steps."
)
_BETWEEN = "  ·  "


def colors(courses: Sequence[Course], head: int) -> tuple[str, ...]:
    """The sentence in the accent, the chosen head's figures in its own colour, and a second one."""
    own = theme.head_color(head).name()
    beside = theme.colors().curves[1]
    of_head = iter((own, beside))
    return tuple(
        theme.colors().accent if course.key == "chance" else next(of_head, beside)
        for course in courses
    )


def values(
    courses: Sequence[Course], shades: Sequence[str], step: int | None, fits: Callable[[str], bool]
) -> str:
    """Every curve's value at a step, in its colour, as many as fit side by side."""
    said = [f"{course.title.lower()} {_at(course, step):.2f}" for course in courses]
    while len(said) > 1 and not fits(_BETWEEN.join(said)):
        said.pop()
    return _BETWEEN.join(
        f'<span style="color:{shade}">{escape(text)}</span>'
        for text, shade in zip(said, shades, strict=False)
    )


def _at(course: Course, step: int | None) -> float:
    place = -1 if step is None else int(np.abs(course.steps_S - step).argmin())
    return float(course.values_S[place])


def state(voyage: Voyage, *, training: bool) -> str:
    """What there is to know while there are no values."""
    if not voyage.travels:
        return "" if training else NO_PAST
    if voyage.refused:
        return voyage.refused
    if voyage.sentence is not None and not voyage.whole and voyage.total:
        return f"{count(voyage.done)} of {count(voyage.total)} steps …"
    if voyage.sentence is None:
        return f"{count(len(voyage.kept))} steps are kept: drag to look back"
    return ""

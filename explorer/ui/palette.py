"""The named colours of the two appearances."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Colors:
    """The named colours of one appearance, as `#rrggbb`."""

    dark: bool
    window: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    faint: str
    accent: str
    on_accent: str
    good: str
    warning: str
    bad: str
    curves: tuple[str, ...]


LIGHT = Colors(
    dark=False, window="#f3f4f7", surface="#ffffff", raised="#e9ebf0", line="#d5d9e2",
    text="#1b2130", muted="#596277", faint="#8b93a5", accent="#3457d5", on_accent="#ffffff",
    good="#1d7a4c", warning="#9a6200", bad="#b3261e",
    curves=("#3457d5", "#c2570c", "#1d7a4c", "#8b3fc4", "#00758f"),
)  # fmt: skip
DARK = Colors(
    dark=True, window="#14171f", surface="#1b1f2a", raised="#262b39", line="#343a4b",
    text="#e6e9f2", muted="#a0a8bc", faint="#737c92", accent="#7f9cff", on_accent="#0f1420",
    good="#5fcf95", warning="#e5b454", bad="#ff8a80",
    curves=("#7f9cff", "#ffab70", "#5fcf95", "#d09bff", "#56c8dd"),
)  # fmt: skip

"""How a setting is declared: its type and bounds, its title, its help, and when it matters."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Needs = Mapping[str, tuple[str, ...]]
"""Paths of other settings with the values under which a setting has any effect."""


def setting(
    default: Any, title: str, help: str, *, symbol: str = "", unit: str = "",
    special: str = "", needs: Needs | None = None, live: bool = False, **bounds: Any,
) -> Any:  # fmt: skip
    """A field with a title, a sentence of help, and the symbol it has in the paper.

    `special` is what the smallest number means, such as “off”; `needs` says under which values of
    other settings this one matters; a `live` one can be changed while a run trains.
    """
    extra: dict[str, Any] = {
        "symbol": symbol, "unit": unit, "special": special, "live": live,
        "needs": {path: list(values) for path, values in (needs or {}).items()},
    }  # fmt: skip
    return Field(default, title=title, description=help, json_schema_extra=extra, **bounds)


class Section(BaseModel):
    """A frozen group of settings that refuses names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

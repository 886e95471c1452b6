"""The settings as a flat list, for whoever draws or parses them, and validation in plain words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from explorer.messages.config import SECTIONS, RunConfig, Section

SettingKind = Literal["integer", "number", "switch", "choice", "text"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting with all that a form field or a help line needs."""

    section: str
    name: str
    kind: SettingKind
    title: str
    help: str
    symbol: str
    unit: str
    default: Any
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]
    special: str = ""
    live: bool = False
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The setting's full name, such as `model.heads`."""
        return f"{self.section}.{self.name}"


def all_settings() -> Iterator[Setting]:
    """Every setting of `RunConfig`, section by section, in the order of declaration."""
    for section in SECTIONS:
        model = RunConfig.model_fields[section].annotation
        assert isinstance(model, type) and issubclass(model, Section)
        for name, info in model.model_fields.items():
            yield _describe(section, name, info)


def _describe(section: str, name: str, info: FieldInfo) -> Setting:
    annotation = info.annotation
    choices = _flat(annotation)
    if choices:
        kind: SettingKind = "choice"
    elif annotation is bool:
        kind = "switch"
    elif annotation is int:
        kind = "integer"
    elif annotation is float:
        kind = "number"
    else:
        kind = "text"
    extra: Any = info.json_schema_extra or {}
    low, high = _bounds(info)
    return Setting(
        section, name, kind, info.title or name, info.description or "",
        str(extra.get("symbol", "")), str(extra.get("unit", "")), info.default, low, high, choices,
        str(extra.get("special", "")), bool(extra.get("live")),
        {path: tuple(values) for path, values in extra.get("needs", {}).items()},
    )  # fmt: skip


def _flat(annotation: Any) -> tuple[str, ...]:
    """The choices of a `Literal`, or of a union of them."""
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return ()


def _bounds(info: FieldInfo) -> tuple[float | None, float | None]:
    low = high = None
    for bound in info.metadata:
        low = getattr(bound, "ge", getattr(bound, "gt", low))
        high = getattr(bound, "le", getattr(bound, "lt", high))
    return low, high


def with_values(config: RunConfig, values: Mapping[str, Any]) -> RunConfig:
    """The configuration with settings replaced, each named by its path (`model.heads`).

    Raises `SettingsError`, which names the setting and says what would fit.
    """
    data = config.model_dump()
    for path, value in values.items():
        section, _, name = path.partition(".")
        if section not in SECTIONS or name not in data[section]:
            raise SettingsError(_unknown(path))
        data[section][name] = value
    return validated(data)


def live_values(config: RunConfig, values: Mapping[str, Any]) -> RunConfig:
    """The configuration with settings replaced that can be changed while a run trains.

    Raises `SettingsError` for any other setting, or a value that does not fit.
    """
    live = {setting.path: setting for setting in all_settings() if setting.live}
    for path in values:
        if path not in live:
            names = ", ".join(live)
            raise SettingsError(
                f"{path}: this cannot be changed while a run trains, only {names}; begin a new run"
            )
    return with_values(config, values)


def validated(data: Mapping[str, Any]) -> RunConfig:
    """A `RunConfig` from nested plain values; raises `SettingsError` in words for a person."""
    try:
        return RunConfig.model_validate(data)
    except ValidationError as error:
        raise SettingsError(explain(error)) from None


class SettingsError(ValueError):
    """Settings that do not fit; the message names the setting and what would fit."""


def explain(error: ValidationError) -> str:
    """Pydantic's findings as sentences, one a line, each led by the setting's path."""
    return "\n".join(_sentence(finding) for finding in error.errors())


_PLAIN = {
    "int_parsing": "should be a whole number",
    "int_from_float": "should be a whole number",
    "float_parsing": "should be a number",
    "bool_parsing": "should be true or false",
}
"""Pydantic's kinds of finding that it words for programmers."""


def _sentence(finding: Any) -> str:
    message: str = finding["msg"]
    if finding["type"] == "value_error":
        return message.removeprefix("Value error, ")
    path = ".".join(str(part) for part in finding["loc"])
    if finding["type"] == "extra_forbidden":
        return _unknown(path)
    message = _PLAIN.get(finding["type"], message.removeprefix("Input "))
    given = finding["input"]
    shown = f", not {given!r}" if isinstance(given, int | float | str) else ""
    return f"{path}: {message}{shown}"


def _unknown(path: str) -> str:
    import difflib  # Only needed for the suggestion, and not cheap to import at start.

    known = [setting.path for setting in all_settings()]
    close = difflib.get_close_matches(path, known, 1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"{path}: there is no such setting{hint}"

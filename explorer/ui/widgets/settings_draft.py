"""Settings while a person edits them: what was given, what is wrong with it, what it differs in.

No widgets: the form and the tests both talk to this.
"""

from collections.abc import Mapping
from typing import Any

from explorer.messages.config import SECTIONS, RunConfig
from explorer.messages.settings import Setting, SettingsError, all_settings, with_values

_TASK = ("task.name", "task.file")


class SettingsDraft:
    """A base (a preset or an opened model) and the values given on top, right or wrong.

    Values stay as they were typed until they are taken back, so nothing that a person wrote is
    lost; `config` is None while something does not fit, and `errors` says what, by path.
    """

    def __init__(self, base: RunConfig) -> None:
        self._paths = [setting.path for setting in all_settings()]
        self.take(base)

    def take(self, base: RunConfig) -> None:
        """Start from other settings and forget what was given."""
        self.base = base
        self._base_values = flat(base)
        self._given: dict[str, Any] = {}
        self._check()

    def reset(self) -> None:
        """Go back to the base."""
        self.take(self.base)

    def value(self, path: str) -> Any:
        """The value of a setting as given, or else that of the base."""
        return self._given.get(path, self._base_values[path])

    def give(self, values: Mapping[str, Any]) -> None:
        """Set values by path; texts are parsed, and those that do not fit are kept as errors."""
        self._given.update(values)
        self._check()

    def matters(self, setting: Setting) -> bool:
        """Whether a setting has any effect with the others as they are."""
        return all(str(self.value(path)) in values for path, values in setting.needs.items())

    @property
    def changed(self) -> frozenset[str]:
        """Paths whose value differs from the base, or does not fit."""
        return frozenset(self._given)

    def _check(self) -> None:
        self.errors: dict[str, str] = {}
        self.config: RunConfig | None = None
        try:
            config = with_values(self.base, self._given)
        except SettingsError as error:
            self._note(str(error))
            return
        now = flat(config)
        self._given = {p: v for p, v in self._given.items() if now[p] != self._base_values[p]}
        self.config = self._named(config)

    def _note(self, message: str) -> None:
        for line in message.splitlines():
            path, _, sentence = line.partition(": ")
            if path in self._base_values:
                self.errors.setdefault(path, sentence)
            else:
                self.errors.setdefault("", line)

    def _named(self, config: RunConfig) -> RunConfig:
        """Another task has another title and another example than the base."""
        if self._given.keys().isdisjoint(_TASK):
            return config
        return config.model_copy(update={"title": "", "example": ""})


def flat(config: RunConfig) -> dict[str, Any]:
    """Every setting's value by path."""
    return {
        f"{section}.{name}": value
        for section in SECTIONS
        for name, value in getattr(config, section).model_dump().items()
    }

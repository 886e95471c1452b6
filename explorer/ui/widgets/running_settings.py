"""The settings of the run that trains now, beside those in the form; knows no Qt."""

from collections.abc import Sequence
from typing import Any

from explorer.messages.config import RunConfig
from explorer.messages.events import Event, ModelOpened, SettingsChanged, TrainingChanged
from explorer.messages.settings import Setting
from explorer.ui.widgets.settings_draft import flat

NEXT_RUN = "For the next run, not for this one."


class RunningSettings:
    """Follows the run by its events; `on` while it trains or is paused."""

    def __init__(self) -> None:
        self.on = False
        self._opened: RunConfig | None = None
        self._values: dict[str, Any] = {}

    def receive(self, events: Sequence[Event]) -> bool:
        """Follow the run; whether anything has changed."""
        before = self.on, dict(self._values)
        for event in events:
            match event:
                case ModelOpened(model):
                    self._opened = model.config
                    self._values = flat(model.config)
                case TrainingChanged(state=state):
                    self.on = state in ("running", "paused")
                case SettingsChanged(changes):
                    self._values |= {change.path: change.value for change in changes}
                case _:
                    pass
        return (self.on, self._values) != before

    def hint(self, setting: Setting, value: Any) -> str:
        """What to say of a value in the form; empty where the run has the same or there is none."""
        path = setting.path
        if not self.on or path not in self._values or value == self._values[path]:
            return ""
        if not setting.live:
            return NEXT_RUN
        return f"The run that trains now has {self._values[path]:,.10g}."

"""Presets: whole sets of settings under a name, one TOML file each in `resources/presets`."""

from dataclasses import dataclass
from pathlib import Path

from explorer.messages.config import RunConfig
from explorer.messages.settings import SettingsError, validated
from explorer.messages.task_config import GENERATED, OWN
from explorer.resources import resource

_EASIEST_FIRST = (*GENERATED, *OWN)
"""In groups: lists, arithmetic and counting, language, signals, and what one brings oneself."""


@dataclass(frozen=True, slots=True)
class Preset:
    """A set of settings with the name of its file and a title for people."""

    name: str
    config: RunConfig

    @property
    def title(self) -> str:
        """What a list of presets shows."""
        return self.config.title or self.name


def preset_names() -> tuple[str, ...]:
    """The names of all presets: the tasks from easy to hard, then the others by name."""
    names = {path.stem for path in _folder().glob("*.toml")}
    known = [name for name in _EASIEST_FIRST if name in names]
    return (*known, *sorted(names.difference(known)))


def load_preset(name: str) -> RunConfig:
    """The preset of this name; raises `SettingsError` in words for a person."""
    names = preset_names()
    if name not in names:
        raise SettingsError(f"there is no preset {name!r}; choose one of {', '.join(names)}")
    return read_settings(_folder() / f"{name}.toml")


def all_presets() -> tuple[Preset, ...]:
    """Every preset; raises `SettingsError` when one does not fit."""
    return tuple(Preset(name, load_preset(name)) for name in preset_names())


def read_settings(path: Path) -> RunConfig:
    """The settings in a TOML file (a preset or a `run.toml` without more).

    Raises `SettingsError`, led by the file's name, when it cannot be read or does not fit.
    """
    import tomllib  # Here and not above: the window shows before presets are read.

    try:
        with path.open("rb") as file:
            return validated(tomllib.load(file))
    except FileNotFoundError:
        raise SettingsError(f"{path.name}: there is no such file") from None
    except OSError as error:
        raise SettingsError(f"{path.name}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path.name}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name}: is not proper TOML: {error}") from None
    except SettingsError as error:
        raise SettingsError(f"{path.name}: {error}") from None


def _folder() -> Path:
    return resource("presets")

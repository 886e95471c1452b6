"""Lines of text that describe a signal: words, then settings such as `noise=2`."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Description:
    """The words of a line, and a value for each setting."""

    words: list[str]
    values: dict[str, int]

    @classmethod
    def read(
        cls, line: str, bounds: Mapping[str, tuple[int, int]], usual: Mapping[str, int]
    ) -> "Description":
        """Read a line; what it leaves out takes its usual value.

        Raises `ValueError` in words for a setting that is unknown or out of bounds.
        """
        words, values = [], dict(usual)
        for part in line.split():
            name, equals, value = part.partition("=")
            if not equals:
                words.append(part)
            elif name not in bounds:
                raise ValueError(f"There is no {name!r} to set; choose {', '.join(bounds)}.")
            else:
                values[name] = _number(name, value, bounds[name])
        return cls(words, values)


def _number(name: str, value: str, bounds: tuple[int, int]) -> int:
    low, high = bounds
    try:
        number = int(value)
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise ValueError(f"{name} is a whole number from {low} to {high}, not {value!r}.")
    return number

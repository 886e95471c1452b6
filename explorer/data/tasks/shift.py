"""Shift a list: each output looks one item to the right, the last at the first."""

from typing import ClassVar

from explorer.data.tasks.task import ListTask


class Shift(ListTask):
    """`3 1 4` → `1 4 3`."""

    name: ClassVar[str] = "shift"

    def answer(self, items: list[str]) -> list[str]:
        """The list with its first item at its end."""
        return [*items[1:], *items[:1]]

"""Reverse a list."""

from typing import ClassVar

from explorer.data.tasks.task import ListTask


class Reverse(ListTask):
    """`3 1 4` → `4 1 3`."""

    name: ClassVar[str] = "reverse"

    def answer(self, items: list[str]) -> list[str]:
        """The list from its end."""
        return items[::-1]

"""Reverse a list."""

from typing import ClassVar

from explorer.data.tasks.task import ListTask


class Reverse(ListTask):
    """`3 1 4` → `4 1 3`."""

    name: ClassVar[str] = "reverse"
    learns: ClassVar[str] = "Each output looks at the mirrored source item: an anti-diagonal."

    def answer(self, items: list[str]) -> list[str]:
        """The list from its end."""
        return items[::-1]

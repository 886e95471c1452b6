"""Sort a list."""

from typing import ClassVar

from explorer.data.tasks.task import ListTask


class Sort(ListTask):
    """`3 1 4` → `1 3 4`."""

    name: ClassVar[str] = "sort"

    def answer(self, items: list[str]) -> list[str]:
        """The list in rising order."""
        return sorted(items)

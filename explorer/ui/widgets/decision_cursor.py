"""At which decision of the decoder we look; knows no Qt."""


class DecisionCursor:
    """A place among `count` decisions that stays when the answer changes under it.

    One that stood on the last decision stays on the last, however long the next answer is.
    """

    def __init__(self) -> None:
        self.count = 0
        self.index = 0
        self._wanted = 0
        self._at_end = False

    def fit(self, count: int) -> None:
        """There are `count` decisions now; keep the place as well as that allows.

        A place that a shorter answer took away comes back with a longer one.
        """
        self.count = count
        self.index = count - 1 if self._at_end else min(self._wanted, count - 1)
        self.index = max(0, self.index)

    def go(self, index: int) -> bool:
        """Move to a decision, or as near as there is; True if that is another one."""
        before = self.index
        self.index = self._wanted = max(0, min(index, self.count - 1))
        self._at_end = self.count > 1 and self.index == self.count - 1
        return self.index != before

    def stay(self) -> None:
        """Stand by this number, also if it is the last: what follows is about to change."""
        self._wanted, self._at_end = self.index, False

    @property
    def can_go_back(self) -> bool:
        """Whether there is an earlier decision."""
        return self.index > 0

    @property
    def can_go_on(self) -> bool:
        """Whether there is a later decision."""
        return self.index < self.count - 1

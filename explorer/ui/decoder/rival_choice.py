"""Whether a logit is taken apart by itself, or its lead over a rival."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from explorer.messages.decoding import DecodeStep
from explorer.ui import theme
from explorer.ui.widgets.decision_words import chip_text
from explorer.ui.widgets.elided_combo import ElidedCombo

_ALONE = None
_HELP = (
    "<b>Logit or lead</b><br>A logit alone says little, for only differences count in the softmax: "
    "the lead over a rival tells which parts decided between the two."
)


class RivalChoice(ElidedCombo):
    """Follows the decision: a rival picked by hand gives way to the strongest of the next one."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Logit, or lead over a rival", _HELP, parent)
        self.setFont(theme.font("small"))
        self.over = False
        """Whether a lead is wanted."""
        self._rivals: tuple[tuple[int, str], ...] = ()
        self._picked: int | None = None
        self._offer()
        self.activated.connect(self._choose)

    def fit(self, step: DecodeStep) -> int | None:
        """Offer the rivals of this decision; the id of the one in force."""
        rivals = tuple(
            (c.token.id, chip_text(c.token)) for c in step.candidates if c.token.id != step.token.id
        )
        if rivals != self._rivals:
            self._rivals = rivals
            self._picked = None
            self._offer()
        if not self.over or not rivals:
            return None
        return rivals[0][0] if self._picked is None else self._picked

    def choose(self, *, over: bool) -> None:
        """Want a lead over the strongest rival, or the logit alone; nothing is emitted."""
        self.over, self._picked = over, None
        self._mark()

    def _offer(self) -> None:
        self.clear()
        self.add_choice("Its logit", _ALONE, "What adds up to the logit of the chosen token.")
        for place, (id, text) in enumerate(self._rivals):
            more = " (its strongest rival)" if place == 0 else ""
            self.add_choice(f"Lead over {text}", id, f"Its logit less that of {text}{more}.")
        self._mark()

    def _mark(self) -> None:
        place = self.findData(self._picked) if self._picked is not None else int(self.over)
        self.setCurrentIndex(max(0, min(place, self.count() - 1)))

    def _choose(self, place: int) -> None:
        self.over = place > 0
        self._picked = None if place < 2 else self.itemData(place)
        self.changed.emit()

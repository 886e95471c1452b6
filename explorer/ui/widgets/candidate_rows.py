"""What is said of each token that could have come: its probability before and after; no Qt."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from html import escape

from explorer.messages.decoding import Candidate, DecodeStep
from explorer.messages.tokens import Token
from explorer.ui.widgets.attention_words import number, readable, token_help
from explorer.ui.widgets.bar_rows import BarRow
from explorer.ui.widgets.decision_words import chip_text

_SAME = 5e-4
"""Probabilities that differ by less than is shown are one number."""
_WORD_STARTS = ("▁", "Ġ", " ", "##")
_BANNED, _CUT = "banned", "cut off"


@dataclass(frozen=True, slots=True)
class Rivals:
    """The candidates of one decision, and how to show them.

    With `both` each has the probability after repetition penalty, bans, temperature and truncation
    beside that of the model; `exact` shows every token as the vocabulary has it.
    """

    candidates: tuple[Candidate, ...] = ()
    chosen: int = -1
    bans: Collection[int] = ()
    both: bool = False
    dimmed: bool = False

    def rows(self, most: int) -> list[BarRow]:
        """A row for each of the first `most` and the chosen one, and one for all others."""
        if not self.candidates:
            return []
        shown = self.shown(most)
        return [*(self._row(candidate) for candidate in shown), self._others(shown)]

    def shown(self, most: int) -> tuple[Candidate, ...]:
        """The first `most`; a chosen one beyond them takes the last place."""
        first = self.candidates[:most]
        beyond = [c for c in self.candidates[most:] if c.token.id == self.chosen]
        return (*first[: most - 1], beyond[0]) if beyond else first

    def state(self, candidate: Candidate) -> str:
        """Why it cannot come, in a word; empty where it can."""
        if candidate.token.id in self.bans:
            return _BANNED
        return _CUT if self.both and candidate.final <= 0 else ""

    def _row(self, candidate: Candidate) -> BarRow:
        here, state = candidate.token.id == self.chosen, self.state(candidate)
        quiet = self.dimmed or bool(state) or (candidate.token.special and not here)
        strong = "line" if self.dimmed else "accent" if here else "faint"
        return BarRow(
            chip_text(candidate.token), candidate.probability, number(candidate.probability),
            "faint" if self.both and not self.dimmed else strong,
            "faint" if self.dimmed else "muted" if quiet else "text",
            bold=here and not self.dimmed,
            after=candidate.final if self.both else None,
            after_number=_brief(state) or number(candidate.final),
            after_fill=strong if strong != "faint" else "muted",
            beside=exact_token(candidate.token), struck=bool(state),
        )  # fmt: skip

    def _others(self, shown: Sequence[Candidate]) -> BarRow:
        rest = max(0.0, 1.0 - sum(c.probability for c in shown))
        after = max(0.0, 1.0 - sum(c.final for c in shown))
        after = 0.0 if after < 1e-6 else after
        return BarRow(
            "all others", rest, number(rest), "faint", "faint", after=after if self.both else None,
            after_number=number(after), after_fill="faint",
        )  # fmt: skip

    def help(self, candidate: Candidate) -> str:
        """What a candidate is, its numbers, and what a click does; rich text."""
        said = f"{escape(token_help(candidate.token))}<br>p = {candidate.probability:.6g}"
        if candidate.rank:
            said += f", rank {candidate.rank:,}"
        state = self.state(candidate)
        if state == _BANNED:
            return f"{said}<br>You banned it: it is never chosen. Delete allows it again."
        if state:
            return f"{said}<br>Cut off by the method's settings. Click to write it all the same."
        if self.both:
            said += f"<br>after penalty, bans, temperature and truncation {candidate.final:.6g}"
        written = candidate.token.id == self.chosen
        return f"{said}<br>{_WRITTEN if written else _CLICK}"


_CLICK = "Click or Enter writes it here instead; Delete bans it."
_WRITTEN = "This is what was written. Click or Enter makes it stay, whatever the settings."


def _brief(state: str) -> str:
    return "cut" if state == _CUT else state


def exact_token(token: Token) -> str:
    """The token as the vocabulary has it, where that is more than the sign of a word's start."""
    if token.special or token.id < 0:
        return ""
    bare = token.piece
    for sign in _WORD_STARTS:
        bare = bare.removeprefix(sign)
    return "" if bare == token.text else readable(token.piece)


def changes(steps: Sequence[DecodeStep]) -> bool:
    """Whether what is chosen from differs anywhere from what the model says.

    Steps that do not tell it have no final probability at all.
    """
    return any(
        any(candidate.final > 0 for candidate in step.candidates)
        and any(abs(c.final - c.probability) > _SAME for c in step.candidates)
        for step in steps
    )

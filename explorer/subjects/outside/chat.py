"""A conversation that is typed on one line, as the model's own template writes it.

`user: Hello ||| assistant: Hi! ||| user: Who are you?` has three turns. The template is the model
folder's; the library runs it in a sandbox that can only make text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from explorer.messages.results import Token
from explorer.subjects.subject import SentenceError

BETWEEN = "|||"
"""What a person writes between two turns."""
_ROLE = re.compile(r"\s*(system|user|assistant):\s*")
_LONGEST_NOTE = 300


@dataclass(frozen=True, slots=True)
class Turn:
    """Who says what; `start` is where that begins in the typed text."""

    role: str
    said: str
    start: int


def turns_of(text: str) -> list[Turn] | None:
    """The turns of a conversation; None for a text that does not begin with somebody's part."""
    turns: list[Turn] = []
    at = 0
    for part in text.split(BETWEEN):
        found = _ROLE.match(part)
        if found is None:
            return None
        turns.append(Turn(found[1], part[found.end() :].rstrip(), at + found.end()))
        at += len(part) + len(BETWEEN)
    return turns


def written_out(tokenizer: Any, turns: Sequence[Turn]) -> str:
    """The text that the model reads, up to where it is its turn; raises `SentenceError`.

    A last turn of the assistant is one that it shall go on with.
    """
    said = [{"role": turn.role, "content": turn.said} for turn in turns]
    goes_on = turns[-1].role == "assistant"
    try:
        return str(
            tokenizer.apply_chat_template(
                said, tokenize=False, add_generation_prompt=not goes_on,
                continue_final_message=goes_on,
            )
        )  # fmt: skip
    except Exception as error:  # Whatever a template raises, such as for roles in another order.
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise SentenceError(
            f"The model's chat template does not take this conversation: {lines[0][:200]}"
        ) from None


def note_of(written: str) -> str:
    """What is told of a text that a template has made."""
    shown = written.replace("\n", "↵")
    shown = shown if len(shown) <= _LONGEST_NOTE else shown[: _LONGEST_NOTE - 1] + "…"
    return f"Read by its chat template: {shown}"


@dataclass(frozen=True, slots=True)
class Places:
    """Where the turns stand in the text that the template made, and where they were typed."""

    spans: tuple[tuple[int, int, int], ...]
    """Start and end there, start in the typed text."""

    @classmethod
    def of(cls, written: str, turns: Sequence[Turn]) -> "Places":
        """Look for every turn after the one before."""
        spans: list[tuple[int, int, int]] = []
        at = 0
        for turn in turns:
            start = written.find(turn.said, at)
            if start >= 0:
                at = start + len(turn.said)
                spans.append((start, at, turn.start))
        return cls(tuple(spans))

    def typed(self, token: Token) -> tuple[int, int]:
        """A token's place in the typed text; one of the template's own has no extent."""
        before = 0
        for start, end, typed in self.spans:
            if start <= token.start and token.end <= end:
                return token.start - start + typed, token.end - start + typed
            if end <= token.start:
                before = end - start + typed
        return before, before

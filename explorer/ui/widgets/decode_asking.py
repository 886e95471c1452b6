"""When a panel asks the worker to write, and which answers it takes; knows no Qt."""

from dataclasses import dataclass

from explorer.messages.commands import Decode
from explorer.messages.decoding import PLAIN, Decoding, Wish
from explorer.messages.results import Trace

_Sentence = tuple[str, str]
"""A model's name and a source text."""


@dataclass(frozen=True, slots=True)
class _Asked:
    sentence: _Sentence
    step: int
    wish: Wish


class DecodeAsking:
    """Follows the inspected sentence, and asks once for each that has no answer yet.

    While training, the worker repeats its answer by itself, as it was wished for: another step is
    no reason to ask. Requests count down from -1, so that none is mistaken for an `Inspect`.
    """

    def __init__(self) -> None:
        self.training = False
        self.mute = False
        """Whether the model says nothing, so that nothing is asked of it."""
        self._inspected = self._lost = 0
        self._seen: tuple[_Sentence, int] | None = None
        self._asked: _Asked | None = None
        self.request = 0
        self._answered = self._first = -1
        self._before = self._first, self._asked

    def opened(self) -> None:
        """Another model is here, perhaps under an old name: the worker follows nothing yet."""
        self._seen = self._asked = None

    @property
    def away(self) -> bool:
        """Whether the sentence in the line is one that could not be looked at."""
        return self._lost > self._inspected

    @property
    def wish(self) -> Wish:
        """How what was asked for last is to be written."""
        return self._asked.wish if self._asked is not None else PLAIN

    @property
    def waiting(self) -> bool:
        """Whether the newest question has not been answered even once."""
        return self._answered != self.request

    def inspected(self, request: int, trace: Trace) -> None:
        """This sentence was looked at."""
        self._inspected = max(self._inspected, request)
        self._seen = (trace.model, trace.source_text), trace.step

    def wanted(self, wish: Wish = PLAIN) -> Decode | None:
        """The command to send now, if any; it counts as sent."""
        if self._seen is None or self.mute:
            return None
        asked, (sentence, step) = self._asked, self._seen
        if asked is None or asked.sentence != sentence:
            return self._ask(wish)
        repeated = self.training and asked.wish == wish
        return None if asked.step == step or repeated else self._ask(wish)

    def ask(self, wish: Wish) -> Decode | None:
        """The command for another wish at the same sentence; None before there is any."""
        self._before = self._first, self._asked
        self.turned()
        return None if self._seen is None or self.mute else self._ask(wish)

    def turned(self) -> None:
        """What was asked for until now is wished for no more: its answers come too late."""
        self._first = self.request - 1

    def _ask(self, wish: Wish) -> Decode | None:
        assert self._seen is not None
        self._asked = _Asked(*self._seen, wish)
        self.request -= 1
        return Decode(self._seen[0][1], self.request, wish)

    def unwanted(self) -> Decode | None:
        """The command that ends what was asked for, if anything was: nobody looks any more."""
        if self._asked is None:
            return None
        self._asked = None
        self.request -= 1
        return Decode("", self.request)

    def answered(self, request: int, decoding: Decoding) -> bool:
        """Whether an answer is to a question of ours; notes of which step it is."""
        if not self.request <= request <= self._first:
            return False
        if request == self.request:
            sentence = decoding.model, decoding.source_text
            self._asked = _Asked(sentence, decoding.step, self.wish)
            self._answered = request
        return True

    def refused(self) -> None:
        """The newest wish cannot be fulfilled: answers to the one before are welcome again."""
        self._first, self._asked = self._before

    def begun(self, request: int) -> bool:
        """Whether a part of a text is of the one that is awaited; repeats are told whole."""
        return request == self.request <= self._first and self.waiting

    def failed(self, request: int) -> bool:
        """Whether it is our newest question that failed; another's is noted."""
        self._lost = max(self._lost, request)
        return request == self.request < 0

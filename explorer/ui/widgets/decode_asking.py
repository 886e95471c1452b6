"""When a panel asks the worker to write, and which answers it takes; knows no Qt."""

from explorer.messages.commands import Decode
from explorer.messages.results import Decoding, Trace

_Sentence = tuple[str, str]
"""A model's name and a source text."""


class DecodeAsking:
    """Follows the inspected sentence, and asks once for each that has no answer yet.

    While training, the worker repeats its answer by itself: another step is no reason to ask.
    Requests count down from -1, so that none is mistaken for an `Inspect`.
    """

    def __init__(self) -> None:
        self.training = False
        self._inspected = self._lost = 0
        self._seen: tuple[_Sentence, int] | None = None
        self._asked: tuple[_Sentence, int] | None = None
        self.request = 0

    def opened(self) -> None:
        """Another model is here, perhaps under an old name: the worker follows nothing yet."""
        self._seen = self._asked = None

    @property
    def away(self) -> bool:
        """Whether the sentence in the line is one that could not be looked at."""
        return self._lost > self._inspected

    def inspected(self, request: int, trace: Trace) -> None:
        """This sentence was looked at."""
        self._inspected = max(self._inspected, request)
        self._seen = (trace.model, trace.source_text), trace.step

    def wanted(self) -> Decode | None:
        """The command to send now, if any; it counts as sent."""
        if self._seen is None or self._seen == self._asked:
            return None
        if self.training and self._asked is not None and self._seen[0] == self._asked[0]:
            return None
        self._asked = self._seen
        self.request -= 1
        return Decode(self._seen[0][1], self.request)

    def unwanted(self) -> Decode | None:
        """The command that ends what was asked for, if anything was: nobody looks any more."""
        if self._asked is None:
            return None
        self._asked = None
        self.request -= 1
        return Decode("", self.request)

    def answered(self, request: int, decoding: Decoding) -> bool:
        """Whether an answer is to a question of ours; notes of which step it is."""
        if not self.request <= request < 0:
            return False
        if request == self.request:
            self._asked = (decoding.model, decoding.source_text), decoding.step
        return True

    def failed(self, request: int) -> bool:
        """Whether it is our newest question that failed; another's is noted."""
        self._lost = max(self._lost, request)
        return request == self.request < 0

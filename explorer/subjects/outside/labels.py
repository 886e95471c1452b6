"""Models that say labels: of each token (named entities), of a whole text, or of a picture."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

from explorer.messages.results import Token
from explorer.subjects.outside.words import OutsideWords

Says = Literal["words", "label of each", "label of all"]
"""What the output layer speaks of: words of the vocabulary, or labels and of what."""


class Labels(OutsideWords):
    """The labels that a model chooses among, in place of the words that it could say."""

    def __init__(self, names: Mapping[int, str]) -> None:
        self._names = {int(id): name for id, name in names.items()}
        self.mask = None

    def __len__(self) -> int:
        return len(self._names)

    def token(self, id: int) -> Token:
        """A label by its number."""
        name = self._names.get(id, f"‹{id}›")
        return Token(id, name, name)

    def all(self) -> list[Token]:
        """Every label, in order."""
        return [self.token(id) for id in sorted(self._names)]

    def text(self, ids: Iterable[int]) -> str:
        """Labels one after the other."""
        return " ".join(self.token(id).text for id in ids)

    def written(self, text: str) -> None:
        """Nothing: a label is never read."""


def says_of(config: Any) -> Says:
    """What a text model was trained to say, as its configuration names its class."""
    names = " ".join(config.architectures or ())
    if "ForTokenClassification" in names:
        return "label of each"
    return "label of all" if "ForSequenceClassification" in names else "words"

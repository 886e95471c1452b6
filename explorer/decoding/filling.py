"""What an encoder alone says: a label for each place, or a word for each that is hidden.

Axes: L position, V vocabulary, H head, K key.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

import torch
from torch import Tensor

from explorer.decoding.deciding import Attention, choose, outlook
from explorer.inspection.recording import as_floats, recording
from explorer.messages.decoding import DecodeStep, How
from explorer.messages.decoding_config import DecodingConfig
from explorer.subjects.subject import Sentence, Subject


def filled(
    subject: Subject, source: Sentence, config: DecodingConfig, prefix: Sequence[int],
    came: Sequence[How], bans: Collection[int],
) -> Iterator[DecodeStep]:  # fmt: skip
    """A decision for each of the source's places, with what its query looked at.

    Tokens of `prefix` that `came` calls forced stand, whatever the model says. Where they stand in
    hidden places, all others are decided with them in sight, and each of them as if it alone were
    still hidden.
    """
    forced = {
        index: id for index, id in enumerate(prefix[: len(source.places)])
        if (came[index] if index < len(came) else "forced") == "forced"
    }  # fmt: skip
    gaps = {index: id for index, id in forced.items() if _hidden(source, index)}
    words, nothing = subject.coding.vocabularies.target, torch.empty(1, 0, dtype=torch.long)
    rest = _Read(subject, source, gaps)
    for index, place in enumerate(source.places):
        others = {other: id for other, id in gaps.items() if other != index}
        read = rest if len(others) == len(gaps) else _Read(subject, source, others)
        found = outlook(words, read.logits_LV[place, None], nothing, config, bans)
        token, how = choose(found, 0, config, index)
        if index in forced:
            token, how = forced[index], "forced"
        yield found.decided(index, token, how, read.attention(place))


def _hidden(source: Sentence, index: int) -> bool:
    """Whether a place is a mark that hides a word, and not a word or the start."""
    place = source.places[index]
    return place > 0 and source.tokens[place].special


class _Read:
    """One pass over the source, with words in some of its hidden places."""

    @torch.no_grad()
    def __init__(self, subject: Subject, source: Sentence, gaps: Mapping[int, int]) -> None:
        read = source.as_input(subject.device)
        for index, id in gaps.items():
            read[0, source.places[index]] = id
        with recording(subject.model.sites()) as self._recorded:
            self.logits_LV: Tensor = subject.model(read, None)[0]

    def attention(self, place: int) -> Attention:
        """What the query of a place looked at, heads × keys a site."""
        weights = self._recorded.items()
        return {site: as_floats(weights_BHQK[0, :, place]) for site, weights_BHQK in weights}

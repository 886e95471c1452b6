"""What is seen at once while time is dragged: one kept step of the sentence's timeline."""

from dataclasses import dataclass

from explorer.messages.decoding import PLAIN, Candidate, DecodeStep, Decoding, Wish
from explorer.messages.measures import HeadMeasures
from explorer.messages.results import SiteKind, Token, Trace
from explorer.messages.timeline import Timeline


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A step, and where it stands in a part of the timeline.

    `step` is the closest to the one looked at that is known. `timeline` is None where nothing has
    come yet: then views wait for the worker.
    """

    step: int
    timeline: Timeline | None = None
    place: int = 0
    measures: HeadMeasures | None = None
    """All heads' measures on the sentence at this step."""
    written: Decoding | None = None
    """What the weights of the step looked at wrote by themselves; None where it is not known."""

    @property
    def trace(self) -> Trace | None:
        """The sentence's attention; None where it is not known."""
        timeline = self.timeline
        return None if timeline is None or not timeline.weights else timeline.trace(self.place)

    @property
    def decoding(self) -> Decoding | None:
        """What the model thought of the target then, decision by decision."""
        return None if self.timeline is None else _decoding(self.timeline, self.place)

    def decoding_for(self, wish: Wish) -> Decoding | None:
        """The text that the step wrote, where that is wished for and known; else its thoughts."""
        return self.written if wish == PLAIN and self.written is not None else self.decoding


def _decoding(timeline: Timeline, place: int) -> Decoding | None:
    reading = timeline.reading
    if not reading.expected:
        return None
    first = reading.places[0]
    labels = not reading.target
    read = reading.source if labels else reading.target
    steps = tuple(
        _step(timeline, place, number, position) for number, position in enumerate(reading.places)
    )
    return Decoding(
        reading.model, int(timeline.steps_S[place]), reading.source_text, reading.source,
        () if labels else read[: first + 1], steps, reading.target_text, True,
        places=reading.places if labels else (), signal=reading.signal, reference=True,
    )  # fmt: skip


def _step(timeline: Timeline, place: int, number: int, position: int) -> DecodeStep:
    reading = timeline.reading
    ids, shares = timeline.candidates_SNC[place, number], timeline.likelihoods_SNC[place, number]
    token, share = reading.expected[number], float(timeline.probabilities_SN[place, number])
    best = [
        Candidate(_token(timeline, int(id)), float(p), float(p), rank)
        for rank, (id, p) in enumerate(zip(ids, shares, strict=True), start=1)
    ]
    rank = next((c.rank for c in best if c.token.id == token.id), len(best) + 1)
    if rank > len(best):
        best.append(Candidate(token, share, share, rank))
    attention = {
        site: weights[place, :, position, : _keys(site.kind, position, weights.shape[-1])]
        for site, weights in timeline.weights.items()
        if site.kind is not SiteKind.ENCODER or not reading.target
    }
    return DecodeStep(
        number, token, -float(timeline.losses_SN[place, number]),
        float(timeline.entropies_SN[place, number]), tuple(best), attention, "forced", rank, share,
    )  # fmt: skip


def _keys(kind: SiteKind, position: int, keys: int) -> int:
    return position + 1 if kind is SiteKind.DECODER else keys


def _token(timeline: Timeline, id: int) -> Token:
    return timeline.words.get(id) or Token(id, f"nr. {id}", "")

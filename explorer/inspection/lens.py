"""The logit lens and a logit's parts, of decisions that were made or are to be made.

Axes: L layer, P decision, K place from the best on, T position, M model width, V vocabulary.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

import numpy as np
import torch
from torch import Tensor, nn

from explorer.inspection.contributions import SCALE_TAKEN, SCALES_TAKEN, parts_of
from explorer.inspection.outside_parts import outside_parts
from explorer.inspection.outside_stream import OutsideStream, follow
from explorer.inspection.recording import as_floats
from explorer.inspection.residuals import Residuals, residuals
from explorer.messages.lenses import LensGrid, LensReading, LogitParts
from explorer.messages.results import Token
from explorer.model.transformer import Transformer
from explorer.subjects.outside.model import OutsideModel
from explorer.subjects.subject import Sentence, SentenceError, Subject

_GATED = (
    "Before its output layer this model has a further layer with an activation. Its gate, and the "
    "scale of every norm, is taken as it came out in this pass; the shares add up to the logit."
)
_SILENT = "Lenses need an output layer that says words; this model has none."


class Stream(Protocol):
    """What a pass had in its stream, and how the model speaks of it."""

    def layers_LM(self) -> Iterator[Tensor]:
        """The embeddings, then the residual after every layer."""
        ...

    def logits(self, residual_PM: Tensor) -> Tensor:
        """P×V: what the model would say if these were the last residuals."""
        ...


@dataclass(slots=True)
class OwnStream:
    """The stream of our own Transformer."""

    seen: Residuals
    output: nn.Linear
    logits_TV: Tensor

    def layers_LM(self) -> Iterator[Tensor]:
        """The embeddings, then the residual after every block."""
        return self.seen.layers_LM()

    def logits(self, residual_PM: Tensor) -> Tensor:
        """P×V."""
        return self.output(self.seen.norm(residual_PM))


def _follow(
    model: Transformer | OutsideModel, source: Tensor | None, target_BT: Tensor | None
) -> OwnStream | OutsideStream:
    if isinstance(model, Transformer):
        with residuals(model) as seen:
            hidden_TM = model.hidden(source, target_BT)[0]
        return OwnStream(seen, model.output, model.output(hidden_TM))
    if not isinstance(model, OutsideModel) or not isinstance(
        model.inner.get_output_embeddings(), nn.Linear
    ):
        raise SentenceError(_SILENT)
    return follow(model, source, target_BT)


@torch.no_grad()
def read_lens(
    subject: Subject, source: Sentence, source_text: str, written: Sequence[int] = (),
    index: int = -1, *, token: int | None = None, against: int | None = None,
    decisions: Sequence[int] = (), top: int = 5,
) -> LensReading:  # fmt: skip
    """Read every layer at some decisions, and take one decision's logit apart.

    `written` are the ids that stand there, one a decision; after the last of them comes the next
    one, unless the text has ended. `index` is the decision whose logit is taken apart (−1: the
    last): that of `token`, or else of the token written there, or of the likeliest; with `against`
    it is the lead over that rival. `decisions` are the grid's columns, none meaning all up to
    `index`. Raises `SentenceError` for what is not there.
    """
    started = time.perf_counter()
    model = cast(Transformer | OutsideModel, subject.model)
    model.eval()
    prefix = _prefix(subject, source)
    count = _count(subject, source, prefix, written)
    chosen_at = _within(index, count)
    columns = [_within(d, count) for d in decisions] or list(range(chosen_at + 1))
    reads, places_D = prefix, source.places
    if not _alone(subject):
        reads = [*prefix, *written[: count - 1]]
        places_D = range(len(prefix) - 1, len(reads))
    seen = _follow(model, *_inputs(subject, source, reads))
    assert seen.logits_TV is not None
    likeliest = seen.logits_TV[list(places_D)].argmax(-1).tolist()
    decided = [written[d] if d < len(written) else likeliest[d] for d in range(count)]
    asked = decided[chosen_at] if token is None else token
    grid = _grid(subject, seen, columns, places_D, decided, _tokens(subject, source, reads), top)
    parts = _parts(subject, seen, chosen_at, places_D[chosen_at], (asked, against))
    took = 1000 * (time.perf_counter() - started)
    return LensReading(subject.name, subject.step, source_text, grid, parts, source.notes, took)


def _within(index: int, count: int) -> int:
    place = index + count if index < 0 else index
    if not 0 <= place < count:
        raise SentenceError(f"There are {count} decisions here; there is none at {index}.")
    return place


def _alone(subject: Subject) -> bool:
    return subject.architecture == "encoder-only"


def _prefix(subject: Subject, source: Sentence) -> list[int]:
    """What is read before the first decision; of an encoder alone, all."""
    return [subject.start] if subject.architecture == "encoder-decoder" else source.ids


def _count(subject: Subject, source: Sentence, prefix: list[int], written: Sequence[int]) -> int:
    """How many decisions there are: those made, and the next one where there is one."""
    if _alone(subject):
        return len(source.places)
    ended = bool(written) and written[-1] in subject.ends
    room = subject.config.model.max_length - len(prefix) + 1
    if len(written) > room:
        raise SentenceError(f"This model writes at most {room} tokens here, not {len(written)}.")
    return min(len(written) + (not ended), room)


def _inputs(
    subject: Subject, source: Sentence, reads: list[int]
) -> tuple[Tensor | None, Tensor | None]:
    if _alone(subject):
        return source.as_input(subject.device), None
    target_BT = torch.tensor([reads], device=subject.device)
    if subject.architecture == "decoder-only":
        return None, target_BT
    return source.as_input(subject.device), target_BT


def _tokens(subject: Subject, source: Sentence, reads: list[int]) -> Sequence[Token]:
    if subject.architecture == "encoder-decoder":
        return [subject.coding.vocabularies.target.token(id) for id in reads]
    rest = reads[len(source.tokens) :]
    return [*source.tokens, *(subject.coding.vocabularies.target.token(id) for id in rest)]


def _grid(
    subject: Subject, seen: Stream, columns: Sequence[int], places_D: Sequence[int],
    decided: Sequence[int], read: Sequence[Token], top: int,
) -> LensGrid:  # fmt: skip
    places = [places_D[column] for column in columns]
    chosen_P = torch.tensor([decided[column] for column in columns], device=subject.device)
    rows = list(_rows(seen, places, chosen_P, top))
    top_LPK, probability_LPK, rank_LP, chosen_LP, entropy_LP = (
        torch.stack(part) for part in zip(*rows, strict=True)
    )
    top_ids = top_LPK.cpu().numpy().astype(np.int64)
    token = subject.coding.vocabularies.target.token
    words = {id: token(id) for id in {*np.unique(top_ids).tolist(), *chosen_P.tolist()}}
    return LensGrid(
        tuple(columns), tuple(read[place] for place in places),
        tuple(words[id] for id in chosen_P.tolist()),
        ("embedding", *(f"layer {n}" for n in range(1, len(rows)))),
        top_ids, as_floats(probability_LPK), rank_LP.cpu().numpy().astype(np.int64),
        as_floats(chosen_LP), as_floats(entropy_LP), words,
    )  # fmt: skip


def _rows(
    seen: Stream, places: list[int], chosen_P: Tensor, top: int
) -> Iterator[tuple[Tensor, ...]]:
    """Of each layer: top ids and their probabilities, the chosen one's rank and its, entropy."""
    for residual_TM in seen.layers_LM():
        logits_PV = seen.logits(residual_TM[places]).float()
        log_PV = logits_PV.log_softmax(-1)
        best = log_PV.topk(min(top, log_PV.shape[-1]))
        chosen_P1 = logits_PV.gather(-1, chosen_P[:, None])
        rank_P = (logits_PV > chosen_P1).sum(-1) + 1
        chosen = log_PV.gather(-1, chosen_P[:, None])[:, 0].exp()
        yield best.indices, best.values.exp(), rank_P, chosen, -(log_PV.exp() * log_PV).sum(-1)


def _parts(
    subject: Subject, seen: OwnStream | OutsideStream, decision: int, place: int,
    tokens: tuple[int, int | None],
) -> LogitParts:  # fmt: skip
    token, against = tokens
    assert seen.logits_TV is not None
    logits_V = seen.logits_TV[place]
    for id in (token, against):
        if id is not None and not 0 <= id < len(logits_V):
            raise SentenceError(f"This model has no token {id}; it has {len(logits_V)} of them.")
    logit = logits_V[token].item()
    if against is not None:
        logit -= logits_V[against].item()
    if isinstance(seen, OutsideStream):
        shares, gated = outside_parts(seen, place, token, against)
        note = _GATED if gated else SCALES_TAKEN if seen.norm is None else SCALE_TAKEN
    else:
        direction_M = seen.output.weight[token]
        if against is not None:
            direction_M = direction_M.cpu().double() - seen.output.weight[against].cpu()
        shares = parts_of(seen.seen, place, direction_M)
        note = SCALE_TAKEN if subject.config.model.norm == "before" else SCALES_TAKEN
    word = subject.coding.vocabularies.target.token
    return LogitParts(
        decision, word(token), None if against is None else word(against), logit, shares, note
    )

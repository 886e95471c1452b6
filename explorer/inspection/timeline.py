"""Any sentence at any time: one text through the weights of all kept steps.

The weights of many steps are stacked and evaluated as one batched pass (`torch.func.vmap`), the
newest step first, then the first, then ever finer in between, in chunks of bounded memory. Models
with low-bit weights, and those of which not even two fit into a chunk, take a loop over the same.

Axes: S kept step, H head, Q query position, K key position, N decision, C candidate, V vocabulary.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from explorer.data.vocabulary import END
from explorer.inspection.recording import as_floats
from explorer.inspection.stacking import (
    Answers,
    Question,
    Stack,
    Stacked,
    ask_in_turn,
    ask_together,
)
from explorer.inspection.tracing import allowed_of, as_read, count_of
from explorer.messages.results import Token
from explorer.messages.timeline import Ids, Reading, Timeline, joined
from explorer.runs.moments import Moment
from explorer.subjects.subject import Sentence, Subject

CHUNK_BYTES = 128 * 2**20
"""Memory that the weights and activations of one pass may take, roughly."""
KEPT_BYTES = 2**30
"""Attention of all steps together that is kept; of a longer text only losses are."""
TOO_LONG = (
    "The text is too long to keep its attention at all steps: losses and probabilities are there, "
    "the attention of a step only when it is looked at."
)
CANDIDATES = 5
"""Likeliest tokens kept of each decision."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A sentence for a timeline; `target_text` is what the target was made of.

    With `own_target` it is what the newest weights wrote, `ended` by their end token or not.
    """

    source: Sentence
    target: Sentence
    source_text: str
    target_text: str
    own_target: bool
    ended: bool = True


def coarse_to_fine(count: int) -> list[int]:
    """0 … count − 1, the last first, then the first, then the middles of what lies between."""
    if count < 2:
        return list(range(count))
    order, seen = [count - 1, 0], {0, count - 1}
    step = 1 << (count - 1).bit_length() - 1
    while step:
        order += [place for place in range(step, count, step) if place not in seen]
        seen.update(order)
        step //= 2
    return order


def evolve(subject: Subject, moments: Sequence[Moment], asked: Asked) -> Iterator[Timeline]:
    """Parts of the timeline, coarse to fine; `joined` makes them one.

    `subject` gives the model's shape and words; its own weights are left alone. Raises
    `ModelFileError` for weights that cannot be read or belong to another model.
    """
    order = [moments[place] for place in coarse_to_fine(len(moments))]
    reader = _Reader(subject, asked, len(moments))
    for first, last in _cuts(len(order), reader.chunk):
        yield reader.read(sorted(order[first:last], key=lambda moment: moment.step))


def whole_timeline(subject: Subject, moments: Sequence[Moment], asked: Asked) -> Timeline:
    """All of it at once; raises `ValueError` when there are no moments."""
    return joined(evolve(subject, moments, asked))


def _cuts(count: int, most: int) -> Iterator[tuple[int, int]]:
    """Small parts first, so that something can be shown, then as large as memory allows."""
    begun, size = 0, 1
    while begun < count:
        yield begun, min(begun + size, count)
        begun, size = begun + size, min(most, 4 * size)


class _Reader:
    """Reads moments, many at a time."""

    def __init__(self, subject: Subject, asked: Asked, moments: int) -> None:
        source, target = as_read(subject, asked.source, asked.target)
        self._subject = subject
        self._question, expected = _question(subject, asked, source, target)
        self._expected_N: Tensor | None = expected
        weights = count_of(subject, len(source.tokens), len(target.tokens))
        self._keeps = 4 * weights * moments <= KEPT_BYTES
        notes = source.notes + target.notes
        if not self._keeps:
            notes += (TOO_LONG,)
        self._reading = Reading(
            subject.name, asked.source_text, asked.target_text,
            asked.own_target or expected is None, source.tokens, target.tokens,
            tuple(self._question.places_N.tolist()), (), allowed_of(subject, source, target),
            notes, source.picture,
        )  # fmt: skip
        size = 4 * (subject.model.parameter_count() + 3 * weights)
        self.chunk = max(1, min(moments, CHUNK_BYTES // size))
        self._stack = Stack(subject.model, self.chunk)
        # A low-bit layer rounds: what differs in the last bit may then differ by a whole level.
        self._together = self.chunk > 1 and subject.config.model.weights == "full"

    def read(self, moments: Sequence[Moment]) -> Timeline:
        """The timeline of these moments."""
        started = time.perf_counter()
        answers = self._ask(self._stack.filled([moment.weights for moment in moments]))
        log_SNV = answers.logits_SNV.float().log_softmax(-1)
        if self._expected_N is None:  # The first part is the newest weights alone.
            self._expected_N = log_SNV[-1].argmax(-1)
        if not self._reading.expected:
            self._reading = replace(self._reading, expected=self._tokens(self._expected_N))
        log_SN = log_SNV.gather(2, self._expected_N.expand(len(moments), -1)[..., None])[..., 0]
        best = log_SNV.topk(min(CANDIDATES, log_SNV.shape[-1]))
        ids_SNC = best.indices.cpu().numpy()
        weights, moved = (answers.weights, answers.moved) if self._keeps else ({}, {})
        return Timeline(
            self._reading, np.array([moment.step for moment in moments], np.int64),
            {site: as_floats(found) for site, found in weights.items()},
            as_floats(-log_SN), as_floats(log_SN.exp()), ids_SNC, as_floats(best.values.exp()),
            1000 * (time.perf_counter() - started),
            {site: as_floats(found) for site, found in moved.items()},
            as_floats(torch.special.entr(log_SNV.exp()).sum(-1)), self._words(ids_SNC),
        )  # fmt: skip

    def _ask(self, stacked: Stacked) -> Answers:
        model = self._subject.model
        if self._together:
            return ask_together(model, stacked, self._question)
        return ask_in_turn(model, stacked, self._question)

    def _words(self, ids_SNC: Ids) -> dict[int, Token]:
        words = self._subject.coding.vocabularies.target
        return {id: words.token(id) for id in np.unique(ids_SNC).tolist()}

    def _tokens(self, ids_N: Tensor) -> tuple[Token, ...]:
        words = self._subject.coding.vocabularies.target
        return tuple(words.token(id) for id in ids_N.tolist())


def _question(
    subject: Subject, asked: Asked, source: Sentence, target: Sentence
) -> tuple[Question, Tensor | None]:
    """What is read and decided, and what is due there; None: what the newest weights say."""
    device = subject.device
    places, due = _due(subject, asked, target)
    question = Question(
        source.as_input(device) if source.tokens else None,
        target.as_input(device) if target.tokens else None,
        torch.tensor(places, dtype=torch.long, device=device),
    )
    return question, None if due is None else torch.tensor(due, dtype=torch.long, device=device)


def _due(subject: Subject, asked: Asked, target: Sentence) -> tuple[list[int], list[int] | None]:
    if subject.architecture == "encoder-only":
        return _labels_due(subject, asked)
    if subject.architecture == "decoder-only" and subject.coding.form == "text":
        places = list(range(len(target.tokens) - 1))
        return places, target.ids[1:]
    prompt = 1 if subject.architecture == "encoder-decoder" else len(asked.source.tokens)
    due = [*target.ids[prompt:], *([END] if asked.ended else [])]
    first = prompt - 1
    return list(range(first, min(first + len(due), len(target.tokens)))), due


def _labels_due(subject: Subject, asked: Asked) -> tuple[list[int], list[int] | None]:
    places = list(asked.source.places)
    if not asked.target_text.strip():
        return places, None
    due = subject.coding.say([asked.target_text])[0]
    return places[: len(due)], due[: len(places)]

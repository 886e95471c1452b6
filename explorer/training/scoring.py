"""A model's figures on a file of pairs, as papers report them."""

from collections.abc import Sequence
from typing import Any

from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from explorer.data.pairs import Pair
from explorer.decoding.greedy import write_batch
from explorer.subjects.subject import Subject
from explorer.training.evaluation import Tally, pairs_batch

SLICE = 64


def score(subject: Subject, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Loss in nats a token, exact match, and sacrebleu's BLEU and chrF of greedy output."""
    tally = Tally()
    written: list[str] = []
    for start in range(0, len(pairs), SLICE):
        part = pairs[start : start + SLICE]
        tally.add(subject.model, pairs_batch(subject.coding, part))
        written += write_batch(
            subject.model, subject.coding, [pair.source for pair in part],
            subject.config.decoding.max_length,
        )  # fmt: skip
    references = [" ".join(pair.target.split()) for pair in pairs]
    bleu, chrf = BLEU(), CHRF()
    right = sum(text == wanted for text, wanted in zip(written, references, strict=True))
    return {
        "model": subject.name, "step": subject.step, "pairs": len(pairs), "loss": tally.loss,
        "accuracy": tally.accuracy,
        "exact_match": right / len(pairs),
        "bleu": bleu.corpus_score(written, [references]).score,
        "chrf": chrf.corpus_score(written, [references]).score,
        "bleu_signature": str(bleu.get_signature()), "chrf_signature": str(chrf.get_signature()),
    }  # fmt: skip

"""A model's figures on a file, as papers report them: by the form of its task."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from explorer.data.cutting import whole_lines
from explorer.data.pairs import CorpusError, Pair
from explorer.data.reading.documents import open_texts
from explorer.data.reading.examples import read_examples
from explorer.data.vocabulary import END
from explorer.decoding.greedy import write_batch
from explorer.messages.settings import SettingsError
from explorer.subjects.subject import Subject
from explorer.training.evaluation import Tally, as_written, pairs_batch, text_batches

SLICE = 64


def score_file(subject: Subject, file: Path, tokenize: str = "13a") -> dict[str, Any]:
    """The figures on a file of the task's form; raises `CorpusError` in words for a person.

    `tokenize` is sacrebleu's name for how BLEU cuts both texts; `none` leaves them as they are.
    """
    if subject.coding.form == "text":
        return score_text(subject, file)
    settings = subject.config.task.model_copy(update={"encoding": ""})
    return score_pairs(subject, read_examples(settings, str(file), "", []), tokenize)


def score_pairs(subject: Subject, pairs: Sequence[Pair], tokenize: str = "13a") -> dict[str, Any]:
    """Loss in nats a token, accuracy, exact match; of free text also sacrebleu's BLEU and chrF."""
    if tokenize not in BLEU.TOKENIZERS:
        known = ", ".join(BLEU.TOKENIZERS)
        raise SettingsError(f"--tokenize: there is no {tokenize!r}; choose one of {known}")
    tally, written = Tally(), list[str]()
    for start in range(0, len(pairs), SLICE):
        part = pairs[start : start + SLICE]
        tally.add(subject.model, pairs_batch(subject.coding, part))
        sources, longest = [pair.source for pair in part], subject.config.decoding.max_length
        written += write_batch(subject.model, subject.coding, sources, longest)
    wanted = [as_written(subject.coding, pair.target) for pair in pairs]
    exact = sum(text == due for text, due in zip(written, wanted, strict=True))
    figures = {**_common(subject, tally), "pairs": len(pairs), "exact_match": exact / len(pairs)}
    if subject.coding.form == "sequence":
        references = [" ".join(pair.target.split()) for pair in pairs]
        figures |= _overlap(written, references, tokenize)
    return figures


def _common(subject: Subject, tally: Tally) -> dict[str, Any]:
    figures = {
        "model": subject.name, "step": subject.step, "tokens": tally.tokens, "loss": tally.loss,
        "accuracy": tally.accuracy,
    }  # fmt: skip
    if not math.isnan(tally.full_precision_loss):
        figures["full_precision_loss"] = tally.full_precision_loss
    return figures


def _overlap(written: list[str], references: list[str], tokenize: str) -> dict[str, Any]:
    """BLEU (Papineni et al., 2002) and chrF (Popović, 2015)."""
    bleu, chrf = BLEU(tokenize=tokenize, force=True), CHRF()
    return {
        "bleu": bleu.corpus_score(written, [references]).score,
        "chrf": chrf.corpus_score(written, [references]).score,
        "bleu_signature": str(bleu.get_signature()), "chrf_signature": str(chrf.get_signature()),
    }  # fmt: skip


def score_text(subject: Subject, file: Path) -> dict[str, Any]:
    """Loss in nats, perplexity and bits of a token over the whole of a text, and accuracy.

    Every token is predicted once, from those before it in its window of `task.context` tokens.
    """
    ids = np.array(list(_ids(subject, file)), dtype=np.int64)
    if len(ids) < 2:
        raise CorpusError(f"{file.name} holds no text to measure on; choose another file")
    tally = Tally()
    for batch in text_batches(subject.coding, ids):
        tally.add(subject.model, batch)
    bits = tally.loss / math.log(2)
    return {**_common(subject, tally), "perplexity": math.exp(tally.loss), "bits": bits}


def _ids(subject: Subject, file: Path) -> Iterator[int]:
    words = subject.coding.vocabularies.source
    settings = subject.config.task.model_copy(update={"encoding": ""})
    for number, document in enumerate(open_texts(settings, str(file), []).documents()):
        if number:
            yield END
        for text in whole_lines(document, 1 << 16):
            yield from words.ids([text])[0]


def figures_as_text(figures: dict[str, Any]) -> Iterator[str]:
    """The figures for a terminal, a line each."""
    for name, label, show in _LINES:
        if name in figures:
            yield f"{label:<13}{show(figures[name])}"


_LINES = (
    ("pairs", "pairs", lambda v: f"{v:,}"),
    ("tokens", "tokens", lambda v: f"{v:,}"),
    ("loss", "loss", lambda v: f"{v:.4f} nats a token"),
    ("full_precision_loss", "unrounded", lambda v: f"{v:.4f} nats a token with latent weights"),
    ("perplexity", "perplexity", lambda v: f"{v:.3f}"),
    ("bits", "bits a token", lambda v: f"{v:.4f}"),
    ("accuracy", "accuracy", lambda v: f"{100 * v:.2f} % of tokens"),
    ("exact_match", "exact match", lambda v: f"{100 * v:.2f} %"),
    ("bleu", "BLEU", lambda v: f"{v:.2f}"),
    ("bleu_signature", "", str),
    ("chrf", "chrF", lambda v: f"{v:.2f}"),
)

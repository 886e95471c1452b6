"""A decoded text as plain values for JSON."""

import math
from typing import Any

from explorer.messages.results import DecodeStep, Decoding


def decoding_as_dict(decoding: Decoding) -> dict[str, Any]:
    """The text, and every decision with its candidates and probabilities."""
    return {
        "model": decoding.model, "step": decoding.step, "source": decoding.source_text,
        "source_tokens": [token.piece for token in decoding.source],
        "text": decoding.text, "finished": decoding.finished,
        "log_probability": decoding.log_probability,
        "steps": [_step(step) for step in decoding.steps],
    }  # fmt: skip


def _step(step: DecodeStep) -> dict[str, Any]:
    return {
        "token": step.token.piece, "text": step.token.text,
        "probability": math.exp(step.log_probability),
        "log_probability": step.log_probability, "entropy": step.entropy,
        "candidates": [
            {"token": c.token.piece, "text": c.token.text, "probability": c.probability}
            for c in step.candidates
        ],
    }  # fmt: skip

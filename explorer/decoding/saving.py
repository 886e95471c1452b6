"""A decoded text as plain values for JSON."""

import math
from typing import Any

from explorer.messages.decoding import Candidate, DecodeStep, Decoding, Hypothesis, Node
from explorer.messages.foreign import told_step


def decoding_as_dict(decoding: Decoding) -> dict[str, Any]:
    """The text, and every decision with its candidates and probabilities.

    Of a beam search also its best texts, and all that it kept and dropped.
    """
    found: dict[str, Any] = {
        "model": decoding.model, "step": told_step(decoding.step), "source": decoding.source_text,
        "source_tokens": [token.piece for token in decoding.source],
        "text": decoding.text, "finished": decoding.finished,
        "log_probability": decoding.log_probability,
        "steps": [step_as_dict(step) for step in decoding.steps],
    }  # fmt: skip
    if decoding.reference:
        found["loss"] = decoding.loss
    if decoding.best:
        found["best"] = [_hypothesis(text) for text in decoding.best]
        found["tree"] = [node_as_dict(node) for node in decoding.tree]
    return found


def step_as_dict(step: DecodeStep) -> dict[str, Any]:
    """One decision."""
    return {
        "token": step.token.piece, "text": step.token.text, "how": step.how,
        "probability": math.exp(step.log_probability),
        "log_probability": step.log_probability, "rank": step.rank, "final": step.final,
        "entropy": step.entropy, "candidates": [_candidate(c) for c in step.candidates],
    }  # fmt: skip


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "token": candidate.token.piece, "text": candidate.token.text,
        "probability": candidate.probability, "final": candidate.final, "rank": candidate.rank,
    }  # fmt: skip


def _hypothesis(text: Hypothesis) -> dict[str, Any]:
    return {
        "text": text.text, "score": text.score, "log_probability": text.log_probability,
        "finished": text.finished, "node": text.node,
    }  # fmt: skip


def node_as_dict(node: Node) -> dict[str, Any]:
    """A text that a search followed or gave up, by its last token."""
    return {
        "id": node.id, "parent": node.parent, "depth": node.depth, "token": node.token.piece,
        "text": node.token.text, "log_probability": node.log_probability, "total": node.total,
        "score": node.score, "state": node.state, "why": node.why,
    }  # fmt: skip

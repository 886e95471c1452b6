"""Lenses: asked from a window as a command, and from the command line as plain values."""

from collections.abc import Sequence
from typing import Any

from explorer.inspection.lens import read_lens
from explorer.messages.commands import Lens
from explorer.messages.events import LensRead
from explorer.messages.lenses import LensGrid, LensReading, LogitParts
from explorer.messages.results import Token
from explorer.subjects.subject import Sentence, SentenceError, Subject


def answer_lens(subject: Subject, command: Lens) -> LensRead:
    """The answer from the weights of this very step; what cannot be is said in it."""
    try:
        reading = read_lens(
            subject, subject.source(command.source), command.source, command.written,
            command.index, token=command.token, against=command.against,
            decisions=command.decisions, top=command.top,
        )  # fmt: skip
    except SentenceError as error:
        return LensRead(command.request, None, str(error))
    return LensRead(command.request, reading)


def lens_as_dict(
    subject: Subject, source: Sentence, source_text: str, written: Sequence[int] = (),
    index: int = -1, *, token: int | None = None, against: int | None = None, top: int = 5,
) -> dict[str, Any]:  # fmt: skip
    """A lens as plain values for JSON, of a text that was written; as `read_lens` takes them."""
    return as_dict(
        read_lens(
            subject, source, source_text, written, index, token=token, against=against, top=top
        )
    )


def as_dict(reading: LensReading) -> dict[str, Any]:
    """Grid and parts as plain values for JSON; ranks count from 1."""
    return {
        "model": reading.model, "step": reading.step, "source": reading.source_text,
        "lens": [_column(reading.grid, column) for column in range(len(reading.grid.decisions))],
        "logit": _logit(reading.parts),
    }  # fmt: skip


def _column(grid: LensGrid, column: int) -> dict[str, Any]:
    return {
        "decision": grid.decisions[column], "read": _token(grid.read[column]),
        "chosen": _token(grid.chosen[column]),
        "layers": [_cell(grid, layer, column) for layer in range(len(grid.layers))],
    }  # fmt: skip


def _cell(grid: LensGrid, layer: int, column: int) -> dict[str, Any]:
    at = layer, column
    best = zip(grid.top_LPK[at].tolist(), grid.probability_LPK[at].tolist(), strict=True)
    return {
        "layer": grid.layers[layer], "rank": int(grid.rank_LP[at]),
        "probability": float(grid.chosen_LP[at]), "entropy": float(grid.entropy_LP[at]),
        "top": [{**_token(grid.words[id]), "probability": share} for id, share in best],
    }  # fmt: skip


def _logit(found: LogitParts) -> dict[str, Any]:
    return {
        "decision": found.decision, "token": _token(found.token),
        "against": None if found.against is None else _token(found.against),
        "logit": found.logit, "sum": found.total, "note": found.note,
        "parts": [
            {
                "part": part.title, "kind": part.kind, "logit": part.logit,
                "site": None if part.site is None else str(part.site), "head": part.head,
            }
            for part in found.parts
        ],
    }  # fmt: skip


def _token(token: Token) -> dict[str, Any]:
    return {"id": token.id, "token": token.piece, "text": token.text}

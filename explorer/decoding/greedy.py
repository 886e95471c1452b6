"""Greedy answers to many sources at once."""

from collections import defaultdict
from collections.abc import Sequence

import torch

from explorer.data.coding import Coding, Row, padded
from explorer.data.vocabulary import END, START
from explorer.model.cache import DecoderState
from explorer.model.transformer import Transformer


def write_batch(
    model: Transformer, coding: Coding, sources: Sequence[str], max_length: int
) -> list[str]:
    """The most likely token after another for each source, until the end token.

    Of an encoder alone, the most likely label of each place.
    """
    written = write_ids(model, coding, coding.read(sources), max_length)
    return [coding.vocabularies.target.text(ids) for ids in written]


@torch.no_grad()
def write_ids(
    model: Transformer, coding: Coding, sources: Sequence[Row], max_length: int
) -> list[list[int]]:
    """Target ids of each source (a row without special tokens), without the end token."""
    model.eval()
    match model.config.architecture:
        case "encoder-only":
            return _label(model, coding, sources)
        case "decoder-only":
            return _write_on(model, coding, sources, max_length)
        case "encoder-decoder":
            read = padded([coding.source_of(row) for row in sources]).to(_device(model))
            state = model.start_decoding(read)
            token_B = torch.full((len(sources),), START, device=_device(model))
            return _write(model, state, token_B, max_length)


def _device(model: Transformer) -> torch.device:
    return next(model.parameters()).device


def _label(model: Transformer, coding: Coding, sources: Sequence[Row]) -> list[list[int]]:
    read = padded([coding.source_of(row) for row in sources]).to(_device(model))
    best_BS = model(read, None).argmax(-1).tolist()
    return [
        [best[place] for place in coding.places_of(row)]
        for best, row in zip(best_BS, sources, strict=True)
    ]


def _write_on(
    model: Transformer, coding: Coding, sources: Sequence[Row], max_length: int
) -> list[list[int]]:
    """Prompts of the same length are written on together, so that none needs padding."""
    prompts = [coding.prompt_of(row) for row in sources]
    by_length: dict[int, list[int]] = defaultdict(list)
    for number, prompt in enumerate(prompts):
        by_length[len(prompt)].append(number)
    written: list[list[int]] = [[] for _ in sources]
    for length, numbers in by_length.items():
        prompt_BT = torch.tensor([prompts[n] for n in numbers], device=_device(model))
        state = model.start_decoding(None, prompt_BT[:, :-1])
        room = min(max_length, model.config.max_length - length + 1)
        for number, ids in zip(numbers, _write(model, state, prompt_BT[:, -1], room), strict=True):
            written[number] = ids
    return written


def _write(
    model: Transformer, state: DecoderState, token_B: torch.Tensor, max_length: int
) -> list[list[int]]:
    rows = torch.arange(len(token_B), device=token_B.device)
    written: list[list[int]] = [[] for _ in rows]
    for _ in range(min(max_length, model.config.max_length)):
        token_B = model.decode_step(token_B, state).argmax(-1)
        going = token_B != END
        if not going.all():
            token_B, rows = token_B[going], rows[going]
            state.keep(going.nonzero().flatten())
        if not len(rows):
            break
        for row, token in zip(rows.tolist(), token_B.tolist(), strict=True):
            written[row].append(token)
    return written

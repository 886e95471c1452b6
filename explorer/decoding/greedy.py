"""Greedy writing of many texts at once. Axes: B batch, S source position."""

from collections.abc import Sequence

import torch

from explorer.data.batches import make_batch
from explorer.data.vocabulary import END, START, Vocabulary
from explorer.model.transformer import Transformer


def write_batch(
    model: Transformer, vocabulary: Vocabulary, sources: Sequence[str], max_length: int
) -> list[str]:
    """The most likely token after another for each source, until the end token."""
    ids = vocabulary.ids(sources)
    return [vocabulary.text(written) for written in write_ids(model, ids, max_length)]


@torch.no_grad()
def write_ids(
    model: Transformer, sources: Sequence[Sequence[int]], max_length: int
) -> list[list[int]]:
    """Target ids of each source (ids without special tokens), without the end token."""
    model.eval()
    device = next(model.parameters()).device
    source_BS = make_batch(sources, [[] for _ in sources], model.config.max_length).source_BS
    state = model.start_decoding(source_BS.to(device))
    token_B = torch.full((len(sources),), START, device=device)
    rows = torch.arange(len(sources), device=device)
    written: list[list[int]] = [[] for _ in sources]
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

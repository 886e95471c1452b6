"""One sentence pair through a model, with every head's attention."""

import time

import torch

from explorer.inspection.recording import as_floats, recording
from explorer.messages.results import Trace
from explorer.subjects.subject import Sentence, Subject


@torch.no_grad()
def trace(
    subject: Subject, source: Sentence, target: Sentence, source_text: str, target_text: str,
    *, own_target: bool,
) -> Trace:  # fmt: skip
    """Run a pair and keep all weights, before dropout, exactly as the model used them."""
    started = time.perf_counter()
    model = subject.model.eval()
    source_BS = torch.tensor([source.ids], device=subject.device)
    target_BT = torch.tensor([target.ids], device=subject.device)
    with recording(model.sites()) as recorded:
        model.hidden(source_BS, target_BT)
    weights = {site: as_floats(weights_BHQK[0]) for site, weights_BHQK in recorded.items()}
    return Trace(
        subject.name, subject.step, source_text, target_text, own_target,
        source.tokens, target.tokens, weights, source.notes + target.notes,
        1000 * (time.perf_counter() - started),
    )  # fmt: skip

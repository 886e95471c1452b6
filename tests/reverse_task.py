"""A trained encoder that reverses digits (phlippe/saved_models, MIT), as a model and as a trace.

One layer, one head, width 32, norms after the sub-layers: what the tutorials of the University of
Amsterdam train. Its attention is the anti-diagonal.
"""

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from explorer.inspection.recording import as_floats, recording
from explorer.inspection.working import heads_of, working
from explorer.messages.config import ModelConfig
from explorer.messages.results import Site, SiteKind, Token, Trace
from explorer.model.transformer import Transformer

PLACE = Path(__file__).resolve().parents[2] / "shared" / "data" / "checkpoints" / "reverse_task"
SITE = Site(SiteKind.ENCODER, 0)
_LENGTH = 16


def reverse_model() -> Transformer:
    """The weights in a model of ours, whose tokens 0 to 9 are the digits."""
    if not PLACE.exists():
        pytest.skip("the checkpoint reverse_task is not beside this repository")
    given = load_file(PLACE / "model.safetensors")
    model = Transformer(
        ModelConfig(
            architecture="encoder-only", width=32, heads=1, encoder_layers=1, feed_forward=64,
            norm="after", activation="relu", positions="sinusoidal", bias=True, dropout=0.0,
            tie_embeddings=False, scale_embeddings=False, max_length=_LENGTH,
        ),
        target_size=10, padding=10, source_size=11,
    )  # fmt: skip
    layer = "transformer.layers.0"
    query, key, value = given[f"{layer}.self_attn.qkv_proj.weight"].chunk(3)
    biases = given[f"{layer}.self_attn.qkv_proj.bias"].chunk(3)
    digits = given["input_net.1.weight"].T + given["input_net.1.bias"]
    state = model.state_dict()
    taken = {
        "source_embedding.weight": torch.cat([digits, torch.zeros(1, 32)]),
        "encoder.0.self_attention.query.weight": query,
        "encoder.0.self_attention.key.weight": key,
        "encoder.0.self_attention.value.weight": value,
        "encoder.0.self_attention.output.weight": given[f"{layer}.self_attn.o_proj.weight"],
        "encoder.0.self_attention.output.bias": given[f"{layer}.self_attn.o_proj.bias"],
        "encoder.0.feed_forward.expand.weight": given[f"{layer}.linear_net.0.weight"],
        "encoder.0.feed_forward.expand.bias": given[f"{layer}.linear_net.0.bias"],
        "encoder.0.feed_forward.contract.weight": given[f"{layer}.linear_net.3.weight"],
        "encoder.0.feed_forward.contract.bias": given[f"{layer}.linear_net.3.bias"],
    }
    for name, bias in zip(("query", "key", "value"), biases, strict=True):
        taken[f"encoder.0.self_attention.{name}.bias"] = bias
    for number in (1, 2):
        ours = next(
            n for n in (f"residual_{number}", "residual_3") if f"encoder.0.{n}.norm.weight" in state
        )
        for part in ("weight", "bias"):
            taken[f"encoder.0.{ours}.norm.{part}"] = given[f"{layer}.norm{number}.{part}"]
    model.load_state_dict(state | taken)
    return model.eval()


def reverse_trace(digits: list[int]) -> Trace:
    """Digits through the model."""
    model = reverse_model()
    with torch.no_grad(), recording(model.sites()) as seen, working(model.sites()) as parts:
        model.hidden(torch.tensor([digits]), None)
    ((site, attention),) = list(model.sites())
    heads = heads_of(attention, parts[site], None, None)
    tokens = tuple(
        Token(digit, str(digit), str(digit), 2 * place, 2 * place + 1, place)
        for place, digit in enumerate(digits)
    )
    weights = {site: as_floats(seen[site][0])}
    text = " ".join(map(str, digits))
    return Trace("reverse_task", 0, text, "", True, tokens, (), weights, heads={site: heads})


def digits(seed: int) -> list[int]:
    """As many digits as the model was trained on."""
    return np.random.default_rng(seed).integers(0, 10, _LENGTH).tolist()

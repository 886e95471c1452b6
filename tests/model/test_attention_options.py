"""Options of one attention and of one layer against `transformers` and plain numpy."""

from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.model.attention import MultiHeadAttention, attention_weights
from explorer.model.feed_forward import ACTIVATIONS
from explorer.model.mask import EVERYTHING, Mask
from explorer.model.norms import make_norm
from explorer.model.patterns import causal_mask
from explorer.model.positions import Rotary
from tests.model.agreement import HEADS, WIDTH, Table, assert_agree, copy_weights, randomise, shape

Numbers = NDArray[np.float64]
LENGTH = 7
CAUSAL = Mask(causal=True)


def tokens() -> Tensor:
    torch.manual_seed(5)
    return torch.randn(3, LENGTH, WIDTH)


# Against `transformers`


def theirs_of(name: str, **changes: Any) -> tuple[nn.Module, Any]:
    """The attention of a model, with its rotary positions for our tokens."""
    transformers = pytest.importorskip("transformers", reason="transformers is not installed")
    config = getattr(transformers, f"{name}Config")(
        hidden_size=WIDTH, num_attention_heads=HEADS, num_key_value_heads=2, num_hidden_layers=2,
        head_dim=WIDTH // HEADS, attn_implementation="eager", max_position_embeddings=16,
        attention_bias=True, rope_parameters={"rope_type": "default", "rope_theta": 10_000.0},
        **changes,
    )  # fmt: skip
    model = pytest.importorskip(f"transformers.models.{_folder(name)}.modeling_{_folder(name)}")
    attention = getattr(model, f"{name}Attention")(config, layer_idx=1)
    rotary = getattr(model, f"{name}RotaryEmbedding")(config)
    return attention, rotary(tokens(), torch.arange(LENGTH)[None])


def _folder(name: str) -> str:
    return {"GptOss": "gpt_oss"}.get(name, name.lower())


def from_theirs(table: Table) -> dict[str, Tensor]:
    names = {"q_proj": "query", "k_proj": "key", "v_proj": "value", "o_proj": "output"}
    found = {f"{names[n.split('.')[0]]}.{n.split('.')[1]}": t for n, t in table.items() if "." in n}
    return found | ({"sink_H": table["sinks"]} if "sinks" in table else {})


@pytest.mark.parametrize(
    ("name", "theirs_has", "ours_has"),
    [
        ("Gemma2", {"attn_logit_softcapping": 1.5, "query_pre_attn_scalar": WIDTH // HEADS},
         {"score_cap": 1.5}),
        ("GptOss", {}, {"sink": "learned"}),
        ("Llama", {}, {}),
    ],
)  # fmt: skip
def test_that_capped_scores_and_learned_sinks_are_those_of_gemma_and_gpt_oss(
    name: str, theirs_has: dict[str, Any], ours_has: dict[str, Any]
) -> None:
    theirs, places = theirs_of(name, **theirs_has)
    randomise(theirs)
    ours = MultiHeadAttention(shape(positions="rotary", key_value_heads=2, **ours_has))
    copy_weights(ours, from_theirs(dict(theirs.named_parameters())))
    ahead = torch.zeros(LENGTH, LENGTH).masked_fill(~causal_mask(LENGTH, LENGTH)[0, 0], -1e30)
    expected, _ = theirs.eval()(tokens(), places, ahead[None, None])
    assert_agree(ours, theirs, from_theirs, ours(tokens(), tokens(), CAUSAL), expected)


@pytest.mark.parametrize("base", [10_000.0, 321.0])
def test_that_turned_queries_are_those_of_rotate_half(base: float) -> None:
    llama = pytest.importorskip("transformers.models.llama.modeling_llama")
    config = pytest.importorskip("transformers").LlamaConfig(
        hidden_size=32, num_attention_heads=2, max_position_embeddings=32,
        rope_parameters={"rope_type": "default", "rope_theta": base},
    )  # fmt: skip
    query, key = torch.randn(2, 2, 9, 16), torch.randn(2, 2, 9, 16)
    cos, sin = llama.LlamaRotaryEmbedding(config)(query, torch.arange(4, 13)[None])
    expected = llama.apply_rotary_pos_emb(query, key, cos, sin)
    rotary = Rotary(32, 16, base)
    torch.testing.assert_close((rotary(query, 4), rotary(key, 4)), expected)


# Against their formulas


@pytest.mark.parametrize("kind", ["layer", "rms"])
@pytest.mark.parametrize("bias", [True, False])
def test_that_norms_are_their_formulas(kind: str, bias: bool) -> None:
    ours = make_norm(shape(norm_kind=kind, bias=bias))
    randomise(ours)
    x = tokens()
    expected = x - (x.mean(-1, keepdim=True) if kind == "layer" else 0)
    expected = expected / (expected.square().mean(-1, keepdim=True) + 1e-5).sqrt()
    expected = expected * ours.get_parameter("weight")
    if kind == "layer" and bias:
        expected = expected + ours.get_parameter("bias")
    else:
        assert [name for name, _ in ours.named_parameters()] == ["weight"]
    torch.testing.assert_close(ours(x), expected, rtol=1e-5, atol=1e-5)


def softmax(scores: Numbers, also: float | None = None) -> Numbers:
    """exp(x) / (Σ exp(x) + exp(also)), as the formula stands."""
    exp = np.exp(scores)
    return exp / (exp.sum(-1, keepdims=True) + (0 if also is None else np.exp(also)))


@pytest.mark.parametrize("sink", [None, 0.0, -1.5, 2.0])
def test_that_a_sink_is_one_more_term_below_the_line(sink: float | None) -> None:
    scores = torch.randn(2, 3, 4, 5)
    at = None if sink is None else torch.full((3,), sink)
    found = attention_weights(scores, None, at)
    expected = softmax(scores.double().numpy(), sink)
    np.testing.assert_allclose(found.numpy(), expected, rtol=1e-5)


def test_that_each_head_has_a_sink_of_its_own() -> None:
    scores = torch.randn(2, 3, 4, 5)
    sinks = torch.tensor([-1.0, 0.5, 3.0])
    found = attention_weights(scores, None, sinks).numpy()
    for head, sink in enumerate(sinks.tolist()):
        expected = softmax(scores[:, head].double().numpy(), sink)
        np.testing.assert_allclose(found[:, head], expected, rtol=1e-5)


def in_numpy(ours: MultiHeadAttention, config: ModelConfig, x: Numbers) -> Numbers:
    """The whole attention by loops over rows, heads and queries."""
    weights = {n: p.detach().double().numpy() for n, p in ours.named_parameters()}
    heads, width = config.heads, config.head_width
    out = np.zeros_like(x)
    for row in range(len(x)):
        parts = {
            n: x[row] @ weights[f"{n}.weight"].T + weights[f"{n}.bias"]
            for n in ("query", "key", "value")
        }
        mixed = np.zeros_like(x[row])
        for head in range(heads):
            own = slice(head * width, (head + 1) * width)
            group = head // (heads // config.groups)
            theirs = slice(group * width, (group + 1) * width)
            query = normed(parts["query"][:, own], weights.get("query_norm.weight"))
            key = normed(parts["key"][:, theirs], weights.get("key_norm.weight"))
            scores = query @ key.T / np.sqrt(width)
            if config.score_cap:
                scores = config.score_cap * np.tanh(scores / config.score_cap)
            sink = {"none": None, "zero": 0.0}.get(config.sink)
            if config.sink == "learned":
                sink = float(weights["sink_H"][head])
            mixed[:, own] = softmax(scores, sink) @ parts["value"][:, theirs]
        out[row] = mixed @ weights["output.weight"].T + weights["output.bias"]
    return out


def normed(x: Numbers, weight: Numbers | None) -> Numbers:
    if weight is None:
        return x
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-6) * weight


@pytest.mark.parametrize("groups", [4, 2, 1])
@pytest.mark.parametrize(
    "changes",
    [
        {"sink": "zero"}, {"sink": "learned"}, {"score_cap": 0.7}, {"query_key_norm": True},
        {"sink": "learned", "score_cap": 2.0, "query_key_norm": True},
    ],
    ids=str,
)  # fmt: skip
def test_that_attention_with_its_options_is_the_formula(
    groups: int, changes: dict[str, Any]
) -> None:
    config = shape(key_value_heads=groups, positions="none", **changes)
    ours = MultiHeadAttention(config)
    randomise(ours)
    expected = in_numpy(ours, config, tokens().double().numpy())
    found = ours(tokens(), tokens(), EVERYTHING).detach().numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_that_activations_are_their_formulas() -> None:
    from math import erf

    x = torch.linspace(-4, 4, 33)
    v = x.double().numpy()
    gelu = v * np.array([(1 + erf(each / 2**0.5)) / 2 for each in v])
    silu = v / (1 + np.exp(-v))
    relu = np.maximum(v, 0)
    formulas = {
        "relu": relu, "relu2": relu**2, "gelu": gelu, "silu": silu, "swiglu": silu, "geglu": gelu,
    }  # fmt: skip
    assert set(formulas) == set(ACTIVATIONS)
    for name, activation in ACTIVATIONS.items():
        np.testing.assert_allclose(activation(x).numpy(), formulas[name], rtol=1e-5, atol=1e-6)

"""What holds for a model whatever its options: drawn at random, all of them together.

They compute in float64, so that a difference of rounding cannot hide one of meaning.
"""

import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer.inspection.recording import Recorded, recording
from explorer.messages.config import ModelConfig
from explorer.messages.results import SiteKind
from explorer.model.low_bit import LowBitLinear
from explorer.model.patterns import PATTERNS
from explorer.model.transformer import Transformer
from tests.any_config import model_configs

VOCABULARY = 11
SOURCE = torch.tensor([
    [4, 5, 6, 7, 10, 8, 9, 3], [8, 9, 5, 6, 3, 0, 0, 0], [10, 3, 0, 0, 0, 0, 0, 0],
])  # fmt: skip
TARGET = torch.tensor([
    [2, 5, 6, 7, 9, 9, 4, 10, 5], [2, 9, 4, 8, 8, 5, 0, 0, 0], [2, 10, 0, 0, 0, 0, 0, 0, 0],
])  # fmt: skip
WHOLE = torch.tensor([
    [2, 5, 6, 7, 9, 9, 4, 10, 5], [2, 9, 4, 8, 8, 5, 6, 7, 7], [2, 10, 4, 5, 6, 7, 8, 9, 10],
])  # fmt: skip
often = settings(max_examples=60, deadline=None)


def random_model(config: ModelConfig, *, rounding: bool = False) -> Transformer:
    """A model that computes exactly, whose every number is drawn at random.

    Without `rounding`, low-bit layers take their latent weights: few small whole numbers add up to
    exact ties, which the last bit of another order of sums would round the other way.
    """
    torch.manual_seed(1)
    model = Transformer(config, VOCABULARY)
    for layer in model.modules():
        if isinstance(layer, LowBitLinear):
            layer.quantised = rounding
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.5)
    return model.double().eval()


def read(model: Transformer, target: Tensor = TARGET) -> Tensor:
    """Logits of our example, whatever the architecture."""
    config = model.config
    source = SOURCE if config.has_encoder else None
    return model(source, target if config.has_decoder else None)


def kept(config: ModelConfig) -> Tensor:
    """Where the example has tokens."""
    return (TARGET if config.has_decoder else SOURCE) != 0


def assert_near(found: Tensor, expected: Tensor) -> None:
    torch.testing.assert_close(found, expected, rtol=1e-8, atol=1e-8)


def recorded(model: Transformer) -> Recorded:
    with recording(model.sites()) as weights, torch.no_grad():
        read(model)
    return weights


@given(config=model_configs())
@often
def test_that_a_watched_model_says_and_learns_the_same(config: ModelConfig) -> None:
    model = random_model(config)
    unseen = read(model)[kept(config)]
    unseen.square().sum().backward()
    gradients = {n: p.grad for n, p in model.named_parameters()}
    model.zero_grad()
    with recording(model.sites()):
        seen = read(model)[kept(config)]
    seen.square().sum().backward()
    assert_near(seen, unseen)
    for name, parameter in model.named_parameters():
        before = gradients[name]
        assert parameter.grad is not None and before is not None, name
        size = before.abs().max().clamp(min=1)
        assert_near(parameter.grad / size, before / size)


@given(config=model_configs(), split=st.integers(0, 9))
@often
def test_that_writing_step_by_step_gives_the_logits_of_the_whole(
    config: ModelConfig, split: int
) -> None:
    if not config.has_decoder:
        return
    model = random_model(config)
    with torch.no_grad():
        whole = read(model, WHOLE)
        source = SOURCE if config.has_encoder else None
        state = model.start_decoding(source, WHOLE[:, :split])
        steps = [model.decode_step(WHOLE[:, i], state) for i in range(split, WHOLE.shape[1])]
    for number, logits in enumerate(steps):
        assert_near(logits, whole[:, split + number])


@given(config=model_configs(), place=st.integers(1, 8))
@often
def test_that_nothing_looks_ahead_where_it_writes(config: ModelConfig, place: int) -> None:
    if not config.has_decoder:
        return
    model = random_model(config)
    changed = WHOLE.clone()
    changed[:, place:] = (changed[:, place:] + 3) % 7 + 4
    with torch.no_grad():
        before, after = read(model, WHOLE), read(model, changed)
    assert_near(after[:, :place], before[:, :place])


@given(config=model_configs())
@often
def test_that_padding_changes_nothing(config: ModelConfig) -> None:
    """Each row says alone what it says among longer ones."""
    model = random_model(config)
    with torch.no_grad():
        together = read(model)
        for row in range(len(SOURCE)):
            source = SOURCE[row : row + 1, : int((SOURCE[row] != 0).sum())]
            target = TARGET[row : row + 1, : int((TARGET[row] != 0).sum())]
            alone = model(
                source if config.has_encoder else None, target if config.has_decoder else None
            )
            assert_near(together[row : row + 1, : alone.shape[1]], alone)


@given(config=model_configs())
@often
def test_that_weights_keep_to_pattern_padding_and_order(config: ModelConfig) -> None:
    for site, weights in recorded(random_model(config)).items():
        queries = SOURCE if site.kind is SiteKind.ENCODER else TARGET
        keys = TARGET if site.kind is SiteKind.DECODER else SOURCE
        allowed = (keys != 0)[:, None, None, :].expand_as(weights)
        if site.kind is not SiteKind.CROSS:
            at = torch.arange(keys.shape[1])
            allowed = allowed & PATTERNS[config.pattern](at[:, None], at, config)
        if site.kind is SiteKind.DECODER:
            allowed = allowed.tril()
        real = (queries != 0)[:, None, :, None].expand_as(weights)
        assert (weights[real & ~allowed] == 0).all()
        assert (weights[real & allowed] > 0).any()
        spent = weights.sum(-1)[real[..., 0]]
        if config.sink == "none":
            assert_near(spent, torch.ones_like(spent))
        else:
            assert (spent < 1).all() and (spent > 0).all()


@given(config=model_configs(feed_forward=24))
@often
def test_that_every_parameter_learns(config: ModelConfig) -> None:
    """So many hidden values that ReLU lets some through whatever is drawn."""
    assume(config.pattern != "block" or config.window > 1)  # Alone, a token has no choice.
    model = random_model(config, rounding=True)
    logits = read(model)[kept(config)]
    nn.functional.cross_entropy(logits, torch.arange(len(logits)) % VOCABULARY).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        # The softmax does not see what is added to all scores of a query alike.
        if not name.endswith("key.bias"):
            assert parameter.grad.abs().max() > 0, name


@given(config=model_configs())
@often
def test_that_bfloat16_products_say_nearly_the_same_and_learn(config: ModelConfig) -> None:
    model = random_model(config, rounding=True).float()
    exact = read(model)[kept(config)]
    with torch.autocast("cpu", torch.bfloat16):
        found = read(model)[kept(config)]
    found.float().square().mean().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in model.parameters())
    if config.weights == "full":
        size = exact.abs().max()
        assert (found.float() - exact).abs().mean() < 0.1 * size

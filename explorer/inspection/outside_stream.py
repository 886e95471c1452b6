"""The residual stream of a model from outside that says words, whatever its family calls its parts.

That is: a list of layers with an attention site each, a norm after them or none, and whatever the
family has between them and its logits. What does not fit is told as such, never guessed.

Axes: L position, M model width, P some positions, V vocabulary.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from explorer.messages.results import Site, SiteKind
from explorer.model.taps import Probe, watching
from explorer.subjects.outside.attention import OutsideAttention
from explorer.subjects.outside.model import OutsideModel
from explorer.subjects.subject import SentenceError

_TOLD = (
    "Lenses need to see what every head adds; this model's family computes attention in a way of "
    "its own and tells its weights alone."
)
OTHER = (
    "Lenses need layers that add to one stream, with one attention to itself in each; this model's "
    "family does it in another way."
)


@dataclass(slots=True)
class OutsideStream:
    """What a pass had before each layer and after the last one, the first sentence's.

    `speaker` is what gives the last hidden states: the model without its output layer, or where a
    family has no such part (T5) the decoder. `norm` stands after the layers, None without one.
    """

    inner: nn.Module
    speaker: nn.Module
    stack: nn.Module
    layers: list[nn.Module]
    attentions: list[tuple[Site, OutsideAttention]]
    norm: nn.Module | None = None
    before: dict[int, Tensor] = field(default_factory=dict)
    mixed: dict[Site, Tensor] = field(default_factory=dict)
    given: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})
    spoken: Any = None
    """What the speaker gave."""
    memory: Any = None
    """What the encoder gave, where there is one beside the stack."""
    logits_TV: Tensor | None = None

    def layers_LM(self) -> Iterator[Tensor]:
        """The embeddings, then the residual after every layer."""
        for number in range(len(self.layers) + 1):
            yield self.before[number]

    def logits(self, residual_PM: Tensor) -> Tensor:
        """P×V: what the model would say if these were the last residuals."""
        hidden_PM = residual_PM if self.norm is None else self.norm(residual_PM)
        found = copy(self.spoken)
        found["last_hidden_state"] = hidden_PM[None]
        with _in_place(self.speaker, lambda *_, **__: found):
            return self.run().logits[0]

    def run(self) -> Any:
        """The same pass once more; an encoder apart is not run again."""
        given, named = self.given
        if self.memory is not None:
            named = {**named, "encoder_outputs": self.memory}
        return self.inner(*given, **named)

    def layer_of(self) -> dict[nn.Module, int]:
        """In which layer every module stands."""
        return {
            module: number for number, layer in enumerate(self.layers) for module in layer.modules()
        }


@torch.no_grad()
def follow(model: OutsideModel, source: Tensor | None, target_BT: Tensor | None) -> OutsideStream:
    """The stream of one pass; raises `SentenceError` where there is none such."""
    found = _stream_of(model)
    inside, normed = found.layer_of(), dict[nn.Module, Tensor]()
    with ExitStack() as stack:

        def hook(module: nn.Module, note: Callable[..., None]) -> None:
            handle = module.register_forward_hook(note, with_kwargs=True)
            stack.callback(handle.remove)

        def begin(_: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
            found.before[0] = (given[0] if given else named["hidden_states"]).detach()[0]

        def after(layer: nn.Module, _: Any, __: Any, made: Any) -> None:
            made = made[0] if isinstance(made, tuple) else made
            found.before[found.layers.index(layer) + 1] = made.detach()[0]

        def spoken(_: nn.Module, __: Any, ___: Any, made: Any) -> None:
            found.spoken = made

        def given(_: nn.Module, given: tuple[Any, ...], named: dict[str, Any], __: Any) -> None:
            found.given = given, named

        def remembered(_: nn.Module, __: Any, ___: Any, made: Any) -> None:
            found.memory = made

        def noted(norm: nn.Module, _: Any, __: Any, made: Tensor) -> None:
            normed[norm] = made

        first = found.layers[0].register_forward_pre_hook(begin, with_kwargs=True)
        stack.callback(first.remove)
        for layer in found.layers:
            hook(layer, after)
        hook(found.speaker, spoken)
        hook(found.inner, given)
        if model.config.architecture == "encoder-decoder":
            hook(model.inner.get_encoder(), remembered)
        for module in found.stack.modules():
            if is_norm(module) and module not in inside:
                hook(module, noted)
        probes = {a.mixed: _keeper(found.mixed, site) for site, a in found.attentions}
        with watching(probes):
            found.logits_TV = model(source, target_BT)[0]
    if len(found.before) <= len(found.layers) or "last_hidden_state" not in (found.spoken or ()):
        raise SentenceError(OTHER)
    last_LM = found.spoken["last_hidden_state"][0]
    if not torch.equal(last_LM, found.before[len(found.layers)]):
        norms = [norm for norm, made in normed.items() if torch.equal(made[0], last_LM)]
        if not norms:
            raise SentenceError(OTHER)
        found.norm = norms[-1]
    return found


def _stream_of(model: OutsideModel) -> OutsideStream:
    """The parts of the stack that speaks, found by their attentions."""
    if model.told:
        raise SentenceError(_TOLD)
    inner, both = model.inner, model.config.architecture == "encoder-decoder"
    kind = SiteKind.ENCODER if model.config.architecture == "encoder-only" else SiteKind.DECODER
    kinds = {kind, SiteKind.CROSS} if both else {kind}
    attentions = [pair for pair in model.sites() if pair[0].kind in kinds]
    if any(attention.output is None for _, attention in attentions):
        raise SentenceError(OTHER)
    speaker = inner.base_model if inner.base_model is not inner else inner.get_decoder()
    stack = inner.get_decoder() if both else speaker
    own = {layer_of(a) for site, a in attentions if site.kind is kind}
    lists = [each for each in stack.modules() if isinstance(each, nn.ModuleList)]
    for each in lists:
        holders = [own & set(layer.modules()) for layer in each]
        if len(each) == len(own) and all(len(holder) == 1 for holder in holders):
            return OutsideStream(inner, speaker, stack, list(each), attentions)
    raise SentenceError(OTHER)


def layer_of(attention: OutsideAttention) -> nn.Module:
    """The linear layer that the heads of an attention go through."""
    assert attention.output is not None
    return attention.output.layer


def is_norm(module: nn.Module) -> bool:
    """Whether a module is a norm, by PyTorch's class or by a family's name for its own."""
    named = "norm" in type(module).__name__.lower() and not list(module.children())
    return isinstance(module, nn.LayerNorm | nn.RMSNorm) or named


@contextmanager
def _in_place(module: nn.Module, forward: Callable[..., Any]) -> Iterator[None]:
    """Let a module answer with something else."""
    vars(module)["forward"] = forward
    try:
        yield
    finally:
        del vars(module)["forward"]


def _keeper(kept: dict[Site, Tensor], site: Site) -> Probe:
    def keep(tensor: Tensor) -> None:
        kept[site] = tensor.detach()[0]

    return keep

"""What each part of a model from outside adds to a logit, whatever its family calls its parts.

A pass is made in which every product inside a layer, and every embedding, is a beginning of its
own, and every norm and the activation before the output layer is a product with the scale that it
had: so the logit is a linear function of what was added to the stream, and its gradient is what
each addition counts. The shares must add up to the logit; where a family does something else in
between they do not, and that is told in place of figures.

Axes: L position, M model width, I inputs of a layer.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.modules.module import register_module_forward_hook

from explorer.inspection.outside_stream import OutsideStream, is_norm, layer_of
from explorer.messages.lenses import Part
from explorer.messages.results import Site
from explorer.subjects.outside.attention import OutsideAttention
from explorer.subjects.outside.discovery import multiplies
from explorer.subjects.subject import SentenceError

_OFF = (
    "The parts of this model's stream do not add up to its logit: they make {sum:.4f} where it "
    "says {logit:.4f}. Its family has more on the way than layers, norms and an activation before "
    "the output layer, so shares would be guesses."
)
_GATE = "gate"
_EXACT, _HALF = 1e-4, 0.05
"""What sums may be off, of 1 or of the logit where that is larger; in half precision."""


@dataclass(slots=True)
class _Cut:
    """A tensor from which a part's share follows: `begun` is all of it, or its `bias` is."""

    tensor: Tensor
    kind: str
    layer: int = -1
    after: Site | None = None
    bias: Tensor | None = None


@dataclass(slots=True)
class _Cutting:
    """Cuts a pass while it is made."""

    seen: OutsideStream
    cuts: list[_Cut] = field(default_factory=list)
    _after: Site | None = None

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Hooks on all that matters while the body runs."""
        seen = self.seen
        layers, stack = seen.layer_of(), set(seen.stack.modules())
        beside = set(seen.speaker.modules()) - stack  # An encoder, which is not run.
        sites = {layer_of(attention): site for site, attention in seen.attentions}
        with ExitStack() as hooks:
            for module in set(seen.inner.modules()) - beside:
                layer, here = layers.get(module, -1), module in stack
                if is_norm(module):
                    inner = layer >= 0 or module is seen.norm
                    kind = "norm bias" if inner else "embedding" if here else "output bias"
                    change = self._norm(kind, layer)
                elif layer >= 0 and multiplies(module):
                    change = self._begin("product", layer, sites.get(module))
                elif here and isinstance(module, nn.Embedding):
                    change = self._begin("embedding", -1, None)
                elif multiplies(module):
                    change = self._biased("embedding" if here else "output bias")
                else:
                    continue
                hooks.callback(module.register_forward_hook(change).remove)
            hooks.callback(register_module_forward_hook(self._activation).remove)
            yield

    def _begin(self, kind: str, layer: int, site: Site | None) -> Callable[..., Tensor]:
        def begin(module: nn.Module, _: Any, made: Tensor) -> Tensor:
            begun = made.detach().requires_grad_()
            self.cuts.append(_Cut(begun, kind, layer, site))
            self._after = site if kind == "product" else self._after
            return begun.clone()  # Which the family may go on to change in place.

        return begin

    def _biased(self, kind: str) -> Callable[..., None]:
        def note(module: nn.Module, _: Any, made: Tensor) -> None:
            bias = getattr(module, "bias", None)
            if bias is not None:
                self.cuts.append(_Cut(made, kind, bias=bias))

        return note

    def _norm(self, kind: str, layer: int) -> Callable[..., Tensor]:
        """The norm as a product with its scale, the same numbers as they came out."""

        def change(module: nn.Module, given: tuple[Tensor, ...], made: Tensor) -> Tensor:
            input_LM, bias = given[0], getattr(module, "bias", None)
            if isinstance(module, nn.LayerNorm):
                scale = (input_LM.var(-1, correction=0, keepdim=True) + module.eps).rsqrt().detach()
                linear = (input_LM - input_LM.mean(-1, keepdim=True)) * scale
                linear = linear if module.weight is None else linear * module.weight
            else:
                linear = input_LM * _ratio(made if bias is None else made - bias, input_LM)
            result = made.detach() + linear - linear.detach()
            if bias is not None:
                after = self._after if layer >= 0 else None
                self.cuts.append(_Cut(result, kind, layer, after, bias))
            return result

        return change

    def _activation(self, module: nn.Module, given: tuple[Any, ...], made: Any) -> Any:
        """An activation as a product with its gate."""
        home = type(module).__module__
        if not home.startswith(("transformers.activations", "torch.nn.modules.activation")):
            return None
        if isinstance(module, nn.Softmax | nn.MultiheadAttention) or not given[0].requires_grad:
            return None
        linear = given[0] * _ratio(made, given[0])
        result = made.detach() + linear - linear.detach()
        self.cuts.append(_Cut(result, _GATE))
        return result


def _ratio(made: Tensor, given: Tensor) -> Tensor:
    """What each number was multiplied with."""
    given = given.detach()
    return torch.where(given == 0, 0, made.detach() / torch.where(given == 0, 1, given))


def outside_parts(
    seen: OutsideStream, place: int, token: int, against: int | None
) -> tuple[tuple[Part, ...], bool]:
    """Shares in a logit, or in its lead over another, in order; whether a gate was taken.

    Raises `SentenceError` where they do not add up to it.
    """
    cutting = _Cutting(seen)
    with torch.enable_grad(), cutting.watch():
        logits_V = seen.run().logits[0, place]
        logit = logits_V[token] if against is None else logits_V[token] - logits_V[against]
        tensors = [cut.tensor for cut in cutting.cuts]
        grads = torch.autograd.grad(logit, tensors, allow_unused=True)
    found = list(_parts(cutting.cuts, grads, dict(seen.attentions), seen.mixed, place))
    further = getattr(seen.inner, "final_logits_bias", None)
    if isinstance(further, Tensor):
        share = float(further[0, token]) - (0 if against is None else float(further[0, against]))
        found.append(Part("output bias", share))
    merged = tuple(_merged(found))
    total, said = sum(part.logit for part in merged), float(logit)
    full = logits_V.dtype is torch.float32
    if abs(total - said) > (_EXACT if full else _HALF) * max(1.0, abs(said)):
        raise SentenceError(_OFF.format(sum=total, logit=said))
    pairs = zip(cutting.cuts, grads, strict=True)
    return merged, any(cut.kind == _GATE and grad is not None for cut, grad in pairs)


def _parts(
    cuts: list[_Cut], grads: tuple[Tensor | None, ...], attentions: dict[Site, OutsideAttention],
    mixed: dict[Site, Tensor], place: int,
) -> Iterator[Part]:  # fmt: skip
    for cut, grad in zip(cuts, grads, strict=True):
        if grad is None or cut.kind == _GATE:
            continue
        pull = _exact(grad)
        if cut.bias is not None:
            share = float((pull * _exact(cut.bias)).sum())
            yield Part(cut.kind, share, cut.layer, cut.after)  # pyright: ignore[reportArgumentType]
        elif cut.kind == "embedding":
            yield Part("embedding", float((pull * _exact(cut.tensor)).sum()))
        elif cut.after is None:
            yield Part("feed-forward", float((pull * _exact(cut.tensor)).sum()), cut.layer)
        else:
            attention = attentions[cut.after]
            assert attention.output is not None
            pull_M = pull.reshape(-1, pull.shape[-1]).sum(0)
            shares_I = _exact(mixed[cut.after][:, place].flatten())
            shares_I = shares_I * (pull_M @ _exact(attention.output.weight))
            for head, share in enumerate(shares_I.view(attention.heads, -1).sum(-1).tolist()):
                yield Part("head", share, cut.layer, cut.after, head)
            if (lean := attention.output.bias) is not None:
                yield Part("attention bias", float(pull_M @ _exact(lean)), cut.layer, cut.after)


def _merged(parts: list[Part]) -> Iterator[Part]:
    """Embeddings, and the biases of the output layer, as one part each."""
    for kind in ("embedding", "output bias"):
        shares = [part.logit for part in parts if part.kind == kind]
        one = [Part(kind, sum(shares))] if shares else []  # pyright: ignore[reportArgumentType]
        if kind == "embedding":
            yield from one
            yield from (part for part in parts if part.kind not in ("embedding", "output bias"))
        else:
            yield from one


def _exact(tensor: Tensor) -> Tensor:
    return tensor.detach().cpu().double()

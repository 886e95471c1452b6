"""The residual stream of a decoder from outside, where its family keeps it as most do.

That is: a list of layers that each add attention and a feed-forward layer to what they read, a last
norm, and an output layer without a bias. Whatever else is told as such, never guessed.

Axes: L position, M model width, H head, D head width.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn

from explorer.inspection.contributions import through
from explorer.messages.lenses import Part
from explorer.messages.results import Site, SiteKind
from explorer.model.taps import Probe, watching
from explorer.subjects.outside.attention import OutsideAttention
from explorer.subjects.outside.model import OutsideModel
from explorer.subjects.subject import SentenceError

_NORMS = ("norm", "ln_f", "final_layer_norm", "final_layernorm")
_MORE_NORMS = ("post_feedforward_layernorm", "post_self_attn_layernorm", "post_mlp_layernorm")
_OTHER = (
    "Lenses need a decoder whose layers add to one stream, with a norm and an output layer at its "
    "end; this model's family does it in another way."
)


@dataclass(slots=True)
class OutsideStream:
    """What a pass had before each layer and before the last norm, the first sentence's."""

    norm: nn.Module
    output: nn.Linear
    attentions: list[tuple[Site, OutsideAttention]]
    before: dict[int, Tensor] = field(default_factory=dict)
    mixed: dict[int, Tensor] = field(default_factory=dict)

    def layers_LM(self) -> Iterator[Tensor]:
        """The embeddings, then the residual after every layer."""
        for number in range(len(self.attentions) + 1):
            yield self.before[number]

    def parts_of(self, place: int, direction_M: Tensor) -> tuple[Part, ...]:
        """Shares in the product of the last residual at a place with a direction, in order."""
        bias, pull_M = self._before_norm(self.before[len(self.attentions)][place], direction_M)
        found = [Part("embedding", _dot(self.before[0][place], pull_M))]
        for layer, (site, attention) in enumerate(self.attentions):
            added_M = self.before[layer + 1][place] - self.before[layer][place]
            rest = _dot(added_M, pull_M)
            assert attention.output is not None
            weight_MI = attention.output.weight.detach().cpu().double()
            input_I = self.mixed[layer][:, place].flatten().cpu().double()
            shares_I = input_I * (pull_M @ weight_MI)
            shares = shares_I.view(attention.heads, -1).sum(-1).tolist()
            found += [Part("head", share, layer, site, head) for head, share in enumerate(shares)]
            rest -= sum(shares)
            if (lean := attention.output.bias) is not None:
                share = _dot(lean, pull_M)
                found.append(Part("attention bias", share, layer, site))
                rest -= share
            found.append(Part("feed-forward", rest, layer))
        return (*found, Part("norm bias", bias)) if bias is not None else tuple(found)

    def _before_norm(self, last_M: Tensor, direction_M: Tensor) -> tuple[float | None, Tensor]:
        """The direction before the last norm, its scale as it came out."""
        pull_M = direction_M.detach().cpu().double()
        if isinstance(self.norm, nn.LayerNorm | nn.RMSNorm):
            return through(self.norm, last_M, pull_M)
        # A family's own RMS norm: what it made of each number is that number's scale.
        scale_M = self.norm(last_M).detach().cpu().double() / last_M.cpu().double()
        return None, pull_M * scale_M


@contextmanager
def outside_stream(model: OutsideModel) -> Iterator[OutsideStream]:
    """Keep the stream of the next pass; raises `SentenceError` where there is none such."""
    attentions = [pair for pair in model.sites() if pair[0].kind is SiteKind.DECODER]
    base = model.inner.base_model
    base = getattr(base, "decoder", base)
    norm = next((m for name in _NORMS if (m := getattr(base, name, None)) is not None), None)
    lists = (m for m in base.children() if isinstance(m, nn.ModuleList))
    layers = next((each for each in lists if len(each) == len(attentions)), None)
    output = model.inner.get_output_embeddings()
    fits = model.config.architecture == "decoder-only" and not model.told and norm and layers
    whole = all(attention.output is not None for _, attention in attentions)
    if not fits or not whole or not isinstance(output, nn.Linear) or output.bias is not None:
        raise SentenceError(_OTHER)
    assert layers is not None and isinstance(norm, nn.Module)
    if any(hasattr(layers[0], name) for name in _MORE_NORMS):
        raise SentenceError(_OTHER)
    found = OutsideStream(norm, output, attentions)
    probes = {a.mixed: _keeper(found.mixed, number) for number, (_, a) in enumerate(attentions)}
    with ExitStack() as stack:
        for number, module in enumerate([*layers, norm]):
            hook = _noting(found.before, number)
            handle = module.register_forward_pre_hook(hook, with_kwargs=True)
            stack.callback(handle.remove)
        stack.enter_context(watching(probes))
        yield found


def _keeper(kept: dict[int, Tensor], number: int) -> Probe:
    def keep(tensor: Tensor) -> None:
        kept[number] = tensor.detach()[0]

    return keep


def _noting(kept: dict[int, Tensor], number: int) -> Any:
    def note(_: nn.Module, given: tuple[Any, ...], named: dict[str, Any]) -> None:
        read = given[0] if given else named["hidden_states"]
        kept[number] = read.detach()[0]

    return note


def _dot(one_M: Tensor, other_M: Tensor) -> float:
    return float(one_M.detach().cpu().double() @ other_M)

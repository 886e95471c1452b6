"""The weights of many steps side by side, and one pass through all of them at once.

Axes: S kept step, H head, Q query position, K key position, N decision, V vocabulary.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from explorer.inspection.recording import recording
from explorer.messages.results import Site
from explorer.model.attention import MultiHeadAttention
from explorer.model.taps import Probe, Tap, watching
from explorer.model.transformer import Transformer
from explorer.runs.weights import ModelFileError, load_tensors

Stacked = dict[str, Tensor]
"""Every parameter with an axis S in front."""
Seen = Mapping[Site, Tensor]
"""Something of every attention."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is read (each 1×L ids or 1×L×F frames, or nothing), and where something is decided."""

    source: Tensor | None
    target: Tensor | None
    places_N: Tensor


@dataclass(frozen=True, slots=True)
class Answers:
    """Logits S×N×V, and of each site that ran weights S×H×Q×K and ‖v·W_O‖, S×H×K."""

    logits_SNV: Tensor
    weights: Mapping[Site, Tensor]
    moved: Mapping[Site, Tensor]


class Stack:
    """Memory for the weights of so many steps, filled from files as often as need be."""

    def __init__(self, model: nn.Module, size: int) -> None:
        self._parameters = dict(model.named_parameters())
        self._stacked: Stacked = {
            name: torch.empty(size, *parameter.shape, dtype=parameter.dtype)
            for name, parameter in self._parameters.items()
        }

    def filled(self, files: Sequence[Path]) -> Stacked:
        """The weights of these files, one after another; overwritten by the next call.

        Raises `ModelFileError` for a file that does not fit the model.
        """
        for number, file in enumerate(files):
            self._fill(number, file)
        return {name: stacked[: len(files)] for name, stacked in self._stacked.items()}

    def _fill(self, number: int, file: Path) -> None:
        tensors = load_tensors(file)
        if tensors.keys() != self._parameters.keys():
            name = min(tensors.keys() ^ self._parameters.keys())
            raise ModelFileError(f"{file} belongs to another model: they differ in {name}")
        for name, tensor in tensors.items():
            if tensor.shape != self._parameters[name].shape:
                raise ModelFileError(
                    f"{file} belongs to another model: {name} has the shape {tuple(tensor.shape)}, "
                    f"not {tuple(self._parameters[name].shape)}"
                )
            self._stacked[name][number].copy_(tensor)


class _Pass(nn.Module):
    """A model as a module whose `forward` gives logits at places, all weights, and what moves."""

    def __init__(self, model: Transformer) -> None:
        super().__init__()
        self.model = model

    def forward(self, question: Question) -> tuple[Tensor, Seen, Seen]:
        sites, moved = dict(self.model.sites()), dict[Site, Tensor]()
        with recording(sites.items()) as recorded, watching(_movers(sites, moved)):
            hidden_1LM = self.model.hidden(question.source, question.target)
        logits_NV = self.model.output(hidden_1LM[0].index_select(0, question.places_N))
        return logits_NV, {site: found[0] for site, found in recorded.items()}, moved


def _movers(
    sites: Mapping[Site, MultiHeadAttention], moved: dict[Site, Tensor]
) -> dict[Tap, Probe]:
    """Probes that write H×K of ‖v·W_O‖ into `moved`."""

    def probe(site: Site, attention: MultiHeadAttention) -> Probe:
        def keep(value_BGKD: Tensor) -> None:
            times = attention.heads // attention.groups
            value_HKD = value_BGKD[0].repeat_interleave(times, dim=0)
            weight_HDM = attention.output.weight.t().unflatten(0, (attention.heads, -1))
            moved[site] = (value_HKD @ weight_HDM).square().sum(-1).sqrt()

        return keep

    return {attention.values: probe(site, attention) for site, attention in sites.items()}


@torch.no_grad()
def ask_together(model: Transformer, stacked: Stacked, question: Question) -> Answers:
    """One pass of all steps at once; raises what `vmap` raises for a model it cannot take."""
    module = _Pass(model.eval())
    sites: list[Site] = []

    def one(parameters: dict[str, Tensor]) -> tuple[Tensor, list[Tensor], list[Tensor]]:
        logits_NV, weights, moved = functional_call(module, parameters, (question,))
        sites[:] = weights
        return logits_NV, [*weights.values()], [moved[site] for site in sites]

    device = question.places_N.device
    named = {f"model.{name}": value.to(device) for name, value in stacked.items()}
    logits_SNV, weights, moved = vmap(one)(named)
    return Answers(
        logits_SNV, dict(zip(sites, weights, strict=True)), dict(zip(sites, moved, strict=True))
    )


@torch.no_grad()
def ask_in_turn(model: Transformer, stacked: Stacked, question: Question) -> Answers:
    """The same by a loop over the steps."""
    module = _Pass(model.eval())
    device = question.places_N.device
    found: list[tuple[Tensor, Seen, Seen]] = []
    for number in range(len(next(iter(stacked.values())))):
        named = {f"model.{name}": value[number].to(device) for name, value in stacked.items()}
        found.append(functional_call(module, named, (question,)))
    logits, weights, moved = zip(*found, strict=True)
    return Answers(torch.stack(logits), _stacked(weights), _stacked(moved))


def _stacked(seen: Sequence[Seen]) -> Seen:
    return {site: torch.stack([one[site] for one in seen]) for site in seen[0]}

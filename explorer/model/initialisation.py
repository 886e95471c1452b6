"""The weights before the first step."""

import torch
from torch import nn

from explorer.messages.config import ModelConfig

_OUTPUTS = ("self_attention.output.weight", "cross_attention.output.weight", "contract.weight")
"""The last matrices of the sub-layers, whose products are added to the residual."""


def initialise(model: nn.Module, config: ModelConfig, padding: int) -> None:
    """Fill all parameters as configured; the padding's embedding is zero."""
    draw = {"xavier": _xavier, "gpt2": _gpt2, "depth": _depth}[config.initialisation]
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "embedding" in name and parameter.dim() > 1:
                _embed(name, parameter, config, padding)
            elif parameter.dim() > 1:
                draw(name, parameter, config)
            elif name.endswith("bias"):
                nn.init.zeros_(parameter)


def _embed(name: str, table: nn.Parameter, config: ModelConfig, padding: int) -> None:
    """Embeddings have unit variance after √d_model (section 3.4), or GPT-2's deviation."""
    gpt2 = config.initialisation == "gpt2" or "positions" in name
    nn.init.normal_(table, std=0.02 if gpt2 else config.width**-0.5)
    if "positions" not in name:
        table[padding].zero_()


def _xavier(_name: str, matrix: nn.Parameter, _config: ModelConfig) -> None:
    """Glorot and Bengio (2010), as the reference implementation of the paper has it."""
    nn.init.xavier_uniform_(matrix)


def _gpt2(name: str, matrix: nn.Parameter, config: ModelConfig) -> None:
    """Radford et al. (2019): deviation 0.02, less by √(2·layers) where the residual is reached."""
    layers = config.encoder_layers if name.startswith("encoder.") else config.decoder_layers
    into_residual = name.endswith(_OUTPUTS)
    nn.init.normal_(matrix, std=0.02 / (2 * layers) ** 0.5 if into_residual else 0.02)


def _depth(name: str, matrix: nn.Parameter, _config: ModelConfig) -> None:
    """Every block begins as the identity (as in Zhang et al., 2019, and modded-nanoGPT)."""
    if name.endswith(_OUTPUTS):
        nn.init.zeros_(matrix)
    else:
        nn.init.normal_(matrix, std=matrix.shape[1] ** -0.5)

"""What keeps the residual in bounds."""

from torch import nn

from explorer.messages.config import ModelConfig


def make_norm(config: ModelConfig) -> nn.Module:
    """Layer norm (Ba et al., 2016) or root-mean-square norm (Zhang and Sennrich, 2019)."""
    if config.norm_kind == "rms":
        return nn.RMSNorm(config.width, eps=1e-5)
    return nn.LayerNorm(config.width, bias=config.bias)

"""What keeps the residual in bounds."""

from torch import Tensor, nn

from explorer.messages.config import ModelConfig


def make_norm(config: ModelConfig) -> nn.Module:
    """Layer norm (Ba et al., 2016) or root-mean-square norm (Zhang and Sennrich, 2019)."""
    if config.norm_kind == "rms":
        return nn.RMSNorm(config.width, eps=1e-5)
    return nn.LayerNorm(config.width, bias=config.bias)


class HeadNorm(nn.RMSNorm):
    """RMS norm of every query or key (Henry et al., 2020), as exact as its weights are.

    The products before it may come in a shorter format, in which squares would be too coarse.
    """

    def forward(self, x: Tensor) -> Tensor:
        """…×D to …×D of the same format."""
        return super().forward(x.to(self.weight.dtype)).to(x.dtype)

"""The fastest float32 matrix products that this processor has.

PyTorch computes float32 products on a CPU with MKL, which takes a slow path on processors that are
not Intel's. Its other library, oneDNN, is up to twice as fast there. It is reached by the setting
`fp32_precision = "bf16"`, which *allows* products to round their inputs to bfloat16; oneDNN makes
use of that only on processors with matrix units for bfloat16 (AMX). So a check at the start
measures the error, and the setting is used on processors by AMD where products keep the error of
float32 (docs/speed.md has the measurements).
"""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.graph import Node

SWITCH = "ATTENTION_EXPLORER_PRODUCTS"
"""Environment: `plain` keeps to PyTorch's own choice, `quick` skips the look at the maker."""
_PLAIN, _QUICK = "none", "bf16"
_SETTING: Any = getattr(torch.backends.mkldnn, "matmul", None)
"""Where PyTorch (2.9 and later) keeps `fp32_precision` of products."""
_SHAPES = ((768, 128, 384), (1024, 128, 512), (704, 512, 128), (640, 64, 64), (192, 96, 70))
"""Rows, inputs and outputs of the products that are checked."""


@contextmanager
def quick_products(device: torch.device) -> Iterator[None]:
    """Float32 products within run on the faster library, where that is safe and pays.

    Of no effect on other devices, on other number formats, and where `SWITCH` says so.
    """
    if device.type != "cpu" or not products_are_quick():
        yield
        return
    with _products(_QUICK):
        yield


@contextmanager
def _products(kind: str) -> Iterator[None]:
    before = _SETTING.fp32_precision
    _take(kind)
    try:
        yield
    finally:
        _take(before)


def _take(kind: str) -> None:
    _SETTING.fp32_precision = kind


def fused_attention(
    query_BHQD: Tensor, key_BHKD: Tensor, value_BHKD: Tensor, mask: Tensor | None = None,
    *, dropout: float = 0.0, causal: bool = False,
) -> Tensor:  # fmt: skip
    """PyTorch's fused attention, with plain products inside: its small ones are slower by oneDNN.

    Also when its gradient is computed, which is why hooks hang on that.
    """
    if not quick_now():
        return F.scaled_dot_product_attention(
            query_BHQD, key_BHKD, value_BHKD, mask, dropout_p=dropout, is_causal=causal
        )
    with _products(_PLAIN):
        mixed_BHQD = F.scaled_dot_product_attention(
            query_BHQD, key_BHKD, value_BHKD, mask, dropout_p=dropout, is_causal=causal
        )
    if mixed_BHQD.grad_fn is not None:
        _keep_plain(mixed_BHQD.grad_fn)
    return mixed_BHQD


def quick_now() -> bool:
    """Whether products are quick at this moment."""
    return products_are_quick() and _SETTING.fp32_precision == _QUICK


def _keep_plain(node: Node) -> None:
    """Compute a node's gradient with plain products too, whatever those around it take."""
    before: list[str] = []

    def enter(_gradients: object) -> None:
        before.append(_SETTING.fp32_precision)
        _take(_PLAIN)

    node.register_prehook(enter)
    node.register_hook(lambda _inputs, _outputs: _take(before.pop()))


@cache
def products_are_quick() -> bool:
    """Whether quick products keep the error of float32 here and pay; found out once."""
    wanted = os.environ.get(SWITCH, "auto")
    if (
        wanted == "plain"
        or not torch.backends.mkldnn.is_available()
        or not hasattr(_SETTING, "fp32_precision")
    ):
        return False
    if not all(_is_exact(*shape) for shape in _SHAPES):
        return False
    return wanted == "quick" or _is_amd()


def _is_exact(rows: int, inputs: int, outputs: int) -> bool:
    """Whether the three products of a linear layer are as near to the truth as plain ones.

    Rounding to bfloat16 would make them a thousand times worse.
    """
    chance = torch.Generator().manual_seed(rows)
    input_NI = torch.randn(rows, inputs, generator=chance)
    weight_OI = torch.randn(outputs, inputs, generator=chance)
    gradient_NO = torch.randn(rows, outputs, generator=chance)
    pairs = ((input_NI, weight_OI.t()), (gradient_NO, weight_OI), (gradient_NO.t(), input_NI))
    return all(_error(pair, _QUICK) <= 4 * _error(pair, _PLAIN) for pair in pairs)


def _error(pair: tuple[Tensor, Tensor], kind: str) -> float:
    with _products(kind):
        product = pair[0] @ pair[1]
    return float((product.double() - pair[0].double() @ pair[1].double()).abs().max())


@cache
def _is_amd() -> bool:
    """Whether this is a processor on which PyTorch's float32 products take MKL's slow path.

    Decided by its maker and not by a clock: a run must compute the same each time it goes on.
    """
    try:
        about = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")[:2000]
    except OSError:
        about = platform.processor()
    return "AuthenticAMD" in about

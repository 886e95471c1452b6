"""Small models with random weights of many families, and what `transformers` says of them."""

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
import transformers as hf
from torch import Tensor

from explorer.messages.config import ModelConfig
from explorer.messages.results import Site, SiteKind
from explorer.subjects.outside.attention import NAME, register
from explorer.subjects.outside.loading import quietly
from explorer.subjects.outside.model import OutsideModel

hf.utils.logging.disable_progress_bar()
WORDS = 60
_SHAPE: dict[str, Any] = {
    "vocab_size": WORDS, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4,
    "intermediate_size": 48, "bos_token_id": 2, "eos_token_id": 3, "pad_token_id": 0,
}  # fmt: skip
_GROUPED = {**_SHAPE, "num_key_value_heads": 2}
_GPT2 = {"vocab_size": WORDS, "n_embd": 32, "n_layer": 2, "n_head": 4, "bos_token_id": 2,
         "eos_token_id": 3}  # fmt: skip
_T5 = {"vocab_size": WORDS, "d_model": 32, "d_kv": 8, "d_ff": 40, "num_layers": 2, "num_heads": 4,
       "decoder_start_token_id": 0, "eos_token_id": 3}  # fmt: skip
_BOTH = {
    "vocab_size": WORDS, "d_model": 32, "encoder_layers": 2, "decoder_layers": 3,
    "encoder_attention_heads": 4, "decoder_attention_heads": 2, "encoder_ffn_dim": 40,
    "decoder_ffn_dim": 40, "pad_token_id": 0, "bos_token_id": 2, "eos_token_id": 3,
    "decoder_start_token_id": 3, "forced_eos_token_id": None,
}  # fmt: skip


@dataclass(frozen=True)
class Family:
    """How a small model of a family is made."""

    model: Any
    config: Any
    options: dict[str, Any]
    architecture: str

    def make(self, seed: int = 0) -> Any:
        """Weights large enough that heads differ much."""
        torch.manual_seed(seed)
        model = self.model(self.config(**self.options)).eval()
        for name, parameter in model.named_parameters():
            if parameter.dim() > 1 and "relative" not in name:
                torch.nn.init.normal_(parameter, std=0.25)
            elif "relative" in name:
                torch.nn.init.normal_(parameter, std=1.0)
        return model


FAMILIES = {
    "bert": Family(hf.BertForMaskedLM, hf.BertConfig, _SHAPE, "encoder-only"),
    "roberta": Family(hf.RobertaForMaskedLM, hf.RobertaConfig, _SHAPE, "encoder-only"),
    "gpt2": Family(hf.GPT2LMHeadModel, hf.GPT2Config, _GPT2, "decoder-only"),
    "llama": Family(hf.LlamaForCausalLM, hf.LlamaConfig, _GROUPED, "decoder-only"),
    "gpt-neox": Family(hf.GPTNeoXForCausalLM, hf.GPTNeoXConfig, _SHAPE, "decoder-only"),
    "qwen2": Family(hf.Qwen2ForCausalLM, hf.Qwen2Config, _GROUPED, "decoder-only"),
    "mistral": Family(
        hf.MistralForCausalLM, hf.MistralConfig, {**_GROUPED, "sliding_window": 3}, "decoder-only"
    ),
    "gemma2": Family(
        hf.Gemma2ForCausalLM, hf.Gemma2Config,
        {**_GROUPED, "head_dim": 8, "sliding_window": 3, "attn_logit_softcapping": 2.0},
        "decoder-only",
    ),
    "t5": Family(hf.T5ForConditionalGeneration, hf.T5Config, _T5, "encoder-decoder"),
    "bart": Family(hf.BartForConditionalGeneration, hf.BartConfig, _BOTH, "encoder-decoder"),
    "marian": Family(hf.MarianMTModel, hf.MarianConfig, _BOTH, "encoder-decoder"),
}  # fmt: skip


def outside(family: str, inner: Any = None) -> OutsideModel:
    """A model of a family behind our protocol, its sites found."""
    made = FAMILIES[family]
    inner = inner or made.make()
    register()
    inner.set_attn_implementation(NAME)
    config = ModelConfig.model_validate({"architecture": made.architecture})
    model = OutsideModel(inner, config, padding=0).eval()
    assert model.find_sites()
    return model


def inputs(model: OutsideModel, rows: int = 1) -> tuple[Tensor | None, Tensor | None]:
    """Random source and target, as the architecture reads them."""
    generator = torch.Generator().manual_seed(1)
    drawn = torch.randint(5, WORDS, (rows, 9), generator=generator)
    source = drawn if model.config.has_encoder else None
    return source, drawn[:, 2:] if model.config.has_decoder else None


@torch.no_grad()
def eager(inner: Any, given: dict[str, Any]) -> tuple[Tensor, dict[Site, Tensor]]:
    """Logits and all weights as `transformers` itself gives them, from a copy of the model."""
    copy = deepcopy(inner)
    with quietly():  # Where a family is eager always, the library warns that it stays so.
        copy.set_attn_implementation("eager")
    found = copy(**given, output_attentions=True)
    for module in copy.modules():  # The library leaves the hooks that it collects with.
        module._forward_hooks.clear()
    if "encoder_attentions" in found:
        named = {
            SiteKind.ENCODER: found.encoder_attentions, SiteKind.DECODER: found.decoder_attentions,
            SiteKind.CROSS: found.cross_attentions,
        }  # fmt: skip
    else:
        kind = SiteKind.DECODER if "past_key_values" in found or _causal(inner) else None
        named = {kind or SiteKind.ENCODER: found.attentions}
    weights = {
        Site(kind, layer): table for kind, all in named.items() for layer, table in enumerate(all)
    }
    return found.logits, weights


def _causal(inner: Any) -> bool:
    return not type(inner).__name__.endswith("ForMaskedLM")

"""A model of `transformers` that is asked as our own Transformer is.

Axes: B batch, S source position, T target position, L either, M model width, V vocabulary.
"""

import inspect
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from explorer.messages.config import ModelConfig
from explorer.messages.foreign import SAYS_NOTHING
from explorer.messages.results import Site, SiteKind
from explorer.subjects.outside.attention import OutsideAttention
from explorer.subjects.outside.discovery import SOURCE, TARGET, discover
from explorer.subjects.outside.fallback import ASKED, fire, sites_told
from explorer.subjects.outside.labels import Says
from explorer.subjects.outside.state import OutsideState
from explorer.subjects.subject import SentenceError


class OutsideModel(nn.Module):
    """A `transformers` model with the taps of all its attentions.

    `padding` is the id that fills short rows of a batch, `separator` the one between two segments
    (None: the model knows no segments). `says` is what its output layer speaks of, None without
    one.
    """

    slopes_H: Tensor | None = None

    def __init__(
        self, inner: Any, config: ModelConfig, *, padding: int | None = None,
        separator: int | None = None, says: Says | None = "words",
    ) -> None:  # fmt: skip
        super().__init__()
        self.inner, self.config = inner, config
        self.padding, self.separator, self.says = padding, separator, says
        self._accepts = set(inspect.signature(inner.base_model.forward).parameters)
        self._keeps = set(inspect.signature(inner.forward).parameters)
        self.told = False
        """Whether weights come from the family's own code, and nothing else can be seen."""
        self._sites: dict[Site, OutsideAttention] = {}
        self.attentions = nn.ModuleList()

    def find_sites(self) -> bool:
        """Pass a few tokens and note who attends; whether anybody does through the function."""
        self._take_sites(self._find(self._trial()))
        return bool(self._sites)

    def _find(self, trial: tuple[Tensor | None, Tensor | None]) -> dict[Site, OutsideAttention]:
        return discover(self.inner, lambda: self.hidden(*trial))

    @torch.no_grad()
    def ask_for_weights(self) -> bool:
        """Let the family's own eager code tell its weights; whether it tells any."""
        self.inner.set_attn_implementation("eager")
        self.told = True
        found = self.inner(**self._inputs(*self._trial()), **ASKED)
        self._take_sites(sites_told(found, self._alone))
        return bool(self._sites)

    def _trial(self) -> tuple[Tensor | None, Tensor | None]:
        first = torch.zeros(1, SOURCE, dtype=torch.long, device=self.device)
        source = first if self.config.has_encoder else None
        return source, first[:, :TARGET] if self.config.has_decoder else None

    def _take_sites(self, sites: dict[Site, OutsideAttention]) -> None:
        self._sites = sites
        self.attentions = nn.ModuleList(sites.values())
        self.attentions.train(self.training)

    @property
    def device(self) -> torch.device:
        """Where the weights lie."""
        return next(self.inner.parameters()).device

    def forward(self, source: Tensor | None, target_BT: Tensor | None) -> Tensor:
        """B×L×V logits: of the token after each target position, or of an encoder's places."""
        if self.says is None:
            raise SentenceError(SAYS_NOTHING)
        logits = self._run(self.inner, self._inputs(source, target_BT)).logits
        # A label of the whole stands at the first place, as our own tasks have it.
        return logits if self.says != "label of all" else logits[:, None]

    def hidden(self, source: Tensor | None, target_BT: Tensor | None) -> Tensor:
        """B×L×M of the last stack."""
        given = self._inputs(source, target_BT)
        if self.inner.base_model is not self.inner:
            return self._run(self.inner.base_model, given).last_hidden_state
        if self.told:
            self._run(self.inner, given)
        return self._stack_by_stack(given)

    def _stack_by_stack(self, given: dict[str, Any]) -> Tensor:
        """B×T×M where a family has no model without its output layer, as T5."""
        mask_BS = given["attention_mask"]
        if "decoder_input_ids" not in given:
            return self.inner.get_decoder()(given["input_ids"], attention_mask=mask_BS)[0]
        memory_BSM = self.inner.get_encoder()(given["input_ids"], attention_mask=mask_BS)[0]
        return self.inner.get_decoder()(
            given["decoder_input_ids"], encoder_hidden_states=memory_BSM,
            encoder_attention_mask=mask_BS, use_cache=False,
        )[0]  # fmt: skip

    def _run(self, model: Any, given: dict[str, Any]) -> Any:
        """A pass; of a family with its own attention, watched weights are shown after it."""
        if not (self.told and any(taps.weights.watched for taps in self._sites.values())):
            return model(**given)
        found = model(**given, **ASKED)
        fire(self._sites, found, self._alone)
        return found

    @property
    def _alone(self) -> SiteKind | None:
        if self.config.architecture == "encoder-decoder":
            return None
        return SiteKind.ENCODER if self.config.has_encoder else SiteKind.DECODER

    def _inputs(self, source: Tensor | None, target_BT: Tensor | None) -> dict[str, Any]:
        first = source if source is not None else target_BT
        assert first is not None
        given: dict[str, Any] = {"input_ids": first, "attention_mask": self._mask(first)}
        if source is not None and target_BT is not None:
            given["decoder_input_ids"] = target_BT
        if self.separator is not None and "token_type_ids" in self._accepts:
            given["token_type_ids"] = self._segments(first, self.separator)
        if "use_cache" in self._accepts:
            given["use_cache"] = False
        return given

    def _mask(self, ids_BL: Tensor) -> Tensor:
        """B×L, 1 for tokens; padding is what fills the ends of the rows of a batch."""
        mask_BL = torch.ones_like(ids_BL)
        if self.padding is None or len(ids_BL) == 1:
            return mask_BL
        filled_BL = (ids_BL == self.padding).long()
        return mask_BL - filled_BL.flip(1).cumprod(1).flip(1)

    @staticmethod
    def _segments(ids_BL: Tensor, separator: int) -> Tensor:
        """B×L: 0 up to the first separator, 1 after it, as BERT was taught."""
        ends_BL = (ids_BL == separator).long()
        return (ends_BL.cumsum(1) - ends_BL).clamp(max=1)

    def start_decoding(
        self, source: Tensor | None, prefix_BT: Tensor | None = None
    ) -> OutsideState:
        """Read the source and a prefix of the target, ready to write one token after another."""
        state = OutsideState(self._empty_cache())
        if source is not None and self.config.has_encoder:
            state.mask_BS = self._mask(source)
            encoder = self.inner.get_encoder()
            state.memory = encoder(input_ids=source, attention_mask=state.mask_BS)
        if prefix_BT is not None and prefix_BT.shape[1]:
            self._read_on(prefix_BT, state, last=True)
        return state

    def _empty_cache(self) -> Any:
        """A cache that keeps all that was read, so that weights have a column for each token.

        Masks see to windows. A family with layers of another kind makes its own.
        """
        from transformers import DynamicCache, EncoderDecoderCache

        kinds = set(getattr(self.inner.config.get_text_config(), "layer_types", None) or ())
        if kinds - {"full_attention", "sliding_attention", "chunked_attention"}:
            return None
        if self.config.has_encoder:
            return EncoderDecoderCache(DynamicCache(), DynamicCache())
        return DynamicCache()

    def decode_step(self, token_B: Tensor, state: OutsideState) -> Tensor:
        """B×V logits after one more target token; the state grows by it."""
        return self.read_on(token_B[:, None], state)

    def read_on(self, target_BT: Tensor, state: OutsideState) -> Tensor:
        """B×V logits after some more target tokens, read at once; the state grows by them."""
        return self._read_on(target_BT, state, last=True)[:, -1]

    def read_each(self, target_BT: Tensor, state: OutsideState) -> Tensor:
        """B×T×V logits after each of several more target tokens; the state grows by them."""
        return self._read_on(target_BT, state)

    def _read_on(self, target_BT: Tensor, state: OutsideState, *, last: bool = False) -> Tensor:
        """B×T×V of target positions that follow what the state holds, or only of the last one."""
        given: dict[str, Any] = {"past_key_values": state.cache, "use_cache": True}
        if last and "logits_to_keep" in self._keeps:
            given["logits_to_keep"] = 1
        if state.memory is not None:
            given |= {
                "encoder_outputs": state.memory, "attention_mask": state.mask_BS,
                "decoder_input_ids": target_BT,
            }  # fmt: skip
        else:
            given["input_ids"] = target_BT
        found = self._run(self.inner, given)
        state.cache = found.past_key_values
        state.length += target_BT.shape[1]
        return found.logits

    def allowed(self, length: int, *, causal: bool) -> Tensor | None:
        """L×L: nothing ahead in a decoder; each site's own mask (a window) is seen by its tap."""
        if not causal:
            return None
        return torch.ones(length, length, dtype=torch.bool, device=self.device).tril()

    def sites(self) -> Iterator[tuple[Site, OutsideAttention]]:
        """Every attention with its place: encoder, then decoder, then cross-attention."""
        yield from self._sites.items()

    def count(self, kind: SiteKind) -> int:
        """How many layers of this kind attend."""
        return sum(site.kind is kind for site in self._sites)

    def parameter_count(self) -> int:
        """Numbers that are learned; tied ones count once."""
        return sum(p.numel() for p in self.parameters())

"""The settings of a model's shape."""

from typing import Literal, Self

from pydantic import model_validator

from explorer.messages.fields import Section, setting
from explorer.messages.tokens import SiteKind

Architecture = Literal["encoder-decoder", "decoder-only", "encoder-only"]
Pattern = Literal["full", "causal", "window", "dilated", "global", "block"]
WITH_ENCODER = ("encoder-decoder", "encoder-only")
WITH_DECODER = ("encoder-decoder", "decoder-only")


class ModelConfig(Section):
    """The shape of a Transformer (Vaswani et al., 2017, section 3) and of its later variants."""

    architecture: Architecture = setting(
        "encoder-decoder", "Architecture",
        "Read and write (the paper), write on from what stands there (GPT), or read only (BERT).",
    )  # fmt: skip
    width: int = setting(
        128, "Width", "Size of every token's vector between the layers.",
        symbol="d_model", ge=4, le=8192,
    )  # fmt: skip
    heads: int = setting(
        4, "Heads", "Attention heads per layer; each looks with its own queries and keys.",
        symbol="h", ge=1, le=128,
    )  # fmt: skip
    key_value_heads: int = setting(
        0, "Key–value heads",
        "Heads that share keys and values: fewer than heads is grouped-query attention (Ainslie "
        "et al., 2023), one is multi-query attention (Shazeer, 2019).",
        ge=0, le=128, special="as heads",
    )  # fmt: skip
    encoder_layers: int = setting(
        2, "Encoder layers", "Blocks that read the source.", symbol="N", ge=1, le=48,
        needs={"model.architecture": WITH_ENCODER},
    )  # fmt: skip
    decoder_layers: int = setting(
        2, "Decoder layers", "Blocks that write the target.", symbol="N", ge=1, le=48,
        needs={"model.architecture": WITH_DECODER},
    )  # fmt: skip
    feed_forward: int = setting(
        512, "Feed-forward width", "Size of the hidden layer between two attentions.",
        symbol="d_ff", ge=1, le=32768,
    )  # fmt: skip
    activation: Literal["relu", "relu2", "gelu", "silu", "swiglu", "geglu"] = setting(
        "relu", "Activation",
        "The bend in the feed-forward layer; the paper takes ReLU. SwiGLU and GEGLU multiply by a "
        "gate with weights of its own (Shazeer, 2020).",
    )  # fmt: skip
    norm: Literal["after", "before"] = setting(
        "before", "Norm placement",
        "After each residual sum as in the paper, or before each sub-layer, which trains easier.",
    )  # fmt: skip
    norm_kind: Literal["layer", "rms"] = setting(
        "layer", "Norm",
        "Layer norm of the paper, or root-mean-square norm without a mean (Zhang, Sennrich, 2019).",
    )  # fmt: skip
    query_key_norm: bool = setting(
        False, "Query–key norm",
        "RMS norm of every query and key, which keeps scores in bounds (Henry et al., 2020).",
    )  # fmt: skip
    embedding_norm: bool = setting(
        False, "Embedding norm", "A norm right after the embeddings, as BERT and BART have it."
    )
    positions: Literal["sinusoidal", "learned", "rotary", "alibi", "none"] = setting(
        "sinusoidal", "Positions",
        "How a token knows its place: sines and cosines or learned vectors that are added, rotated "
        "queries and keys (Su et al., 2021), a penalty on distance (Press et al., 2021), or not.",
    )  # fmt: skip
    rotary_base: float = setting(
        10_000.0, "Rotary base", "Longest wavelength of rotary positions.", symbol="θ",
        ge=1, le=1e9, needs={"model.positions": ("rotary",)},
    )  # fmt: skip
    pattern: Pattern = setting(
        "full", "Attention pattern",
        "Which tokens self-attention may look at: all, those before, a sliding window, a window "
        "with gaps, a window and some tokens that see and are seen by all (Longformer, BigBird), "
        "or the own block.",
    )  # fmt: skip
    window: int = setting(
        16, "Window", "Tokens on each side that a query reaches, itself not counted; of a block, "
        "its size.",
        unit="tokens", ge=1, le=65536,
        needs={"model.pattern": ("window", "dilated", "global", "block")},
    )  # fmt: skip
    stride: int = setting(
        2, "Stride", "Distance between two keys of a dilated window.", unit="tokens", ge=2, le=1024,
        needs={"model.pattern": ("dilated",)},
    )  # fmt: skip
    global_tokens: int = setting(
        1, "Global tokens", "First tokens that look at all and are looked at by all.",
        unit="tokens", ge=1, le=1024, needs={"model.pattern": ("global",)},
    )  # fmt: skip
    sink: Literal["none", "zero", "learned"] = setting(
        "none", "Attention sink",
        "An exit for attention that has nothing to look at: one more key without a value, of score "
        "0 (softmax plus one) or of a learned score for each head.",
    )  # fmt: skip
    score_cap: float = setting(
        0.0, "Score cap", "Scores are kept within ± this by a tanh (Gemma 2).", ge=0, le=1e4,
        special="off",
    )  # fmt: skip
    tie_embeddings: bool = setting(
        True, "Tie embeddings",
        "Source, target and output layer share one table of word vectors (section 3.4).",
    )  # fmt: skip
    scale_embeddings: bool = setting(
        True, "Scale embeddings", "Multiply word vectors by √d_model, as the paper does."
    )
    bias: bool = setting(
        True, "Biases", "Linear layers and layer norms add a learned vector of their own."
    )
    initialisation: Literal["xavier", "gpt2", "depth"] = setting(
        "xavier", "Initialisation",
        "Of the matrices: Xavier-uniform, normal with deviation 0.02 and less before the residual "
        "(GPT-2), or normal by width with the outputs of sub-layers at zero, so that depth starts "
        "mild.",
    )  # fmt: skip
    weights: Literal["full", "ternary", "binary"] = setting(
        "full", "Weights",
        "Of the linear layers in the blocks: full precision; −1, 0, 1 (BitNet b1.58, Ma et al., "
        "2024); or −1, 1 (BitNet, Wang et al., 2023); the low-bit ones with 8-bit activations.",
    )  # fmt: skip
    dropout: float = setting(
        0.1, "Dropout", "Share of activations zeroed in training, after every sub-layer.",
        symbol="P_drop", ge=0, lt=1,
    )  # fmt: skip
    embedding_dropout: float = setting(
        -1.0, "Embedding dropout", "Dropout of embeddings with their positions.", ge=-1, lt=1,
        special="as Dropout",
    )  # fmt: skip
    attention_dropout: float = setting(
        -1.0, "Attention dropout", "Dropout of attention weights.", ge=-1, lt=1,
        special="as Dropout",
    )  # fmt: skip
    hidden_dropout: float = setting(
        -1.0, "Feed-forward dropout", "Dropout of the feed-forward layer's hidden values.",
        ge=-1, lt=1, special="as Dropout",
    )  # fmt: skip
    max_length: int = setting(
        256, "Longest input", "Tokens that a sentence may have.", unit="tokens", ge=4, le=65536
    )

    @property
    def has_encoder(self) -> bool:
        """Whether there is a part that reads a source."""
        return self.architecture in WITH_ENCODER

    @property
    def has_decoder(self) -> bool:
        """Whether there is a part that writes."""
        return self.architecture in WITH_DECODER

    @property
    def layers(self) -> dict[SiteKind, int]:
        """Layers of each kind of attention."""
        encoder = self.encoder_layers if self.has_encoder else 0
        decoder = self.decoder_layers if self.has_decoder else 0
        cross = decoder if encoder else 0
        return {SiteKind.ENCODER: encoder, SiteKind.DECODER: decoder, SiteKind.CROSS: cross}

    @property
    def head_width(self) -> int:
        """Size of a query or key (d_k)."""
        return self.width // self.heads

    @property
    def groups(self) -> int:
        """Heads with keys and values of their own."""
        return self.key_value_heads or self.heads

    def dropout_of(self, place: Literal["embedding", "attention", "hidden"]) -> float:
        """The dropout of a place; that of the whole where none is given."""
        own: float = getattr(self, f"{place}_dropout")
        return self.dropout if own < 0 else own

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.width % self.heads:
            fitting = [h for h in range(1, min(self.width, 33)) if self.width % h == 0]
            raise ValueError(
                f"model.heads: {self.heads} heads do not divide the width {self.width} evenly; "
                f"choose one of {', '.join(map(str, fitting))}, or another width"
            )
        if self.heads % self.groups:
            fitting = [g for g in range(1, self.heads + 1) if self.heads % g == 0]
            raise ValueError(
                f"model.key_value_heads: {self.key_value_heads} do not divide the {self.heads} "
                f"heads evenly; choose one of {', '.join(map(str, fitting))}"
            )
        if self.positions == "sinusoidal" and self.width % 2:
            raise ValueError(
                f"model.width: sinusoidal positions need an even width, not {self.width}"
            )
        if self.positions == "rotary" and self.head_width % 2:
            raise ValueError(
                f"model.positions: rotary positions need an even width of each head, not "
                f"{self.head_width} ({self.width} / {self.heads}); choose another number of heads"
            )
        for place in ("embedding", "attention", "hidden"):
            own: float = getattr(self, f"{place}_dropout")
            if -1 < own < 0:
                raise ValueError(
                    f"model.{place}_dropout: should be 0 or more, or -1 for as model.dropout, "
                    f"not {own}"
                )
        return self

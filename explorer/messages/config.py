"""Every setting of the application, once: type, bounds, default and one line of help.

The settings form, the command line, preset files, checkpoints and tooltips all derive from here.
"""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


def setting(
    default: Any, title: str, help: str, *, symbol: str = "", unit: str = "", **bounds: Any
) -> Any:
    """A field with a title, a sentence of help, and the symbol it has in the paper."""
    extra: dict[str, Any] = {"symbol": symbol, "unit": unit}
    return Field(default, title=title, description=help, json_schema_extra=extra, **bounds)


class Section(BaseModel):
    """A frozen group of settings that refuses names it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class ModelConfig(Section):
    """The shape of an encoder–decoder Transformer (Vaswani et al., 2017, section 3)."""

    width: int = setting(
        128, "Width", "Size of every token's vector between the layers.",
        symbol="d_model", ge=4, le=8192,
    )  # fmt: skip
    heads: int = setting(
        4, "Heads", "Attention heads per layer; each looks with its own queries and keys.",
        symbol="h", ge=1, le=128,
    )  # fmt: skip
    encoder_layers: int = setting(
        2, "Encoder layers", "Blocks that read the source.", symbol="N", ge=1, le=48
    )
    decoder_layers: int = setting(
        2, "Decoder layers", "Blocks that write the target.", symbol="N", ge=1, le=48
    )
    feed_forward: int = setting(
        512, "Feed-forward width", "Size of the hidden layer between two attentions.",
        symbol="d_ff", ge=1, le=32768,
    )  # fmt: skip
    activation: Literal["relu", "gelu"] = setting(
        "relu", "Activation", "The bend in the feed-forward layer; the paper takes ReLU."
    )
    norm: Literal["after", "before"] = setting(
        "before", "Layer norm",
        "After each residual sum as in the paper, or before each sub-layer, which trains easier.",
    )  # fmt: skip
    positions: Literal["sinusoidal"] = setting(
        "sinusoidal", "Positions", "How a token knows its place: sines and cosines of the position."
    )
    dropout: float = setting(
        0.1, "Dropout", "Share of activations zeroed in training.", symbol="P_drop", ge=0, lt=1
    )
    tie_embeddings: bool = setting(
        True, "Tie embeddings",
        "Source, target and output layer share one table of word vectors (section 3.4).",
    )  # fmt: skip
    max_length: int = setting(
        256, "Longest input", "Tokens that a sentence may have.", unit="tokens", ge=4, le=65536
    )

    @model_validator(mode="after")
    def _heads_divide_width(self) -> Self:
        if self.width % self.heads:
            fitting = [h for h in range(1, min(self.width, 33)) if self.width % h == 0]
            raise ValueError(
                f"model.heads: {self.heads} heads do not divide the width {self.width} evenly; "
                f"choose one of {', '.join(map(str, fitting))}, or another width"
            )
        if self.width % 2:
            raise ValueError(
                f"model.width: sinusoidal positions need an even width, not {self.width}"
            )
        return self


TaskName = Literal["copy", "reverse", "sort", "dates", "pairs"]
VocabularyKind = Literal["word", "character", "bpe"]


class TaskConfig(Section):
    """What the model learns, and how its text is cut into tokens."""

    name: TaskName = setting("reverse", "Task", "What the model learns to do with the source.")
    file: str = setting(
        "", "Corpus file", "UTF-8 text, one pair a line: source, a tab, target. May be gzipped."
    )
    min_length: int = setting(
        1, "Shortest list", "Fewest items in a generated list.", unit="items", ge=1, le=4096
    )
    max_length: int = setting(
        10, "Longest list", "Most items in a generated list.", unit="items", ge=1, le=4096
    )
    symbols: int = setting(
        10, "Symbols", "Different items in a generated list: the digits first, then letters.",
        ge=2, le=36,
    )  # fmt: skip
    vocabulary: VocabularyKind = setting(
        "word", "Vocabulary", "Cut text into words, characters, or frequent pieces (BPE)."
    )
    vocabulary_size: int = setting(
        8000, "Vocabulary size", "Most words or pieces kept; rarer ones become unknown.",
        symbol="|V|", ge=16, le=200_000,
    )  # fmt: skip
    validation: int = setting(
        500, "Validation sources", "Sources held out to measure learning, never trained on.",
        ge=1, le=100_000,
    )  # fmt: skip
    test: int = setting(
        2000, "Test sources", "Sources held out for the final figure, never trained on.",
        ge=0, le=100_000,
    )  # fmt: skip

    @model_validator(mode="after")
    def _lengths_in_order(self) -> Self:
        if self.min_length > self.max_length:
            raise ValueError(
                f"task.min_length: the shortest list ({self.min_length}) is longer than the "
                f"longest ({self.max_length})"
            )
        return self


class TrainingConfig(Section):
    """How the model learns."""

    steps: int = setting(2000, "Steps", "Batches to learn from.", ge=1, le=100_000_000)
    batch_size: int = setting(
        64, "Batch size", "Examples per step.", unit="examples", ge=1, le=65536
    )
    optimizer: Literal["adam", "adamw"] = setting(
        "adam", "Optimizer", "Adam as in the paper, or AdamW with decoupled weight decay."
    )
    learning_rate: float = setting(
        1e-3, "Learning rate", "Step size at its peak.", symbol="η", gt=0, le=10
    )
    schedule: Literal["constant", "linear", "cosine", "noam"] = setting(
        "cosine", "Schedule",
        "Course of the learning rate after warm-up; Noam is the paper's inverse square root.",
    )  # fmt: skip
    warmup_steps: int = setting(
        100, "Warm-up steps", "Steps in which the learning rate grows from zero.",
        symbol="warmup", ge=0, le=10_000_000,
    )  # fmt: skip
    weight_decay: float = setting(
        0.0, "Weight decay", "Pull of every weight matrix towards zero.", symbol="λ", ge=0, le=10
    )
    beta1: float = setting(0.9, "β₁", "Memory of the gradient's mean.", symbol="β₁", ge=0, lt=1)
    beta2: float = setting(0.98, "β₂", "Memory of its square.", symbol="β₂", ge=0, lt=1)
    clip_norm: float = setting(
        1.0, "Gradient clipping", "Longest gradient taken as it is; 0 clips nothing.", ge=0, le=1e6
    )
    label_smoothing: float = setting(
        0.0, "Label smoothing", "Probability spread over all tokens in the target (section 5.4).",
        symbol="ε_ls", ge=0, lt=1,
    )  # fmt: skip
    precision: Literal["float32", "bfloat16"] = setting(
        "float32", "Precision", "Number format of the products; weights stay float32."
    )
    evaluate_every: int = setting(
        200, "Evaluate every", "Steps between two looks at held-out data.", unit="steps", ge=1,
        le=10_000_000,
    )  # fmt: skip
    evaluate_examples: int = setting(
        200, "Evaluate on", "Held-out examples for loss and exact match while training.",
        unit="examples", ge=1, le=100_000,
    )  # fmt: skip
    checkpoint_every: int = setting(
        1000, "Save every", "Steps between two checkpoints.", unit="steps", ge=1, le=10_000_000
    )
    keep_checkpoints: int = setting(
        2, "Checkpoints kept", "Newest checkpoints that stay on disk.", ge=1, le=1000
    )
    seed: int = setting(0, "Seed", "Same seed, same run.", ge=0, le=2**31 - 1)


class DecodingConfig(Section):
    """How the model writes."""

    max_length: int = setting(
        100, "Longest output", "Tokens after which writing stops.", unit="tokens", ge=1, le=65536
    )
    candidates: int = setting(
        8, "Candidates", "Rivals of each token that are kept with their probabilities.",
        symbol="k", ge=1, le=100,
    )  # fmt: skip


Title = Annotated[str, Field(max_length=200)]


class RunConfig(Section):
    """All settings of one run: what `run.toml` and a preset file hold."""

    title: Title = ""
    example: Title = ""
    model: ModelConfig = ModelConfig()
    task: TaskConfig = TaskConfig()
    training: TrainingConfig = TrainingConfig()
    decoding: DecodingConfig = DecodingConfig()

    @model_validator(mode="after")
    def _sections_fit(self) -> Self:
        longest = self.task.max_length + 2
        if self.task.name in ("copy", "reverse", "sort") and longest > self.model.max_length:
            raise ValueError(
                f"model.max_length: lists of {self.task.max_length} items need {longest} tokens, "
                f"but the model reads at most {self.model.max_length}"
            )
        if self.decoding.max_length > self.model.max_length:
            raise ValueError(
                f"decoding.max_length: {self.decoding.max_length} tokens are more than the model "
                f"can write ({self.model.max_length}, model.max_length)"
            )
        return self


SECTIONS: tuple[str, ...] = ("model", "task", "training", "decoding")

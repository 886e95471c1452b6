"""The settings of how a model learns."""

from typing import Literal

from explorer.messages.fields import Section, setting


class TrainingConfig(Section):
    """How the model learns."""

    steps: int = setting(2000, "Steps", "Batches to learn from.", ge=1, le=100_000_000)
    batch_size: int = setting(
        64, "Batch size", "Examples per step.", unit="examples", ge=1, le=65536, live=True
    )
    accumulate: int = setting(
        1, "Accumulation", "Parts into which a batch is cut, one after the other, to save memory; "
        "the gradient is that of the whole batch.",
        unit="parts", ge=1, le=1024, live=True,
    )  # fmt: skip
    optimizer: Literal["sgd", "adam", "adamw", "muon"] = setting(
        "adam", "Optimizer",
        "Adam as in the paper; AdamW with decoupled weight decay; plain gradient descent with "
        "momentum; Muon (Jordan et al., 2024) for the matrices of the blocks with AdamW for the "
        "rest.",
    )  # fmt: skip
    learning_rate: float = setting(
        1e-3, "Learning rate", "Step size at its peak.", symbol="η", gt=0, le=10, live=True
    )
    muon_rate: float = setting(
        0.02, "Muon's rate", "Step size at its peak of the matrices that Muon moves.", symbol="η",
        gt=0, le=10, live=True, needs={"training.optimizer": ("muon",)},
    )  # fmt: skip
    momentum: float = setting(
        0.95, "Momentum", "Memory of the direction in gradient descent and in Muon.", symbol="μ",
        ge=0, lt=1, needs={"training.optimizer": ("sgd", "muon")},
    )  # fmt: skip
    schedule: Literal["constant", "linear", "cosine", "wsd", "noam"] = setting(
        "cosine", "Schedule",
        "Course of the learning rate after warm-up; wsd is warm-up, stable, decay (Hu et al., "
        "2024); Noam is the paper's inverse square root.",
    )  # fmt: skip
    warmup_steps: int = setting(
        100, "Warm-up steps", "Steps in which the learning rate grows from zero.",
        symbol="warmup", ge=0, le=10_000_000,
    )  # fmt: skip
    decay_share: float = setting(
        0.2, "Decay share", "Share of the steps, the last ones, in which the rate falls.",
        gt=0, le=1, needs={"training.schedule": ("wsd",)},
    )  # fmt: skip
    final_rate: float = setting(
        0.0, "Final rate", "What the learning rate falls to, as a share of its peak.", ge=0, le=1,
        needs={"training.schedule": ("linear", "cosine", "wsd")},
    )  # fmt: skip
    weight_decay: float = setting(
        0.0, "Weight decay", "Pull of every weight matrix towards zero.", symbol="λ", ge=0, le=10
    )
    beta1: float = setting(
        0.9, "β₁", "Memory of the gradient's mean.", symbol="β₁", ge=0, lt=1,
        needs={"training.optimizer": ("adam", "adamw", "muon")},
    )  # fmt: skip
    beta2: float = setting(
        0.98, "β₂", "Memory of its square.", symbol="β₂", ge=0, lt=1,
        needs={"training.optimizer": ("adam", "adamw", "muon")},
    )  # fmt: skip
    clip_norm: float = setting(
        1.0, "Gradient clipping", "Longest gradient taken as it is; 0 clips nothing.",
        ge=0, le=1e6, special="off", live=True,
    )  # fmt: skip
    label_smoothing: float = setting(
        0.0, "Label smoothing", "Probability spread over all tokens in the target (section 5.4).",
        symbol="ε_ls", ge=0, lt=1,
    )  # fmt: skip
    frozen_heads: str = setting(
        "", "Frozen heads", "Heads that do not learn, such as cross.0.3, decoder.1.0: site, layer, "
        "head, counted from 0.",
    )  # fmt: skip
    precision: Literal["float32", "bfloat16", "float16"] = setting(
        "float32", "Precision",
        "Number format of the products; weights stay float32. float16 scales the loss and needs "
        "CUDA.",
    )  # fmt: skip
    compile: bool = setting(
        True, "Compile on a GPU", "Let torch.compile fuse the steps on CUDA, where launching the "
        "small kernels of a toy model would cost more than running them.",
    )  # fmt: skip
    evaluate_every: int = setting(
        200, "Evaluate every", "Steps between two looks at held-out data.", unit="steps", ge=1,
        le=10_000_000,
    )  # fmt: skip
    evaluate_seconds: float = setting(
        0.0, "Or every so often", "Seconds of work between two looks at held-out data, besides "
        "those by steps.",
        unit="s", ge=0, le=86_400, special="by steps only",
    )  # fmt: skip
    evaluate_examples: int = setting(
        200, "Evaluate on", "Held-out examples for loss and exact match while training.",
        unit="examples", ge=1, le=100_000,
    )  # fmt: skip
    patience: int = setting(
        0, "Early stop", "Looks at held-out data (those by steps) without a better loss after "
        "which the run ends; the best checkpoint is kept.",
        ge=0, le=10_000, special="off",
    )  # fmt: skip
    checkpoint_every: int = setting(
        1000, "Save every", "Steps between two checkpoints.", unit="steps", ge=1, le=10_000_000
    )
    keep_checkpoints: int = setting(
        2, "Checkpoints kept", "Newest checkpoints that stay on disk.", ge=1, le=1000
    )
    tensorboard: bool = setting(
        False, "TensorBoard", "Write event files for TensorBoard into the run's folder."
    )
    csv: bool = setting(False, "CSV", "Write the figures also as metrics.csv.")
    baselines: bool = setting(
        True, "Baselines", "Find out beside the training what counting alone reaches on the "
        "held-out data; the loss chart shows it as dashed lines.",
    )  # fmt: skip
    seed: int = setting(0, "Seed", "Same seed, same run.", ge=0, le=2**31 - 1)

"""What a model is by its configuration: its architecture, and what its output layer speaks of."""

from typing import Any

from explorer.runs.weights import ModelFileError
from explorer.subjects.outside.labels import Says, says_of


def architecture_of(config: Any) -> str:
    """Encoder, decoder, or both, by what the folder says that it was trained as.

    Raises `ModelFileError` for a model that reads no text.
    """
    from transformers import (
        MODEL_FOR_CAUSAL_LM_MAPPING,
        MODEL_FOR_MASKED_LM_MAPPING,
        MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING,
        MODEL_MAPPING,
    )  # fmt: skip

    kind = type(config)
    names = " ".join(config.architectures or ())
    writes = "CausalLM" in names or "LMHead" in names or getattr(config, "is_decoder", False)
    if config.is_encoder_decoder and kind in MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING:
        return "encoder-decoder"
    if kind in MODEL_FOR_CAUSAL_LM_MAPPING and (writes or kind not in MODEL_FOR_MASKED_LM_MAPPING):
        return "decoder-only"
    if kind in MODEL_FOR_MASKED_LM_MAPPING or _reads_text(MODEL_MAPPING.get(kind, None)):
        return "encoder-only"
    raise ModelFileError(
        f"A model of the family “{config.model_type}” reads no text: sentences are what is "
        "looked into here"
    )


def _reads_text(model: Any) -> bool:
    """Whether a class, or the first of several, of the library reads ids of tokens."""
    first = model[0] if isinstance(model, tuple) else model
    return getattr(first, "main_input_name", "") == "input_ids"


def head_of(config: Any, architecture: str) -> tuple[Any, Says]:
    """The library's class that loads the model with its output layer, and what that speaks of."""
    import transformers

    if architecture == "decoder-only":
        return transformers.AutoModelForCausalLM, "words"
    if architecture == "encoder-decoder":
        return transformers.AutoModelForSeq2SeqLM, "words"
    says = says_of(config)
    head = {
        "words": transformers.AutoModelForMaskedLM,
        "label of each": transformers.AutoModelForTokenClassification,
        "label of all": transformers.AutoModelForSequenceClassification,
    }[says]
    if type(config) not in head._model_mapping:
        return transformers.AutoModel, "words"
    return head, says

"""The facts of a model as people read them at a glance; no Qt."""

from explorer.messages.config import ModelConfig
from explorer.messages.results import ModelInfo
from explorer.ui.widgets.figures import size
from explorer.ui.widgets.setting_topics import choice_title


def shape(model: ModelConfig) -> str:
    """The architecture and its layers, such as “Encoder–decoder 3+3”."""
    layers = [model.encoder_layers] * model.has_encoder + [model.decoder_layers] * model.has_decoder
    return f"{choice_title('model.architecture', model.architecture)} {'+'.join(map(str, layers))}"


def weights(model: ModelInfo) -> str:
    """Bytes of the weights, and those that they pack into; empty where unknown."""
    if not model.weight_bytes:
        return ""
    whole, packed = size(model.weight_bytes), model.packed_bytes
    if packed and packed < model.weight_bytes:
        return f"{whole} → {size(packed)}"
    return whole

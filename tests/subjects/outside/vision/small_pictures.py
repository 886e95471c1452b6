"""Folders of small vision models with random weights, as the library saves them."""

from pathlib import Path
from typing import Any

SIZES: dict[str, Any] = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48,
    "image_size": 32, "patch_size": 8, "num_labels": 5, "attn_implementation": "eager",
}  # fmt: skip
FAMILIES = {
    "vit": ("ViTConfig", "ViTForImageClassification"),
    "deit": ("DeiTConfig", "DeiTForImageClassification"),
    "dinov2": ("Dinov2Config", "Dinov2ForImageClassification"),
    "dinov2 with registers": (
        "Dinov2WithRegistersConfig", "Dinov2WithRegistersForImageClassification",
    ),
    "clip": ("CLIPVisionConfig", "CLIPVisionModel"),
    "siglip": ("SiglipVisionConfig", "SiglipVisionModel"),
    "beit": ("BeitConfig", "BeitForImageClassification"),
}  # fmt: skip


def small_pictures(path: Path, family: str = "vit") -> Path:
    """Weights, configuration and processor of a family; biases and norms are random too."""
    import torch
    import transformers
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    from explorer.subjects.outside.loading import quietly

    config, model = FAMILIES[family]
    with quietly():
        torch.manual_seed(5)
        made = getattr(transformers, model)(getattr(transformers, config)(**SIZES)).eval()
        with torch.no_grad():
            for weight in made.parameters():
                weight.add_(torch.randn_like(weight) * 0.1)
        made.save_pretrained(path)
        ViTImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(path)
    return path

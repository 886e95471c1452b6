"""A folder of `transformers` whose model reads pictures becomes a subject."""

from typing import Any

import torch

from explorer.messages.config import DecodingConfig, RunConfig, TaskConfig
from explorer.messages.results import SiteKind
from explorer.runs.weights import ModelFileError
from explorer.subjects.outside.attention import register
from explorer.subjects.outside.folder import PROCESSOR, Outside
from explorer.subjects.outside.labels import Labels
from explorer.subjects.outside.shape import rough_shape
from explorer.subjects.outside.vision.model import PictureModel
from explorer.subjects.outside.vision.pictures import TEST
from explorer.subjects.outside.vision.subject import PictureSubject


def reads_pictures(config: Any) -> bool:
    """Whether models of this configuration read pixels and nothing else."""
    from transformers import MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING, MODEL_MAPPING

    kind = type(config)
    if kind in MODEL_FOR_IMAGE_CLASSIFICATION_MAPPING:
        return True
    found = MODEL_MAPPING.get(kind, None)
    first = found[0] if isinstance(found, tuple) else found
    return getattr(first, "main_input_name", "") == "pixel_values"


def load_pictures(found: Outside, config: Any, kind: torch.dtype) -> tuple[Any, Any, bool]:
    """The model, what the library says of the loading, and whether it names classes."""
    import transformers

    names = " ".join(config.architectures or ())
    classes = "ImageClassification" in names
    head = transformers.AutoModelForImageClassification if classes else transformers.AutoModel
    model, report = head.from_pretrained(
        found.path, config=config, attn_implementation=register(), dtype=kind,
        use_safetensors=True, output_loading_info=True, local_files_only=True,
        trust_remote_code=False,
    )  # fmt: skip
    return model, report, classes


def picture_subject(
    found: Outside, config: Any, inner: Any, classes: bool, device: torch.device
) -> PictureSubject:  # fmt: skip
    """Put the loaded model together with its processor; raises `ModelFileError` in words."""
    processor = _processor(found)
    high, wide = _size(processor, config)
    patch = getattr(config, "patch_size", None)
    shape = rough_shape("encoder-only", config, 4)
    model = PictureModel(
        inner.to(device).eval(), shape, high=high, wide=wide,
        says="label of all" if classes else None,
    ).eval()  # fmt: skip
    sites = model.find_sites() or model.ask_for_weights()
    grid = model.grid(patch) if sites and isinstance(patch, int) else None
    if grid is None:
        raise ModelFileError(
            f"{found.title}: the attention of the family “{found.model_type}” does not go from "
            "patches to patches of one size, which is what can be shown here"
        )
    run = _as_run(model, found.title, len(grid.tokens()))
    return PictureSubject.of(
        found.title, str(found.path), run, model, Labels(config.id2label if classes else {}),
        grid=grid, processor=processor,
    )  # fmt: skip


def _processor(found: Outside) -> Any:
    from transformers import AutoImageProcessor

    if not (found.path / PROCESSOR).exists():
        raise ModelFileError(
            f"{found.path} has no {PROCESSOR}, so nobody can tell how large its pictures are and "
            "what its colours mean. Download the model's folder whole"
        )
    try:
        return AutoImageProcessor.from_pretrained(
            found.path, local_files_only=True, trust_remote_code=False, backend="pil"
        )
    except Exception as error:  # Whatever a family's own processor raises.
        raise ModelFileError(
            f"{found.path / PROCESSOR} cannot be used: {str(error).strip().splitlines()[0][:200]}"
        ) from None


def _size(processor: Any, config: Any) -> tuple[int, int]:
    """Height and width of what the processor makes of any picture."""
    import numpy as np

    sample = np.zeros((64, 96, 3), np.uint8)
    made = processor(sample, return_tensors="np")["pixel_values"]
    return int(made.shape[-2]), int(made.shape[-1])


def _as_run(model: PictureModel, title: str, tokens: int) -> RunConfig:
    layers = max(1, model.count(SiteKind.ENCODER))
    shape = model.config.model_copy(update={"encoder_layers": layers, "max_length": tokens})
    model.config = shape
    return RunConfig.model_construct(
        title=title, example=TEST, model=shape, task=TaskConfig.model_construct(name="text"),
        decoding=DecodingConfig(),
    )  # fmt: skip

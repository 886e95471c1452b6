"""A trained model's attention, for all views."""

from pathlib import Path

import pytest
import torch

from explorer.inspection.tracing import trace
from explorer.messages.results import Trace
from explorer.subjects.opening import open_subject

DIGITS = "3 1 4 1 5 9 2 6"


@pytest.fixture(scope="session")
def reverse() -> Trace:
    """Eight digits through the trained sample that reverses them."""
    folder = Path(__file__).parents[3] / "sample_models" / "reverse"
    subject = open_subject(str(folder), torch.device("cpu"))
    text = " ".join(reversed(DIGITS.split()))
    source, target = subject.source(DIGITS), subject.target(text)
    return trace(subject, source, target, DIGITS, text, own_target=False)

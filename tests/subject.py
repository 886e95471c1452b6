"""A small untrained model with its words, for tests that look at one."""

import torch
from torch import nn

from explorer.data.prepare import prepare
from explorer.data.vocabulary import END, PAD, START, UNKNOWN
from explorer.messages.config import RunConfig
from explorer.subjects.subject import Subject, make_model
from tests.small import small_config


def small_subject(seed: int = 0, config: RunConfig | None = None) -> Subject:
    """Two layers on either side, with weights large enough that heads differ.

    As a trained model does, it never writes padding, unknown or start tokens, and ends some texts.
    """
    config = config or small_config({
        "model.encoder_layers": 2, "model.decoder_layers": 2, "model.tie_embeddings": False,
    })  # fmt: skip
    coding = prepare(config).coding
    torch.manual_seed(seed)
    model = make_model(coding)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.5)
    with torch.no_grad():  # One place of the last vector is kept for a bias of the output.
        model.decoder_norm.get_parameter("weight")[0] = 0
        model.decoder_norm.get_parameter("bias")[0] = 10
        model.output.weight[:, 0] = 0
        model.output.weight[[PAD, UNKNOWN, START], 0] = -9
        model.output.weight[END, 0] = 0.1
    return Subject("small", "", config, model, coding, 12)

"""The panels of the window, in the order of the View menu; a new one is one more line here."""

from explorer.ui.panel import Panel
from explorer.ui.panels.attention_panel import AttentionPanel
from explorer.ui.panels.decoder_panel import DecoderPanel
from explorer.ui.panels.loss_panel import LossPanel
from explorer.ui.panels.model_panel import ModelPanel
from explorer.ui.panels.runs_panel import RunsPanel
from explorer.ui.panels.watch_panel import WatchPanel

PANELS: tuple[type[Panel], ...] = (
    ModelPanel, AttentionPanel, DecoderPanel, LossPanel, RunsPanel, WatchPanel,
)  # fmt: skip

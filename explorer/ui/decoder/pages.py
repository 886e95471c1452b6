"""The pages of the decoder panel, in the order of the switch; a new one is one more line here."""

from explorer.ui.decoder.attention_page import AttentionPage
from explorer.ui.decoder.beams_page import BeamsPage
from explorer.ui.decoder.decision_page import DecisionPage
from explorer.ui.decoder.lens_page import LensPage
from explorer.ui.decoder.page import Page
from explorer.ui.decoder.reference_page import ReferencePage
from explorer.ui.decoder.tried_page import TriedPage

PAGES: tuple[type[Page], ...] = (
    DecisionPage,
    AttentionPage,
    TriedPage,
    BeamsPage,
    LensPage,
    ReferencePage,
)

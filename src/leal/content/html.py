"""A panel as an HTML fragment: for an e-mail, or for a page."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from leal.content.email import draw_email
from leal.content.panel import Panel
from leal.content.templates import own_fragment
from leal.content.web import draw_web
from leal.rules.programme.theme import Theme

Form = Literal["email", "web"]


def draw_html(
    panel: Panel, theme: Theme, across: int, now: datetime, *, form: Form = "email", countdown_url: str = ""
) -> str:
    """The fragment, no wider than `across` pixels. Neither form has scripts, and both are complete without images.

    `email`: tables and inline styles alone. `web`: with a style element of its own, dark where the reader's device is.
    Where the theme has a template for it, that is filled instead. `countdown_url`: a running countdown's picture, which
    takes the place of the e-mail's digits.
    """
    own = own_fragment(panel, theme, across, now, form, countdown_url)
    if own is not None:
        return own
    if form == "email":
        return draw_email(panel, theme, across, now, countdown_url)
    return draw_web(panel, theme, across, now)

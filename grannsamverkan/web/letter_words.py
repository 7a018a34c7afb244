"""What a letter's numbers are called on a page."""

from grannsamverkan.web.i18n import gettext as _


def kind_words() -> list[str]:
    """In the order in which they are kept."""
    return [_("Villor"), _("Lägenheter"), _("Förråd"), _("Fritidshus"), _("Bilar")]

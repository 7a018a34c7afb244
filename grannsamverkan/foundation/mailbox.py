"""Mail addresses as people type them."""

from email_validator import EmailNotValidError, validate_email

from grannsamverkan.foundation.errors import Refused


def read_mailbox(text: str) -> str:
    """The address, its domain in the usual spelling. Whether that domain exists is not asked.

    Raises:
        Refused: email_not_an_address. No fact ever holds the address itself.
    """
    try:
        return validate_email(text.strip(), check_deliverability=False).normalized
    except EmailNotValidError:
        raise Refused("email_not_an_address") from None

"""Mail addresses as people type them."""

import pytest

from grannsamverkan.foundation.errors import Refused
from grannsamverkan.foundation.mailbox import read_mailbox


def test_an_address_keeps_its_name_and_gets_the_usual_domain() -> None:
    assert read_mailbox(" Anna.Ek@POST.example ") == "Anna.Ek@post.example"
    assert read_mailbox("anna@räksmörgås.example") == "anna@räksmörgås.example"


@pytest.mark.parametrize(
    "text", ["", "anna", "anna@", "@post.example", "a b@post.example", "a@b@post.example", "x" * 400]
)
def test_anything_else_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(Refused) as refused:
        read_mailbox(text)
    assert str(refused.value) == "email_not_an_address"

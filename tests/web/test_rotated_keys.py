"""The web's secret is changed while people are signed in and have forms open; without the old one they are refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from grannsamverkan.app import create_app
from grannsamverkan.foundation.vault import new_key
from tests.support.web_town import Town, build, token


def with_new_key(town: Town, also: str) -> Flask:
    """The application as it is after a restart with another secret."""
    settings = town.runtime.settings
    keys = settings.keys.model_copy(update={"web": new_key(), "web_also": also})
    return create_app(replace(town.runtime, settings=settings.model_copy(update={"keys": keys})))


@pytest.mark.goal("S38")
def test_a_new_secret_signs_nobody_out_and_refuses_no_form(tmp_path: Path) -> None:
    town = build(tmp_path)
    client, stranger = town.signed_in("polis"), town.visitor()
    open_form, strangers_form = token(client, "/hem"), token(stranger)
    sign_in = {"name": "nobody", "password": "x", "csrf_token": strangers_form}
    old = town.runtime.settings.keys.web
    client.application = stranger.application = with_new_key(town, also="")
    assert stranger.post("/logga-in", data=sign_in).status_code == 403
    assert client.post("/logga-ut", data={"csrf_token": open_form}).status_code == 403
    client.application = stranger.application = with_new_key(town, also=f"{new_key()} {old}")
    assert client.get("/hem").status_code == 200
    assert stranger.post("/logga-in", data=sign_in).status_code != 403
    assert client.post("/logga-ut", data={"csrf_token": open_form}).status_code == 303

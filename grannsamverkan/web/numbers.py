"""The way from the number in a message to its page."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grannsamverkan.domain.accounts import Action
from grannsamverkan.web.pages import Pages

_LONGEST = 9

pages = Pages("numbers")


@pages.get("/n", may=Action.SEE_PUBLIC)
def look_up() -> ResponseReturnValue:
    """Takes the number however it is written: 2314, "Nr 2314", "2 314"."""
    written = request.args.get("nr")
    digits = "".join(sign for sign in written or "" if sign.isascii() and sign.isdigit())
    if 0 < len(digits) <= _LONGEST:
        return redirect(f"{url_for('numbers.look_up')}/{int(digits)}")
    return render_template("public/number.html", is_wrong=written is not None), 200 if written is None else 422

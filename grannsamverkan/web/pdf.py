"""PDF as an answer."""

from flask import Response, request

from grannsamverkan.foundation.errors import Refused

_MOST_SLIPS = 200


def pdf(content: bytes, name: str, *, is_public: bool = False) -> Response:
    """A document that the browser shows; `name` is what it is called when it is kept. Only what is public is kept, as
    long as its route has declared."""
    answer = Response(content, 200, {"Content-Disposition": f'inline; filename="{name}"'}, mimetype="application/pdf")
    if not is_public:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def slips_asked_for() -> int:
    """`?antal=` of slips for letter boxes, two to a page: a page without it.

    Raises:
        Refused: number_of_slips.
    """
    asked = request.args.get("antal", "2")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= 3 else 0
    if not 1 <= number <= _MOST_SLIPS:
        raise Refused("number_of_slips", least=1, most=_MOST_SLIPS)
    return number

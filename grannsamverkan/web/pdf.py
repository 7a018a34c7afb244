"""PDF as an answer."""

from flask import Response


def pdf(content: bytes, name: str, *, is_public: bool = False) -> Response:
    """A document that the browser shows; `name` is what it is called when it is kept. Only what is public is kept, as
    long as its route has declared."""
    answer = Response(content, 200, {"Content-Disposition": f'inline; filename="{name}"'}, mimetype="application/pdf")
    if not is_public:
        answer.headers["Cache-Control"] = "no-store"
    return answer

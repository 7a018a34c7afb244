"""PDF as an answer."""

from flask import Response


def pdf(content: bytes, name: str) -> Response:
    """A document that the browser shows; `name` is what it is called when it is kept."""
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, 200, headers, mimetype="application/pdf")

"""What every answer carries, and which hosts and sizes are taken in at all."""

import secrets
from typing import cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, session
from flask_wtf.csrf import generate_csrf
from werkzeug.middleware.proxy_fix import ProxyFix

from grannsamverkan.settings import Settings
from grannsamverkan.web import current
from grannsamverkan.web.pages import declared

LARGEST_BODY = 1_000_000  # bytes, where a route does not declare more
_YEAR_S = 31_536_000

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; "
    "report-uri {reports}"
)
POLICY_REPORTS = "/policy-rapport"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
}


def furnish(app: Flask, settings: Settings) -> None:
    key, also = settings.keys.web or secrets.token_urlsafe(32), settings.keys.web_also.split()
    app.config.update(
        SECRET_KEY=key,
        SECRET_KEY_FALLBACKS=also,
        WTF_CSRF_SECRET_KEY=[*also, key],  # the last one signs
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        MAX_FORM_PARTS=500,
        TRUSTED_HOSTS=trusted_hosts(settings),
    )
    hops = settings.web.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    app.jinja_env.globals["csp_nonce"] = nonce
    app.jinja_env.globals["csrf_token"] = generate_csrf
    app.after_request(_dress)


def is_https(settings: Settings) -> bool:
    return settings.installation.base_url.startswith("https://")


def site_of(settings: Settings) -> str:
    """Host and port of the public address, as browsers name it."""
    return urlsplit(settings.installation.base_url).netloc


def trusted_hosts(settings: Settings) -> list[str]:
    """The names this installation answers to; a demo is also reached by the machine's own."""
    host = urlsplit(settings.installation.base_url).hostname or "localhost"
    return [host, "localhost", "127.0.0.1"] if settings.is_demo else [host]


def directives() -> frozenset[str]:
    """The names of the policy's parts."""
    return frozenset(part.split(" ", 1)[0] for part in _POLICY.split("; "))


def nonce() -> str:
    """The request's nonce for scripts written in the page."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return cast(str, g.csp_nonce)


def _dress(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers[name] = value
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce(), reports=POLICY_REPORTS)
    if is_https(current.runtime().settings):
        response.headers["Strict-Transport-Security"] = f"max-age={_YEAR_S}; includeSubDomains"
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = _cache_rule(response)
    return response


def _cache_rule(response: Response) -> str:
    route = declared(current_app, request.endpoint)
    keeps = route is not None and route.cache_s > 0 and response.status_code in (200, 304)
    if not keeps or route is None or current.actor() is not None or session.modified or request.method != "GET":
        return "no-store"
    response.vary.update(("Accept-Language", "Cookie"))
    return f"public, max-age={route.cache_s}"

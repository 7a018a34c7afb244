"""Route by role by municipality: what each answers. A route that is not here fails the test.

Columns: nobody, and the accounts of the made-up town: police (Höör and Eslöv), coordinator of Höör, coordinator of
Eslöv, contact person in Nyby (Höör), lead contact person in Marieholm (Eslöv), lead contact person in Tjörnarp (Höör),
administrator. A cell is the status of the answer; 302 for nobody is the way to the sign-in page.
"""

from dataclasses import dataclass, field

COLUMNS = (
    "",
    "polis",
    "samordnare",
    "samordnare-eslov",
    "kontakt",
    "kontakt-eslov",
    "huvud",
    "administrator",
)


@dataclass(frozen=True)
class Row:
    """A route (method and rule), an address to ask for, and the status for each column, or one for all.

    In an address, `{Nyby}` stands for that network's id. `form` is sent with a POST, beside its token.
    """

    route: str
    address: str
    expected: int | tuple[int, ...]
    form: dict[str, str] = field(default_factory=dict)

    def expectations(self) -> dict[str, int]:
        statuses = (self.expected,) * len(COLUMNS) if isinstance(self.expected, int) else self.expected
        return dict(zip(COLUMNS, statuses, strict=True))


MATRIX = (
    Row("GET /", "/", 200),
    Row("GET /kommun/<code>", "/kommun/1267", 200),
    Row("GET /kommun/<code>", "/kommun/1266", 404),
    Row("GET /v/<name>/<mark>/<path:file>", "/v/own/0/theme.css", 404),
    Row("GET /n", "/n", 200),
    Row("GET /n/<int:number>", "/n/2314", 404),
    Row("GET /n/<int:number>/lapp", "/n/2314/lapp", 404),
    Row("GET /avsluta/<token>", "/avsluta/nej", 404),
    Row("POST /avsluta/<token>", "/avsluta/nej", 404),
    Row("POST /ingang/twilio/status", "/ingang/twilio/status?d=1", 403),
    Row("POST /ingang/twilio/svar", "/ingang/twilio/svar", 403),
    Row("POST /ingang/epost", "/ingang/epost", 403),
    Row("GET /demo/telefoner", "/demo/telefoner", 200),
    Row("POST /demo/telefoner/<int:key>/svar", "/demo/telefoner/99/svar", 404, {"text": "TEST"}),
    Row("GET /driftlage", "/driftlage", 200),
    Row("GET /tillganglighet", "/tillganglighet", 200),
    Row("GET /dina-uppgifter", "/dina-uppgifter", 200),
    Row("GET /kakor", "/kakor", 200),
    Row("GET /kontakt", "/kontakt", 200),
    Row("GET /halsa/live", "/halsa/live", 200),
    Row("GET /halsa/redo", "/halsa/redo", 200),
    Row("POST /sprak", "/sprak", 303, {"language": "en"}),
    Row("GET /logga-in", "/logga-in", 200),
    Row("POST /logga-in", "/logga-in", 422),
    Row("POST /logga-in/demo/<int:place>", "/logga-in/demo/99", 404),
    Row("GET /hem", "/hem", (302, 200, 200, 200, 200, 200, 200, 200)),
    # There is no warning in this town: whoever may ask is told that there is none. The rest is in test_alert_pages.py.
    Row("GET /varningar", "/varningar", (302, 200, 200, 200, 200, 200, 200, 403)),
    Row("GET /varningar/ny", "/varningar/ny", (302, 200, 200, 200, 200, 200, 200, 403)),
    Row("GET /varningar/ny", "/varningar/ny?omrade={Nyby}", (302, 200, 200, 200, 200, 200, 200, 403)),
    Row("POST /varningar/ny", "/varningar/ny", (401, 422, 422, 422, 422, 422, 422, 403)),
    Row(
        "POST /varningar/ny",
        "/varningar/ny",
        (401, 303, 303, 404, 303, 404, 404, 403),
        {"var": "{Nyby}", "rad-burglary_home": "lock"},
    ),
    Row("POST /varningar/visa", "/varningar/visa", (401, 200, 200, 200, 200, 200, 200, 403)),
    Row("GET /varningar/<int:alert_id>", "/varningar/99", (302, 404, 404, 404, 404, 404, 404, 403)),
    Row("GET /varningar/<int:alert_id>/lage", "/varningar/99/lage", (302, 302, 302, 302, 302, 302, 302, 403)),
    Row("GET /varningar/<int:alert_id>/andra", "/varningar/99/andra", (302, 404, 404, 404, 404, 404, 404, 403)),
    Row("POST /varningar/<int:alert_id>/andra", "/varningar/99/andra", (401, 404, 404, 404, 404, 404, 404, 403)),
    Row("GET /varningar/<int:alert_id>/granska", "/varningar/99/granska", (302, 404, 404, 404, 404, 404, 404, 403)),
    Row("POST /varningar/<int:alert_id>/granska", "/varningar/99/granska", (401, 404, 404, 404, 404, 404, 404, 403)),
    Row("POST /varningar/<int:alert_id>/godkann", "/varningar/99/godkann", (401, 404, 404, 404, 404, 404, 404, 403)),
    Row("POST /varningar/<int:alert_id>/slang", "/varningar/99/slang", (401, 404, 404, 404, 404, 404, 404, 403)),
    Row("GET /omraden", "/omraden", (302, 200, 200, 200, 200, 200, 200, 200)),
    Row("GET /omraden/<int:network_id>", "/omraden/{Nyby}", (302, 200, 200, 404, 200, 404, 404, 200)),
    Row("GET /omraden/<int:network_id>", "/omraden/{Marieholm}", (302, 200, 404, 200, 404, 200, 404, 200)),
    Row("GET /polishandelser", "/polishandelser", (302, 200, 200, 200, 403, 403, 403, 403)),
    Row("POST /logga-ut", "/logga-ut", (401, 303, 303, 303, 303, 303, 303, 303)),
)

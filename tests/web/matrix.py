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
    Row("POST /logga-ut", "/logga-ut", (401, 303, 303, 303, 303, 303, 303, 303)),
)

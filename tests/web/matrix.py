"""Route by role by municipality: what each answers. A route that is not here fails the test.

Columns: nobody, and the accounts of the made-up town: police (Höör and Eslöv), coordinator of Höör, coordinator of
Eslöv, contact person in Nyby (Höör), lead contact person in Marieholm (Eslöv), lead contact person in Tjörnarp (Höör),
administrator, and a neighbour on their own page. Beside them those who are answered as one of these is: a contact
person and a deputy of a street in Nyby, police of another area, somebody who was signed out meanwhile. A cell is the
status of the answer; 302 for nobody is the way to the sign-in page.
"""

import re
from dataclasses import dataclass, field

_OWN_COLUMNS = (
    "",
    "polis",
    "samordnare",
    "samordnare-eslov",
    "kontakt",
    "kontakt-eslov",
    "huvud",
    "administrator",
    "granne",
)
# As whom they are answered; police of another area reach nothing of Nyby.
ALIKE = {"kontakt-del": "kontakt", "ersattare": "kontakt", "polis-annan": "polis", "utloggad": ""}
COLUMNS = (*_OWN_COLUMNS, *ALIKE)


@dataclass(frozen=True)
class Row:
    """A route (method and rule), an address to ask for, and the status for each column, or one for all.

    In an address, `{Nyby}` stands for that network's id. `form` is sent with a POST, beside its token. `far` is what
    police of another area get where it is not what they get for a network out of their reach.
    """

    route: str
    address: str
    expected: int | tuple[int, ...]
    form: dict[str, str] = field(default_factory=dict)
    neighbour: int = 403
    far: int | None = None

    def expectations(self) -> dict[str, int]:
        """A neighbour gets what everybody gets, or what the row says for them."""
        if isinstance(self.expected, int):
            return dict.fromkeys(COLUMNS, self.expected)
        found = dict(zip(_OWN_COLUMNS, (*self.expected, self.neighbour), strict=True))
        found |= {name: found[other] for name, other in ALIKE.items()}
        is_about_one = "{" in self.address + "".join(self.form.values())
        if is_about_one and found["polis"] != 403:
            found["polis-annan"] = self.far or 404
        return found


# Who reaches what of the network Nyby in Höör: 0 stands for what the page answers to those who do.
WHO: dict[str, tuple[int, ...]] = {
    "coordinator": (403, 0, 404, 403, 403, 403, 403),
    "staff": (0, 0, 404, 403, 403, 403, 403),
    "contact person": (403, 403, 403, 0, 404, 404, 403),
    "coordinator or contact person": (403, 0, 404, 0, 404, 404, 403),
    "all who work together": (0, 0, 404, 0, 404, 404, 403),
    "all who may see it": (0, 0, 404, 0, 404, 404, 0),
    "every coordinator": (403, 0, 0, 403, 403, 403, 403),
    "every contact person": (403, 403, 403, 0, 0, 0, 403),
    "all staff": (0, 0, 0, 403, 403, 403, 403),
    "everybody at work": (0, 0, 0, 0, 0, 0, 403),
    "administrator of the whole": (*(403,) * 6, 0),
    "neighbour": (403,) * 7,
}


def rows(who: str, *pages: tuple[str, int]) -> tuple[Row, ...]:
    """Rows of ("GET rule", status): `<…network_id>` is Nyby, and every other number is one that is not there."""
    made = []
    for route, status in pages:
        rule = route.partition(" ")[2]
        address = re.sub(r"<[^>]+>", "99", re.sub(r"<int:network_id>", "{Nyby}", rule))
        nobody = 302 if route.startswith("GET") else 401
        expected = (nobody, *(one or status for one in WHO[who]))
        made.append(Row(route, address, expected, neighbour=status if who == "neighbour" else 403))
    return tuple(made)


# What may be done with a line of the year's tips, each at its own address under it.
OF_ENTRY = ("andra", "godkann", "paus", "fortsatt", "hoppa", "hoppa-inte", "avsluta", "skicka")
_STEPS = ("kod", "ny-app")  # of those who have given the right password, and nobody else
_O = "/omraden/<int:network_id>"
OF_NETWORKS = (
    *rows("every coordinator", ("GET /omraden/nytt", 200), ("POST /omraden/nytt", 422)),
    *rows("every coordinator", ("GET /installningar", 200), ("POST /installningar", 422)),
    *rows(
        "every coordinator",
        *(
            ("GET /installningar/ord", 200),
            ("GET /installningar/ord/<phrase>", 404),
            ("POST /installningar/ord/<phrase>", 404),
        ),
        *(("GET /installningar/nycklar", 200), ("POST /installningar/nycklar", 422)),
        ("POST /installningar/nycklar/<int:key_id>/avsluta", 404),
        *(("GET /installningar/anrop", 200), ("POST /installningar/anrop", 422)),
        ("GET /installningar/anrop/<int:webhook_id>", 404),
        *(
            (f"POST /installningar/anrop/<int:webhook_id>/{act}", 404)
            for act in ("prov", "pausa", "fortsatt", "byt", "ta-bort")
        ),
        *(("POST /installningar/ord/<phrase>/visa", 404), ("POST /installningar/ord/<phrase>/aterstall", 404)),
    ),
    *rows(
        "all staff",
        *(("GET /konto", 200), ("POST /konto", 422), ("GET /konto/kod", 200), ("POST /konto/kod", 422)),
        ("POST /konto/bort", 404),
    ),
    *rows(
        "administrator of the whole",
        *(("GET /gallring", 200), ("POST /gallring", 422), ("POST /gallring/<int:hold_id>/slapp", 404)),
    ),
    *rows("everybody at work", ("GET /rad", 200), ("GET /rad/<key>", 404)),
    *rows("everybody at work", ("GET /rad/tackning", 200), ("GET /rad/tackning.csv", 200)),
    *rows(
        "every coordinator",
        *((f"{method} /rad/<key>/andra", 404) for method in ("GET", "POST")),
        *((f"POST /rad/<key>/{word}", 404) for word in ("vakta", "aterstall", "bruk")),
    ),
    *rows("every coordinator", ("GET /lofte", 200), ("POST /lofte", 422), ("GET /lofte/uppfoljning", 200)),
    *rows("every coordinator", ("GET /lofte/uppfoljning.csv", 200)),
    *rows("every coordinator", ("POST /lofte/<int:target_id>/sluta", 404)),
    *rows("every coordinator", ("GET /intressen", 200), ("POST /intressen", 422)),
    *rows(
        "every coordinator",
        ("POST /intressen/visa/<int:interest_id>", 404),
        ("GET /vantar", 200),
        ("GET /visningar", 200),
    ),
    *rows(
        "coordinator",
        (f"GET {_O}/andra", 200),
        (f"POST {_O}/andra", 422),
        (f"GET {_O}/delar", 200),
        (f"POST {_O}/delar", 422),
        (f"GET {_O}/delar/<int:unit_id>", 404),
        (f"POST {_O}/delar/<int:unit_id>", 404),
        (f"POST {_O}/delar/<int:unit_id>/flytta", 404),
        (f"POST {_O}/delar/<int:unit_id>/ta-bort", 404),
        (f"GET {_O}/grans", 200),
        (f"POST {_O}/grans", 422),
        (f"GET {_O}/avsluta", 200),
        (f"POST {_O}/avsluta", 422),
        (f"GET {_O}/sla-ihop", 200),
        (f"POST {_O}/sla-ihop", 422),
        (f"GET {_O}/dela", 200),
        (f"POST {_O}/dela", 422),
        (f"POST {_O}/kontaktombud", 422),
        (f"POST {_O}/kontaktombud/fordela", 303),
        (f"GET {_O}/kontaktombud/<int:role_id>/sluta", 404),
        (f"POST {_O}/kontaktombud/<int:role_id>/sluta", 404),
        (f"POST {_O}/kontaktombud/<int:role_id>/bjud-in", 404),
        (f"GET {_O}/kontaktombud/<int:role_id>/utbildad", 404),
        (f"POST {_O}/kontaktombud/<int:role_id>/utbildad", 404),
        (f"POST {_O}/skyltar/agare", 422),
        (f"POST {_O}/skyltar/agare/<int:owner_id>", 404),
        (f"GET {_O}/visningar", 200),
        (f"GET {_O}/atgarder/agare.pdf", 200),
        (f"GET {_O}/kontaktombud/dela-ut", 200),
        (f"POST {_O}/kontaktombud/dela-ut", 422),
        (f"POST {_O}/uppgifter/<int:task_id>", 404),
        (f"GET {_O}/listor", 200),
        (f"POST {_O}/listor", 422),
        (f"GET {_O}/listor/mall.csv", 200),
        (f"GET {_O}/listor/<int:import_id>", 404),
        (f"POST {_O}/listor/<int:import_id>/kolumner", 404),
        (f"POST {_O}/listor/<int:import_id>/ta-in", 404),
        (f"POST {_O}/listor/<int:import_id>/angra", 404),
        (f"POST {_O}/listor/<int:import_id>/kasta", 404),
        (f"POST {_O}/listor/<int:import_id>/brev", 404),
        (f"POST {_O}/listor/<int:import_id>/brev/utskrivna", 404),
        (f"GET {_O}/listor/<int:import_id>/brev/<int:batch_id>.pdf", 404),
        (f"POST {_O}/vantar", 403),  # not before the municipality has decided so
    ),
    *rows("every coordinator", ("GET /tackning", 200)),
    *rows(
        "staff",
        (f"GET {_O}/lage", 200),
        (f"POST {_O}/lage", 409),
        (f"GET {_O}/vila", 200),
        (f"POST {_O}/vila", 422),
        (f"POST {_O}/skyltar/<int:order_id>", 404),
        (f"POST {_O}/arskontroll/beslut", 400),
    ),
    *rows("all staff", ("GET /utbildningar", 200), ("POST /utbildningar", 422), ("GET /skyltar", 200)),
    *rows(
        "all staff",
        ("GET /utbildningar/<int:training_id>", 404),
        ("POST /utbildningar/<int:training_id>/bjud-in", 404),
        ("POST /utbildningar/<int:training_id>/hallen", 404),
        ("GET /utbildningar/<int:training_id>/stall-in", 404),
        ("POST /utbildningar/<int:training_id>/stall-in", 404),
    ),
    *rows(
        "contact person",
        (f"GET {_O}/hushall", 200),
        (f"GET {_O}/hushall/nytt", 200),
        (f"POST {_O}/hushall/nytt", 422),
        (f"POST {_O}/hushall/forfragan/<int:request_id>", 404),
        (f"GET {_O}/hushall/lista.pdf", 200),
        (f"GET {_O}/grannlista.pdf", 404),  # there is none yet
        (f"GET {_O}/hushall/<int:household_id>/lamnar", 404),
        (f"POST {_O}/hushall/<int:household_id>/lamnar", 404),
        (f"GET {_O}/nyinflyttade", 200),
        (f"POST {_O}/nyinflyttade", 422),
        (f"POST {_O}/nyinflyttade/<int:task_id>", 404),
        (f"POST {_O}/nyinflyttade/<int:task_id>/valkommen", 404),
        (f"GET {_O}/hushall/lamna-over", 200),
        (f"POST {_O}/hushall/lamna-over", 422),
        (f"POST {_O}/arskontroll", 404),
        (f"GET {_O}/sluta-som-ombud", 200),
    ),
    *rows("every contact person", ("GET /kvarten", 200), ("POST /kvarten/<int:task_id>", 404)),
    *rows("every contact person", ("GET /kvarten/lapp", 404), ("POST /kvarten/lapp", 404)),
    *rows(
        "coordinator or contact person",
        (f"GET {_O}/lappar", 200),
        (f"POST {_O}/lappar", 422),
        (f"POST {_O}/lappar/<int:batch_id>/dra-tillbaka", 404),
        (f"GET {_O}/lappar/<int:batch_id>/<paper>.pdf", 404),
        (f"POST {_O}/skyltar", 422),
        (f"POST {_O}/skyltar/plats", 422),
        (f"POST {_O}/skyltar/plats/<int:place_id>", 404),
        (f"POST {_O}/skyltar/plats/<int:place_id>/byt", 404),
        (f"POST {_O}/skyltar/<int:order_id>/uppe", 404),
        (f"POST {_O}/skyltar/<int:order_id>/ta-tillbaka", 404),
        (f"GET {_O}/ta-ut", 200),
        (f"POST {_O}/ta-ut", 422),
        (f"GET {_O}/grannlista", 200),
    ),
    *rows(
        "all who work together",
        (f"GET {_O}/skyltar", 200),
        (f"GET {_O}/skyltar/<int:order_id>.pdf", 404),
        (f"GET {_O}/arskontroll", 200),
        (f"GET {_O}/moten", 200),
        (f"POST {_O}/moten", 422),
        (f"GET {_O}/moten/<int:meeting_id>", 404),
        (f"POST {_O}/moten/<int:meeting_id>/flytta", 404),
        (f"GET {_O}/moten/<int:meeting_id>/stall-in", 404),
        (f"POST {_O}/moten/<int:meeting_id>/stall-in", 404),
        (f"POST {_O}/moten/<int:meeting_id>/bjud-in", 404),
        (f"POST {_O}/moten/<int:meeting_id>/hallet", 404),
        (f"POST {_O}/moten/<int:meeting_id>/atgard", 404),
        (f"POST {_O}/atgarder/<int:point_id>", 404),
        (f"GET {_O}/moten/<int:meeting_id>/<paper>.pdf", 404),
    ),
    *rows("everybody at work", ("GET /rad/kalender", 200), ("GET /rad/kalender/<int:entry_id>", 404)),
    *rows(
        "every coordinator",
        ("POST /rad/kalender/forval", 303),
        ("POST /rad/kalender/nya", 303),
        ("GET /rad/efter-inbrott", 200),
        ("POST /rad/efter-inbrott", 303),
        ("GET /rad/kalender/ny", 200),
        ("POST /rad/kalender/ny", 422),
        ("GET /rad/kalender/godkann", 200),
        ("POST /rad/kalender/godkann", 422),
        ("GET /rad/kalender/<int:entry_id>/andra", 404),
        *((f"POST /rad/kalender/<int:entry_id>/{word}", 404) for word in OF_ENTRY),
    ),
    *rows(
        "all staff",
        *(("GET /manadsbrev", 200), ("GET /manadsbrev/mall.csv", 200), ("GET /manadsbrev/<month>", 404)),
        *(("GET /manadsbrev/<month>/siffror", 404), ("POST /manadsbrev/<month>/siffror", 404)),
    ),
    *rows(
        "every coordinator",
        *((f"POST /manadsbrev/<month>{act}", 404) for act in ("", "/borja", "/skicka")),
    ),
    *rows("everybody at work", ("GET /atgarder", 200), ("GET /papper/jag-vill-vara-med.pdf", 200)),
    *rows("all who may see it", (f"GET {_O}/kontaktombud", 200)),
    # A contact person decides only where they lead; in Nyby there is one who does not.
    Row(f"POST {_O}/grannlista", "/omraden/{Nyby}/grannlista", (401, 403, 200, 404, 403, 403, 404, 403)),
    *rows("contact person", (f"POST {_O}/sluta-som-ombud", 200)),
)

# What may be done after a message has been let go, each at its own address under it.
AFTER = ("folj-upp", "faran-over", "ratta", "stoppa", "tillsammans", "inbjudna", "inbjudan", "provutskick")

FOR_NEIGHBOURS = (
    Row("GET /ga-med", "/ga-med", 200),
    Row("POST /ga-med", "/ga-med", 422),
    Row("GET /ga-med/var", "/ga-med/var", 404),
    Row("POST /ga-med/var", "/ga-med/var", 404),
    Row("GET /ga-med/hur", "/ga-med/hur", 404),
    Row("POST /ga-med/hur", "/ga-med/hur", 404),
    Row("GET /ga-med/kod", "/ga-med/kod", 404),
    Row("POST /ga-med/kod", "/ga-med/kod", 422, {"code": "000000"}),
    Row("GET /ga-med/val", "/ga-med/val", 404),
    Row("POST /ga-med/val", "/ga-med/val", 404),
    Row("GET /ga-med/klart", "/ga-med/klart", 302),
    Row("GET /ga-med/kontakt.vcf", "/ga-med/kontakt.vcf", 404),
    Row("GET /omrade/<int:network_id>", "/omrade/{Nyby}", 200),
    Row("GET /anmal-intresse/<code>", "/anmal-intresse/1267", 200),
    Row("POST /anmal-intresse/<code>", "/anmal-intresse/1267", 422),
    Row("GET /anmal-intresse/kod", "/anmal-intresse/kod", 200),
    Row("POST /anmal-intresse/kod", "/anmal-intresse/kod", 422, {"code": "000000"}),
    Row("GET /anmal-intresse/klart", "/anmal-intresse/klart", 200),
    Row("GET /inbjudan", "/inbjudan", 200),
    Row("POST /inbjudan", "/inbjudan", 422),
    Row("GET /kommun/<code>/lofte", "/kommun/1267/lofte", 200),
    Row("GET /kommun/<code>/lofte.csv", "/kommun/1267/lofte.csv", 200),
    Row("GET /kommun/<code>/leverans", "/kommun/1267/leverans", 200),
    Row("GET /kommun/<code>/leverans", "/kommun/1266/leverans", 404),
    Row("GET /brev/<code>/<month>", "/brev/1267/2026-02", 404),  # there is none yet
    Row("GET /brev/<code>/<month>/lapp.pdf", "/brev/1267/2026-02/lapp.pdf", 404),
    Row("GET /brev/<code>/<month>/lappar.pdf", "/brev/1267/2026-02/lappar.pdf", 404),
    Row("GET /tips", "/tips", 200),
    Row("GET /tips/<key>", "/tips/las-cykeln", 200),
    Row("GET /tips/<key>", "/tips/finns-inte", 404),
    Row("POST /tips/<key>/svar", "/tips/las-cykeln/svar?kommun=1267", 303, {"svar": "done"}),
    Row("POST /tips/<key>/svar", "/tips/las-cykeln/svar?kommun=1267", 400),
    Row("GET /tips/<key>/lapp.pdf", "/tips/las-cykeln/lapp.pdf", 200),
    Row("GET /tips/<key>/lappar.pdf", "/tips/las-cykeln/lappar.pdf", 200),
    Row("GET /skydda-ditt-hem", "/skydda-ditt-hem", 200),
    Row("GET /skydda-ditt-hem.pdf", "/skydda-ditt-hem.pdf", 200),
    Row("GET /papper", "/papper", 200),
    Row("GET /papper/<name>.pdf", "/papper/lapp-till-grannen.pdf", 200),
    Row("GET /moten/<uid>.ics", "/moten/nej.ics", 404),
    Row("GET /utbildningar/<uid>.ics", "/utbildningar/nej.ics", 404),
    Row("GET /min-sida", "/min-sida", (200,) * 8, neighbour=302),
    Row("POST /min-sida", "/min-sida", 422),
    Row("GET /min-sida/kod", "/min-sida/kod", 200),
    Row("POST /min-sida/kod", "/min-sida/kod", 422, {"code": "000000"}),
    Row("GET /min-sida/hejda", "/min-sida/hejda", 200),
    *rows(
        "neighbour",
        ("GET /min-sida/jag", 200),
        ("GET /min-sida/allt", 200),
        ("GET /min-sida/allt.json", 200),
        ("POST /min-sida/kanaler", 303),
        ("POST /min-sida/niva", 400),
        ("POST /min-sida/sprak", 400),
        ("POST /min-sida/tysta-timmar", 303),
        ("POST /min-sida/paus", 303),
        ("POST /min-sida/syns/<int:household_id>", 400),
        ("GET /min-sida/grannlista/<int:household_id>", 404),
        ("POST /min-sida/grannlista/<int:household_id>", 400),
        ("GET /min-sida/flytta/<int:household_id>", 404),
        ("POST /min-sida/flytta/<int:household_id>", 404),
        ("GET /min-sida/flytta/<int:household_id>/<int:network_id>", 404),
        ("POST /min-sida/flytta/<int:household_id>/<int:network_id>", 404),
        ("GET /min-sida/ny-adress", 200),
        ("POST /min-sida/ny-adress", 422),
        ("GET /min-sida/ny-adress/kod", 200),
        ("POST /min-sida/ny-adress/kod", 422),
        ("GET /min-sida/lamna/<int:household_id>", 404),
        ("POST /min-sida/lamna/<int:household_id>", 404),
        ("GET /min-sida/radera", 200),
        ("POST /min-sida/radera", 200),
    ),
)


MATRIX = (
    Row("GET /", "/", 200),
    Row("GET /kommun/<code>", "/kommun/1267", 200),
    Row("GET /kommun/<code>", "/kommun/1266", 404),
    Row("GET /kommun/<code>/varningar.atom", "/kommun/1267/varningar.atom", 200),
    Row("GET /kommun/<code>/varningar.atom", "/kommun/1266/varningar.atom", 404),
    Row("GET /kommun/<code>/varningar.json", "/kommun/1267/varningar.json", 200),
    Row("GET /omrade/<int:network_id>/varningar.atom", "/omrade/{Nyby}/varningar.atom", 200),
    Row("GET /omrade/<int:network_id>/varningar.json", "/omrade/{Nyby}/varningar.json", 200),
    Row("GET /v/<name>/<mark>/<path:file>", "/v/own/0/theme.css", 404),
    Row("GET /n", "/n", 200),
    Row("GET /n/<figures:number>", "/n/2314", 404),
    Row("GET /n/<figures:number>/lapp", "/n/2314/lapp", 404),
    Row("GET /n/<figures:number>/kalender.ics", "/n/2314/kalender.ics", 404),
    Row("GET /n/<figures:number>/lapp.pdf", "/n/2314/lapp.pdf", 404),
    Row("GET /avsluta/<token>", "/avsluta/nej", 404),
    Row("POST /avsluta/<token>", "/avsluta/nej", 404),
    Row("GET /uppgifter/<token>", "/uppgifter/nej", 404),
    Row("POST /uppgifter/<token>/<int:task_id>", "/uppgifter/nej/99", 404),
    Row("POST /uppgifter/<token>/vidare/<int:alert_id>", "/uppgifter/nej/vidare/99", 404),
    Row("POST /uppgifter/<token>/arskontroll", "/uppgifter/nej/arskontroll", 404),
    Row("POST /ingang/twilio/status", "/ingang/twilio/status?d=1", 403),
    Row("POST /ingang/twilio/svar", "/ingang/twilio/svar", 403),
    Row("POST /ingang/46elks/status", "/ingang/46elks/status?d=1&k=nej", 403),
    Row("POST /ingang/46elks/svar", "/ingang/46elks/svar?k=nej", 403),
    Row("POST /ingang/epost", "/ingang/epost", 403),
    Row("GET /demo/telefoner", "/demo/telefoner", 200),
    Row("POST /demo/telefoner/<int:key>/svar", "/demo/telefoner/99/svar", 404, {"text": "TEST"}),
    Row("GET /driftlage", "/driftlage", 200),
    Row("GET /tillganglighet", "/tillganglighet", 200),
    Row("GET /dina-uppgifter", "/dina-uppgifter", 200),
    Row("GET /kakor", "/kakor", 200),
    Row("GET /kontakt", "/kontakt", 200),
    Row("GET /halsa/live", "/halsa/live", 200),
    Row("GET /.well-known/security.txt", "/.well-known/security.txt", 404, neighbour=404),
    *(
        Row(f"GET /api/v1/{name}", f"/api/v1/{name}", 401, neighbour=401)
        for name in ("networks", "alerts", "statistics")
    ),
    Row("POST /api/v1/drafts", "/api/v1/drafts", 401, neighbour=401),
    Row("GET /api/v1/openapi.json", "/api/v1/openapi.json", 200),
    Row("POST /policy-rapport", "/policy-rapport", 400),
    Row("GET /halsa/redo", "/halsa/redo", 200),
    Row("POST /sprak", "/sprak", 303, {"language": "en"}),
    Row("GET /logga-in", "/logga-in", 200),
    Row("POST /logga-in", "/logga-in", 422),
    Row("POST /logga-in/demo/<int:place>", "/logga-in/demo/99", 404),
    *(Row(f"{method} /logga-in/{page}", f"/logga-in/{page}", 303) for method in ("GET", "POST") for page in _STEPS),
    Row("POST /logga-in/nyckel/fraga", "/logga-in/nyckel/fraga", 200),
    Row("POST /logga-in/nyckel", "/logga-in/nyckel", 422),
    Row("POST /logga-in/ny-nyckel/fraga", "/logga-in/ny-nyckel/fraga", 409),
    Row("POST /logga-in/ny-nyckel", "/logga-in/ny-nyckel", 303),
    Row("GET /konto/inloggning", "/konto/inloggning", (302, 200, 200, 200, 200, 200, 200, 200)),
    Row("GET /konto/inloggning/losenord", "/konto/inloggning/losenord", (302, *(200,) * 7)),
    Row("POST /konto/inloggning/losenord", "/konto/inloggning/losenord", (401, *(422,) * 7)),
    Row("POST /konto/inloggning/ut", "/konto/inloggning/ut", (401, *(303,) * 7), {"var": "0"}),
    Row("POST /konto/inloggning/byt-app", "/konto/inloggning/byt-app", (401, *(422,) * 7)),
    Row("POST /konto/inloggning/nyckel/fraga", "/konto/inloggning/nyckel/fraga", (401, *(200,) * 7)),
    Row("POST /konto/inloggning/nyckel", "/konto/inloggning/nyckel", (401, *(422,) * 7), {"namn": "Telefonen"}),
    Row("POST /konto/inloggning/nyckel/borja", "/konto/inloggning/nyckel/borja", (401, *(303,) * 7)),
    Row("POST /konto/bekrafta/nyckel/fraga", "/konto/bekrafta/nyckel/fraga", (401, *(200,) * 7)),
    Row("POST /konto/bekrafta", "/konto/bekrafta", (401, *(404,) * 7)),
    Row("POST /konto/inloggning/nyckel/bort", "/konto/inloggning/nyckel/bort", (401, *(404,) * 7), {"var": "99"}),
    Row("GET /hem", "/hem", (302, 200, 200, 200, 200, 200, 200, 200)),
    # There is no warning in this town: whoever may ask is told that there is none. The rest is in test_alert_pages.py.
    Row("GET /varningar", "/varningar", (302, 200, 200, 200, 200, 200, 200, 403)),
    Row("GET /varningar/ny", "/varningar/ny", (302, 200, 200, 200, 200, 200, 200, 403)),
    Row("GET /varningar/ny", "/varningar/ny?omrade={Nyby}", (302, 200, 200, 200, 200, 200, 200, 403), far=200),
    Row("POST /varningar/ny", "/varningar/ny", (401, 422, 422, 422, 422, 422, 422, 403)),
    Row(
        "POST /varningar/ny",
        "/varningar/ny",
        (401, 303, 303, 404, 303, 404, 404, 403),
        {"var": "{Nyby}", "rad-burglary_home": "lock"},
    ),
    Row("GET /varningar/inbjudan", "/varningar/inbjudan", (302, 200, 200, 200, 200, 200, 200, 403)),
    Row("POST /varningar/inbjudan", "/varningar/inbjudan", (401, 422, 422, 422, 422, 422, 422, 403)),
    Row("GET /varningar/provutskick", "/varningar/provutskick", (302, 200, 200, 200, 403, 403, 403, 403)),
    Row("POST /varningar/provutskick", "/varningar/provutskick", (401, 422, 422, 422, 403, 403, 403, 403)),
    Row("GET /varningar/pagar", "/varningar/pagar", (302, 200, 403, 403, 403, 403, 403, 403)),
    Row("POST /varningar/pagar", "/varningar/pagar", (401, 422, 403, 403, 403, 403, 403, 403)),
    Row("POST /varningar/visa", "/varningar/visa", (401, 200, 200, 200, 200, 200, 200, 403)),
    *rows("all who work together", ("GET /varningar/delar/<int:network_id>", 200)),
    Row("POST /varningar/vakta", "/varningar/vakta", (401, 200, 200, 200, 200, 200, 200, 403)),
    Row("GET /varningar/<int:alert_id>", "/varningar/99", (302, 404, 404, 404, 404, 404, 404, 403)),
    Row("GET /varningar/<int:alert_id>/lage", "/varningar/99/lage", (302, 302, 302, 302, 302, 302, 302, 403)),
    Row("GET /varningar/<int:alert_id>/andra", "/varningar/99/andra", (302, 404, 404, 404, 404, 404, 404, 403)),
    Row("POST /varningar/<int:alert_id>/andra", "/varningar/99/andra", (401, 404, 404, 404, 404, 404, 404, 403)),
    Row("GET /varningar/<int:alert_id>/granska", "/varningar/99/granska", (302, 404, 404, 404, 404, 404, 404, 403)),
    Row("POST /varningar/<int:alert_id>/granska", "/varningar/99/granska", (401, 404, 404, 404, 404, 404, 404, 403)),
    Row("POST /varningar/<int:alert_id>/godkann", "/varningar/99/godkann", (401, 404, 404, 404, 404, 404, 404, 403)),
    *rows(
        "everybody at work",
        *((f"{method} /varningar/<int:alert_id>/{word}", 404) for word in AFTER for method in ("GET", "POST")),
        ("POST /varningar/<int:alert_id>/fortsatt", 404),
    ),
    *rows(
        "everybody at work",
        *(
            (f"POST /varningar/<int:alert_id>/{word}", 404)
            for word in ("angra", "fraga", "neka", "natt", "senare", "prov")
        ),
        ("GET /varningar/<int:alert_id>/prov", 404),
    ),
    *rows(
        "every contact person",
        ("POST /varningar/<int:alert_id>/hushall/<int:household_id>", 404),
        ("POST /varningar/<int:alert_id>/vidare/<int:network_id>", 404),
        ("GET /varningar/<int:alert_id>/knacka.pdf", 404),
        ("GET /varningar/<int:alert_id>/lappar.pdf", 404),
    ),
    Row("POST /varningar/<int:alert_id>/slang", "/varningar/99/slang", (401, 404, 404, 404, 404, 404, 404, 403)),
    Row("GET /omraden", "/omraden", (302, 200, 200, 200, 200, 200, 200, 200)),
    Row("GET /omraden/<int:network_id>", "/omraden/{Nyby}", (302, 200, 200, 404, 200, 404, 404, 200)),
    Row("GET /omraden/<int:network_id>", "/omraden/{Marieholm}", (302, 200, 404, 200, 404, 200, 404, 200)),
    Row("GET /polishandelser", "/polishandelser", (302, 200, 200, 200, 403, 403, 403, 403)),
    *FOR_NEIGHBOURS,
    *OF_NETWORKS,
    Row("POST /logga-ut", "/logga-ut", (401, 303, 303, 303, 303, 303, 303, 303), neighbour=303),
)

"""Every page of the product and who meets it, for the tests that look at all of them. A GET route that is neither here
nor among the files fails the crawl.

Who: "" is nobody in particular, "granne" a neighbour on their own page, "går med 3" somebody three steps into joining,
"med kod" and "med ny app" somebody who has given the right password, the rest are accounts of the made-up town.
`{network}` and the like stand for what the lived-in town has.
"""

from dataclasses import dataclass

STAFF = ("polis", "samordnare")
WORKING = (*STAFF, "kontakt")


@dataclass(frozen=True)
class Seen:
    """A route, an address of it, and those whose page differs."""

    rule: str
    address: str
    who: tuple[str, ...] = ("",)


def seen(rule: str, *who: str, at: str = "") -> Seen:
    """`at` is the address where the rule has a place to fill in; `<int:network_id>` is the network itself."""
    address = at or rule.replace("<int:network_id>", "{network}")
    for name in ("household", "unit", "role", "meeting", "training"):
        address = address.replace(f"<int:{name}_id>", f"{{{name}}}")
    return Seen(rule, address, who or ("",))


_O = "/omraden/<int:network_id>"
FOR_ALL = (
    seen("/"),
    seen("/", at="/?q=Nybyv"),
    seen("/", at="/?q=finns inte"),
    seen("/kommun/<code>", at="/kommun/1267"),
    seen("/kommun/<code>", at="/kommun/1267?q=Nyby"),
    seen("/kommun/<code>/lofte", at="/kommun/1267/lofte"),
    seen("/kommun/<code>/leverans", at="/kommun/1267/leverans"),
    seen("/omrade/<int:network_id>"),
    seen("/anmal-intresse/<code>", at="/anmal-intresse/1267"),
    seen("/anmal-intresse/kod"),
    seen("/anmal-intresse/klart"),
    seen("/ga-med"),
    seen("/ga-med", at="/ga-med?omrade={network}"),
    seen("/ga-med", at="/ga-med?kod={slip_code}"),
    seen("/ga-med/var", "går med 1"),
    seen("/ga-med/hur", "går med 2"),
    seen("/ga-med/kod", "går med 3"),
    seen("/ga-med/val", "går med 4"),
    seen("/ga-med/klart", "går med 5"),
    seen("/inbjudan"),
    seen("/min-sida"),
    seen("/min-sida/kod"),
    seen("/min-sida/hejda"),
    seen("/papper"),
    seen("/brev/<code>/<month>", at="/brev/1267/2026-02"),
    seen("/tips"),
    seen("/tips", at="/tips?bostad=boat&kommun=1267"),
    seen("/tips/<key>", at="/tips/ramnumret?kommun=1267"),
    seen("/tips/<key>", at="/tips/ramnumret?kommun=1267&svar=done"),
    seen("/tips/<key>", at="/tips/ramnumret?kommun=1267&val=had_it"),
    seen("/skydda-ditt-hem"),
    seen("/skydda-ditt-hem", at="/skydda-ditt-hem?bostad=apartment&klar=portkoden"),
    seen("/n"),
    seen("/n/<figures:number>", at="/n/{number}"),
    seen("/n/<figures:number>", at="/n/9999"),
    seen("/n/<figures:number>/lapp", at="/n/{number}/lapp"),
    seen("/avsluta/<token>", at="/avsluta/{stop_token}"),
    seen("/avsluta/<token>", at="/avsluta/nej"),
    seen("/logga-in"),
    seen("/logga-in/kod", "med kod"),
    seen("/logga-in/ny-app", "med ny app"),
    seen("/driftlage"),
    seen("/tillganglighet"),
    seen("/dina-uppgifter"),
    seen("/kakor"),
    seen("/kontakt"),
    seen("/demo/telefoner"),
    seen("/uppgifter/<token>", at="/uppgifter/{duties_token}"),
    seen("/uppgifter/<token>", at="/uppgifter/nej"),
    Seen("", "/finns-inte"),
)
FOR_NEIGHBOURS = (
    seen("/min-sida/jag", "granne"),
    seen("/min-sida/allt", "granne"),
    seen("/min-sida/ny-adress", "granne"),
    seen("/min-sida/ny-adress/kod", "granne"),
    seen("/min-sida/lamna/<int:household_id>", "granne"),
    seen("/min-sida/radera", "granne"),
    seen("/min-sida/flytta/<int:household_id>", "granne"),
    seen(
        "/min-sida/flytta/<int:household_id>/<int:network_id>", "granne", at="/min-sida/flytta/{household}/{Tjörnarp}"
    ),
    seen("/min-sida/grannlista/<int:household_id>", "granne"),
)
AT_WORK = (
    seen("/hem", *WORKING, "administrator"),
    seen("/papper", "kontakt"),
    seen("/varningar", *WORKING),
    seen("/varningar/ny", *WORKING),
    seen("/varningar/<int:alert_id>", *WORKING, at="/varningar/{alert}"),
    seen("/varningar/<int:alert_id>/andra", "polis", at="/varningar/{draft}/andra"),
    seen("/varningar/<int:alert_id>/granska", "polis", at="/varningar/{checked}/granska"),
    seen("/varningar/<int:alert_id>/tillsammans", "polis", at="/varningar/{joint}/tillsammans"),
    seen("/varningar/<int:alert_id>/ratta", "polis", at="/varningar/{alert}/ratta"),
    seen("/varningar/<int:alert_id>/folj-upp", "polis", at="/varningar/{alert}/folj-upp"),
    seen("/varningar/<int:alert_id>/faran-over", "polis", at="/varningar/{alert}/faran-over"),
    seen("/varningar/<int:alert_id>/stoppa", "polis", at="/varningar/{going}/stoppa"),
    seen("/varningar/pagar", "polis"),
    seen("/varningar/inbjudan", "polis", "kontakt"),
    seen("/varningar/provutskick", "samordnare"),
    seen("/varningar/<int:alert_id>/inbjudan", "polis", at="/varningar/{invitation_draft}/inbjudan"),
    seen("/varningar/<int:alert_id>/provutskick", "polis", at="/varningar/{drill_draft}/provutskick"),
    seen("/varningar/<int:alert_id>/inbjudna", "polis", at="/varningar/{invitation}/inbjudna"),
    seen("/varningar/<int:alert_id>/granska", "polis", at="/varningar/{drill_draft}/granska"),
    seen("/varningar/<int:alert_id>", "polis", at="/varningar/{invitation}"),
    seen("/n/<figures:number>", at="/n/{invitation_number}"),
    seen("/n/<figures:number>/lapp", at="/n/{invitation_number}/lapp"),
    seen("/n/<figures:number>", at="/n/{drill_number}"),
    seen("/varningar/<int:alert_id>/prov", "polis", at="/varningar/{checked}/prov"),
    seen("/rad", *WORKING),
    seen("/rad", "samordnare", at="/rad?q=qqqq"),
    seen("/rad/<key>", *WORKING, at="/rad/ramnumret?kommun=1267"),
    seen("/rad/<key>", "samordnare", at="/rad/portkoden?klart=ur"),
    seen("/rad/<key>/andra", "samordnare", at="/rad/ramnumret/andra"),
    seen("/konto", *STAFF),
    seen("/konto/inloggning", *WORKING, "administrator"),
    seen("/konto/inloggning/losenord", "polis"),
    seen("/konto/kod", "polis"),
    seen("/polishandelser", *STAFF),
    seen("/omraden", *WORKING, "administrator"),
    seen("/omraden", "samordnare", at="/omraden?lage=active&ordning=hushall&vakant=1"),
    seen("/omraden/nytt", "samordnare"),
    seen(_O, *WORKING, "administrator"),
    seen(f"{_O}/andra", "samordnare"),
    seen(f"{_O}/delar", "samordnare"),
    seen(f"{_O}/delar/<int:unit_id>", "samordnare"),
    seen(f"{_O}/grans", "samordnare"),
    seen(f"{_O}/lage", "polis", "samordnare"),
    seen(f"{_O}/lage", "samordnare", at="/omraden/{linden}/lage"),
    seen(f"{_O}/vila", "samordnare"),
    seen(f"{_O}/avsluta", "samordnare"),
    seen(f"{_O}/dela", "samordnare"),
    seen(f"{_O}/sla-ihop", "samordnare"),
    seen(f"{_O}/kontaktombud", *WORKING, "administrator"),
    seen(f"{_O}/kontaktombud/<int:role_id>/sluta", "samordnare"),
    seen(f"{_O}/kontaktombud/<int:role_id>/utbildad", "samordnare"),
    seen(f"{_O}/hushall", "kontakt"),
    seen(f"{_O}/hushall/nytt", "kontakt"),
    seen(f"{_O}/hushall/<int:household_id>/lamnar", "kontakt"),
    seen(f"{_O}/nyinflyttade", "kontakt"),
    seen(f"{_O}/sluta-som-ombud", "kontakt"),
    seen(f"{_O}/lappar", "samordnare", "kontakt"),
    seen(f"{_O}/moten", *WORKING),
    seen(f"{_O}/moten/<int:meeting_id>", *WORKING),
    seen(f"{_O}/moten/<int:meeting_id>", "kontakt", at="/omraden/{network}/moten/{held}"),
    seen(f"{_O}/moten/<int:meeting_id>/stall-in", "kontakt"),
    seen(f"{_O}/grannlista", "samordnare", "kontakt"),
    seen(f"{_O}/skyltar", *WORKING),
    seen(f"{_O}/ta-ut", "samordnare", "kontakt"),
    seen(f"{_O}/visningar", "samordnare"),
    seen(f"{_O}/arskontroll", "samordnare", "kontakt"),
    seen(f"{_O}/hushall/lamna-over", "kontakt"),
    seen(f"{_O}/kontaktombud/dela-ut", "samordnare"),
    seen(f"{_O}/listor", "samordnare"),
    seen(f"{_O}/listor/<int:import_id>", "samordnare", at="/omraden/{network}/listor/{waiting}"),
    seen(f"{_O}/listor/<int:import_id>", "samordnare", at="/omraden/{network}/listor/{taken}"),
    seen("/tackning", "samordnare"),
    seen("/kvarten", "kontakt"),
    seen("/kvarten/lapp", "kontakt", at="/kvarten/lapp?kort=ramnumret"),
    seen("/kvarten/lapp", "kontakt", at="/kvarten/lapp?nr={number}"),
    seen("/intressen", "samordnare"),
    seen("/utbildningar", *STAFF),
    seen("/utbildningar/<int:training_id>", *STAFF),
    seen("/utbildningar/<int:training_id>/stall-in", *STAFF),
    seen("/vantar", "samordnare"),
    seen("/visningar", "samordnare"),
    seen("/atgarder", *WORKING),
    seen("/skyltar", *STAFF),
    seen("/lofte", "samordnare"),
    seen("/rad/kalender", *WORKING),
    seen("/rad/tackning", *WORKING),
    seen("/manadsbrev", *STAFF),
    seen("/manadsbrev/<month>", *STAFF, at="/manadsbrev/2026-02"),
    seen("/manadsbrev/<month>", *STAFF, at="/manadsbrev/2026-01"),
    seen("/manadsbrev/<month>", *STAFF, at="/manadsbrev/2025-12"),
    seen("/manadsbrev/<month>/siffror", *STAFF, at="/manadsbrev/2026-02/siffror"),
    seen("/rad/efter-inbrott", "samordnare"),
    seen("/rad/kalender/<int:entry_id>", "samordnare", at="/rad/kalender/{welcome}"),
    seen("/rad/kalender/<int:entry_id>", "samordnare", at="/rad/kalender/{proposal}"),
    seen("/rad/kalender/ny", "samordnare"),
    seen("/rad/kalender/godkann", "samordnare"),
    seen("/rad/kalender/<int:entry_id>", *WORKING, at="/rad/kalender/{entry}"),
    seen("/rad/kalender/<int:entry_id>", "samordnare", at="/rad/kalender/{missed_entry}"),
    seen("/rad/kalender/<int:entry_id>/andra", "samordnare", at="/rad/kalender/{entry}/andra"),
    seen("/lofte/uppfoljning", "samordnare"),
    seen("/installningar", "samordnare"),
    seen("/installningar/ord", "samordnare"),
    seen("/gallring", "administrator"),
    seen("/installningar/nycklar", "samordnare"),
    seen("/installningar/anrop", "samordnare"),
    seen("/installningar/anrop/<int:webhook_id>", "samordnare", at="/installningar/anrop/{webhook}"),
    seen("/installningar/anrop/<int:webhook_id>", "samordnare", at="/installningar/anrop/{paused_webhook}"),
    seen("/installningar/ord/<phrase>", "samordnare", at="/installningar/ord/advice.lock"),
)
PAGES = (*FOR_ALL, *FOR_NEIGHBOURS, *AT_WORK)

# Files, and answers to machines and to parts of pages.
NO_PAGES = frozenset(
    {
        "/v/<name>/<mark>/<path:file>",
        "/.well-known/security.txt",
        *("/api/v1/networks", "/api/v1/alerts", "/api/v1/statistics", "/api/v1/openapi.json"),
        "/halsa/live",
        "/halsa/redo",
        "/ga-med/kontakt.vcf",
        "/kommun/<code>/lofte.csv",
        "/kommun/<code>/varningar.atom",
        "/kommun/<code>/varningar.json",
        "/omrade/<int:network_id>/varningar.atom",
        "/omrade/<int:network_id>/varningar.json",
        "/n/<figures:number>/lapp.pdf",
        "/n/<figures:number>/kalender.ics",
        "/lofte/uppfoljning.csv",
        "/rad/tackning.csv",
        "/manadsbrev/mall.csv",
        "/brev/<code>/<month>/lapp.pdf",
        "/brev/<code>/<month>/lappar.pdf",
        "/min-sida/allt.json",
        "/moten/<uid>.ics",
        "/utbildningar/<uid>.ics",
        "/tips/<key>/lapp.pdf",
        "/tips/<key>/lappar.pdf",
        "/skydda-ditt-hem.pdf",
        "/papper/<name>.pdf",
        "/papper/jag-vill-vara-med.pdf",
        f"{_O}/grannlista.pdf",
        f"{_O}/hushall/lista.pdf",
        f"{_O}/lappar/<int:batch_id>/<paper>.pdf",
        f"{_O}/atgarder/agare.pdf",
        f"{_O}/listor/mall.csv",
        f"{_O}/listor/<int:import_id>/brev/<int:batch_id>.pdf",
        f"{_O}/moten/<int:meeting_id>/<paper>.pdf",
        f"{_O}/skyltar/<int:order_id>.pdf",
        "/varningar/<int:alert_id>/lage",
        "/varningar/<int:alert_id>/knacka.pdf",
        "/varningar/<int:alert_id>/lappar.pdf",
        "/varningar/delar/<int:network_id>",
    }
)
# What stands on a page before anything has happened, for those of a municipality where nothing has.
EMPTY = (
    seen("/kommun/<code>", at="/kommun/1285"),
    seen("/kommun/<code>/lofte", at="/kommun/1285/lofte"),
    seen("/kommun/<code>/leverans", at="/kommun/1285/leverans"),
    seen("/hem", "samordnare-eslov", "kontakt-eslov"),
    seen("/varningar", "samordnare-eslov", "kontakt-eslov"),
    seen("/omraden", "samordnare-eslov", at="/omraden?q=finns+inte"),
    seen("/polishandelser", "samordnare-eslov"),
    *(
        seen(f"{_O}/{page}", "samordnare-eslov", at=f"/omraden/{{Marieholm}}/{page}")
        for page in ("lage", "kontaktombud", "lappar", "moten", "skyltar", "visningar", "delar", "dela", "sla-ihop")
    ),
    seen(f"{_O}/hushall", "kontakt-eslov", at="/omraden/{Marieholm}/hushall"),
    seen(f"{_O}/nyinflyttade", "kontakt-eslov", at="/omraden/{Marieholm}/nyinflyttade"),
    seen("/kvarten", "kontakt-eslov"),
    *(
        seen(page, "samordnare-eslov")
        for page in ("/intressen", "/utbildningar", "/atgarder", "/skyltar", "/lofte", "/installningar")
    ),
    seen("/rad/kalender", "samordnare-eslov", "kontakt-eslov"),
    seen("/rad/tackning", "samordnare-eslov", "kontakt-eslov"),
    seen("/manadsbrev", "samordnare-eslov"),
    seen("/rad/kalender/godkann", "samordnare-eslov"),
)

"""Every act of the product (a POST route) and what becomes of it when it was a mistake. A route that is not here fails.

`Harmless` takes nothing away, or is changed back the same way. `Adds` makes something that another act takes away.
`Undone` is taken back by an act that the row names, tried here or in the test it names. `Asked` cannot be taken back: a
page asks first, names the thing and how many, and a form without the yes changes nothing.

In addresses and forms `{network}` and the like stand for what the town of test_destructive.py has.
"""

from dataclasses import dataclass, field

Form = dict[str, str | list[str]]


@dataclass(frozen=True)
class Harmless:
    route: str
    why: str


@dataclass(frozen=True)
class Adds:
    route: str
    back: str  # the route that takes it away


@dataclass(frozen=True)
class Undone:
    """`does` and `back`: who, address, form. `seen` is a question to the rows whose answer changes, and changes back.
    `by` is a test that does it instead: file and name."""

    route: str
    does: tuple[str, str, Form] = ("", "", {})
    back: tuple[str, str, Form] = ("", "", {})
    seen: str = ""
    by: str = ""


@dataclass(frozen=True)
class Asked:
    """`who` sends `form` (what they act on) to `address`. The question stands on `page`, or is the answer to that.
    `chosen` are the answers it asks for. `names`: what the question says; the first stands in the form itself."""

    route: str
    who: str
    address: str
    names: tuple[str, ...]
    page: str = ""
    form: Form = field(default_factory=dict)
    chosen: Form = field(default_factory=dict)


Row = Harmless | Adds | Undone | Asked
_O, _N = "/omraden/<int:network_id>", "/omraden/{network}"
_R, _L = "/rad/kalender/<int:entry_id>", "/manadsbrev/<month>"


def _harmless(why: str, *routes: str) -> tuple[Harmless, ...]:
    return tuple(Harmless(f"POST {route}", why) for route in routes)


HARMLESS = (
    *_harmless(
        "changes nothing",
        *("/varningar/visa", "/varningar/vakta", f"{_O}/ta-ut", "/intressen/visa/<int:interest_id>"),
        *("/installningar/ord/<phrase>/visa", "/rad/<key>/vakta"),
    ),
    *_harmless("a draft, which says nothing to anybody and is thrown away as any other", "/api/v1/drafts"),
    *_harmless("one more in a count, and nobody's answer", "/tips/<key>/svar"),
    *_harmless(
        "only this browser's",
        *("/logga-in", "/logga-in/demo/<int:place>", "/logga-ut", "/sprak", "/logga-in/kod"),
        *("/logga-in/nyckel", "/logga-in/nyckel/fraga", "/logga-in/ny-nyckel/fraga", "/konto/inloggning/nyckel/fraga"),
        *("/konto/inloggning/nyckel/borja", "/konto/bekrafta/nyckel/fraga", "/konto/bekrafta"),
    ),
    *_harmless(
        "a step of a form, before anything is kept",
        *("/ga-med", "/ga-med/var", "/ga-med/hur", "/ga-med/kod", "/min-sida", "/min-sida/kod", "/konto"),
        *("/anmal-intresse/<code>", "/min-sida/ny-adress", "/min-sida/flytta/<int:household_id>"),
    ),
    *_harmless(
        "is changed back the same way",
        *("/min-sida/niva", "/min-sida/sprak", "/min-sida/tysta-timmar", "/min-sida/syns/<int:household_id>"),
        *("/min-sida/grannlista/<int:household_id>", "/min-sida/ny-adress/kod", "/installningar"),
        "/installningar/ord/<phrase>",
        "/rad/efter-inbrott",
        *("/rad/<key>/andra", "/rad/<key>/aterstall"),  # every wording is kept, and can be taken back
        *("/varningar/<int:alert_id>/senare", "/varningar/<int:alert_id>/natt", "/konto/bort"),
        *("/varningar/<int:alert_id>/inbjudan", "/varningar/<int:alert_id>/provutskick"),
        *("/varningar/<int:alert_id>/andra", f"{_O}/andra", f"{_O}/delar/<int:unit_id>"),
        *(f"{_O}/moten/<int:meeting_id>/flytta", f"{_O}/atgarder/<int:point_id>"),
        *(f"{_O}/moten/<int:meeting_id>/hallet", "/utbildningar/<int:training_id>/hallen"),
        f"{_O}/listor/<int:import_id>/kolumner",
        f"{_O}/hushall/lamna-over",  # whoever was given them gives them back
    ),
    *_harmless(
        "says that something is done; nothing is lost",
        *(f"{_O}/skyltar/<int:order_id>/uppe", f"{_O}/kontaktombud/<int:role_id>/utbildad"),
        *(f"{_O}/listor/<int:import_id>/brev/utskrivna", f"{_O}/arskontroll", "/uppgifter/<token>/arskontroll"),
    ),
    *_harmless(
        "as drafts that nobody has approved, and each can be ended", "/rad/kalender/forval", "/rad/kalender/nya"
    ),
    *_harmless("a draft, which says nothing to anybody and is changed back the same way", f"{_L}/borja", _L),
    *_harmless("is changed back the same way, as long as no letter has gone", f"{_L}/siffror"),
    *_harmless("pausing takes it back", f"{_R}/godkann", "/rad/kalender/godkann"),
    *_harmless("is changed back the same way, and waits for somebody's approval", f"{_R}/andra"),
    *_harmless("reaches nobody but oneself", "/varningar/<int:alert_id>/prov"),
    *_harmless("a change of the draft ends the asking", "/varningar/<int:alert_id>/fraga"),
    *_harmless("whoever wrote it may ask again", "/varningar/<int:alert_id>/neka"),
    *_harmless("asks whether 112 has been called, and keeps nothing", "/varningar/pagar"),
    *_harmless("what people have let go goes on; beside it stands what stops it", "/varningar/<int:alert_id>/fortsatt"),
    *_harmless("takes back what was let go; its page leads to writing it anew", "/varningar/<int:alert_id>/angra"),
    *_harmless(
        "goes sooner what has been let go, and would go by itself",
        *("/varningar/<int:alert_id>/vidare/<int:network_id>", "/uppgifter/<token>/vidare/<int:alert_id>"),
    ),
    *_harmless("goes on, from the state that the page showed", f"{_O}/lage"),
    *_harmless("an account of one's own, by a code; nobody loses theirs", "/inbjudan"),
    *_harmless("one signs in there again", "/konto/inloggning/ut"),
    *_harmless("is changed back the same way; whoever has lost it gets a code", "/konto/inloggning/losenord"),
    *_harmless("a line in the log", "/policy-rapport"),
    *_harmless("a call that tells of nothing", "/installningar/anrop/<int:webhook_id>/prov"),
    *_harmless("the secret before holds for another day", "/installningar/anrop/<int:webhook_id>/byt"),
    *_harmless("with a code of the app; the next sign-in takes another", "/konto/inloggning/byt-app"),
    *_harmless("with a code of the app, which is changed with another", "/logga-in/ny-app"),
    *_harmless("a first key, which is taken away when there is another way in", "/logga-in/ny-nyckel"),
    *_harmless(
        "what providers and phones say",
        *("/ingang/twilio/status", "/ingang/twilio/svar", "/ingang/46elks/status", "/ingang/46elks/svar"),
        *("/ingang/epost", "/demo/telefoner/<int:key>/svar"),
    ),
    *_harmless("gives households that nobody has; given on by dela-ut", f"{_O}/kontaktombud/fordela"),
    *_harmless("a code that is used once and ends by itself", f"{_O}/kontaktombud/<int:role_id>/bjud-in"),
    *_harmless("an owner or a place more, and no name of anybody", f"{_O}/skyltar/agare", f"{_O}/skyltar/plats"),
    *_harmless("what is to be done; it is answered as not to be", f"{_O}/moten/<int:meeting_id>/atgard"),
)
ADDS = tuple(
    Adds(f"POST {route}", f"POST {back}")
    for route, back in (
        ("/varningar/ny", "/varningar/<int:alert_id>/slang"),
        ("/varningar/inbjudan", "/varningar/<int:alert_id>/slang"),
        ("/varningar/provutskick", "/varningar/<int:alert_id>/slang"),
        ("/varningar/<int:alert_id>/inbjudna", "/varningar/<int:alert_id>/slang"),
        ("/varningar/<int:alert_id>/granska", "/varningar/<int:alert_id>/slang"),
        ("/varningar/<int:alert_id>/folj-upp", "/varningar/<int:alert_id>/slang"),
        ("/varningar/<int:alert_id>/faran-over", "/varningar/<int:alert_id>/slang"),
        ("/konto/kod", "/konto/bort"),
        ("/installningar/nycklar", "/installningar/nycklar/<int:key_id>/avsluta"),
        ("/installningar/anrop", "/installningar/anrop/<int:webhook_id>/ta-bort"),
        ("/gallring", "/gallring/<int:hold_id>/slapp"),
        ("/konto/inloggning/nyckel", "/konto/inloggning/nyckel/bort"),
        ("/varningar/<int:alert_id>/ratta", "/varningar/<int:alert_id>/slang"),
        ("/ga-med/val", "/min-sida/lamna/<int:household_id>"),
        ("/anmal-intresse/kod", "/min-sida/radera"),
        ("/kvarten/lapp", "/kvarten/<int:task_id>"),
        ("/omraden/nytt", f"{_O}/avsluta"),
        (f"{_O}/delar", f"{_O}/delar/<int:unit_id>/ta-bort"),
        (f"{_O}/kontaktombud", f"{_O}/kontaktombud/<int:role_id>/sluta"),
        (f"{_O}/hushall/nytt", f"{_O}/hushall/<int:household_id>/lamnar"),
        (f"{_O}/vantar", f"{_O}/hushall/<int:household_id>/lamnar"),
        (f"{_O}/nyinflyttade", f"{_O}/nyinflyttade/<int:task_id>"),
        (f"{_O}/nyinflyttade/<int:task_id>", f"{_O}/nyinflyttade"),  # written up again
        (f"{_O}/nyinflyttade/<int:task_id>/valkommen", f"{_O}/lappar/<int:batch_id>/dra-tillbaka"),
        (f"{_O}/lappar", f"{_O}/lappar/<int:batch_id>/dra-tillbaka"),
        (f"{_O}/listor", f"{_O}/listor/<int:import_id>/kasta"),
        (f"{_O}/listor/<int:import_id>/brev", f"{_O}/listor/<int:import_id>/kasta"),
        (f"{_O}/moten", f"{_O}/moten/<int:meeting_id>/stall-in"),
        (f"{_O}/moten/<int:meeting_id>/bjud-in", f"{_O}/moten/<int:meeting_id>/stall-in"),
        ("/utbildningar", "/utbildningar/<int:training_id>/stall-in"),
        ("/utbildningar/<int:training_id>/bjud-in", "/utbildningar/<int:training_id>/stall-in"),
        (f"{_O}/skyltar", f"{_O}/skyltar/<int:order_id>/ta-tillbaka"),
        (f"{_O}/skyltar/plats/<int:place_id>/byt", f"{_O}/skyltar/<int:order_id>/ta-tillbaka"),
        ("/lofte", "/lofte/<int:target_id>/sluta"),
        ("/rad/kalender/ny", f"{_R}/avsluta"),
    )
)

_TASK = "SELECT closed_at IS NULL FROM task WHERE id = {task}"
_STATE = "SELECT state FROM network_state_span WHERE network_id = {network} AND until IS NULL"
_DONE, _NOT_DONE = {"gor": "klart"}, {"gor": "angra"}
_USE, _CARD = "/rad/altandorren/bruk", "SELECT is_disabled FROM card_edition WHERE card_key = 'altandorren'"
UNDONE = (
    Undone(
        "POST /rad/<key>/bruk",
        ("samordnare", _USE, {"gor": "ur"}),
        ("samordnare", _USE, {"gor": "i"}),
        f"SELECT count(*) FROM ({_CARD} ORDER BY id DESC LIMIT 1) AS newest WHERE is_disabled",
    ),
    Undone(
        "POST /kvarten/<int:task_id>",
        ("kontakt", "/kvarten/{task}", {**_DONE}),
        ("kontakt", "/kvarten/{task}", {**_NOT_DONE}),
        _TASK,
    ),
    Undone(
        f"POST {_R}/paus",
        ("samordnare", "/rad/kalender/{entry}/paus", {}),
        ("samordnare", "/rad/kalender/{entry}/fortsatt", {}),
        "SELECT state FROM plan_entry WHERE id = {entry}",
    ),
    Undone(f"POST {_R}/fortsatt", by="tests/web/test_advice_calendar.py::test_an_entry_is_paused_and_goes_on"),
    Undone(
        f"POST {_R}/hoppa",
        ("samordnare", "/rad/kalender/{entry}/hoppa", {"dag": "{entry_next}"}),
        ("samordnare", "/rad/kalender/{entry}/hoppa-inte", {"dag": "{entry_next}"}),
        "SELECT count(*) FROM plan_run WHERE entry_id = {entry}",
    ),
    Undone(f"POST {_R}/hoppa-inte", by="tests/web/test_advice_calendar.py::test_a_time_is_skipped_and_not_skipped"),
    Undone(
        "POST /uppgifter/<token>/<int:task_id>",
        ("", "/uppgifter/{duties_token}/{task}", {**_DONE}),
        ("", "/uppgifter/{duties_token}/{task}", {**_NOT_DONE}),
        _TASK,
    ),
    Undone(
        f"POST {_O}/uppgifter/<int:task_id>",
        ("samordnare", f"{_N}/uppgifter/{{vacancy}}", {**_DONE}),
        ("samordnare", f"{_N}/uppgifter/{{vacancy}}", {**_NOT_DONE}),
        "SELECT closed_at IS NULL FROM task WHERE id = {vacancy}",
    ),
    Undone(
        "POST /varningar/<int:alert_id>/hushall/<int:household_id>",
        ("kontakt", "/varningar/{alert}/hushall/{household}", {"besok": "berattat"}),
        ("kontakt", "/varningar/{alert}/hushall/{household}", {"besok": "angra"}),
        "SELECT count(*) FROM visit WHERE alert_id = {alert}",
    ),
    Undone(
        f"POST {_O}/arskontroll/beslut",
        ("samordnare", f"{_N}/arskontroll/beslut", {"beslut": "vila"}),
        ("samordnare", f"{_N}/arskontroll/beslut", {"beslut": "behall"}),
        _STATE,
    ),
    Undone(
        "POST /installningar/anrop/<int:webhook_id>/pausa",
        ("samordnare", "/installningar/anrop/{webhook}/pausa", {}),
        ("samordnare", "/installningar/anrop/{webhook}/fortsatt", {}),
        "SELECT paused_at IS NULL FROM webhook WHERE id = {webhook}",
    ),
    Undone(
        "POST /installningar/anrop/<int:webhook_id>/fortsatt",
        ("samordnare", "/installningar/anrop/{paused_webhook}/fortsatt", {}),
        ("samordnare", "/installningar/anrop/{paused_webhook}/pausa", {}),
        "SELECT paused_at IS NULL FROM webhook WHERE id = {paused_webhook}",
    ),
    Undone(
        "POST /min-sida/paus",
        ("granne", "/min-sida/paus", {}),
        ("granne", "/min-sida/paus", {"slut": "1"}),
        "SELECT paused_until IS NULL FROM person WHERE id = {neighbour}",
    ),
    Undone(
        "POST /min-sida/kanaler",
        ("granne", "/min-sida/kanaler", {"mejl": "y"}),
        ("granne", "/min-sida/kanaler", {"mejl": "y", "sms": "y"}),
        "SELECT count(*) FROM consent WHERE person_id = {neighbour} AND withdrawn_at IS NULL",
    ),
    Undone(
        "POST /avsluta/<token>",
        ("", "/avsluta/{stop_token}", {}),
        ("granne", "/min-sida/kanaler", {"mejl": "y", "sms": "y"}),
        "SELECT count(*) FROM consent WHERE person_id = {neighbour} AND withdrawn_at IS NULL",
    ),
    Undone(
        f"POST {_O}/skyltar/agare/<int:owner_id>",
        ("samordnare", f"{_N}/skyltar/agare/{{owner}}", {"nej": "1"}),
        ("samordnare", f"{_N}/skyltar/agare/{{owner}}", {}),
        "SELECT approved_on IS NULL FROM property_owner WHERE id = {owner}",
    ),
    Undone(
        f"POST {_O}/skyltar/plats/<int:place_id>",
        ("kontakt", f"{_N}/skyltar/plats/{{place}}", {"gor": "nere"}),
        ("kontakt", f"{_N}/skyltar/plats/{{place}}", {"gor": "tillbaka"}),
        "SELECT removed_on IS NULL FROM sign_place WHERE id = {place}",
    ),
    Undone(
        f"POST {_O}/listor/<int:import_id>/ta-in",
        by="tests/web/test_imports.py::test_a_list_from_file_to_members_and_back",
    ),
)

ASKED = (
    Asked(
        "POST /varningar/<int:alert_id>/godkann",
        *("polis", "/varningar/{checked}/godkann"),
        ("Skicka varning till 13 hushåll", "Nyby", "Uppgiften är bekräftad av polisen"),
        page="/varningar/{checked}/granska",
        chosen={"sant": "ja"},
    ),
    Asked(
        "POST /varningar/<int:alert_id>/tillsammans",
        *("polis", "/varningar/{joint}/tillsammans"),
        ("Skicka till 14 hushåll i Höör och Eslöv", "Nyby", "Marieholm", "Uppgiften är bekräftad av polisen"),
        page="/varningar/{joint}/tillsammans",
        chosen={"sant": "ja"},
    ),
    Asked(
        "POST /varningar/<int:alert_id>/slang",
        *("polis", "/varningar/{draft}/slang"),
        ("Släng utkastet till Nyby", "Inget har skickats"),
    ),
    Asked(
        "POST /varningar/<int:alert_id>/stoppa",
        *("polis", "/varningar/{going}/stoppa"),
        ("Stoppa nr {going_number} nu", "går inte att få tillbaka"),
        page="/varningar/{going}/stoppa",
    ),
    Asked(
        f"POST {_O}/kontaktombud/<int:role_id>/sluta",
        *("samordnare", f"{_N}/kontaktombud/{{role}}/sluta"),
        ("Åsa Öberg med 13 hushåll", "Nyby"),
        page=f"{_N}/kontaktombud/{{role}}/sluta",
        chosen={"because": "wish"},
    ),
    Asked(
        f"POST {_O}/sluta-som-ombud",
        *("kontakt", f"{_N}/sluta-som-ombud"),
        ("Sluta som kontaktombud i Nyby", "13 hushåll"),
        page=f"{_N}/sluta-som-ombud",
    ),
    Asked(
        f"POST {_O}/kontaktombud/dela-ut",
        *("samordnare", f"{_N}/kontaktombud/dela-ut"),
        ("Ge 7 hushåll till", "Nybyvägen"),
        form={"unit": "{unit}", "role": "{deputy}"},
    ),
    Asked(
        f"POST {_O}/hushall/forfragan/<int:request_id>",
        *("kontakt", f"{_N}/hushall/forfragan/{{request}}"),
        ("Släpp inte in Nybyvägen 30 i Nyby",),
        form={"svar": "nej"},
    ),
    Asked(
        f"POST {_O}/hushall/<int:household_id>/lamnar",
        *("kontakt", f"{_N}/hushall/{{household}}/lamnar"),
        ("Ta bort 1 hushåll från Nyby", "Nybyvägen 1"),
        page=f"{_N}/hushall/{{household}}/lamnar",
        chosen={"because": "moved"},
    ),
    Asked(
        f"POST {_O}/listor/<int:import_id>/angra",
        *("samordnare", f"{_N}/listor/{{taken}}/angra"),
        ("Ångra och ta bort ett hushåll och ett brev från Nyby",),
    ),
    Asked(
        f"POST {_O}/listor/<int:import_id>/kasta",
        *("samordnare", f"{_N}/listor/{{waiting}}/kasta"),
        ("Kasta listan för Nyby med 3 rader",),
    ),
    Asked(
        f"POST {_O}/listor/<int:import_id>/kasta",
        *("samordnare", f"{_N}/listor/{{taken}}/kasta"),
        ("Radera uppgifterna till ett brev i Nyby",),
    ),
    Asked(
        "POST /installningar/nycklar/<int:key_id>/avsluta",
        *("samordnare", "/installningar/nycklar/{api_key}/avsluta"),
        ("Avsluta nyckeln ”Kartan”", "får inget svar"),
    ),
    Asked(
        "POST /gallring/<int:hold_id>/slapp",
        *("administrator", "/gallring/{hold}/slapp"),
        ("Släpp undantaget för ”Svar på sms”", "raderas inom en timme"),
    ),
    Asked(
        "POST /installningar/anrop/<int:webhook_id>/ta-bort",
        *("samordnare", "/installningar/anrop/{webhook}/ta-bort"),
        ("Sluta anropa ”Kartan”", "raderas"),
    ),
    Asked(
        "POST /installningar/ord/<phrase>/aterstall",
        *("samordnare", "/installningar/ord/advice.lock/aterstall"),
        ("Använd standardorden för ”Lås”", "I sms:et: lås"),
    ),
    Asked(
        "POST /intressen",
        *("samordnare", "/intressen"),
        ("Avsluta 2 anmälningar från Ekvägen, Kvarteret Alen", "raderas"),
        form={"gor": "close", "val": ["{interest}", "{other_interest}"]},
    ),
    Asked(
        f"POST {_O}/moten/<int:meeting_id>/stall-in",
        *("kontakt", f"{_N}/moten/{{meeting}}/stall-in"),
        ("Ställ in mötet i Nyby", "Informationsmöte", "Biblioteket", "Ingen är bjuden med sms eller mejl än"),
        page=f"{_N}/moten/{{meeting}}/stall-in",
    ),
    Asked(
        "POST /utbildningar/<int:training_id>/stall-in",
        *("samordnare", "/utbildningar/{training}/stall-in"),
        ("Ställ in utbildningen fredag 13 mars", "Polishuset", "3 kontaktombud har en plats"),
        page="/utbildningar/{training}/stall-in",
    ),
    Asked(
        f"POST {_O}/grannlista",
        *("samordnare", f"{_N}/grannlista"),
        ("Töm grannlistan i Nyby med 2 hushåll och sluta",),
        page=f"{_N}/grannlista",
        form={"pa": "0"},
    ),
    Asked(
        f"POST {_O}/grans",
        *("samordnare", f"{_N}/grans"),
        ("Ta bort gränsen för Nyby",),
        form={"ta-bort": "1"},
    ),
    Asked(
        f"POST {_O}/vila",  # it wakes again, but only when it fulfils what is asked of an active one
        *("samordnare", f"{_N}/vila"),
        ("Låt Nyby vila", "37 hushåll finns kvar"),
        page=f"{_N}/vila",
        chosen={"because": "paused"},
    ),
    Asked(
        f"POST {_O}/avsluta",
        *("samordnare", f"{_N}/avsluta"),
        ("Avsluta Nyby med 37 hushåll", "2 kontaktombuds uppdrag"),
        page=f"{_N}/avsluta",
        chosen={"because": "wish"},
    ),
    Asked(
        f"POST {_O}/sla-ihop",
        *("samordnare", f"{_N}/sla-ihop"),
        ("Flytta 37 hushåll från Nyby och slå ihop", "Nyby avslutas"),
        page=f"{_N}/sla-ihop",
        chosen={"into": "{Tjörnarp}"},
    ),
    Asked(
        f"POST {_O}/dela",
        *("samordnare", f"{_N}/dela"),
        ("Dela Nyby", "Nybyvägen, 7 hushåll"),
        page=f"{_N}/dela",
        chosen={"name": "Nyby norra", "units": "{unit}"},
    ),
    Asked(
        f"POST {_O}/delar/<int:unit_id>/flytta",
        *("samordnare", f"{_N}/delar/{{unit}}/flytta"),
        ("Flytta 7 hushåll", "Nybyvägen"),
        page=f"{_N}/delar/{{unit}}",
        chosen={"till": "0"},
    ),
    Asked(
        f"POST {_O}/delar/<int:unit_id>/ta-bort",
        *("samordnare", f"{_N}/delar/{{empty}}/ta-bort"),
        ("Ta bort Tomtebo från Nyby",),
    ),
    Asked(
        "POST /min-sida/lamna/<int:household_id>",
        *("granne", "/min-sida/lamna/{household}"),
        ("Lämna Nyby", "raderar dina uppgifter"),
        page="/min-sida/lamna/{household}",
    ),
    Asked(
        "POST /min-sida/radera",
        *("granne", "/min-sida/radera"),
        ("Radera allt om mig", "Du är med i ett område: Nyby."),
        page="/min-sida/radera",
    ),
    Asked(
        "POST /min-sida/flytta/<int:household_id>/<int:network_id>",
        *("granne", "/min-sida/flytta/{household}/{Tjörnarp}"),
        ("Flytta till Tjörnarp",),
        page="/min-sida/flytta/{household}/{Tjörnarp}",
        chosen={"unit": "0", "label": "Hus 9"},
    ),
    Asked(
        "POST /konto/inloggning/nyckel/bort",
        *("samordnare", "/konto/inloggning/nyckel/bort"),
        ("Ta bort nyckeln ”Telefonen”", "Den går inte att logga in med längre"),
        form={"var": "{key}"},
    ),
    Asked(
        "POST /lofte/<int:target_id>/sluta",
        *("samordnare", "/lofte/{target}/sluta"),
        ("Sluta visa löftet ”4 nya områden till och med 31/12 2026”",),
    ),
    Asked(
        f"POST {_R}/avsluta",
        *("samordnare", "/rad/kalender/{entry}/avsluta"),
        ("Avsluta ”Stäng fönstren när du går ut”",),
    ),
    Asked(
        f"POST {_L}/skicka",
        *("samordnare", "/manadsbrev/2026-01/skicka"),
        ("Skicka brevet till",),
    ),
    Asked(
        f"POST {_R}/skicka",
        *("samordnare", "/rad/kalender/{missed_entry}/skicka"),
        ("Skicka rådet till", "Lås fast cykelns ram"),
        form={"dag": "{missed_due}"},
    ),
    Asked(
        f"POST {_O}/skyltar/<int:order_id>",
        *("samordnare", f"{_N}/skyltar/{{order}}"),
        ("Neka Nyby 3 skyltar, 12 dekaler",),
        form={"lage": "declined"},
    ),
    Asked(
        f"POST {_O}/skyltar/<int:order_id>/ta-tillbaka",
        *("kontakt", f"{_N}/skyltar/{{order}}/ta-tillbaka"),
        ("Ta tillbaka 3 skyltar, 12 dekaler till Nyby",),
    ),
    Asked(
        f"POST {_O}/lappar/<int:batch_id>/dra-tillbaka",
        *("kontakt", f"{_N}/lappar/{{batch}}/dra-tillbaka"),
        ("Dra tillbaka 12 lappar för Nyby, Nybyvägen", "Ingen har gått med"),
    ),
)
ACTS: tuple[Row, ...] = (*HARMLESS, *ADDS, *UNDONE, *ASKED)

import pytest

from grannsamverkan.domain import places
from grannsamverkan.foundation.database import Database
from grannsamverkan.foundation.errors import NotFound
from tests.support.builders import ESLOV, HOOR, HORBY, NOW


def test_a_served_municipality_signs_with_its_name(database: Database) -> None:
    with database.write() as session:
        first = places.serve(session, HOOR, mail_name="hoor", now=NOW)
        assert (first.sender_name, first.mail_name, first.since) == ("Grannsamverkan Höör", "hoor", NOW)
        first.sender_name = "Grannsamverkan i Höör"
        assert places.serve(session, HOOR, mail_name="annat", now=NOW) is first
        assert (first.sender_name, first.mail_name) == ("Grannsamverkan i Höör", "hoor")


def test_the_local_police_have_their_municipalities_in_swedish_order(database: Database) -> None:
    with database.write() as session:
        for code, mail_name in ((HORBY, "horby"), (HOOR, "hoor"), (ESLOV, "eslov"), ("0180", "stockholm")):
            places.serve(session, code, mail_name=mail_name, now=NOW)
        area = places.municipality(session, HOOR).local_police_area_id or 0
        assert places.local_police_area(session, area).name.endswith("Eslöv")
        assert [m.name for m in places.municipalities_of_police(session, area)] == ["Eslöv", "Hörby", "Höör"]
        assert [m.name for m in places.served(session)] == ["Eslöv", "Hörby", "Höör", "Stockholm"]


def test_what_every_page_says_are_the_names_of_those_that_are_served(database: Database) -> None:
    with database.write() as session:
        for code in ("1380", "1285", "0114"):  # Halmstad, Eslöv, Upplands Väsby
            places.serve(session, code, now=NOW)
        names = places.served_names(session)
        assert names == [row.name for row in places.served(session)] == ["Eslöv", "Halmstad", "Upplands Väsby"]


def test_what_is_not_there_or_not_served_is_not_found(database: Database) -> None:
    with database.write() as session:
        assert places.municipality(session, "0180").name == "Stockholm"
        for look in (
            lambda: places.served_municipality(session, "0180"),
            lambda: places.municipality(session, "0000"),
            lambda: places.serve(session, "0000", mail_name="x", now=NOW),
            lambda: places.local_police_area(session, 4711),
        ):
            with pytest.raises(NotFound):
                look()

"""Which municipality an event concerns."""

import pytest
from sqlmodel import Session

from grannsamverkan.domain.police.placing import Gazetteer, Placing
from grannsamverkan.domain.police.tables import PlaceCertainty


@pytest.mark.parametrize(
    ("place_name", "title_place", "placing"),
    [
        ("Höör", "Höör", Placing("1267", "12", PlaceCertainty.MUNICIPALITY)),
        ("Höör", None, Placing("1267", "12", PlaceCertainty.MUNICIPALITY)),
        ("Höör", "Tjörnarp", Placing("1267", "12", PlaceCertainty.MUNICIPALITY)),
        ("Höör", "Skåne län", Placing("1267", "12", PlaceCertainty.MUNICIPALITY)),
        ("Upplands väsby", "Upplands Väsby", Placing("0114", "01", PlaceCertainty.MUNICIPALITY)),
        ("Skåne län", "Höör", Placing("1267", "12", PlaceCertainty.TITLE)),
        ("Skåne län", "ÖSTRA GÖINGE", Placing("1256", "12", PlaceCertainty.TITLE)),
        ("Skåne län", "Skåne län", Placing(None, "12", PlaceCertainty.COUNTY)),
        ("Skåne län", "Tjörnarp", Placing(None, "12", PlaceCertainty.COUNTY)),
        ("Skåne län", None, Placing(None, "12", PlaceCertainty.COUNTY)),
        ("Eslöv", "Hörby", Placing(None, "12", PlaceCertainty.CONFLICT)),
        ("Skåne län", "Högsby", Placing(None, None, PlaceCertainty.CONFLICT)),
        ("Höör", "Kalmar län", Placing(None, None, PlaceCertainty.CONFLICT)),
        ("", "Höör", Placing(None, None, PlaceCertainty.UNKNOWN)),
        ("Öresund", "Höör", Placing(None, None, PlaceCertainty.UNKNOWN)),
    ],
)
def test_the_finest_place_that_nothing_contradicts(
    session: Session, place_name: str, title_place: str | None, placing: Placing
) -> None:
    assert Gazetteer(session).place(place_name, title_place) == placing

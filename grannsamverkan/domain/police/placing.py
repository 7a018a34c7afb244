"""Which municipality or county an event concerns. The API's coordinates are one point for each area and say nothing."""

from dataclasses import dataclass

from sqlmodel import Session, select

from grannsamverkan.domain.places import County, Municipality
from grannsamverkan.domain.police.tables import PlaceCertainty


@dataclass(frozen=True, slots=True)
class Placing:
    """Codes as far as they are known, and how."""

    municipality_code: str | None
    county_code: str | None
    certainty: PlaceCertainty


class Gazetteer:
    """The names of municipalities and counties, read once. Case does not matter: the API writes `Upplands väsby`."""

    def __init__(self, session: Session) -> None:
        self._municipalities = {
            name.casefold(): (code, county)
            for code, name, county in session.exec(
                select(Municipality.code, Municipality.name, Municipality.county_code)
            )
        }
        self._counties = {name.casefold(): code for code, name in session.exec(select(County.code, County.name))}

    def place(self, place_name: str, title_place: str | None) -> Placing:
        """Where it was, from the API's place and the title's last part; never guessed from the summary.

        The title's municipality counts only inside the API's county. Two names that exclude each other are a
        conflict, which a person decides.
        """
        municipality, county = self._look_up(place_name)
        title_municipality, title_county = self._look_up(title_place or "")
        if county is None:
            return Placing(None, None, PlaceCertainty.UNKNOWN)
        if title_county and title_county != county:
            return Placing(None, None, PlaceCertainty.CONFLICT)
        if municipality and title_municipality and title_municipality != municipality:
            return Placing(None, county, PlaceCertainty.CONFLICT)
        if municipality:
            return Placing(municipality, county, PlaceCertainty.MUNICIPALITY)
        if title_municipality:
            return Placing(title_municipality, county, PlaceCertainty.TITLE)
        return Placing(None, county, PlaceCertainty.COUNTY)

    def _look_up(self, name: str) -> tuple[str | None, str | None]:
        key = name.casefold()
        if key in self._municipalities:
            return self._municipalities[key]
        return None, self._counties.get(key)

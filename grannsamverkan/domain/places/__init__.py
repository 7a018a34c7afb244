"""Places: county, police area, local police area, municipality."""

from grannsamverkan.domain.places.actions import serve
from grannsamverkan.domain.places.queries import (
    local_police_area,
    municipalities_of_police,
    municipality,
    served,
    served_municipality,
)
from grannsamverkan.domain.places.reference_rows import outline
from grannsamverkan.domain.places.tables import County, LocalPoliceArea, Municipality, ServedMunicipality

__all__ = [
    "County",
    "LocalPoliceArea",
    "Municipality",
    "ServedMunicipality",
    "local_police_area",
    "municipalities_of_police",
    "municipality",
    "outline",
    "serve",
    "served",
    "served_municipality",
]

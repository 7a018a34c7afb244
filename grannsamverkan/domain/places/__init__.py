"""Places: county, police area, local police area, municipality."""

from grannsamverkan.domain.places.actions import serve
from grannsamverkan.domain.places.queries import (
    hold_served,
    local_police_area,
    municipalities_of_police,
    municipality,
    served,
    served_municipality,
    served_names,
)
from grannsamverkan.domain.places.reference_rows import longest_name, outline
from grannsamverkan.domain.places.rules import (
    BOUNDS,
    CHOICES,
    EVERYBODY,
    MUNICIPALITY,
    POLICE,
    STAFF,
    WIDEN,
    YES,
    Rules,
    rules,
    set_apart,
    set_rules,
)
from grannsamverkan.domain.places.tables import County, LocalPoliceArea, Municipality, MunicipalRule, ServedMunicipality

__all__ = [
    "BOUNDS",
    "CHOICES",
    "EVERYBODY",
    "MUNICIPALITY",
    "POLICE",
    "STAFF",
    "WIDEN",
    "YES",
    "County",
    "LocalPoliceArea",
    "MunicipalRule",
    "Municipality",
    "Rules",
    "ServedMunicipality",
    "hold_served",
    "local_police_area",
    "longest_name",
    "municipalities_of_police",
    "municipality",
    "outline",
    "rules",
    "serve",
    "served",
    "served_municipality",
    "served_names",
    "set_apart",
    "set_rules",
]

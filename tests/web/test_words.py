"""Names of municipalities as they write themselves."""

import pytest

from grannsamverkan.web.words import municipality_words


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Höör", "Höörs kommun"),
        ("Eslöv", "Eslövs kommun"),
        ("Umeå", "Umeå kommun"),
        ("Växjö", "Växjö kommun"),
        ("Uppsala", "Uppsala kommun"),
        ("Borås", "Borås kommun"),
        ("Kalmar", "Kalmar kommun"),
        ("Falun", "Falu kommun"),
        ("Gotland", "Region Gotland"),
    ],
)
def test_the_genitive_is_the_municipalitys_own(name: str, expected: str) -> None:
    assert municipality_words(name) == expected

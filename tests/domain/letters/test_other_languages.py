"""Everything that a letter says by itself is said in every language."""

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from grannsamverkan.domain.letters import lines
from grannsamverkan.foundation.catalogues import CATALOGUES, OTHER_LANGUAGES
from grannsamverkan.foundation.resources import PACKAGE


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_every_fragment_of_a_letter_is_translated_and_none_is_left_over(language: str) -> None:
    folder = str(PACKAGE / "domain" / "letters")
    said = {str(words) for _, _, words, _, _ in extract_from_dir(folder, [("**.py", "python")], {}, {"say": (2,)})}
    said |= {*lines._KINDS, *lines._MEETINGS.values()}
    with (CATALOGUES / language / "LC_MESSAGES" / "letters.po").open("rb") as file:
        known = {str(entry.id) for entry in read_po(file, locale=language) if entry.id and entry.string}
    assert known == said

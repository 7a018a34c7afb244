"""A journal keeps what was added to it, through a power cut, and takes nothing that somebody made up."""

from pathlib import Path

import pytest

from grannsamverkan.foundation import journal_file
from grannsamverkan.foundation.journal_file import JournalDamaged
from grannsamverkan.foundation.vault import Vault, new_key

VAULT = Vault(new_key(), new_key())


def test_what_is_added_is_read_again_in_its_order(tmp_path: Path) -> None:
    file = tmp_path / "there" / "journal"
    for number in (1, 2):
        journal_file.append(file, VAULT, [{"a": number}, {"b": number}])
    assert journal_file.read(file, VAULT) == [{"a": 1}, {"b": 1}, {"a": 2}, {"b": 2}]
    assert file.stat().st_mode & 0o077 == 0
    assert journal_file.keep(file, VAULT, lambda entry: entry == {"b": 2}) == 3
    assert journal_file.keep(tmp_path / "none", VAULT, lambda _entry: False) == 0
    assert journal_file.read(file, VAULT) == [{"b": 2}]


def test_half_a_line_is_passed_over_and_costs_no_other(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    journal_file.append(file, VAULT, [{"a": 1}, {"a": 2}])
    file.write_bytes(file.read_bytes()[:-20])
    journal_file.append(file, VAULT, [{"a": 3}])
    assert journal_file.read(file, VAULT) == [{"a": 1}, {"a": 3}]


def test_a_line_that_was_changed_or_made_up_is_not_believed(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    journal_file.append(file, VAULT, [{"a": 1}])
    file.write_text(file.read_text().replace('"a": 1', '"a": 2'))
    with pytest.raises(JournalDamaged, match="line 1"):
        journal_file.read(file, VAULT)
    with pytest.raises(JournalDamaged):
        journal_file.read(file, Vault(new_key(), new_key()))

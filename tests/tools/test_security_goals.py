"""The table of goals is current, every mark is of a goal, and every threat has an attack."""

from tools import security_goals


def test_the_table_is_what_goals_and_marks_say() -> None:
    shown = (security_goals.FOLDER / "goals.md").read_text("utf-8")
    assert shown == security_goals.table(), "run tools/security_goals.py"


def test_every_mark_is_of_a_goal_and_no_goal_stands_twice() -> None:
    ids = [goal.id for goal in security_goals.goals()]
    assert len(ids) == len(set(ids))
    assert set(security_goals.marks()) - set(ids) == set()


def test_whatever_is_not_done_says_why() -> None:
    tests = security_goals.marks()
    for goal in security_goals.goals():
        state = security_goals.state_of(goal, tests.get(goal.id, []))
        assert state == "done" or goal.accepted or goal.open, f"{goal.id} has neither test nor reason"
        assert not (goal.accepted and goal.open), goal.id


def test_every_threat_has_an_attack_that_fails() -> None:
    tests = security_goals.marks()
    for number in range(1, 15):
        assert any("/attacks/" in one for one in tests.get(f"T{number}", [])), f"T{number}"

"""Lists kept elsewhere, brought in: screened, understood, looked at, taken in whole, and taken back within a day."""

from grannsamverkan.domain.membership.lists.applying import Decision, apply
from grannsamverkan.domain.membership.lists.columns import CHOICES, NEVER_STORED, Meaning, Row
from grannsamverkan.domain.membership.lists.letters import (
    LetterBatch,
    letter_batch,
    letter_batches,
    mark_printed,
    waiting_letters,
    write_letters,
)
from grannsamverkan.domain.membership.lists.plan import Judged, Known, Outcome, Plan, make_plan
from grannsamverkan.domain.membership.lists.reading import Problem, Reading, RowReader
from grannsamverkan.domain.membership.lists.screening import Screened, screen
from grannsamverkan.domain.membership.lists.settling import settle
from grannsamverkan.domain.membership.lists.staging import (
    PREVIEW_LIFE,
    Column,
    Line,
    choose,
    columns,
    discard,
    forget,
    imports,
    lines_of,
    locked,
    member_import,
    plan_of,
    stage,
    taken_columns,
)
from grannsamverkan.domain.membership.lists.undoing import (
    UNDO_WITHIN,
    Undone,
    made_households,
    may_be_undone,
    undo,
)

__all__ = [
    "CHOICES",
    "NEVER_STORED",
    "PREVIEW_LIFE",
    "UNDO_WITHIN",
    "Column",
    "Decision",
    "Judged",
    "Known",
    "LetterBatch",
    "Line",
    "Meaning",
    "Outcome",
    "Plan",
    "Problem",
    "Reading",
    "Row",
    "RowReader",
    "Screened",
    "Undone",
    "apply",
    "choose",
    "columns",
    "discard",
    "forget",
    "imports",
    "letter_batch",
    "letter_batches",
    "lines_of",
    "locked",
    "made_households",
    "make_plan",
    "mark_printed",
    "may_be_undone",
    "member_import",
    "plan_of",
    "screen",
    "settle",
    "stage",
    "taken_columns",
    "undo",
    "waiting_letters",
    "write_letters",
]

"""Lifecycle: interests, meetings, training, and the gates a network passes on its way."""

from grannsamverkan.domain.lifecycle.tables import (
    ActionPoint,
    Addressee,
    Interest,
    Meeting,
    MeetingKind,
    MeetingState,
    PersonTraining,
    PointState,
    TrainingSeat,
    TrainingSession,
)

__all__ = [
    "ActionPoint",
    "Addressee",
    "Interest",
    "Meeting",
    "MeetingKind",
    "MeetingState",
    "PersonTraining",
    "PointState",
    "TrainingSeat",
    "TrainingSession",
]

"""How long different messages to single persons are worth sending."""

from datetime import timedelta

WELCOME_LIFE = timedelta(hours=12)
CHANGE_LIFE = timedelta(hours=12)
ANSWER_LIFE = timedelta(days=2)
INVITATION_LIFE = timedelta(days=2)

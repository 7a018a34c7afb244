"""How long invitations to single persons are worth sending."""

from datetime import timedelta

INVITATION_LIFE = timedelta(days=2)

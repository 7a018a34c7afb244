"""django-post_office at work, for `bench compare --peer-python`: run by a Python that has it, and not by ours.

    python peer_program.py DATABASE PORT NUMBER < one line when it is to begin

It says `ready` once its tables are there, then queues NUMBER emails from a template, a row for each, and sends them as
its documentation has it: `send_queued_mail` with two processes, its standard batches and threads. Everything goes to
the relay on this machine's PORT. Nothing of the peer is imported before it is wanted: our own Python has none of it.
"""

import sys
from pathlib import Path

PROCESSES = 2
_BODY = (
    "Hej {{ name }}! " + "Inbrott i villa natten till i dag. Se till varandras hus, och ring 112 om något pågår. " * 12
)


def set_up(database: Path, port: int) -> None:
    """The fewest settings with which it runs, on a SQLite file that is as durable as ours."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": str(database),
                "OPTIONS": {"timeout": 60, "init_command": "PRAGMA journal_mode=WAL"},
            }
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "post_office"],
        SECRET_KEY="of a measurement",  # noqa: S106 - nothing is signed with it
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        EMAIL_BACKEND="post_office.EmailBackend",
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates"},
            {
                "NAME": "post_office",
                "BACKEND": "post_office.template.backends.post_office.PostOfficeTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": []},
            },
        ],
        POST_OFFICE={"BACKENDS": {"default": "django.core.mail.backends.smtp.EmailBackend"}},
        LOGGING_CONFIG=None,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def queue(number: int) -> None:
    """A row for each email, worded when it is sent."""
    from django.db import connection
    from post_office import mail
    from post_office.models import EmailTemplate

    template = EmailTemplate.objects.create(name="alert", subject="Inbrott, {{ name }}", content=_BODY)
    rows = (
        {
            "recipients": [f"granne{n}@post.example"],
            "sender": "bounce@gs.hoor.example",
            "template": template,
            "context": {"name": f"granne {n}"},
        }
        for n in range(number)
    )
    mail.send_many(list(rows))
    connection.close()  # the senders are forked from here


def send(lock: Path) -> None:
    """Everything that is queued."""
    from django.core.management import call_command

    call_command("send_queued_mail", processes=PROCESSES, lockfile=str(lock), verbosity=0)


if __name__ == "__main__":
    file = Path(sys.argv[1])
    set_up(file, int(sys.argv[2]))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    queue(int(sys.argv[3]))
    send(file.with_suffix(""))

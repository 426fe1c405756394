"""The database of `make run`, made ready in one process: migrated, partitions ahead, and filled when it is empty.

Status 0: the demo campus is in it. Status NO_DEMO: it holds people of its own. Anything else went wrong.
"""

import sys

NO_DEMO = 3


def prepare() -> int:
    import django

    django.setup()

    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("ensure_partitions", verbosity=0)
    call_command("demo", if_empty=True)
    people = get_user_model()._default_manager
    return 0 if people.filter(email="alice@northmere.example").exists() else NO_DEMO


if __name__ == "__main__":
    sys.exit(prepare())

"""The database of `make run`, made ready in one process: migrated, partitions ahead, and filled when it is empty.

With DEMO=0 in the environment it is not filled: the first-run wizard does the rest.
Status 0: the demo campus is in it. NO_DEMO: it holds people of its own. NO_PEOPLE: nobody. Anything else went wrong.
"""

import os
import sys

NO_DEMO = 3
NO_PEOPLE = 4


def prepare() -> int:
    import django

    django.setup()

    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("ensure_partitions", verbosity=0)
    if os.environ.get("DEMO") != "0":
        call_command("demo", if_empty=True)
    people = get_user_model()._default_manager
    if people.filter(email="alice@northmere.example").exists():
        return 0
    return NO_DEMO if people.exists() else NO_PEOPLE


if __name__ == "__main__":
    sys.exit(prepare())

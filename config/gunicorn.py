"""gunicorn's settings (Procfile: web): workers are forked from a process that has loaded the site, and share it.

So nothing may be opened or asked while it loads: connections belong to the worker that opens them.
"""

import gc

preload_app = True


def pre_fork(_server: object, _worker: object) -> None:
    """The collector writes into what it looks at, which would give each worker a copy of its own, and costs time."""
    gc.collect()
    gc.freeze()

"""Database work of the event loop, on a pool of its own: Channels' default is one thread for the whole process."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import close_old_connections

T = TypeVar("T")
_POOL = ThreadPoolExecutor(max_workers=4, thread_name_prefix="realtime")


async def in_thread(work: Callable[[], T]) -> T:
    """Run `work` in a thread of the pool; its database connection goes back when it ends."""

    def run() -> T:
        close_old_connections()
        try:
            return work()
        finally:
            close_old_connections()

    return await asyncio.get_running_loop().run_in_executor(_POOL, run)

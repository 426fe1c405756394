"""Production settings, with the pages and the headers of the benchmarks added."""

from config.settings.production import *  # noqa: F403
from config.settings.production import LOCAL, MIDDLEWARE

ROOT_URLCONF = "tests.bench.b2f"
ALLOWED_HOSTS = ["127.0.0.1"]
MIDDLEWARE = ["tests.bench.b2f.count_queries", "tests.bench.cold.make_anew", *MIDDLEWARE]
STATIC_ROOT = LOCAL / "bench" / "static"

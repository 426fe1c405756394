"""Structured logs: one shape for our own lines and everybody else's, with the ids that tie processes together.

Never logged: bodies, query strings, cookies, tokens. JSON in production, readable lines on a person's own machine.
"""

import logging
import logging.config
from collections.abc import Mapping
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from django.urls import Resolver404, resolve
from structlog.typing import EventDict, Processor, WrappedLogger

request_id: ContextVar[str] = ContextVar("request_id", default="")
trace_id: ContextVar[str] = ContextVar("trace_id", default="")  # W3C: 32 hex digits, the same in all processes
correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")  # all that follows from one act


def path_of(request: HttpRequest) -> str:
    """The path without its query, which may hold a search, and with the name of a token in the token's place."""
    match = request.resolver_match
    return _without(match.kwargs.get("token"), request.path) if match else without_token(request.path)


def without_token(path: str) -> str:
    """Asked of the routes: a redirect of a middleware, or to the slash at the end, comes before any view is found."""
    for asked in (path, f"{path}/"):
        with suppress(Resolver404):
            return _without(resolve(asked).kwargs.get("token"), path)
    return path


def _without(token: str | None, path: str) -> str:
    return path.replace(token, "token") if token else path


def hide_tokens(record: logging.LogRecord) -> bool:
    """Django's own lines about a request ("Internal Server Error: /path/") name its path, too."""
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
        record.args = tuple(path_of(request) if word == request.path else word for word in record.args)
    return True


def add_ids(_logger: WrappedLogger, _method: str, line: EventDict) -> EventDict:
    for name, variable in (("request_id", request_id), ("trace_id", trace_id), ("correlation_id", correlation_id)):
        value = variable.get()
        if value:
            line.setdefault(name, value)
    return line


SHARED: list[Processor] = [
    add_ids,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]


def configure(_logging: Mapping[str, Any]) -> None:
    """Called by Django (LOGGING_CONFIG). settings.LOG_FORMAT: "json", "console", or "silent" for tests."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    silent = settings.LOG_FORMAT == "silent"
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"hide_tokens": {"()": lambda: hide_tokens}},
            "formatters": {"line": {"()": formatter, "log_format": settings.LOG_FORMAT}},
            "handlers": {
                "out": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["hide_tokens"]},
                "nowhere": {"class": "logging.NullHandler"},
            },
            "root": {"handlers": ["nowhere" if silent else "out"], "level": "INFO"},
            "loggers": {
                # Our own line per request says it all; a 404 is not worth a second one.
                "django": {"level": "INFO", "handlers": [], "propagate": True},
                "django.request": {"level": "ERROR"},
                "django.server": {"level": "WARNING", "handlers": [], "propagate": True},
                "uvicorn.access": {"level": "WARNING"},
                "gunicorn.access": {"level": "WARNING"},
            },
        }
    )


def formatter(log_format: str) -> logging.Formatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=24)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=SHARED,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )

"""Baseline B1: a bare Django view, one indexed query, a 20-row template, no middleware (PEERS.md)."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.urls import path

from config import env

ROWS = Engine().from_string(
    "<html><body>{% for row in rows %}<article id='{{ row.0 }}'><h2>{{ row.1 }}</h2><p>{{ row.2 }}</p>"
    "<p>lorem ipsum dolor sit amet consectetur</p></article>{% endfor %}</body></html>"
)


def rows() -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, reaction_count, body FROM posts_post"
            " WHERE audience = 0 AND deleted_at IS NULL AND hidden_at IS NULL"
            " ORDER BY created_at DESC, id DESC LIMIT 20"
        )
        return ROWS.render(Context({"rows": cursor.fetchall()}))


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(rows())


urlpatterns = [path("b1/", page)]


def application() -> WSGIHandler:
    database = env.database("DATABASE_URL")
    database["OPTIONS"] |= {"pool": {"min_size": 1, "max_size": 4}}
    settings.configure(
        ALLOWED_HOSTS=["*"],
        DATABASES={"default": database},
        MIDDLEWARE=[],
        ROOT_URLCONF="tests.bench.b1",
        SECRET_KEY=os.urandom(32).hex(),
    )
    django.setup()
    return WSGIHandler()

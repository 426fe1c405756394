"""The site's own pages: built-in texts, drafts, versions, history (XP4)."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import DatabaseError, transaction
from django.test import Client

from apps.accounts.models import User
from apps.kernel import personal_data
from apps.kernel.errors import Conflict, Invalid
from apps.web import services
from apps.web.models import PageVersion
from tests import cast
from tests.conftest import client_of

SLUGS = PageVersion.Slug.values
Publish = Callable[..., PageVersion]


@pytest.fixture
def publish(admin: User, django_capture_on_commit_callbacks: Any) -> Publish:
    """Write a page and publish it, as the admin does."""

    def make(
        slug: str = "rules", body: str = "## One\n\nBe kind.", change: str = "", asks: bool = False
    ) -> PageVersion:
        with django_capture_on_commit_callbacks(execute=True):
            draft = services.write_draft(actor=admin, slug=slug, body=body, change=change, asks_again=asks)
            return services.publish(actor=admin, draft=draft)

    return make


@pytest.mark.parametrize("slug", SLUGS)
def test_each_page_comes_with_a_text(client: Client, northmere: object, slug: str) -> None:
    response = client.get(f"/{slug}/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "As it comes with Campus Connect" in page
    assert page.count("<h1") == 1
    assert page.count("<h2 id=") > 2
    assert "[personal data]" not in page
    assert "[figures]" not in page


@pytest.mark.parametrize("path", ["/rules/", "/rules/history/", "/privacy/", "/help/?q=passkey"])
def test_caches_may_keep_it_for_guests(client: Client, northmere: object, path: str) -> None:
    response = client.get(path)
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert "csrfmiddlewaretoken" not in response.content.decode()


def test_the_front_page_links_to_all_of_them(client: Client, northmere: object) -> None:
    page = client.get("/").content.decode()
    assert all(f'href="/{slug}/"' in page for slug in SLUGS)


def test_the_privacy_notice_lists_what_the_apps_declare(client: Client, northmere: object) -> None:
    page = client.get("/privacy/").content.decode()
    about_people = [entry for entry in personal_data.entries().values() if entry.person]
    assert page.count('<th scope="row">') == len(about_people)
    assert "until unblocked" in page


def test_small_numbers_are_nobodys_figure(client: Client, alice: User) -> None:
    assert not re.search(r"\d+ (people|person)</dd>", client.get("/about/").content.decode())
    for number in range(20):
        cast.make_person(f"person{number}")
    cache.delete_pattern("*")  # type: ignore[attr-defined]
    assert "21 people</dd>" in client.get("/about/").content.decode()


def test_help_finds_sections_by_their_words(client: Client, northmere: object) -> None:
    page = client.get("/help/", {"q": "Passk"}).content.decode()
    assert 'id="passwords-and-passkeys"' in page
    assert 'id="reporting"' not in page
    assert "answer" in page
    nothing = client.get("/help/", {"q": "xyzzy"}).content.decode()
    assert "Nothing with these words" in nothing


def test_what_is_published_is_the_page(client: Client, publish: Publish) -> None:
    publish(body="## Our own\n\nNo **shouting**.")
    page = client.get("/rules/").content.decode()
    assert "<strong>shouting</strong>" in page
    assert "Version 1" in page
    assert "As it comes" not in page


def test_a_draft_is_nobodys_to_read(client: Client, admin: User) -> None:
    services.write_draft(actor=admin, slug="rules", body="## Secret", change="", asks_again=False)
    assert "Secret" not in client.get("/rules/").content.decode()
    assert client.get("/rules/history/1/").status_code == 404
    assert "Version 1" not in client.get("/rules/history/").content.decode()


def test_history_tells_each_version_and_what_changed(client: Client, publish: Publish) -> None:
    publish(body="## One\n\nBe kind.")
    publish(body="## One\n\nBe very kind.", change="Kinder")
    history = client.get("/rules/history/").content.decode()
    assert "Version 1" in history
    assert "Kinder" in history
    old = client.get("/rules/history/1/").content.decode()
    assert "Be kind." in old
    new = client.get("/rules/history/2/").content.decode()
    assert "<del>Be kind." in new
    assert "<ins>Be very kind." in new


def test_history_costs_the_same_however_long(client: Client, publish: Publish, django_assert_num_queries: Any) -> None:
    for rows in (1, 9):
        for _ in range(rows):
            publish()
        with django_assert_num_queries(1):
            client.get("/rules/history/")


@pytest.mark.parametrize("path", ["/rules/history/3/", "/rules/history/0/", f"/rules/history/{2**40}/", "/terms/"])
def test_there_is_no_other_page(client: Client, publish: Publish, path: str) -> None:
    publish()
    assert client.get(path).status_code == 404


def test_html_in_a_page_is_only_text(client: Client, publish: Publish) -> None:
    publish(body="## <img src=x onerror=alert(1)>\n\n<script>x()</script> [a](javascript:x())")
    page = client.get("/rules/").content.decode()
    assert "<img" not in page.split("<main")[1]
    assert "<script>x()" not in page
    assert 'href="javascript' not in page


def test_two_headings_of_one_name_have_two_addresses(client: Client, publish: Publish) -> None:
    publish(body="## Same\n\na\n\n## Same\n\nb")
    page = client.get("/rules/").content.decode()
    assert 'id="same"' in page
    assert 'id="same-"' in page


def test_a_published_version_never_changes(publish: Publish, admin: User) -> None:
    version = publish()
    with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
        PageVersion.objects.filter(pk=version.pk).update(body="other words")
    with pytest.raises(Conflict):
        services.write_draft(actor=admin, slug="rules", body="x", change="", asks_again=False, draft=version)
    with pytest.raises(Conflict):
        services.publish(actor=admin, draft=version)


def test_an_older_draft_does_not_come_after_a_newer_page(admin: User) -> None:
    old, new = (
        services.write_draft(actor=admin, slug="rules", body=body, change="", asks_again=False) for body in ("a", "b")
    )
    services.publish(actor=admin, draft=new)
    with pytest.raises(Conflict):
        services.publish(actor=admin, draft=old)


def test_only_rules_and_privacy_are_agreed_to(admin: User) -> None:
    with pytest.raises(Invalid):
        services.write_draft(actor=admin, slug="help", body="x", change="", asks_again=True)


# --- in the admin -------------------------------------------------------------------------------------------------

ADD = "/admin/web/pageversion/add/"


def test_staff_write_look_and_publish(client: Client, admin_client: Client) -> None:
    assert "Campus Connect belongs" in admin_client.get(f"{ADD}?slug=rules").content.decode()
    response = admin_client.post(
        ADD, {"slug": "rules", "body": "## New\n\nWords.", "change": "All", "asks_again": "on"}
    )
    assert response.status_code == 302
    draft = PageVersion.objects.get()
    assert (draft.number, draft.published_at) == (1, None)
    preview = admin_client.get(f"/admin/web/pageversion/{draft.pk}/preview/").content.decode()
    assert "Words." in preview
    assert "Every member will be asked" in preview
    assert admin_client.get(f"/admin/web/pageversion/{draft.pk}/publish/").status_code == 405
    admin_client.post(f"/admin/web/pageversion/{draft.pk}/publish/")
    draft.refresh_from_db()
    assert draft.published_at is not None
    assert "Words." in client.get("/rules/").content.decode()
    page = admin_client.get(f"/admin/web/pageversion/{draft.pk}/change/").content.decode()
    assert '<textarea name="body"' not in page
    assert admin_client.get(f"/admin/web/pageversion/{draft.pk}/delete/").status_code == 403


def test_who_must_agree_is_told_what_changed(admin_client: Client) -> None:
    response = admin_client.post(ADD, {"slug": "rules", "body": "x", "change": "", "asks_again": "on"})
    assert response.status_code == 200
    assert "Say what changed" in response.content.decode()
    assert not PageVersion.objects.exists()


def test_staff_without_the_permission_write_nothing(mira: User, admin: User) -> None:
    draft = services.write_draft(actor=admin, slug="rules", body="x", change="", asks_again=False)
    staff = client_of(mira)
    assert staff.get(ADD).status_code == 403
    assert staff.get(f"/admin/web/pageversion/{draft.pk}/preview/").status_code == 403
    assert staff.post(f"/admin/web/pageversion/{draft.pk}/publish/").status_code == 403
    draft.refresh_from_db()
    assert draft.published_at is None


def test_who_published_is_kept(admin: User, admin_client: Client) -> None:
    draft = services.write_draft(actor=admin, slug="rules", body="x", change="", asks_again=False)
    admin_client.post(f"/admin/web/pageversion/{draft.pk}/publish/")
    events = apps.get_model("web.PageVersionEvent")._default_manager
    act = events.select_related("pgh_context").get(pgh_obj=draft, pgh_label="changed")
    assert act.pgh_context.metadata["user"] == admin.pk

"""The desk in the admin."""

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.moderation import selectors, services
from apps.moderation.models import Category, Report
from apps.posts.models import Post
from tests.conftest import client_of

LIST = "/admin/moderation/report/"


@pytest.fixture
def report(charlie: User, alices_post: Post) -> Report:
    target = selectors.target_for(charlie, kind="post", target_id=alices_post.pk)
    return services.file_report(actor=charlie, target=target, category=Category.SPAM, text="Look at this")


def test_a_moderator_sees_reports_and_nothing_else(mira_client: Client, report: Report) -> None:
    page = mira_client.get(LIST).content.decode()
    assert "oranges" in page
    assert mira_client.get("/admin/accounts/user/").status_code == 403
    assert mira_client.get(reverse("admin:moderation_report_change", args=[report.pk])).status_code == 200


def test_the_group_can_do_its_work_and_no_more(db: None) -> None:
    """Close reports, boost for a while, keep a hashtag out; nothing is deleted at the desk."""
    codes = Group.objects.get(name="Moderators").permissions.values_list("codename", flat=True)
    reports, tags = {"view_report", "change_report"}, {"view_hashtag", "change_hashtag"}
    assert set(codes) == reports | tags | {"view_boost", "add_boost", "change_boost"}


def test_nobody_else_gets_in(alice_client: Client, anonymous_client: Client, report: Report) -> None:
    for client in (alice_client, anonymous_client):
        assert client.get(LIST).status_code in (302, 403, 404)


def test_staff_without_the_group_sees_no_reports(charlie: User, report: Report) -> None:
    User.objects.filter(pk=charlie.pk).update(is_staff=True)
    assert client_of(charlie).get(LIST).status_code == 403


def test_closing_says_who_and_when(mira_client: Client, mira: User, report: Report) -> None:
    chosen = {"action": "close_reports", "_selected_action": [report.pk]}
    assert mira_client.post(LIST, chosen).status_code == 302
    report.refresh_from_db()
    assert report.closed_by == mira
    assert report.closed_at is not None
    assert "oranges" not in mira_client.get(f"{LIST}?state=open").content.decode()


def test_what_was_reported_cannot_be_rewritten(mira_client: Client, report: Report) -> None:
    mira_client.post(
        reverse("admin:moderation_report_change", args=[report.pk]), {"text": "Nothing", "category": "other"}
    )
    report.refresh_from_db()
    assert (report.text, report.category) == ("Look at this", "spam")
    assert mira_client.post(f"{LIST}{report.pk}/delete/").status_code == 403
    assert mira_client.get(f"{LIST}add/").status_code == 403


@pytest.mark.parametrize("kind", ["post", "comment", "person"])
def test_it_links_to_the_thing_on_the_site(kind: str, admin_client: Client, report: Report, alice: User) -> None:
    Report.objects.filter(pk=report.pk).update(kind=kind)
    page = admin_client.get(reverse("admin:moderation_report_change", args=[report.pk])).content.decode()
    links = {"post": f"/posts/{report.target_id}/", "comment": f"/comments/{report.target_id}/", "person": "/@alice/"}
    assert f'href="{links[kind]}"' in page


def test_the_sidebar_shows_what_one_may_look_at(mira_client: Client, admin_client: Client) -> None:
    mine, everything = (client.get("/admin/").content.decode() for client in (mira_client, admin_client))
    for path in ("/admin/moderation/report/", "/admin/accounts/university/", "/admin/kernel/delivery/"):
        assert path in everything
        assert (path in mine) == (path == LIST)

"""Filing a report."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.kernel.errors import Forbidden
from apps.moderation import selectors, services
from apps.moderation.models import Category, Kind, Report
from apps.posts.models import Audience, Post
from tests.conftest import client_of

SENT = {"category": "spam", "text": "Not from campus."}
MakePost = Callable[..., Post]


def path(kind: str, target_id: int) -> str:
    return reverse("moderation:report", args=[kind, target_id])


def test_it_works(charlie_client: Client, charlie: User, alice: User, alices_post: Post) -> None:
    assert alices_post.body in charlie_client.get(path("post", alices_post.pk)).content.decode()
    response = charlie_client.post(path("post", alices_post.pk), SENT)
    assert (response.status_code, response["Location"]) == (302, reverse("moderation:thanks"))
    assert charlie_client.get(response["Location"]).status_code == 200
    report = Report.objects.get()
    assert (report.reporter, report.author, report.kind) == (charlie, alice, Kind.POST)
    assert (report.category, report.text, report.excerpt) == (Category.SPAM, "Not from campus.", alices_post.body)


def test_a_person_and_a_comment_can_be_reported(charlie: User, alice: User, bob: User, alices_post: Post) -> None:
    import uuid

    from apps.posts import services as posts

    comment = posts.add_comment(actor=bob, post=alices_post, body="Rude words", parent=None, key=uuid.uuid4())
    client = client_of(charlie)
    assert client.post(path("comment", comment.pk), SENT).status_code == 302
    assert client.post(path("person", alice.pk), SENT).status_code == 302
    assert set(Report.objects.values_list("kind", "author")) == {("comment", bob.pk), ("person", alice.pk)}


def test_a_guest_is_sent_to_log_in(anonymous_client: Client, alices_post: Post) -> None:
    response = anonymous_client.post(path("post", alices_post.pk), SENT)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")
    assert not Report.objects.exists()


def test_what_one_may_not_see_is_a_404(
    dora_client: Client, charlie_client: Client, alice: User, make_post: MakePost
) -> None:
    public, inner = make_post(alice, "Public"), make_post(alice, "Inner", Audience.FOLLOWERS)
    for client, target in [(dora_client, path("post", public.pk)), (dora_client, path("person", alice.pk)),
                           (charlie_client, path("post", inner.pk))]:  # fmt: skip
        assert client.get(target).status_code == 404
        assert client.post(target, SENT).status_code == 404
    assert not Report.objects.exists()


@pytest.mark.parametrize("kind", ["post", "comment", "person", "university", ".."])
def test_what_does_not_exist_is_a_404(kind: str, charlie_client: Client) -> None:
    assert charlie_client.get(f"/report/{kind}/9999999/").status_code == 404


def test_one_s_own_things_are_a_403(alice_client: Client, alice: User, alices_post: Post) -> None:
    for target in (path("post", alices_post.pk), path("person", alice.pk)):
        assert alice_client.get(target).status_code == 403
        assert alice_client.post(target, SENT).status_code == 403


def test_the_service_asks_too(alice: User, alices_post: Post) -> None:
    target = selectors.target_for(alice, kind="post", target_id=alices_post.pk)
    with pytest.raises(Forbidden):
        services.file_report(actor=alice, target=target, category=Category.SPAM, text="")


@pytest.mark.parametrize(
    "sent",
    [{}, {"category": "treason"}, {"category": "other", "text": "  "}, {"category": "spam", "text": "x" * 1001},
     {"category": "spam", "text": "a\x00b"}],
)  # fmt: skip
def test_bad_input_is_told_and_kept(sent: dict[str, str], charlie_client: Client, alices_post: Post) -> None:
    response = charlie_client.post(path("post", alices_post.pk), sent)
    assert response.status_code == 400
    assert not Report.objects.exists()


def test_a_second_report_while_one_is_open_replaces_its_words(charlie_client: Client, alices_post: Post) -> None:
    charlie_client.post(path("post", alices_post.pk), SENT)
    charlie_client.post(path("post", alices_post.pk), {"category": "harm", "text": "Worse than I thought"})
    assert [(row.category, row.text) for row in Report.objects.all()] == [("harm", "Worse than I thought")]


def test_after_it_was_closed_the_same_thing_can_be_reported_again(charlie: User, mira: User, alices_post: Post) -> None:
    target = selectors.target_for(charlie, kind="post", target_id=alices_post.pk)
    first = services.file_report(actor=charlie, target=target, category=Category.SPAM, text="")
    assert services.close_report(actor=mira, report=first)
    assert not services.close_report(actor=mira, report=first)
    second = services.file_report(actor=charlie, target=target, category=Category.SPAM, text="again")
    assert first.pk != second.pk


def test_a_fragment_is_the_thanks_alone(charlie_client: Client, alices_post: Post) -> None:
    response = charlie_client.post(path("post", alices_post.pk), SENT, headers={"HX-Request": "true"})
    assert response.status_code == 200
    assert "Thank you" in response.content.decode()
    assert "<html" not in response.content.decode()


def test_another_method_is_refused(charlie_client: Client, alices_post: Post) -> None:
    assert charlie_client.put(path("post", alices_post.pk)).status_code == 405


def test_without_a_token_nothing_is_filed(charlie: User, alices_post: Post) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(charlie, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.post(path("post", alices_post.pk), SENT).status_code == 403
    assert not Report.objects.exists()


def test_who_reports_all_evening_is_told_to_wait(charlie: User, alice: User, make_post: MakePost) -> None:
    client = client_of(charlie)
    codes = [client.post(path("post", make_post(alice, f"Post {n}").pk), SENT).status_code for n in range(21)]
    assert codes == [302] * 20 + [429]


def test_every_change_is_kept(charlie: User, mira: User, alices_post: Post) -> None:
    target = selectors.target_for(charlie, kind="post", target_id=alices_post.pk)
    report = services.file_report(actor=charlie, target=target, category=Category.SPAM, text="")
    services.close_report(actor=mira, report=report)
    acts = apps.get_model("moderation.ReportAct")._default_manager.filter(pgh_obj=report).order_by("pgh_id")
    assert [(act.pgh_label, act.closed_by_id) for act in acts] == [("filed", None), ("changed", mira.pk)]

"""`manage.py sync_roster`: the university's list of its people (FEATURES A5)."""

from collections.abc import Callable
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from apps.accounts.models import Invitation, Role, University, User
from tests import cast

pytestmark = pytest.mark.django_db
HEAD = "email,name,role,programme,year,graduates_on\n"


@pytest.fixture
def sync(tmp_path: Path, northmere: University) -> Callable[..., str]:
    """Run the command on a file with this text; what it printed."""

    def run(text: str | bytes, *options: str) -> str:
        file = tmp_path / "roster.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        told = StringIO()
        call_command("sync_roster", str(file), "--university", "northmere", *options, stdout=told)
        return told.getvalue()

    return run


def test_roles_and_studies_are_what_the_list_says(
    sync: Callable[..., str], alice: User, bob: User, events: Callable[[], list[str]]
) -> None:
    before = events().count("user.updated")
    told = sync(
        HEAD + "ALICE@northmere.example,Alice,faculty,Physics,,\nbob@northmere.example,Bob,student,Law,3,2027-09-30\n"
    )
    alice.refresh_from_db()
    assert (alice.role, alice.profile.programme, alice.is_verified) == (Role.FACULTY, "Physics", True)
    assert alice.verification.source == "roster"
    bob = User.objects.select_related("profile").get(pk=bob.pk)
    assert (bob.role, bob.profile.programme, bob.profile.year) == (Role.STUDENT, "Law", 3)
    assert bob.profile.graduates_on == date(2027, 9, 30)
    assert "updated: 2" in told
    assert events().count("user.updated") > before
    assert "unchanged: 2" in sync(HEAD + "alice@northmere.example,,faculty,Physics,,\nbob@northmere.example,,,,,\n")
    assert User.objects.get(pk=bob.pk).role == Role.STUDENT  # an empty cell says nothing


def test_nobody_is_made_and_names_stay(sync: Callable[..., str], alice: User) -> None:
    told = sync(HEAD + "new@northmere.example,New,student,,,\nalice@northmere.example,Alicia,student,,,\n")
    assert "not here yet: 1\n  new@northmere.example" in told
    assert list(User.objects.values_list("name", flat=True)) == ["Alice Ashdown"]


def test_people_of_other_universities_are_left_alone(
    sync: Callable[..., str], alice: User, southdale: University
) -> None:
    olga = cast.make_person("olga", university=southdale)
    told = sync(HEAD + f"{olga.email},Olga,faculty,,,\n", "--deactivate-missing")
    olga.refresh_from_db()
    assert (olga.role, olga.is_active, olga.is_verified) == (Role.STUDENT, True, False)
    assert "at another university here: 1" in told


def test_who_is_gone_is_kept_out_at_once(
    sync: Callable[..., str],
    alice: User,
    bob: User,
    charlie: User,
    mira: User,
    alice_client: Client,
    bob_client: Client,
) -> None:
    """Only whom the university vouched for; never staff of the site, who might be the only ones to mend it."""
    listed = "alice@northmere.example,,,,,\nbob@northmere.example,,,,,\nmira@northmere.example,,,,,\n"
    sync(HEAD + listed)
    assert alice_client.get("/settings/profile/").status_code == 200
    told = sync(HEAD + "bob@northmere.example,,,,,\n", "--deactivate-missing")
    active = set(User.objects.filter(is_active=True).values_list("username", flat=True))
    assert active == {"bob", "charlie", "mira"}
    assert "deactivated: 1\n  alice@northmere.example" in told
    assert alice_client.get("/settings/profile/").status_code == 302
    assert bob_client.get("/settings/profile/").status_code == 200
    assert "kept out here, left so: 1" in sync(HEAD + "alice@northmere.example,,,,,\n")
    assert not User.objects.get(username="alice").is_active


def test_a_dry_run_only_says(sync: Callable[..., str], alice: User) -> None:
    sync(HEAD + "alice@northmere.example,,,,,\n")
    told = sync(HEAD + "bob@northmere.example,,faculty,,,\n", "--deactivate-missing", "--dry-run")
    assert "deactivated: 1" in told
    assert User.objects.get(username="alice").is_active


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + HEAD + "alice@northmere.example,Alice,staff,,,\n",
        (HEAD + "alice@northmere.example,Alice,staff,,,\n").replace(",", ";"),
        "Role;Email \r\nstaff; alice+list@northmere.example \r\n",
    ],
    ids=["byte order mark", "semicolons", "two columns"],
)
def test_what_spreadsheets_write(sync: Callable[..., str], alice: User, text: str) -> None:
    sync(text)
    assert User.objects.get(username="alice").role == Role.STAFF


def test_bad_rows_are_named_and_nothing_is_done(sync: Callable[..., str], alice: User) -> None:
    rows = [
        "alice@northmere.example,,staff,,,",
        "not an address,,student,,,",
        "bob@northmere.example,,king,,,",
        "charlie@northmere.example,,,,99,",
        "dora@northmere.example,,,,,31.12.2027",
        "Alice+again@northmere.example,,,,,",
    ]
    with pytest.raises(CommandError) as caught:
        sync(HEAD + "\n".join(rows), "--deactivate-missing")
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["line 3", "line 4", "line 5", "line 6", "line 7"]
    assert User.objects.get(username="alice").role == Role.STUDENT


@pytest.mark.parametrize("text", ["", HEAD, "name,role\nA,student\n", b"email\n\xff\xfe@x.example\n"])
def test_files_that_are_no_list(sync: Callable[..., str], alice: User, text: str | bytes) -> None:
    sync(HEAD + "alice@northmere.example,,,,,\n")
    with pytest.raises(CommandError):
        sync(text, "--deactivate-missing")
    assert User.objects.get(username="alice").is_active


def test_an_unknown_university(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        call_command("sync_roster", str(tmp_path / "x.csv"), "--university", "nowhere")


def test_the_others_are_invited_once(sync: Callable[..., str], admin: User, drain: Callable[[], int]) -> None:
    text = HEAD + "new@northmere.example,New,faculty,,,\nother@northmere.example,,,,,\n"
    assert "invited: 2" in sync(text, "--invite-as", "admin")
    assert "invited: 0" in sync(text, "--invite-as", "admin")
    assert dict(Invitation.objects.values_list("email", "role")) == {
        "new@northmere.example": Role.FACULTY,
        "other@northmere.example": Role.STUDENT,
    }


def test_members_invite_nobody_by_a_list(sync: Callable[..., str], alice: User) -> None:
    with pytest.raises(CommandError):
        sync(HEAD + "new@northmere.example,,faculty,,,\n", "--invite-as", "alice")
    assert not Invitation.objects.exists()

"""Block and unblock: mutual invisibility, which only its maker can lift."""

from typing import Any

from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from apps.accounts.models import User
from apps.graph import selectors, services
from apps.graph.models import Block, Follow, FollowCount
from tests.cast import make_person


def test_it_works(alice_client: Client, alice: User, bob: User, events: Any) -> None:
    services.follow(actor=alice, target=bob)
    answer = alice_client.post("/@bob/block/")
    assert (answer.status_code, answer["Location"]) == (302, "/settings/blocked/")
    assert Block.objects.filter(blocker=alice, blocked=bob).exists()
    assert not Follow.objects.exists()
    assert set(FollowCount.objects.values_list("followers", "following")) == {(0, 0)}
    assert sorted(events()[-3:]) == ["user.blocked", "user.unfollowed", "user.unfollowed"]


def test_twice_is_once(alice: User, charlie: User, events: Any) -> None:
    first = services.block(actor=alice, target=charlie)
    assert services.block(actor=alice, target=charlie) == first
    assert events().count("user.blocked") == 1
    assert services.unblock(actor=alice, target=charlie)
    assert not services.unblock(actor=alice, target=charlie)
    assert events().count("user.unblocked") == 1


def test_neither_sees_the_other(alice: User, bob: User, dora: User) -> None:
    assert set(selectors.people_visible_to(alice)) == {alice, bob}
    assert set(selectors.people_visible_to(dora)) == {bob, dora}
    assert set(selectors.people_visible_to(bob)) == {alice, bob, dora}
    assert selectors.blocked_ids(alice) == {dora.pk}
    assert selectors.blocked_ids(dora) == {alice.pk}
    assert selectors.is_blocked_between(alice, dora)
    assert selectors.is_blocked_between(dora, alice)


def test_the_maker_can_lift_it(alice_client: Client, alice: User, dora: User) -> None:
    page = alice_client.get("/settings/blocked/")
    assert "Dora Dimitrova" in page.text
    assert alice_client.post("/@dora/unblock/")["Location"] == "/settings/blocked/"
    assert set(selectors.people_visible_to(alice)) == {alice, dora}


def test_nobody_else_can(dora_client: Client, charlie_client: Client, alice: User, dora: User) -> None:
    for client, name in ((dora_client, "alice"), (charlie_client, "dora"), (dora_client, "dora")):
        assert client.post(f"/@{name}/unblock/").status_code == 404
    assert Block.objects.count() == 1


def test_two_blocks_are_lifted_one_by_one(alice: User, charlie: User) -> None:
    services.block(actor=alice, target=charlie)
    services.block(actor=charlie, target=alice)
    services.unblock(actor=alice, target=charlie)
    assert selectors.is_blocked_between(alice, charlie)
    services.unblock(actor=charlie, target=alice)
    assert not selectors.is_blocked_between(alice, charlie)


def test_the_list_is_ones_own(alice: User, dora: User, charlie_client: Client, anonymous_client: Client) -> None:
    assert "Dora" not in charlie_client.get("/settings/blocked/").text
    assert anonymous_client.get("/settings/blocked/").status_code == 302


def test_the_list_is_flat_in_queries_and_has_pages(
    alice: User, alice_client: Client, django_assert_max_num_queries: Any
) -> None:
    for n in range(40):
        services.block(actor=alice, target=make_person(f"person{n:02}"))
    with django_assert_max_num_queries(3):
        first = alice_client.get("/settings/blocked/")
    names = {block.blocked.username for block in first.context["page"].items}
    second = alice_client.get("/settings/blocked/", {"cursor": first.context["page"].next})
    names |= {block.blocked.username for block in second.context["page"].items}
    assert len(names) == 40
    assert alice_client.get("/settings/blocked/", {"cursor": "rubbish"}).status_code == 400


def test_what_was_blocked_stands_in_the_history(alice: User, charlie: User) -> None:
    services.block(actor=alice, target=charlie)
    services.unblock(actor=alice, target=charlie)
    history = Block._meta.apps.get_model("graph", "BlockEvent")
    assert list(history.objects.order_by("pgh_id").values_list("pgh_label", flat=True)) == ["blocked", "unblocked"]


class AnyGraph(TestCase):
    people: list[User]

    @classmethod
    def setUpTestData(cls) -> None:
        cls.people = [make_person(f"person{n}", password=None) for n in range(5)]

    @settings(max_examples=25)
    @given(
        blocks=st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4)).filter(lambda pair: pair[0] != pair[1])),
        gone=st.sets(st.integers(0, 4), max_size=2),
    )
    def test_seeing_is_symmetric(self, blocks: set[tuple[int, int]], gone: set[int]) -> None:
        """Of any two active people either both see one another or neither does; nobody sees who is not active."""
        Block.objects.bulk_create(Block(blocker=self.people[a], blocked=self.people[b]) for a, b in blocks)
        User.objects.filter(pk__in=[self.people[n].pk for n in gone]).update(is_active=False)
        sees = {n: {person.pk for person in selectors.people_visible_to(self.people[n])} for n in range(5)}
        for a in range(5):
            for b in range(5):
                expected = b not in gone and (a, b) not in blocks and (b, a) not in blocks
                assert (self.people[b].pk in sees[a]) == expected

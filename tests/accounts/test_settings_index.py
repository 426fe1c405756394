"""All places of settings, and the way between them."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.accounts.places import GROUPS

PLACES = [place for group in GROUPS for place in group.places]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: str(place.title))
def test_every_place_is_on_the_index_and_opens(alice_client: Client, place: Any) -> None:
    address = reverse(place.name, args=place.args)
    assert f'href="{address}"' in alice_client.get("/settings/").content.decode()
    assert alice_client.get(address).status_code == 200


@pytest.mark.parametrize("group", [group for group in GROUPS if group.is_beside], ids=lambda group: str(group.title))
def test_each_page_shows_where_it_stands_and_the_way_back(alice_client: Client, group: Any) -> None:
    for place in group.places:
        page = alice_client.get(reverse(place.name, args=place.args)).content.decode()
        nav = page.split('class="settings-nav"')[1].split("</nav>")[0]
        assert re.findall(r'href="([^"]+)" aria-current="page"', nav) == [reverse(place.name, args=place.args)]
        assert 'href="/settings/"' in nav


def test_guests_log_in_first(client: Client, northmere: object) -> None:
    assert client.get("/settings/")["Location"] == "/accounts/login/?next=%2Fsettings%2F"


def test_it_costs_one_query(alice: User, alice_client: Client, django_assert_num_queries: Any) -> None:
    alice_client.get("/settings/")  # the number of reminders is kept from here on
    with django_assert_num_queries(1):
        alice_client.get("/settings/")

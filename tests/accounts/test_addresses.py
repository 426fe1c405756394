"""Which addresses are plain, which are one inbox, and which university they prove (RELIABILITY.md 1b, 20 and 21)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.accounts import addresses, selectors
from apps.accounts.models import University, UniversityDomain, User

FOREIGN = [
    "x@evilnorthmere.example",
    "x@northmere.example.evil.com",
    '"x@northmere.example"@evil.com',
    "x@northmere.example.",
    "x@example",
    "x@.northmere.example",
    "x@nоrthmere.example",  # a Cyrillic o
    "x@northmere.example\u3002evil.com",
    "x@evil.com@northmere.example",
    "x\n@northmere.example",
    "x",
    "",
    "@northmere.example",
    "x@northmere.example,y@evil.com",
]
NOT_PLAIN = ["mıke@northmere.example", "ﬁona@northmere.example", "mike＠northmere.example", '"mike"@northmere.example']


@pytest.mark.parametrize("address", ["X@Northmere.Example", "x+tag@northmere.example", "x@students.northmere.example"])
def test_an_address_under_a_domain_proves_the_university(northmere: University, address: str) -> None:
    assert selectors.university_for_email(address) == northmere


@pytest.mark.parametrize("address", FOREIGN + NOT_PLAIN)
def test_a_lookalike_proves_nothing(northmere: University, address: str) -> None:
    assert selectors.university_for_email(address) is None


def test_the_closest_domain_wins(northmere: University, southdale: University) -> None:
    UniversityDomain.objects.create(university=southdale, domain="med.northmere.example")
    assert selectors.university_for_email("x@ward.med.northmere.example") == southdale
    assert selectors.university_for_email("x@med.northmere.example") == southdale
    assert selectors.university_for_email("x@law.northmere.example") == northmere


@pytest.mark.parametrize("address", NOT_PLAIN)
def test_other_spellings_are_no_plain_address(address: str) -> None:
    assert addresses.canonical(address) == ""


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("alice@northmere.example", "ALICE@Northmere.Example", True),
        ("alice@northmere.example", "alice+library@northmere.example", True),
        ("alice+a@northmere.example", "Alice+B@northmere.example", True),
        ("al.ice@northmere.example", "alice@northmere.example", False),  # dots count
        ("alice@northmere.example", "alice@students.northmere.example", False),
    ],
)
def test_one_inbox_has_one_key(a: str, b: str, same: bool) -> None:
    assert (addresses.address_key(a) == addresses.address_key(b)) is same


@given(st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,20}@[a-z0-9]{1,10}(\.[a-z]{2,6}){1,3}", fullmatch=True))
def test_the_key_is_its_own_key(address: str) -> None:
    key = addresses.address_key(address)
    assert key is None or addresses.address_key(key) == key


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["Alice+one@Northmere.Example", "a.b+c+d@x.example", "plain@x.example"])
def test_the_database_keeps_the_same_key(address: str) -> None:
    person = User.objects.create_user("somebody", address)
    person.refresh_from_db()
    assert person.email_key == addresses.address_key(address)


@pytest.mark.django_db
def test_people_without_an_address_do_not_collide() -> None:
    assert [User.objects.create_user(name, "").pk for name in ("gone1", "gone2")]

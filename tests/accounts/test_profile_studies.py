"""`/settings/studies/`, `/settings/links/`, the words that are offered, and the services behind them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts import selectors, services
from apps.accounts.models import (
    Course,
    Interest,
    PersonCourse,
    PersonLanguage,
    PersonSkill,
    Privacy,
    Profile,
    ProfileLink,
    Skill,
    University,
    User,
)
from apps.accounts.selectors import Reach
from apps.kernel.errors import Invalid, NotFound
from tests.cast import make_person
from tests.conftest import client_of

STUDIES, LINKS, WORDS = "/settings/studies/", "/settings/links/", "/settings/words/"


def form(**changes: Any) -> dict[str, Any]:
    names = ("programme", "year", "graduates_on", "level", "skills", "interests", "languages", "learning")
    return dict.fromkeys(names, "") | changes


def skills_of(person: User) -> list[str]:
    return list(PersonSkill.objects.filter(person=person).order_by("skill__key").values_list("skill__name", flat=True))


class TestStudies:
    def test_it_works(self, alice_client: Client, alice: User, events: Any) -> None:
        answer = alice_client.post(
            STUDIES,
            form(
                programme="Physics",
                year="2",
                graduates_on="2028-07-01",
                level="intermediate",
                skills="LaTeX, Python ,latex",
                interests="شعر, 🎷",
                languages="English",
                learning="Arabic, german",
                reach_programme=str(Reach.EVERYONE.value),
            ),
        )
        assert answer.status_code == 302
        profile = Profile.objects.get(user=alice)
        assert (profile.programme, profile.year, profile.level) == ("Physics", 2, "intermediate")
        assert profile.graduates_on == date(2028, 7, 1)
        assert skills_of(alice) == ["LaTeX", "Python"]
        assert {edge.interest.name for edge in alice.interest_edges.select_related("interest")} == {"شعر", "🎷"}
        spoken = PersonLanguage.objects.filter(person=alice).values_list("code", "is_learning")
        assert set(spoken) == {("en", False), ("ar", True), ("de", True)}
        assert Privacy.objects.get(user=alice).fields["programme"] == Reach.EVERYONE
        assert "user.updated" in events()
        again = alice_client.get(STUDIES).context["form"]
        assert again["skills"].value() == "LaTeX, Python"
        assert again["learning"].value() == "Arabic, German"

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("programme", "x" * 81),
            ("year", "13"),
            ("graduates_on", "soon"),
            ("level", "god"),
            ("skills", ", ".join(f"skill {number}" for number in range(21))),
            ("skills", "x" * 41),
            ("skills", "\ufdfa" * 6),  # short to see, long as it is compared
            ("interests", ", ".join(f"thing {number}" for number in range(21))),
            ("languages", "English, Klingonish"),
            ("languages", "en, de, fr, es, it, pt, nl, da, sv, fi, no"),
            ("learning", "English, German, French, Spanish, Italian, Dutch, Danish, Swedish, Finnish, Polish, Czech"),
        ],
    )
    def test_bad_input_loses_nothing_and_keeps_nothing(
        self, alice_client: Client, alice: User, field: str, value: str
    ) -> None:
        answer = alice_client.post(STUDIES, form(**({"interests": "old telescopes"} | {field: value})))
        assert answer.status_code == 400
        assert "old telescopes" in answer.text or field == "interests"
        assert not PersonSkill.objects.exists()
        assert not alice.interest_edges.exists()
        assert not PersonLanguage.objects.exists()

    def test_it_may_run_twice_and_takes_words_away(self, alice_client: Client, alice: User) -> None:
        for skills in ("LaTeX, Go", "LaTeX, Go", "Go"):
            assert alice_client.post(STUDIES, form(skills=skills)).status_code == 302
        assert skills_of(alice) == ["Go"]
        assert Skill.objects.count() == 2  # the word stays in the shared list

    def test_one_word_however_it_is_written(self, alice: User, bob: User) -> None:
        services.set_skills(actor=alice, names=["Café"])
        services.set_skills(actor=bob, names=["CAFÉ", "cafe\u0301"])
        assert skills_of(bob) == ["Café"]

    def test_twenty_words_fit(self, alice: User) -> None:
        services.set_interests(actor=alice, names=[f"thing {number}" for number in range(20)])
        assert Interest.objects.count() == 20

    def test_a_guest_logs_in_first(self, anonymous_client: Client) -> None:
        for path in (STUDIES, LINKS, f"{WORDS}skills/"):
            assert anonymous_client.get(path).status_code == 302


class TestCourses:
    def post(self, client: Client, courses: str, term: str = "2026-3") -> Any:
        return client.post(f"{STUDIES}?term={term}", {"term": term, "courses": courses})

    def test_it_works_term_by_term(self, alice_client: Client, alice: User) -> None:
        assert self.post(alice_client, "math  210: Linear algebra\n\nPHYS 204").status_code == 302
        self.post(alice_client, "LING 104", term="2025-1")
        taken = PersonCourse.objects.filter(person=alice).order_by("course__code")
        assert list(taken.values_list("course__code", "year", "season")) == [
            ("LING 104", 2025, 1),
            ("MATH 210", 2026, 3),
            ("PHYS 204", 2026, 3),
        ]
        assert Course.objects.get(code="MATH 210").title == "Linear algebra"
        page = alice_client.get(f"{STUDIES}?term=2026-3").text
        assert "MATH 210: Linear algebra\nPHYS 204" in page
        assert "Spring 2025" in page

    def test_a_title_is_taken_once_and_stays(self, alice: User, bob: User) -> None:
        services.set_courses(actor=alice, year=2026, season=3, codes=["MATH 210"])
        services.set_courses(actor=bob, year=2026, season=3, codes=["MATH 210: Linear algebra"])
        services.set_courses(actor=alice, year=2026, season=3, codes=["MATH 210: Nonsense"])
        assert [course.title for course in Course.objects.all()] == ["Linear algebra"]

    def test_two_universities_do_not_share_a_code(self, alice: User, southdale: University) -> None:
        zoe = make_person("zoe", university=southdale)
        for person in (alice, zoe):
            services.set_courses(actor=person, year=2026, season=3, codes=["MATH 210"])
        assert Course.objects.count() == 2

    @pytest.mark.parametrize("courses", [": no code", "\n".join(f"C{number}" for number in range(13)), "<b>", "x" * 17])
    def test_bad_input_loses_nothing(self, courses: str, alice_client: Client, alice: User) -> None:
        answer = self.post(alice_client, courses)
        assert answer.status_code == 400
        assert courses.strip().splitlines()[0].replace("<", "&lt;").replace(">", "&gt;") in answer.text
        assert not PersonCourse.objects.exists()

    @pytest.mark.parametrize("term", ["", "x", "2026-9", "1815-1", "9" * 400])
    def test_a_term_that_is_none_is_this_one(self, term: str, alice_client: Client, alice: User) -> None:
        answer = alice_client.get(STUDIES, {"term": term})
        assert answer.context["term"] == selectors.current_term(timezone.localdate())

    def test_whoever_is_at_no_university_has_none(self, alice: User) -> None:
        User.objects.filter(pk=alice.pk).update(university=None)
        alice.refresh_from_db()
        assert "at none yet" in client_of(alice).get(STUDIES).text
        with pytest.raises(Invalid):
            services.set_courses(actor=alice, year=2026, season=3, codes=["MATH 210"])

    @pytest.mark.parametrize(
        ("term", "last", "first_over"),
        [
            (selectors.Term(2026, 1), date(2026, 5, 31), date(2026, 6, 1)),
            (selectors.Term(2026, 2), date(2026, 9, 30), date(2026, 10, 1)),
            (selectors.Term(2026, 3), date(2026, 12, 31), date(2027, 1, 1)),
            (selectors.Term(2026, 4), date(2027, 3, 31), date(2027, 4, 1)),
        ],
    )
    def test_when_a_term_is_over(self, term: selectors.Term, last: date, first_over: date) -> None:
        assert not term.is_over(last)
        assert term.is_over(first_over)


class TestLinks:
    def test_it_is_added_shown_and_removed(self, alice_client: Client, alice: User, events: Any) -> None:
        page = {"label": "My blog", "url": "https://alice.example/blog"}
        assert alice_client.post(LINKS, page).status_code == 302
        link = ProfileLink.objects.get(person=alice)
        assert events()[-1] == "profile.link_added"
        shown = alice_client.get(LINKS).text
        assert "https://alice.example/blog" in shown
        assert "not looked at yet" in shown
        assert "/@alice/&quot;" in shown or '/@alice/"' in shown  # the line to copy
        assert alice_client.post(LINKS, {"remove": str(link.pk)}).status_code == 302
        assert not ProfileLink.objects.exists()
        assert alice_client.post(LINKS, {"remove": str(link.pk)}).status_code == 404

    @pytest.mark.parametrize(
        "url", ["", "blog", "javascript:alert(1)", "ftp://a.example", "https://", "https://a.example/" + "x" * 300]
    )
    def test_bad_addresses(self, url: str, alice_client: Client, alice: User) -> None:
        answer = alice_client.post(LINKS, {"label": "My old blog", "url": url})
        assert answer.status_code == 400
        assert "My old blog" in answer.text
        assert not ProfileLink.objects.exists()

    def test_a_bad_address_is_told_by_an_example(self, alice_client: Client) -> None:
        answer = alice_client.post(LINKS, {"label": "My old blog", "url": "javascript:alert(1)"})
        assert "Write the whole address, for example https://" in answer.text

    def test_five_fit_and_each_once(self, alice_client: Client, alice: User) -> None:
        for number in range(5):
            assert alice_client.post(LINKS, {"label": "x", "url": f"https://{number}.example/"}).status_code == 302
        assert alice_client.post(LINKS, {"label": "x", "url": "https://4.example/"}).status_code == 400
        answer = alice_client.post(LINKS, {"label": "x", "url": "https://5.example/"})
        assert answer.status_code == 400
        assert "no more fit" in answer.text
        assert ProfileLink.objects.count() == 5

    def test_somebody_elses_cannot_be_removed(self, alice: User, bob_client: Client, bob: User) -> None:
        link = services.add_link(actor=alice, label="x", url="https://a.example/")
        for wanted in (str(link.pk), "x", "9" * 400, "-1"):
            assert bob_client.post(LINKS, {"remove": wanted}).status_code == 404
        with pytest.raises(NotFound):
            services.remove_link(actor=bob, link_id=link.pk)
        assert ProfileLink.objects.count() == 1

    def test_who_sees_them(self, alice_client: Client, alice: User) -> None:
        assert alice_client.post(LINKS, {"who": "1", "reach_links": str(Reach.FOLLOWERS.value)}).status_code == 302
        assert Privacy.objects.get(user=alice).fields == {"links": Reach.FOLLOWERS}
        assert alice_client.post(LINKS, {"who": "1", "reach_links": "3"}).status_code == 400


class TestWords:
    def offered(self, person: User, kind: str, typed: str) -> list[str]:
        items: list[str] = client_of(person).get(f"{WORDS}{kind}/", {"q": typed}).json()["items"]
        return items

    def test_what_at_least_two_share_is_offered(self, alice: User, bob: User, charlie: User) -> None:
        services.set_skills(actor=alice, names=["LaTeX", "Latin poetry"])
        services.set_skills(actor=bob, names=["LATEX"])
        assert self.offered(charlie, "skills", "lat") == ["LaTeX"]  # one person's word would tell about that person
        assert self.offered(charlie, "skills", "") == []
        assert self.offered(charlie, "skills", "%") == []

    def test_nobody_finds_out_by_using_a_word(self, alice: User, bob: User, charlie: User) -> None:
        """alice's own word does not count for her: it would tell her that somebody has it, too."""
        for person in (alice, bob):
            services.set_interests(actor=person, names=["Night walks"])
        assert self.offered(alice, "interests", "night") == []
        assert self.offered(charlie, "interests", "night") == ["Night walks"]

    @pytest.mark.parametrize("part", ["skills", "courses", "programme"])
    def test_what_is_hidden_is_not_offered(self, part: str, alice: User, bob: User, charlie: User) -> None:
        kind = {"programme": "programmes"}.get(part, part)
        for person in (alice, bob):
            services.set_skills(actor=person, names=["Night walks"])
            services.set_courses(actor=person, year=2026, season=3, codes=["NIGHT 1"])
            services.update_studies(actor=person, programme="Night walks", year=None, graduates_on=None, level="")
        assert len(self.offered(charlie, kind, "night")) == 1
        cache.clear()  # programmes of a university are kept for an hour
        services.set_field_reach(actor=bob, reach={part: Reach.NOBODY})
        assert self.offered(charlie, kind, "night") == []

    def test_a_course_taken_twice_is_still_one_person_s(self, alice: User, charlie: User) -> None:
        for year in (2025, 2026):
            services.set_courses(actor=alice, year=year, season=3, codes=["MATH 210"])
        assert self.offered(charlie, "courses", "math") == []

    def test_courses_of_one_s_own_university(
        self, alice: User, bob: User, charlie: User, southdale: University
    ) -> None:
        for person in (bob, charlie):
            services.set_courses(actor=person, year=2026, season=3, codes=["MATH 210: Algebra"])
        assert self.offered(alice, "courses", "math") == ["MATH 210: Algebra"]
        assert self.offered(make_person("zoe", university=southdale), "courses", "math") == []

    def test_programmes_by_any_word(self, alice: User, bob: User, charlie: User) -> None:
        for person in (alice, bob):
            services.update_studies(actor=person, programme="Applied Physics", year=None, graduates_on=None, level="")
        assert self.offered(charlie, "programmes", "phy") == ["Applied Physics"]

    def test_languages(self, alice: User) -> None:
        assert self.offered(alice, "languages", "ger") == ["German"]

    def test_no_such_kind(self, alice_client: Client) -> None:
        assert alice_client.get(f"{WORDS}passwords/", {"q": "a"}).status_code == 404

    def test_typing_costs_one_query_whatever_there_is(self, alice: User, bob: User, charlie: User) -> None:
        for person in (bob, charlie):
            services.set_skills(actor=person, names=[f"skill {number}" for number in range(20)])
        with CaptureQueriesContext(connection) as queries:
            assert len(selectors.words_beginning("skills", alice, "skill")) == 8
        assert len(queries) == 1


def at_once(*changes: Callable[[], object]) -> None:
    """Each in a thread and on a connection of its own; what is refused is refused."""

    def run(change: Callable[[], object]) -> None:
        try:
            change()
        except Invalid:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(len(changes)) as pool:
        list(pool.map(run, changes))


@pytest.mark.django_db(transaction=True)
def test_no_cap_is_passed_by_many_at_once(alice: User) -> None:
    def add(number: int) -> Callable[[], object]:
        return lambda: services.add_link(actor=alice, label="x", url=f"https://{number}.example/")

    at_once(*(add(number) for number in range(8)))
    assert ProfileLink.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_many_people_may_add_the_same_words_at_once(alice: User) -> None:
    people = [make_person(f"person{number}") for number in range(6)]
    names = ["Soup", "Chess", "Tea", "Owls"]

    def add(person: User, order: list[str]) -> Callable[[], object]:
        return lambda: services.set_skills(actor=person, names=order)

    at_once(*(add(person, names[number % 4 :] + names[: number % 4]) for number, person in enumerate(people)))
    assert Skill.objects.count() == 4
    assert PersonSkill.objects.count() == 24


def test_the_headline() -> None:
    assert selectors.headline("Physics", 2, "student") == "Physics, 2nd year"
    assert selectors.headline("", 2, "student") == "2nd year"
    assert selectors.headline("Physics", 2, "faculty") == "Physics"
    assert selectors.headline("Physics", None, "student") == "Physics"
    assert selectors.headline("", None, "student") == ""


@pytest.mark.parametrize("reach", [{"password": 0}, {"bio": 3}, {"bio": 9}, {"field:1": 0}])
def test_only_known_parts_and_levels(reach: dict[str, int], alice: User) -> None:
    with pytest.raises(Invalid):
        services.set_field_reach(actor=alice, reach=reach)


@pytest.mark.parametrize("path", [STUDIES, LINKS])
def test_the_pages_cost_as_much_with_many_rows_as_with_one(path: str, alice_client: Client, alice: User) -> None:
    counts = []
    for rows in (1, 5):
        services.set_skills(actor=alice, names=[f"skill {number}" for number in range(4 * rows)])
        for number in range(rows):
            services.set_courses(actor=alice, year=2020 + number, season=3, codes=[f"C {number}", "D 1"])
            if not ProfileLink.objects.filter(person=alice, url=f"https://{number}.example/").exists():
                services.add_link(actor=alice, label="x", url=f"https://{number}.example/")
        alice_client.get(path)
        with CaptureQueriesContext(connection) as queries:
            alice_client.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 6

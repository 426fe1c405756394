"""Small answers that are not pages."""

from django.test import Client


def test_robots_are_kept_out_of_what_is_private(client: Client, db: None) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"].startswith("text/plain")
    assert "Disallow: /settings/" in response.content.decode()
    assert "public" in response["Cache-Control"]


def test_the_favicon_is_the_drawn_one(client: Client, db: None) -> None:
    response = client.get("/favicon.ico")
    assert response.status_code == 302
    assert response["Location"].endswith(".svg")


def test_the_colour_of_a_university_that_cannot_be_is_a_404(client: Client, db: None) -> None:
    assert client.get(f"/campus/{2**63}.css").status_code == 404

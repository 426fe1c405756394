"""A running OpenID provider, and what a browser does there."""

import json
import re
import socket
import sys
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urljoin

import requests

from tests.accounts.sso.keys import make_key
from tests.accounts.sso.oidc_provider import PASSWORD
from tests.processes import Process, wait_for


class OidcProvider(Process):
    """The university's log-in in its own process. `about` says what it claims about nora, fred, alice and mallory."""

    def __init__(self, redirect_uris: list[str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port: int = probe.getsockname()[1]
        super().__init__([sys.executable, "-m", "tests.accounts.sso.oidc_provider", str(port), *redirect_uris])
        (self.directory / "key.pem").write_text(make_key().private)
        self.url = f"http://127.0.0.1:{port}"
        self.env = {
            "PROVIDER_DIRECTORY": str(self.directory),
            "DJANGO_SETTINGS_MODULE": "tests.accounts.sso.oidc_settings",
        }
        self.forget()

    def forget(self) -> None:
        self.people: dict[str, Any] = {name: {} for name in ("nora", "fred", "alice", "mallory", "*")}
        for name in ("nora", "fred", "alice", "mallory"):
            self.people[name] = {"email": f"{name}@northmere.example", "claims": {"name": f"{name.title()} Novak"}}
        self._write()

    def about(self, username: str, **changes: Any) -> None:
        self.people[username] |= changes
        self._write()

    def _write(self) -> None:
        (self.directory / "people.json").write_text(json.dumps(self.people))

    def start(self) -> None:
        super().start()
        wait_for(self._answers, 60, "the provider answers")

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/ready", timeout=2) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def log_in(self, location: str, username: str) -> str:
        """What a browser does there: open the page, type the password, follow. The address it is sent back to."""
        browser = requests.Session()
        page = browser.get(location, timeout=10)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token, page.text
        typed = {"login": username, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        answer = browser.post(page.url, data=typed, allow_redirects=False, timeout=10)
        while answer.is_redirect and answer.headers["Location"].startswith(("/", self.url)):
            answer = browser.get(urljoin(answer.url, answer.headers["Location"]), allow_redirects=False, timeout=10)
        return answer.headers["Location"]

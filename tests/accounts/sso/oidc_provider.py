"""Runs the provider (`python -m tests.accounts.sso.oidc_provider`), and lets a test say what it claims about whom.

people.json in its directory: username -> {"email", "verified", "claims": {…}, "userinfo": {…}, "id_token": {…}}, read
at each request, so that a test may change its mind, or have the provider lie.
"""

import base64
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

PASSWORD = "only the university knows"


def people() -> dict[str, Any]:
    written: dict[str, Any] = json.loads((Path(os.environ["PROVIDER_DIRECTORY"]) / "people.json").read_text())
    return written


def _adapter() -> type:
    from allauth.idp.oidc.adapter import DefaultOIDCAdapter

    class Adapter(DefaultOIDCAdapter):  # type: ignore[misc]
        def get_claims(self, purpose: str, user: Any, client: Any, scopes: Any, **more: Any) -> dict[str, Any]:
            who = people()[user.username]
            said = {"sub": self.get_user_sub(client, user), "preferred_username": user.username}
            if "email" in who:
                said |= {"email": who["email"], "email_verified": who.get("verified", True)}
            return {**said, **who.get("claims", {}), **who.get(purpose, {})}

        def populate_id_token(self, id_token: dict[str, Any], client: Any, scopes: Any, **more: Any) -> None:
            id_token |= people()["*"].get("id_token", {})

        def get_user_sub(self, client: Any, user: Any) -> str:
            return f"sub-{user.username}"

        def get_user_by_sub(self, client: Any, sub: str) -> Any:
            from django.contrib.auth.models import User

            return User.objects.get(username=sub.removeprefix("sub-"))

    return Adapter


def __getattr__(name: str) -> Any:
    if name == "Adapter":
        return _adapter()
    raise AttributeError(name)


def tampering(get_response: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """With "*": {"tampered": {…}} the ID token gets these claims after it was signed."""

    def middleware(request: Any) -> Any:
        response = get_response(request)
        changed = people()["*"].get("tampered")
        if changed and request.path.endswith("/token"):
            answer = json.loads(response.content)
            head, body, signature = answer["id_token"].split(".")
            claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))) | changed
            body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
            response.content = json.dumps(answer | {"id_token": f"{head}.{body}.{signature}"})
            response["Content-Length"] = str(len(response.content))
        return response

    return middleware


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


def main(port: int, redirect_uris: list[str]) -> None:
    import django
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    django.setup()
    call_command("migrate", verbosity=0)
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.models import User

    for username in people():
        User.objects.create_user(username, f"{username}@provider.example", PASSWORD)
    client = Client(id="campus-connect", name="Campus Connect", scopes="openid\nprofile\nemail", skip_consent=True)
    client.redirect_uris = "\n".join(redirect_uris)
    client.set_secret("a shared secret")
    client.save()
    make_server("127.0.0.1", port, get_wsgi_application(), Server, WSGIRequestHandler).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])

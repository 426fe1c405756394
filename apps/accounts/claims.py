"""What a campus log-in says about somebody, in one shape for OpenID Connect and SAML (XP2). Pure functions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apps.accounts import addresses
from apps.kernel import text

# One claim, as OIDC federations and the attributes of SAML (eduPerson, SCHAC, X.500) spell it.
SPELLINGS = {
    "eduPersonAffiliation": ["eduperson_affiliation", "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"],
    "eduPersonScopedAffiliation": ["eduperson_scoped_affiliation", "urn:oid:1.3.6.1.4.1.5923.1.1.1.9"],
    "eduPersonPrincipalName": ["eduperson_principal_name", "urn:oid:1.3.6.1.4.1.5923.1.1.1.6"],
    "schacHomeOrganization": ["schac_home_organization", "urn:oid:1.3.6.1.4.1.25178.1.2.9"],
    "email": [
        "mail",
        "urn:oid:0.9.2342.19200300.100.1.3",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    ],
    "email_verified": ["http://schemas.auth0.com/email_verified"],
    "name": ["displayName", "urn:oid:2.16.840.1.113730.3.1.241", "cn", "urn:oid:2.5.4.3"],
    "given_name": [
        "givenName",
        "urn:oid:2.5.4.42",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/givenname",
    ],
    "family_name": ["sn", "urn:oid:2.5.4.4", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/surname"],
    "preferred_username": ["uid", "urn:oid:0.9.2342.19200300.100.1.1"],
}
ABOUT_A_PERSON = [
    "email",
    "email_verified",
    "name",
    "given_name",
    "family_name",
    "preferred_username",
    "eduPersonPrincipalName",
]
LONGEST, MOST = 500, 20  # characters of a value, values of a claim


@dataclass(frozen=True, slots=True)
class Claims:
    """Claims by name, each a list of strings. What stands here was said, not shown to be true."""

    values: Mapping[str, list[str]]

    def all(self, name: str) -> list[str]:
        return self.values.get(name, [])

    def one(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    @property
    def email(self) -> str:
        """The address in its plain form; empty when there is none, or none that a university hands out."""
        return addresses.canonical(self.one("email"))

    @property
    def email_verified(self) -> bool:
        """Only a plain yes: some providers send "false" as a word."""
        return self.one("email_verified").lower() == "true"

    @property
    def name(self) -> str:
        parts = f"{self.one('given_name')} {self.one('family_name')}"
        return text.clean_name(self.one("name"))[:80].strip() or text.clean_name(parts)[:80].strip()

    @property
    def username_hints(self) -> list[str]:
        """What a username may be made of, the likeliest first."""
        said = [self.one("preferred_username"), self.one("eduPersonPrincipalName"), self.email, self.name]
        return [hint.partition("@")[0] for hint in said if hint]


def pick(said: Mapping[str, Any], wanted: Iterable[str]) -> dict[str, list[str]]:
    """Of all that was said, the wanted claims under our names for them: nothing else is kept."""
    kept = {}
    for name in wanted:
        found = next((said[key] for key in [name, *SPELLINGS.get(name, [])] if said.get(key)), None)
        values = found if isinstance(found, list | tuple) else [found]
        words = [str(value).strip()[:LONGEST] for value in values[:MOST] if isinstance(value, str | int)]
        if words:
            kept[name] = words
    return kept

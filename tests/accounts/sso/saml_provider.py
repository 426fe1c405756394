"""A university's SAML provider: reads our request, answers with a signed response, or with one of an attacker's."""

import base64
import copy
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from tests.accounts.sso.keys import Key, make_key

ENTITY = "https://login.southdale.example/metadata"
ACS = "http://testserver/accounts/saml/southdale/acs/"
AUDIENCE = "http://testserver/accounts/saml/southdale/metadata/"
NS = {"saml": "urn:oasis:names:tc:SAML:2.0:assertion", "samlp": "urn:oasis:names:tc:SAML:2.0:protocol"}
AFFILIATION = "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"

METADATA = """<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing">
<KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>{certificate}</X509Certificate></X509Data>
</KeyInfo></KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
Location="https://login.southdale.example/sso"/></IDPSSODescriptor></EntityDescriptor>"""

RESPONSE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_r{id}" Version="2.0" IssueInstant="{now}"
 Destination="{recipient}" InResponseTo="{answers}"><saml:Issuer>{issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
<saml:Assertion ID="_a{id}" Version="2.0" IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer><saml:Subject>
<saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">{subject}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData
 InResponseTo="{answers}" NotOnOrAfter="{until}" Recipient="{recipient}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction>
<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{now}" SessionIndex="_s{id}">
<saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement>
</saml:Assertion></samlp:Response>"""


@dataclass
class SamlProvider:
    key: Key = field(default_factory=make_key)

    def metadata(self) -> str:
        lines = self.key.certificate.strip().splitlines()[1:-1]
        return METADATA.format(entity=ENTITY, certificate="".join(lines))

    def response(self, location: str, *, subject: str = "s-1", age: timedelta = timedelta(), **changes: Any) -> str:
        """The response to the request in `location`, not signed yet."""
        now = datetime.now(UTC) - age
        claims = {AFFILIATION: ["faculty"], "urn:oid:0.9.2342.19200300.100.1.3": [f"{subject}@southdale.example"]}
        claims |= {"urn:oid:2.16.840.1.113730.3.1.241": [subject.title()], **changes.pop("claims", {})}
        fields = {
            "id": uuid4().hex,
            "answers": request_id(location),
            "issuer": ENTITY,
            "audience": AUDIENCE,
            "recipient": ACS,
            "subject": subject,
            "now": stamp(now),
            "since": stamp(now - timedelta(minutes=1)),
            "until": stamp(now + timedelta(minutes=5)),
            "attributes": "".join(_attribute(name, values) for name, values in claims.items()),
        }
        return RESPONSE.format(**(fields | changes))

    def sign(self, xml: str, *, what: str = "saml:Assertion") -> str:
        """Signed as Shibboleth and others do: the assertion, or the whole response."""
        tree = etree.fromstring(xml.encode())
        target = tree if what == "samlp:Response" else tree.find(what, NS)
        assert target is not None
        signed = etree.fromstring(
            OneLogin_Saml2_Utils.add_sign(etree.tostring(target), self.key.private, self.key.certificate)
        )
        if target is tree:
            return str(etree.tostring(signed, encoding="unicode"))
        tree.replace(target, signed)
        return str(etree.tostring(tree, encoding="unicode"))


def wrap(signed: str, *, victim: str) -> list[str]:
    """XML signature wrapping: the signed assertion is kept where a careless check finds it, a forged one where a
    careless reader does (Somorovsky et al., 2012)."""
    wrapped = []
    for place in ("before", "after", "extension", "object"):
        tree = etree.fromstring(signed.encode())
        original = tree.find("saml:Assertion", NS)
        assert original is not None
        forged = copy.deepcopy(original)
        forged.set("ID", "_forged")
        signature = forged.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
        assert signature is not None
        forged.remove(signature)
        for node in forged.iter(f"{{{NS['saml']}}}NameID"):
            node.text = victim
        if place == "before":
            original.addprevious(forged)
        elif place == "after":
            original.addnext(forged)
        elif place == "extension":
            tree.replace(original, forged)
            extension = etree.SubElement(tree, f"{{{NS['samlp']}}}Extensions")
            extension.append(original)
        else:
            tree.replace(original, forged)
            own = original.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
            assert own is not None
            forged.insert(1, own)
            etree.SubElement(own, "{http://www.w3.org/2000/09/xmldsig#}Object").append(original)
        wrapped.append(etree.tostring(tree).decode())
    return wrapped


def request_id(location: str) -> str:
    asked = parse_qs(urlsplit(location).query)["SAMLRequest"][0]
    found: str = etree.fromstring(zlib.decompress(base64.b64decode(asked), -15)).get("ID", "")
    return found


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _attribute(name: str, values: list[str]) -> str:
    inner = "".join(f"<saml:AttributeValue>{value}</saml:AttributeValue>" for value in values)
    return f'<saml:Attribute Name="{name}">{inner}</saml:Attribute>'

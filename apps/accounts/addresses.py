"""E-mail addresses: what counts as the same inbox, and which domains an address stands under (ID2)."""

import re

# A dot-atom (RFC 5322) in plain letters. Quoted parts, comments and other scripts would let one inbox be
# written in many ways; no university hands out such addresses.
_ATOM = r"[a-z0-9!#$%&'*/=?^_`{|}~-][a-z0-9!#$%&'*/=?^_`{|}~+-]*"
PLAIN = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
LONGEST = 254


def canonical(address: str) -> str:
    """The address in lower case, without blanks around it; empty when it is not a plain address."""
    address = address.strip()
    # lower() may turn a letter of another script into a plain one (the Kelvin sign into k), so look before.
    lowered = address.lower() if address.isascii() else ""
    return lowered if len(lowered) <= LONGEST and PLAIN.fullmatch(lowered) else ""


def address_key(address: str) -> str | None:
    """What two spellings of one inbox share: no plus-tag, no capitals. Dots count. None when there is no address."""
    local, at, domain = canonical(address).rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}" or None


def domains_above(address: str) -> list[str]:
    """The address's domain and every domain it lies under, longest first: a.b.example, b.example."""
    labels = canonical(address).rpartition("@")[2].split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]

"""How often, for who follows whom (apps/kernel/limits.py)."""

from apps.kernel.limits import HOUR, MINUTE, Limit

LIMITS = {
    "follow": Limit(200, per=HOUR),  # a freshers' week, not a follow robot
    "block": Limit(100, per=HOUR),
    "mute": Limit(100, per=HOUR),
    "circle": Limit(200, per=HOUR),  # a long evening of sorting people
    "person.note": Limit(200, per=HOUR),
    "people.suggest": Limit(120, per=MINUTE),  # two letters a second
    "people.browse": Limit(240, per=MINUTE),  # somebody who types and picks, not a copier of the list
}

"""How often, for who follows whom (apps/kernel/limits.py)."""

from apps.kernel.limits import HOUR, MINUTE, Limit

LIMITS = {
    "follow": Limit(200, per=HOUR),  # a freshers' week, not a follow robot
    "block": Limit(100, per=HOUR),
    "people.suggest": Limit(120, per=MINUTE),  # two letters a second
}

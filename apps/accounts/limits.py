"""How often, for what people do with their accounts (apps/kernel/limits.py).

The durable ones count in PostgreSQL, so that a Redis that is down opens no door (LIBRARIES trap 23).
"""

from apps.kernel.limits import HOUR, MINUTE, Limit

LIMITS = {
    # Failures only: a lecture hall behind one address logs in at once, a guesser fails all the time.
    "login.address": Limit(10, per=MINUTE, durable=True),
    "login.account": Limit(5, per=5 * MINUTE, durable=True),
    "signup": Limit(20, per=MINUTE, durable=True),
    # Mails that anybody can make us send: by who asks, and by who would get them.
    "mail.asked": Limit(20, per=MINUTE, durable=True),
    "mail.sent_to": Limit(5, per=10 * MINUTE, durable=True),
    "mail.resend": Limit(1, per=MINUTE // 2, durable=True),  # time enough for the last one to arrive
    "profile.update": Limit(30, per=HOUR),
}

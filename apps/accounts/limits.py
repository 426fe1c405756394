"""How often, for what people do with their accounts (apps/kernel/limits.py).

The durable ones count in PostgreSQL, so that a Redis that is down opens no door (LIBRARIES trap 23).
"""

from apps.kernel.limits import DAY, HOUR, MINUTE, Limit

LIMITS = {
    # Failures only: a lecture hall behind one address logs in at once, a guesser fails all the time.
    "login.address": Limit(10, per=MINUTE, durable=True),
    "login.account": Limit(5, per=5 * MINUTE, durable=True),
    # The second step: every try of a code, and those that failed; a passkey cannot be guessed, only bring work.
    "factor.code": Limit(5, per=5 * MINUTE, durable=True),
    "factor.failed": Limit(30, per=DAY, durable=True),
    "factor.passkey": Limit(60, per=MINUTE, durable=True),
    "signup": Limit(20, per=MINUTE, durable=True),
    # Mails that anybody can make us send: by who asks, and by who would get them.
    "mail.asked": Limit(20, per=MINUTE, durable=True),
    "mail.sent_to": Limit(5, per=10 * MINUTE, durable=True),
    "mail.resend": Limit(1, per=MINUTE // 2, durable=True),  # time enough for the last one to arrive
    "profile.update": Limit(240, per=HOUR),  # a page of settings changes several parts at once
    "link.check": Limit(10, per=HOUR),  # each asks somebody else's server
    "privacy.update": Limit(60, per=HOUR),
    # Ways in: each of these sends a mail, guesses a code or asks about an address.
    "signup.way": Limit(60, per=MINUTE, durable=True),
    "invitation.make": Limit(20, per=DAY, durable=True),  # a member has five open at a time
    "invitation.make_staff": Limit(1_000, per=DAY, durable=True),  # addresses, a year's intake in a few days
    "invitation.resend": Limit(3, per=DAY, durable=True),  # each
    "invitation.to": Limit(5, per=DAY, durable=True),  # one inbox, whoever invites
    "verification.mail": Limit(3, per=HOUR, durable=True),
    "verification.try": Limit(5, per=HOUR // 4, durable=True),  # guesses while a code lives
    "join.reason": Limit(20, per=HOUR),
    # Campus log-ins: a lecture hall behind one address begins at once, and each answer is work.
    "sso.start": Limit(300, per=MINUTE),
    "sso.answer": Limit(300, per=MINUTE),
}

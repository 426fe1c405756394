"""Numbers that several layers of the app go by: how long, how many, how wide."""

from datetime import timedelta

from apps.posts.models import Audience

UNDO = timedelta(days=30)  # how long what was deleted can be brought back
KEPT = timedelta(days=31)  # how long the row of what was deleted stays

PINS = 3  # posts at the top of a profile
PIN_DAYS = (None, 7, 30)  # how long; None: until taken down

BOOSTS = 3  # running at once, of posts of one university
BOOST_LONGEST = 30  # days
BOOST_REASON = 120  # characters
BOOSTED = (Audience.PUBLIC, Audience.CAMPUS)

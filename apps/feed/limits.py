from apps.kernel.limits import HOUR, MINUTE, Limit

LIMITS = {
    "feed.less": Limit(200, per=HOUR),
    "feed.settings": Limit(120, per=HOUR),  # somebody who tries every filter
    "feed.place": Limit(60, per=MINUTE),  # the browser says it at most every few seconds, from several tabs
}

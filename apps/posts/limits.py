from apps.kernel.limits import HOUR, Limit

LIMITS = {
    "post.create": Limit(30, per=HOUR),  # a chatty afternoon, not a bot
    "comment.create": Limit(60, per=HOUR),  # one a minute for an hour
    "post.like": Limit(300, per=HOUR),  # a long evening with the feed
    "post.delete": Limit(120, per=HOUR),  # tidying up, with undo
}

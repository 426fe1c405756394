from apps.kernel.limits import HOUR, MINUTE, Limit

LIMITS = {
    "post.create": Limit(30, per=HOUR),  # a chatty afternoon, not a bot
    "comment.create": Limit(60, per=HOUR),  # one a minute for an hour
    "post.react": Limit(300, per=HOUR),  # a long evening with the feed
    "post.share": Limit(60, per=HOUR),  # a repost a minute, and quotes that are taken out
    "post.vote": Limit(120, per=HOUR),  # polls, and changing one's mind
    "post.preview": Limit(300, per=HOUR),  # a look after every sentence
    "draft.save": Limit(2_000, per=HOUR),  # an hour of writing, saved at every pause
    "post.schedule": Limit(60, per=HOUR),  # a term's posts, and moving them about
    "post.edit": Limit(120, per=HOUR),  # a long text, put right many times
    "post.pin": Limit(60, per=HOUR),  # trying what stands best at the top
    "post.preferences": Limit(60, per=HOUR),  # trying each of a few
    "post.save": Limit(300, per=HOUR),  # saving all one finds about a subject
    "bookmark.edit": Limit(600, per=HOUR),  # an evening of sorting: folders, notes, ticks
    "tag.follow": Limit(120, per=HOUR),  # trying what is there
    "tags.suggest": Limit(60, per=MINUTE),  # a list after every letter
    "post.remove_card": Limit(120, per=HOUR),  # tidying up
    "comment.fold": Limit(120, per=HOUR),  # a bad evening under one's post
    "post.delete": Limit(120, per=HOUR),  # tidying up, with undo
}

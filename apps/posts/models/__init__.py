"""Posts, the talk under them, and what hangs on both."""

from apps.posts.models.comments import COMMENT_LIMIT, DEEPEST, STEP, Comment
from apps.posts.models.kept import FOLDER_NAME, NOTE_LIMIT, Bookmark, Draft, Failure, Folder, PostPreferences
from apps.posts.models.polls import OPTION_LIMIT, OPTIONS, QUESTION_LIMIT, Ballot, Poll, PollOption
from apps.posts.models.posts import (
    BODY_LIMIT,
    WARNING_LIMIT,
    Audience,
    Boost,
    Pin,
    Post,
    PostQuerySet,
    Quoting,
    Replies,
    Revision,
)
from apps.posts.models.reactions import CommentReaction, Feeling, Reaction
from apps.posts.models.tags import Hashtag, Mention, MutedThread, MutedWord, PostTag, TagFollow

__all__ = [
    "BODY_LIMIT",
    "COMMENT_LIMIT",
    "DEEPEST",
    "FOLDER_NAME",
    "NOTE_LIMIT",
    "OPTIONS",
    "OPTION_LIMIT",
    "QUESTION_LIMIT",
    "STEP",
    "WARNING_LIMIT",
    "Audience",
    "Ballot",
    "Bookmark",
    "Boost",
    "Comment",
    "CommentReaction",
    "Draft",
    "Failure",
    "Feeling",
    "Folder",
    "Hashtag",
    "Mention",
    "MutedThread",
    "MutedWord",
    "Pin",
    "Poll",
    "PollOption",
    "Post",
    "PostPreferences",
    "PostQuerySet",
    "PostTag",
    "Quoting",
    "Reaction",
    "Replies",
    "Revision",
    "TagFollow",
]

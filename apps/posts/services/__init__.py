"""Every write of posts, by what it is about."""

from apps.posts.services.bookmarks import (
    create_folder,
    delete_folder,
    dismiss_reminder,
    edit_bookmark,
    remind_due,
    rename_folder,
    return_bookmark,
    save_post,
    set_done,
    unsave_post,
)
from apps.posts.services.boosts import drop_ended_boosts, end_boost, fault_of_another_boost, start_boost
from apps.posts.services.comments import add_comment, delete_comment, fold_comment, restore_comment
from apps.posts.services.drafts import (
    Changed,
    delete_draft,
    move_scheduled,
    publish_draft,
    publish_due,
    restore_draft,
    save_draft,
    schedule_post,
)
from apps.posts.services.editing import edit_post, edition_of, wording_of
from apps.posts.services.hashtags import follow_tag, keep_tag_out, let_tag_in, unfollow_tag
from apps.posts.services.links import draw_anew, remove_card
from apps.posts.services.pins import drop_ended_pins, pin_post, unpin_post
from apps.posts.services.polls import close_polls, vote
from apps.posts.services.posts import create_post, delete_post, restore_post
from apps.posts.services.preferences import set_preferences
from apps.posts.services.purging import forget_comment, forget_post, purge_deleted
from apps.posts.services.quiet import mute_thread, mute_word, purge_muted_words, unmute_thread, unmute_word
from apps.posts.services.reactions import Felt, react, react_to_comment
from apps.posts.services.reminding import tell_due
from apps.posts.services.sharing import detach_quote, reattach_quote, repost, unrepost

__all__ = [
    "Changed",
    "Felt",
    "add_comment",
    "close_polls",
    "create_folder",
    "create_post",
    "delete_comment",
    "delete_draft",
    "delete_folder",
    "delete_post",
    "detach_quote",
    "dismiss_reminder",
    "draw_anew",
    "drop_ended_boosts",
    "drop_ended_pins",
    "edit_bookmark",
    "edit_post",
    "edition_of",
    "end_boost",
    "fault_of_another_boost",
    "fold_comment",
    "follow_tag",
    "forget_comment",
    "forget_post",
    "keep_tag_out",
    "let_tag_in",
    "move_scheduled",
    "mute_thread",
    "mute_word",
    "pin_post",
    "publish_draft",
    "publish_due",
    "purge_deleted",
    "purge_muted_words",
    "react",
    "react_to_comment",
    "reattach_quote",
    "remind_due",
    "remove_card",
    "rename_folder",
    "repost",
    "restore_comment",
    "restore_draft",
    "restore_post",
    "return_bookmark",
    "save_draft",
    "save_post",
    "schedule_post",
    "set_done",
    "set_preferences",
    "start_boost",
    "tell_due",
    "unfollow_tag",
    "unmute_thread",
    "unmute_word",
    "unpin_post",
    "unrepost",
    "unsave_post",
    "vote",
    "wording_of",
]

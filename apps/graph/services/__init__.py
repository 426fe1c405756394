"""Writes of graph: edges between people, circles, and what a person keeps to themselves."""

from apps.graph.services.circles import create_circle, delete_circle, hold_circle, rename_circle, set_circle_members
from apps.graph.services.edges import (
    ACCEPTED_AT_ONCE,
    accept_request,
    block,
    decline_request,
    follow,
    grant_waiting,
    purge_requests,
    remove_follower,
    unblock,
    unfollow,
)
from apps.graph.services.quiet import mute, purge_mutes, unmute, write_note

__all__ = [
    "ACCEPTED_AT_ONCE",
    "accept_request",
    "block",
    "create_circle",
    "decline_request",
    "delete_circle",
    "follow",
    "grant_waiting",
    "hold_circle",
    "mute",
    "purge_mutes",
    "purge_requests",
    "remove_follower",
    "rename_circle",
    "set_circle_members",
    "unblock",
    "unfollow",
    "unmute",
    "write_note",
]

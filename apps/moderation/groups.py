"""Who works at the desk. The group is made by a migration; the admin decides who is in it."""

MODERATORS = "Moderators"

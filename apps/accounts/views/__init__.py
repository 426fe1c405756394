"""Settings of one's own account, and the ways in that are ours. Log-in, password and address are allauth's views."""

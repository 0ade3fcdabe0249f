"""The notification centre: what happened, read and unread, and where it was told."""

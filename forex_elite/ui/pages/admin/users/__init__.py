"""People: found, given a role, suspended, logged out."""

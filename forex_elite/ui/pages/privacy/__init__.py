"""Everything about me: download, consents, erasure."""

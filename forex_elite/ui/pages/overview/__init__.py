"""The overview: limits, accounts, positions, signals and agents at a glance."""

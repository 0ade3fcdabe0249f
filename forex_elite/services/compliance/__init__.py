"""Reports for the trader and the regulator, everything about a person as one archive, and erasure."""

"""Reports for the trader and the regulator, made in the background."""

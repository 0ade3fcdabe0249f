"""How the installation stands, and everybody's alerts."""

"""The leaderboard: who stands where, under which name, and what a place is worth."""

"""What the closed trades say: equity curve, ratios, and where the money was made."""

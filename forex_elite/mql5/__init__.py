"""The MQL5 language: parse, diagnose, explain."""

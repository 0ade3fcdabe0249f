"""What authors of Expert Advisors do: keep projects, write, compare, compile, deploy."""

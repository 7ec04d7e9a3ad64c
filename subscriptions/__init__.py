"""Who is written to: subscribers, joining by double opt-in, leaving with one click."""

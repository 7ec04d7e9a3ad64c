"""The few things that every app may use."""

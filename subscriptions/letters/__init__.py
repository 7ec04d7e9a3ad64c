"""Letters: what they say, who gets them, and how each of them leaves the house once."""

"""What readers say: comments, their moderation, and the counts that are always right."""

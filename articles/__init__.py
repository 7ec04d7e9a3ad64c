"""What is written: articles, their sections and points, media, topics, the owner's pages."""

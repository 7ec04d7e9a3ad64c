"""What comes back: letters that servers refused afterwards, and that readers complained of."""

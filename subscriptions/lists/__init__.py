"""Lists that come from elsewhere and go elsewhere: addresses as CSV."""

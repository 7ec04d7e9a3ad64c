"""The wiring of the site: settings, addresses, middleware, checks."""

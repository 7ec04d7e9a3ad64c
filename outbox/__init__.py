"""The post room: outgoing mail as rows, the one place that talks SMTP, and the worker."""

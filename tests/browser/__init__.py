"""What a person does in a real Chromium, against what `make run` starts."""

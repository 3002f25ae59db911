"""What a month is counted from, read for many people at once: a fixed number of statements."""

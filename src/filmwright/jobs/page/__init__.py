"""Pages (HTML) that need no other file: their frame, their style, their pictures."""

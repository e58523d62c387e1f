"""The fifth room: films are marked, signed, moderated and found again."""

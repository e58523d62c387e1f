"""The nouns: cameras, poses, plans, hashes, files."""

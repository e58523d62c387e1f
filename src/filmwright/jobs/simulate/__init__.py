"""Simulate: a seeded factory of captioned clips that are known exactly."""

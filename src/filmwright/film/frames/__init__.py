"""Rendered or generated pictures."""

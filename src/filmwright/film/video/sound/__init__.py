"""The film's sound: composed, played, mixed and measured by our own code."""

from .compose import compose

__all__ = ["compose"]

"""Blender, called in an environment of its own: it needs a Python and a numpy of its own choice."""

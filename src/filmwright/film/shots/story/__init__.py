"""The grammar of a product film: which shots, how long, how the camera moves and what it frames."""

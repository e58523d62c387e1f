"""Other people's watermarks, each called in an environment of its own."""

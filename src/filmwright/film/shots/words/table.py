"""Tables written as plain text: entries between commas."""


def entries(text: str) -> tuple[str, ...]:
    """The entries of a table of words."""
    return tuple(" ".join(e.split()) for e in text.split(",") if e.strip())


def pairs(text: str) -> dict[str, str]:
    """A table of names, each with a value after its last space."""
    return {e.rpartition(" ")[0]: e.rpartition(" ")[2] for e in entries(text)}

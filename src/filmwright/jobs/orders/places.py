"""Where the files of orders stand in the store."""

import secrets

INPUTS, WORK, RESULTS = "inputs/", "work/", "results/"


def new_input(suffix: str = "") -> str:
    """A place for a file of a customer's: nothing that they say is in it but the kind, such as ".glb"."""
    return f"{INPUTS}{secrets.token_hex(16)}{suffix}"


def work_of(order: str) -> str:
    """What the stages of an order have made so far stands under this prefix."""
    return f"{WORK}{order}/"


def results_of(order: str) -> str:
    """What an order has brought stands under this prefix."""
    return f"{RESULTS}{order}/"

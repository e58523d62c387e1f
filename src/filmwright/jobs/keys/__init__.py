"""API keys: who may ask the service for what, and how much.

with Keys.open(url) as keys:
    key, secret = keys.create("render farm", quotas=Quotas(jobs_per_day=500))
    key = keys.authenticate(secret, "videos:write")   # KeyRefused
    Pace(keys.engine).take(key)                        # OverLimit; one Pace for the whole process
    with keys.engine.begin() as connection:
        charge(connection, key, jobs=1, seconds=8)     # OverLimit
"""

from .allowance import Pace, charge, usage
from .keyring import Keys, permit
from .nouns import SCOPES, USUAL, Key, Quotas, Scope, Usage

__all__ = [
    "SCOPES",
    "USUAL",
    "Key",
    "Keys",
    "Pace",
    "Quotas",
    "Scope",
    "Usage",
    "charge",
    "permit",
    "usage",
]

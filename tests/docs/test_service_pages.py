"""The pages on inputs, keys and stores say what the code does."""

import re
from dataclasses import asdict, fields
from pathlib import Path
from typing import get_args

from filmwright.film.asset.stores import stores
from filmwright.jobs.intake import Code, Hosts, Limits
from filmwright.jobs.keys import SCOPES, Quotas

ROOT = Path(__file__).parents[2]


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_code_and_host_of_inputs_is_described():
    text = page("docs/reference/inputs.md")
    assert not [code for code in get_args(Code) if f"`{code}`" not in text]
    assert not [field.name for field in fields(Hosts) if not re.search(rf"^{field.name} = ", text, flags=re.M)]


def test_the_limits_are_those_of_the_code():
    rows = re.findall(r"^\| `(\w+)` \| ([\d,]+) \|", page("docs/reference/inputs.md"), flags=re.M)
    assert {key: float(value.replace(",", "")) for key, value in rows} == asdict(Limits())


def test_scopes_codes_and_quotas_of_keys_are_described():
    text = page("docs/reference/keys.md")
    assert not [scope for scope in SCOPES if f"`{scope}`" not in text]
    raised = {"invalid_api_key", "rate_limit_exceeded"}  # what the errors are where nothing else is said
    for file in (ROOT / "src/filmwright/jobs/keys").glob("*.py"):
        raised |= set(re.findall(r'"(\w+_(?:key|scope|exceeded))"', file.read_text(encoding="utf-8")))
    assert not [code for code in raised if f"`{code}`" not in text]
    options = page("docs/how-to/give-out-api-keys.md")
    assert not [f.name for f in fields(Quotas) if f"--{f.name.replace('_', '-')}" not in options]


def test_every_store_is_described():
    text = page("docs/reference/stores.md").lower()
    assert not [name for name in stores.names() if f"## {name}" not in text]


def test_the_tests_that_hold_the_promises_exist():
    named = re.findall(r"`(tests/[\w/]+\.py)`", page("SECURITY.md"))
    assert len(set(named)) >= 4
    assert not [name for name in named if not (ROOT / name).is_file()]

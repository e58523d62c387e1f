"""Requests that schemathesis makes up from the OpenAPI page: none finds a bug, and every answer is as promised."""

from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from filmwright.apps.server.app import create_app
from filmwright.apps.server.service import opened
from filmwright.apps.server.settings import ServerSettings
from filmwright.jobs.keys import Keys, Quotas

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance]
EXAMPLES = 12  # of each route
MODES = [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE]


@schemathesis.serializer("application/jsonl")
def lines(_context, value):
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """The schema of a server that wants a key, and the key."""
    folder = tmp_path_factory.mktemp("api")
    url = f"sqlite:///{folder}/service.db"
    with Keys.open(url) as keys:
        secret = keys.create("fuzz", scopes=("admin",), quotas=Quotas(requests_per_minute=None))[1]
    with opened(ServerSettings(database=url, store=str(folder / "store"), worker=False)) as service:
        yield schemathesis.openapi.from_asgi("/openapi.json", create_app(service)), secret


def test_no_request_is_a_bug(api):
    schema, secret = api
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 15
    statuses = Counter()
    for operation in operations:

        @given(case=st.one_of([operation.as_strategy(generation_mode=mode) for mode in MODES]))
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def ask(case):
            answer = case.call_and_validate(headers={"Authorization": f"Bearer {secret}"}, checks=CHECKS)
            statuses[answer.status_code] += 1

        ask()
    assert {200, 400, 404} <= set(statuses), statuses
    assert statuses.total() > 100

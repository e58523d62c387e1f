"""GET /models: what can be asked for."""

from filmwright.jobs.conformance.checks import SDK, check
from filmwright.jobs.conformance.nouns import Untried, expect
from filmwright.jobs.conformance.target import Target
from filmwright.jobs.conformance.wire import done

TOPIC = "models"


@check(TOPIC, "`models.list` names the models, each with id, object, created and owned_by", SDK)
def models_listed(target: Target) -> str:
    """And the one that is asked for is among them."""
    table = done(target.ask("GET", "/models"))
    expect(table.get("object") == "list", f"object is {table.get('object')!r}, not 'list'")
    names = [model.id for model in target.by_sdk(lambda sdk: sdk.models.list()).data]
    expect(bool(names), "none is named")
    for model in table["data"]:
        missing = [name for name in ("id", "object", "created", "owned_by") if name not in model]
        expect(not missing, f"{model.get('id')} has no {', '.join(missing)}")
    expect(target.asked.model in ("", *names), f"{target.asked.model!r} is not among {', '.join(names)}")
    return ", ".join(names[:6])


@check(TOPIC, "`models.retrieve` tells of one of them", SDK)
def model_told(target: Target) -> str:
    """By its id."""
    names = [model.id for model in target.by_sdk(lambda sdk: sdk.models.list()).data]
    if not names:
        raise Untried("no model is named")
    one = target.by_sdk(lambda sdk: sdk.models.retrieve(names[0]))
    expect(one.id == names[0], f"asked for {names[0]!r}, told of {one.id!r}")
    return one.id


CHECKS = (models_listed, model_told)

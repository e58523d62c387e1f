"""The rules by topic, in the order in which they are tried."""

from filmwright.jobs.conformance.checks import Check

from . import content, create, deletion, derived, errors, extensions, listing, models, polling, shape

CHECKS: tuple[Check, ...] = (
    *models.CHECKS,
    *errors.CHECKS,
    *create.CHECKS,
    *polling.CHECKS,
    *shape.CHECKS,
    *content.CHECKS,
    *listing.CHECKS,
    *derived.CHECKS,
    *extensions.CHECKS,
    *deletion.CHECKS,
)
TOPICS = tuple(dict.fromkeys(check.topic for check in CHECKS))

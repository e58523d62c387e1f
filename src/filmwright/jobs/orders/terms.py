"""On what terms orders are taken."""

from dataclasses import dataclass

DAY = 86_400.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The service's own numbers, where an order does not say. Times are seconds."""

    keep: float = 7 * DAY  # an order and its files, after its end
    time_limit: float = 2 * 3600.0  # of making one order, all attempts together
    per_owner: int | None = None  # orders of one owner made at the same time; None is as many as there are slots
    attempts: int = 5  # workers that may take an order up: one that kills its workers must not kill them all
    lost_after: float = 20.0  # a worker that has not been heard of for so long is held for lost
    upload_grace: float = 3600.0  # a file that no order names is kept for so long
    webhook_tries: int = 8  # over about a day, each four times as long after the one before

"""No moderation: the verdict then says that nobody looked."""

from collections.abc import Iterable

from filmwright.core.verdict import Signal

from . import Exhibit


class Nobody:
    """Notices nothing."""

    def look(self, exhibits: Iterable[Exhibit]) -> tuple[Signal, ...]:  # noqa: ARG002
        """No signals."""
        return ()


def build() -> Nobody:
    """Takes no options."""
    return Nobody()

"""The server under examination, and the one video that most questions are about."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from filmwright.core.progress import Report, Step

from .asked import ConformanceRequest
from .door import Door
from .nouns import Untried
from .watched import Watched, watch
from .wire import Answer


class Target(Door):
    """A Door that remembers the video it watched."""

    def __init__(self, asked: ConformanceRequest, report: Report) -> None:
        super().__init__(asked)
        self._report = report
        self._watched: Watched | None = None
        self._content: Answer | None = None

    def watched(self) -> Watched:
        """One video that was ordered and watched as far as it came, the same for all who ask."""
        if self._watched is None:
            began = time.monotonic()
            self._watched = watch(self, lambda: self._report(Step("wait for a video", int(time.monotonic() - began))))
        return self._watched

    def began(self) -> Watched:
        """The same, where it could be ordered. Raises Untried."""
        if self.watched().created is None:
            raise Untried(f"no video could be ordered: {self.watched().why}")
        return self.watched()

    def finished(self) -> Watched:
        """The same, where it was finished. Raises Untried."""
        watched = self.began()
        if watched.final is None:
            raise Untried(f"no video was finished: {watched.why}")
        return watched

    def content(self) -> Answer:
        """The answer to the question for its bytes. Raises Untried."""
        if self._content is None:
            self._content = self.ask("GET", f"/videos/{(self.finished().final or {})['id']}/content")
        return self._content


@contextmanager
def opened(asked: ConformanceRequest, report: Report) -> Iterator[Target]:
    """A server that answers; when the block ends nothing of ours is left there. Raises Unavailable."""
    target = Target(asked, report)
    try:
        target.greet()
        yield target
    finally:
        target.leave()

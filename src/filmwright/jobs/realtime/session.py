"""Poses in, frames out: the newest pose wins, and no more is on its way to the client than it keeps up with."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import UInt8

from filmwright.core.errors import FilmError

from .filmset import Filmset, shots
from .messages import Open, Pose

SETTLE = 0.2  # weight of the newest measurement in the running means
EARLY = 0.9  # of the time between two frames, after which the next may begin


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A frame of a pose. Times are in seconds of the session's clock."""

    frame: int
    pose: Pose
    received: float
    begun: float
    made: float
    skipped: int  # poses between the last frame's and this one's
    jpeg: bytes


@dataclass(slots=True)
class _Waiting:
    pose: Pose
    received: float
    skipped: int = 0  # poses before it that nobody films


class Session:
    """A client's view of a set. `told` gets each frame, and a FilmError that ends it, from threads of the session.

    Frames are made side by side and told in the order of their poses: one that a newer one has overtaken is dropped.
    """

    def __init__(self, filmset: Filmset, asked: Open, told: Callable[[Made | FilmError], None]) -> None:
        self._asked, self._told = asked, told
        self._began = time.monotonic()
        self._changed = threading.Condition()
        self._set, self._users = filmset, {id(filmset): 0}
        self._num = max(filmset.renderer.side_by_side // asked.eyes, 1)
        self._waiting: _Waiting | None = None
        self._last: _Waiting | None = None
        self._making, self._overtaken, self._frame, self._newest = 0, 0, 0, -1
        self._sent: dict[int, float] = {}  # frames that are on their way, and since when
        self._making_takes, self._sending_takes, self._next = 0.0, 0.0, 0.0
        self._closed = False
        self._eyes = ThreadPoolExecutor(asked.eyes * self._num, thread_name_prefix="filmwright-eye")
        self._threads = [
            threading.Thread(target=self._work, name="filmwright-live", daemon=True) for _ in range(self._num)
        ]
        for thread in self._threads:
            thread.start()

    def now(self) -> float:
        """Seconds of the session's clock."""
        return time.monotonic() - self._began

    def steer(self, pose: Pose) -> None:
        """Look from there as soon as somebody is free; a pose that still waits is forgotten."""
        with self._changed:
            if self._last is not None and pose.id <= self._last.pose.id:
                return
            skipped = 0 if self._waiting is None else self._waiting.skipped + 1
            self._waiting = self._last = _Waiting(pose, self.now(), skipped)
            self._changed.notify_all()

    def seen(self, frame: int) -> None:
        """The client shows a frame; those before it are not on their way any more either."""
        with self._changed:
            since = self._sent.get(frame)
            if since is not None:
                self._sending_takes = _mean(self._sending_takes, self.now() - since)
            for one in [one for one in self._sent if one <= frame]:
                del self._sent[one]
            self._changed.notify_all()

    def restage(self, filmset: Filmset) -> None:
        """Go on with another set, and look at it from where the client looks."""
        with self._changed:
            if self._closed:
                filmset.close()
                return
            old, self._set = self._set, filmset
            self._users[id(filmset)] = 0
            self._changed.wait_for(lambda: self._users[id(old)] == 0)
            del self._users[id(old)]
            if self._last is not None and self._waiting is None:
                self._waiting = _Waiting(self._last.pose, self.now())
                self._newest = self._last.pose.id - 1
            self._changed.notify_all()
        old.close()

    def close(self) -> None:
        """End; what is being made is not told any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()
        self._eyes.shutdown()
        self._set.close()

    def _work(self) -> None:
        while True:
            with self._changed:
                while not self._may_begin():
                    if self._closed:
                        return
                    self._changed.wait(self._patience())
                waiting, self._waiting = self._waiting, None
                assert waiting is not None
                filmset, begun = self._set, self.now()
                self._users[id(filmset)] += 1
                self._making += 1
                self._next = begun + EARLY * self._making_takes / self._num
            try:
                jpeg = self._filmed(filmset, waiting.pose)
            except FilmError as err:
                self._finish(filmset, None)
                if not self._closed:
                    self._told(err)
                return
            self._finish(filmset, (waiting, begun, jpeg))

    def _filmed(self, filmset: Filmset, pose: Pose) -> bytes:
        asked = self._asked
        views = shots(pose, filmset.look, width=asked.width, height=asked.height, eyes=asked.eyes, ipd=asked.ipd)
        eyes = [frames.rgb[0] for frames in self._eyes.map(filmset.film, views)]
        return jpeg_of(np.concatenate(eyes, axis=1), asked.quality)

    def _finish(self, filmset: Filmset, done: tuple[_Waiting, float, bytes] | None) -> None:
        with self._changed:
            self._making -= 1
            self._users[id(filmset)] -= 1
            self._changed.notify_all()
            if done is None or self._closed:
                return
            waiting, begun, jpeg = done
            made = self.now()
            self._making_takes = _mean(self._making_takes, made - begun)
            if waiting.pose.id <= self._newest:  # a newer one has overtaken it
                self._overtaken += waiting.skipped + 1
                return
            self._newest, self._frame = waiting.pose.id, self._frame + 1
            self._sent[self._frame] = made
            told = Made(
                frame=self._frame,
                pose=waiting.pose,
                received=waiting.received,
                begun=begun,
                made=made,
                skipped=waiting.skipped + self._overtaken,
                jpeg=jpeg,
            )
            self._overtaken = 0
            self._told(told)  # within the lock, so that frames are told in their order

    def _may_begin(self) -> bool:
        room = self._making + len(self._sent) < self._window()
        return not self._closed and self._waiting is not None and room and self.now() >= self._next

    def _patience(self) -> float | None:
        """Until the next frame may begin, where nothing else is waited for."""
        return max(self._next - self.now(), 0.001) if self._waiting is not None else None

    def _window(self) -> int:
        """Frames that may be in the making or on their way.

        A client that is much slower than the renderer gets one at a time: whatever waits in a queue grows old.
        """
        if self._sending_takes > 2 * self._making_takes > 0:
            return 1
        return self._num + (self._sending_takes < self._making_takes / 2)


def jpeg_of(rgb: UInt8[np.ndarray, "H W 3"], quality: int) -> bytes:
    """A picture as JPEG."""
    _, coded = cv2.imencode(".jpg", np.ascontiguousarray(rgb[..., ::-1]), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return coded.tobytes()


def _mean(old: float, new: float) -> float:
    return new if old == 0 else old + SETTLE * (new - old)

"""Processes that work on one thing side by side; results come back in order, whatever the number of processes."""

import logging
import os
import pickle
import queue
import subprocess
import sys
import tempfile
import weakref
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, suppress
from typing import IO, Any, Generic, TypeVar

import numpy as np

from filmwright.core.errors import RenderFailed

from .worker import Done, Failed, Grow, Slab

J = TypeVar("J")
R = TypeVar("R")
Opener = Callable[[], AbstractContextManager[Callable[[J], R]]]
"""What a worker opens once, and then calls for each job. It and the jobs must be picklable."""

_CLOSED = "the renderer's workers were stopped. Open the renderer again."

log = logging.getLogger(__name__)


class Alone(Generic[J, R]):
    """The pool of one: works in this process, when it is asked."""

    def __init__(self, opener: Opener[J, R]) -> None:
        self._stack = ExitStack()
        self._work = self._stack.enter_context(opener())

    def map(self, jobs: Iterable[J]) -> Iterator[R]:
        """The jobs' results, in order."""
        return map(self._work, jobs)

    def work(self, job: J) -> R:
        """One job's result."""
        return self._work(job)

    def close(self) -> None:
        """Close what was opened."""
        self._stack.close()


class Pool(Generic[J, R]):
    """`num_workers` processes, each with its own `opener()` open until `close`.

    They are fresh interpreters (nothing is forked, no `__main__` is run again) that end when this process ends, even
    if it is killed. A worker that dies is started again once for the job it had; if that one dies too, the job raises
    RenderFailed. An exception in a worker comes out of `map`: FilmErrors as they are, others as RenderFailed.
    """

    def __init__(self, opener: Opener[J, R], num_workers: int) -> None:
        self._opener, self._num = opener, num_workers
        self._threads = ThreadPoolExecutor(num_workers, thread_name_prefix="filmwright-worker")
        self._workers = [_Worker() for _ in range(num_workers)]
        self._idle: queue.LifoQueue[_Worker] = queue.LifoQueue()
        for worker in reversed(self._workers):
            self._idle.put(worker)
        self._end = weakref.finalize(self, _end, self._workers, self._threads)

    def map(self, jobs: Iterable[J]) -> Iterator[R]:
        """The jobs' results, in order; at most one more than there are workers wait to be taken."""
        if not self._end.alive:
            raise RenderFailed(_CLOSED)
        pending: deque[Future[R]] = deque()
        try:
            for job in jobs:
                pending.append(self._threads.submit(self._do, job))
                if len(pending) > self._num:
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except KeyboardInterrupt:
            self.close()
            raise
        finally:
            for future in pending:
                future.cancel()

    def work(self, job: J) -> R:
        """One job's result, by whichever worker is free first. Any number of threads may ask at the same time."""
        if not self._end.alive:
            raise RenderFailed(_CLOSED)
        return self._do(job)

    @property
    def pids(self) -> list[int]:
        """The workers that run now."""
        return [worker.pid for worker in self._workers if worker.pid]

    def close(self) -> None:
        """Stop all workers at once, whatever they do."""
        self._end()

    def _do(self, job: J) -> R:
        worker = self._idle.get()
        try:
            try:
                result: R = worker.ask(self._opener, job)
            except _Died as death:
                if not self._end.alive:
                    raise RenderFailed(_CLOSED) from None
                log.warning("a render worker died (%s) and is started again", death)
                result = worker.ask(self._opener, job)
            return result
        except _Died as death:
            raise RenderFailed(
                f"a render worker died twice on the same frame: {death}. If the machine ran out of memory, "
                f"use fewer workers or a smaller picture."
            ) from None
        finally:
            self._idle.put(worker)


def _end(workers: list["_Worker"], threads: ThreadPoolExecutor) -> None:
    threads.shutdown(wait=False, cancel_futures=True)
    for worker in workers:
        worker.stop(for_good=True)
    threads.shutdown(wait=True)


class _Died(Exception):
    """The process at the other end is gone; the text says how."""


class _Worker:
    """One process, started when first asked. Only one thread may ask at a time; any may stop it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._words: IO[bytes] | None = None  # what the process writes to its standard error
        self._slab: Slab | None = None
        self._stopped = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def ask(self, opener: Any, job: Any) -> Any:
        try:
            process = self._process or self._start(opener)
            _send(process, job)
            answer = _receive(process)
            if isinstance(answer, Grow):
                answer = self._grown(process, answer.num_bytes)
            if isinstance(answer, Failed):
                raise answer.error
            return _unpacked(answer, self._slab)
        except (EOFError, OSError, ValueError, pickle.UnpicklingError) as err:  # pipes and memory that were closed
            raise _Died(self._last_words()) from err

    def stop(self, *, for_good: bool = False) -> None:
        self._stopped = self._stopped or for_good
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(OSError):  # a job half written
                        pipe.close()
        if self._words is not None:
            self._words.close()
            self._words = None
        if self._slab is not None:
            self._slab.close()
            self._slab = None

    def _start(self, opener: Any) -> "subprocess.Popen[bytes]":
        if self._stopped:
            raise EOFError
        self._words = tempfile.TemporaryFile()  # noqa: SIM115  (closed by stop)
        paths = [p for p in sys.path if p]
        self._process = process = subprocess.Popen(
            [sys.executable, "-c", "from filmwright.film.frames.worker import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        )
        _send(process, opener)
        return process

    def _grown(self, process: "subprocess.Popen[bytes]", num_bytes: int) -> Any:
        """Give the worker a larger slab for its answer. The file's name lives only until both sides have it open."""
        if self._slab is not None:
            self._slab.close()
        self._slab = slab = Slab.create(num_bytes)
        try:
            _send(process, slab.path)
            return _receive(process)
        finally:
            slab.forget_name()

    def _last_words(self) -> str:
        """How the process ended; it is stopped for sure."""
        process, words = self._process, ""
        if process is None:
            return "it was stopped"
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=5)
        code = process.poll()
        if self._words is not None and not self._words.closed:
            self._words.seek(0)
            words = self._words.read().decode(errors="replace").strip().rsplit("\n", 1)[-1]
        self.stop()
        if code is None:
            how = "it stopped answering"
        else:
            how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
        return f"{how}; its last words: {words}" if words else how


def _send(process: "subprocess.Popen[bytes]", thing: Any) -> None:
    pickled = pickle.dumps(thing, protocol=5)
    assert process.stdin is not None
    process.stdin.write(pickled)
    process.stdin.flush()


def _receive(process: "subprocess.Popen[bytes]") -> Any:
    assert process.stdout is not None
    return pickle.load(process.stdout)


def _unpacked(answer: Done, slab: Slab | None) -> Any:
    """The result, with its arrays copied out of shared memory, which the next answer will overwrite."""
    buffers = []
    for start, stop in answer.spans:
        if slab is None:
            raise EOFError
        buffers.append(np.frombuffer(slab.memory, np.uint8, stop - start, start).copy())
    return pickle.loads(answer.pickled, buffers=buffers)

"""The other side of the pool: a process that opens one thing and works jobs until its pipe closes."""

import mmap
import os
import pickle
import queue
import signal
import sys
import tempfile
import threading
import traceback
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from filmwright.core.errors import CannotWrite, FilmError, RenderFailed


@dataclass(frozen=True, slots=True)
class Done:
    """A result: pickled, with its arrays' bytes at `spans` (start, stop) of the slab."""

    pickled: bytes
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that raised."""

    error: FilmError


@dataclass(frozen=True, slots=True)
class Grow:
    """The next result needs a slab of that many bytes; its path is awaited."""

    num_bytes: int


class Slab:
    """Memory that two processes share: a mapped file, without a name where the system can do that."""

    def __init__(self, path: Path, num_bytes: int, handle: int | None = None) -> None:
        self.path, self._handle = path, handle
        with path.open("r+b") as file:
            self.memory = mmap.mmap(file.fileno(), num_bytes)

    @staticmethod
    def create(num_bytes: int) -> "Slab":
        """A new one, with its bytes reserved. Raises CannotWrite if there is no room for it."""
        if hasattr(os, "memfd_create"):  # Linux: gone with the processes, however they end
            handle = os.memfd_create("filmwright")
            try:
                _reserve(handle, num_bytes)
                return Slab(Path(f"/proc/{os.getpid()}/fd/{handle}"), num_bytes, handle)
            except OSError:  # little memory, or a system without /proc
                os.close(handle)
        handle, name = tempfile.mkstemp(prefix="filmwright-")
        try:
            _reserve(handle, num_bytes)
            return Slab(Path(name), num_bytes)
        except OSError as err:
            Path(name).unlink(missing_ok=True)
            raise CannotWrite(
                f"no room for {num_bytes / 1e6:.0f} MB of pictures on their way between processes, neither in memory "
                f"nor in {tempfile.gettempdir()}. Free some space or set TMPDIR to a folder with room."
            ) from err
        finally:
            os.close(handle)

    def forget_name(self) -> None:
        """No other process can open it any more; the memory lives until both have closed it."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
        elif not self.path.is_relative_to("/proc"):
            with suppress(PermissionError):  # Windows keeps the names of open files
                self.path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the memory."""
        with suppress(BufferError):  # a copy is being taken out of it: it closes with the last reference
            self.memory.close()
        self.forget_name()


def _reserve(handle: int, num_bytes: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(handle, 0, num_bytes)  # a sparse file would crash the process when memory runs out
    else:
        os.truncate(handle, num_bytes)


def serve() -> None:
    """Read an opener and then jobs from standard input, write answers to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle: it stops its workers
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the answers
    messages: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(sys.stdin.buffer, messages), daemon=True).start()
    with ExitStack() as stack:
        work, trouble = None, None
        try:
            work = stack.enter_context(messages.get()())
        except Exception as err:
            trouble = _told(err)
        slab: Slab | None = None
        while True:
            job = messages.get()
            if work is None or trouble is not None:
                _answer(answers, Failed(trouble or RenderFailed("nothing was opened")))
                continue
            try:
                result = work(job)
            except Exception as err:
                _answer(answers, Failed(_told(err)))
                continue
            slab = _hand_over(result, slab, answers, messages)


def _listen(pipe: IO[bytes], messages: "queue.SimpleQueue[Any]") -> None:
    """Pass messages on; the parent's end is this process's end, even in the middle of a frame."""
    try:
        while True:
            messages.put(pickle.load(pipe))
    except EOFError:
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _hand_over(result: Any, slab: Slab | None, answers: IO[bytes], messages: "queue.SimpleQueue[Any]") -> Slab | None:
    buffers: list[pickle.PickleBuffer] = []
    pickled = pickle.dumps(result, protocol=5, buffer_callback=buffers.append)
    raws = [buffer.raw() for buffer in buffers]
    ends, end = [], 0
    for raw in raws:
        end = -(-end // 64) * 64  # arrays start at cache lines
        ends.append((end, end + raw.nbytes))
        end += raw.nbytes
    if end and (slab is None or end > len(slab.memory)):
        if slab is not None:
            slab.memory.close()
        _answer(answers, Grow(end))
        slab = Slab(messages.get(), end)
    for raw, (start, stop) in zip(raws, ends, strict=True):
        if slab is not None and stop > start:
            slab.memory[start:stop] = raw
    _answer(answers, Done(pickled, tuple(ends)))
    return slab


def _answer(answers: IO[bytes], thing: Done | Failed | Grow) -> None:
    pickle.dump(thing, answers, protocol=5)
    answers.flush()


def _told(err: Exception) -> FilmError:
    """An error that can cross to the parent, with the worker's traceback as a note."""
    error = err if isinstance(err, FilmError) else RenderFailed(f"a render worker failed: {type(err).__name__}: {err}")
    error.add_note("".join(traceback.format_exception(err)))
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)

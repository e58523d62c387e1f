"""The server, running: where it may listen, and the worker beside it."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType

import uvicorn

from filmwright.core.errors import BadFilm, CannotWrite
from filmwright.jobs.orders.worker import Place, work

from .app import create_app
from .guard import is_loopback
from .logs import set_up
from .patience import Patient
from .service import Service, opened
from .settings import ServerSettings

PATIENCE = 8  # seconds that answers on their way are waited for when the server stops
DRAIN = 10.0  # seconds that a film on its way is; it then goes on at its last stage when the server is started again
BACKLOG = 1024  # connections that wait to be taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """What the server tells once it listens."""

    url: str
    keys: bool  # whether a key is wanted
    database: str
    store: str


def serve(settings: ServerSettings, *, told: Callable[[Started], None]) -> None:
    """Answer requests until the process is told to stop.

    Raises BadFilm where others could reach a server that has no keys, CannotWrite where the port is taken.
    """
    stop = threading.Event()
    with opened(settings, stopping=stop.is_set) as service:
        _check_reach(settings, service)
        with _listening(settings) as listener, _worker(settings):
            app = create_app(service)
            server = uvicorn.Server(_config(app, settings))
            handle = server.handle_exit

            def ended(sig: int, frame: FrameType | None) -> None:
                stop.set()  # those who follow events are let go
                handle(sig, frame)

            server.handle_exit = ended  # type: ignore[method-assign]
            host, port = listener.getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            told(
                Started(
                    url=f"http://{shown}:{port}",
                    keys=service.desk.required,
                    database=service.orders.engine.url.render_as_string(hide_password=True),
                    store=settings.store_url.partition("?")[0],
                )
            )
            server.run(sockets=[listener])


def _config(app: object, settings: ServerSettings) -> uvicorn.Config:
    class Protocol(Patient):
        head_seconds = settings.requests.head_seconds
        most = settings.requests.connections

    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http=Protocol,
        log_config=None,  # our own lines (logs.py) tell of requests
        access_log=False,
        server_header=False,
        proxy_headers=False,  # X-Forwarded-For is anybody's word
        timeout_keep_alive=20,
        timeout_graceful_shutdown=PATIENCE,
        ws_max_size=1 << 20,
        ws_max_queue=4,
    )


def _check_reach(settings: ServerSettings, service: Service) -> None:
    if not is_loopback(settings.host) and not service.desk.any_key():
        raise BadFilm(
            f"on {settings.host} others can reach this server, and there is no key yet. Make one with: filmwright keys "
            f"create NAME; or listen on 127.0.0.1."
        )


@contextmanager
def _listening(settings: ServerSettings) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as err:
            raise CannotWrite(
                f"cannot listen on {settings.host} port {settings.port}: {err.strerror}. Choose another with --port."
            ) from err
        listener.listen(BACKLOG)  # from here on clients wait, and are not turned away
        yield listener


@contextmanager
def _worker(settings: ServerSettings) -> Iterator[None]:
    """Make the films too, each in a process of its own, which ends with this one however that ends."""
    if not settings.worker:
        yield
        return
    place = Place(database=settings.database_url, store=settings.store_url, drain=DRAIN)
    stop = threading.Event()
    options = {"concurrency": settings.concurrency, "stop": stop, "begin": begin}
    watch = threading.Thread(target=work, args=(place,), kwargs=options, name="worker")
    watch.start()
    try:
        yield
    finally:
        stop.set()
        watch.join()


def begin() -> None:
    """The log of a worker process."""
    set_up("info")

"""`GET /v1/realtime`: a WebSocket on which a client steers a camera and gets frames; and a page that shows it."""

import asyncio
import base64
import hashlib
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from filmwright.core.errors import BadFilm, FilmError, NotFound, OverLimit
from filmwright.jobs.film import Film
from filmwright.jobs.orders import FilmWork
from filmwright.jobs.realtime import (
    LARGEST,
    Filmset,
    Made,
    Open,
    Pose,
    Prompt,
    Seen,
    Session,
    build_set,
    packed,
    understood,
)

from .callers import Caller
from .failures import Refusal, answer, refusal
from .inputs import ORDER, order_of
from .service import Service, of

router = APIRouter()
PROTOCOL, KEY = "filmwright", "filmwright-key."  # subprotocols: a browser's socket can send no headers, but these
WELCOME = 15.0  # seconds that the first message may take
REFUSED, BROKEN, BUSY = 1008, 1011, 1013  # close codes of RFC 6455, 7.4.1, and of its registry
PAGE = Path(__file__).with_name("realtime.html")


@dataclass(slots=True)
class Seats:
    """Sessions that are open, by owner."""

    taken: list[str] = field(default_factory=list)

    def take(self, owner: str, service: Service) -> None:
        """Raises OverLimit."""
        terms = service.settings.realtime
        if len(self.taken) >= terms.sessions or self.taken.count(owner) >= terms.per_key:
            raise OverLimit("all realtime sessions are taken. Close one, or come again.", "too_many_sessions", 5.0)
        self.taken.append(owner)


@router.get("/realtime", include_in_schema=False)
def page() -> HTMLResponse:
    """The page; its one script is allowed by its hash."""
    text = PAGE.read_text(encoding="utf-8")
    found = re.search(r"<script>(.*?)</script>", text, flags=re.DOTALL)
    assert found is not None
    digest = base64.b64encode(hashlib.sha256(found[1].encode()).digest()).decode()
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src blob:; connect-src 'self'; frame-ancestors 'none'"
    return HTMLResponse(text, headers={"Content-Security-Policy": f"{policy}; script-src 'sha256-{digest}'"})


@router.websocket("/v1/realtime")
async def realtime(websocket: WebSocket) -> None:
    """Poses in, frames out, as docs/reference/realtime.md has it."""
    service = of(websocket)
    if not hasattr(websocket.app.state, "seats"):
        websocket.app.state.seats = Seats()
    seats: Seats = websocket.app.state.seats
    try:
        who = await run_in_threadpool(service.desk.admit, _with_key(websocket), "realtime")
        seats.take(who.owner, service)
    except FilmError as err:
        await websocket.send_denial_response(answer(refusal(err)))
        return
    try:
        offered = websocket.scope.get("subprotocols", [])
        await websocket.accept(PROTOCOL if PROTOCOL in offered else None)
        await Conversation(websocket, service, who).run()
    finally:
        seats.taken.remove(who.owner)


class Conversation:
    """One client, from its first message to its last."""

    def __init__(self, websocket: WebSocket, service: Service, who: Caller) -> None:
        self._websocket, self._service, self._who = websocket, service, who
        self._out: asyncio.Queue[Made | FilmError | dict[str, Any]] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._session: Session | None = None
        self._film = Film()
        self._words: str | None = None  # of the newest prompt, while a set is being made
        self._staging: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Until the client hangs up, says nothing for too long, or something fails."""
        writer = asyncio.create_task(self._write())
        reader = asyncio.create_task(self._read())
        try:
            done, _ = await asyncio.wait({writer, reader}, return_when=asyncio.FIRST_COMPLETED)
            code = BROKEN
            for task in done:
                err = task.exception()
                if isinstance(err, FilmError | Refusal | TimeoutError):
                    code = BUSY if isinstance(err, TimeoutError) else REFUSED
                    await self._say_error(err)
                elif err is not None and self._websocket.client_state != WebSocketState.DISCONNECTED:
                    raise err
            with suppress(RuntimeError, WebSocketDisconnect):  # it is closed already
                await self._websocket.close(code)
        finally:
            for one in (writer, reader, self._staging):
                if one is not None:
                    one.cancel()
            if self._session is not None:
                await run_in_threadpool(self._session.close)

    async def _read(self) -> None:
        asked = await self._hear(WELCOME)
        if not isinstance(asked, Open):
            raise BadFilm('the first message opens a scene, as in {"type": "open", "scene": "sample"}.')
        terms = self._service.settings.realtime
        if asked.width * asked.height * asked.eyes > terms.pixels:
            raise BadFilm(
                f"{asked.eyes} x {asked.width}x{asked.height} are more than the {terms.pixels} pixels made here."
            )
        with TemporaryDirectory(prefix="filmwright-") as folder:
            scan = await run_in_threadpool(self._scan, asked.scene, Path(folder))
            self._film = self._service.settings.film.model_copy(update={"scan": scan, "brief": asked.prompt})
            filmset = await self._built(self._film)
            self._session = Session(filmset, asked, self._tell)
            self._out.put_nowait(_opened(asked, filmset))
            while True:
                try:
                    said = await self._hear(terms.idle_seconds)
                except TimeoutError:
                    if self._staging is not None and not self._staging.done():
                        continue  # it is we who are slow
                    raise
                self._heed(said)

    async def _hear(self, seconds: float) -> Open | Pose | Prompt | Seen:
        message = await asyncio.wait_for(self._websocket.receive(), seconds)
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1000))
        said = message.get("text") or message.get("bytes") or b""
        if len(said) > LARGEST:
            raise Refusal(413, f"a message has {len(said)} bytes; {LARGEST} are taken.", "message_too_large")
        return understood(said)

    def _heed(self, said: Open | Pose | Prompt | Seen) -> None:
        assert self._session is not None
        match said:
            case Pose():
                self._session.steer(said)
            case Seen():
                self._session.seen(said.frame)
            case Prompt():
                self._words = said.prompt
                if self._staging is None or self._staging.done():
                    self._staging = asyncio.create_task(self._restage())
            case Open():
                raise BadFilm("a scene is open already: open another connection for another one.")

    async def _restage(self) -> None:
        """Make the set that the newest words ask for, and the next one if there were others meanwhile."""
        while self._words is not None and self._session is not None:
            words, self._words = self._words, None
            self._out.put_nowait({"type": "staging", "prompt": words})
            film = self._film.model_copy(update={"brief": words})
            try:
                filmset = await self._built(film)
            except FilmError as err:
                self._out.put_nowait(_error(err))  # the old set stays
                continue
            await run_in_threadpool(self._session.restage, filmset)
            self._out.put_nowait({"type": "staged", "prompt": words, "warnings": list(filmset.warnings)})

    async def _built(self, film: Film) -> Filmset:
        """A set. One that nobody waits for any more is closed as soon as it is there."""
        making = asyncio.ensure_future(self._service.heavily(build_set, film, self._service.settings.realtime.renderer))
        try:
            return await asyncio.shield(making)
        except asyncio.CancelledError:
            making.add_done_callback(_let_go)
            raise

    async def _write(self) -> None:
        """Everything that is told, in order, by one task."""
        while True:
            one = await self._out.get()
            if isinstance(one, FilmError):
                raise one
            if isinstance(one, Made):
                assert self._session is not None
                await self._websocket.send_bytes(packed(_head(one, sent=self._session.now()), one.jpeg))
            else:
                await self._websocket.send_json(one)

    async def _say_error(self, err: Exception) -> None:
        told = Refusal(408, "nothing was said for too long.", "idle") if isinstance(err, TimeoutError) else err
        with suppress(RuntimeError, WebSocketDisconnect):
            await self._websocket.send_json(_error(told))

    def _tell(self, one: Made | FilmError) -> None:
        """From the session's threads."""
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._out.put_nowait, one)

    def _scan(self, scene: str, folder: Path) -> Path | None:
        """The file of a scene, None for the bundled sample. Raises NotFound, Refusal."""
        if scene == "sample":
            return None
        if not ORDER.fullmatch(scene):
            named = self._service.settings.realtime.scans
            if scene not in named:
                raise NotFound(f"no scan is called {scene[:80]!r}. There are: {', '.join(('sample', *named))}.")
            return named[scene]
        work = order_of(self._service, self._who, scene, completed=False).request.work
        if not isinstance(work, FilmWork):
            raise Refusal(400, f"{scene} is no film of a scan: there is nothing to walk around.", "not_a_scan", "scene")
        if work.scan is None:
            return None
        path = folder / work.scan.filename
        with self._service.store.open(work.scan.name) as stream, path.open("wb") as file:
            shutil.copyfileobj(stream, file)
        return path


def _let_go(making: "asyncio.Future[Filmset]") -> None:
    if not making.cancelled() and making.exception() is None:
        making.result().close()


def _with_key(websocket: WebSocket) -> HTTPConnection:
    """The connection with the key where keys are looked for, if it came as a subprotocol."""
    key = next((p for p in websocket.scope.get("subprotocols", []) if p.startswith(KEY)), None)
    headers = MutableHeaders(scope=websocket.scope)
    if key is not None and "authorization" not in headers:
        headers["authorization"] = f"Bearer {key.removeprefix(KEY)}"
    return HTTPConnection(websocket.scope)


def _opened(asked: Open, filmset: Filmset) -> dict[str, Any]:
    camera, bounds = filmset.camera, filmset.stage.bounds
    return {
        "type": "opened",
        "scene": asked.scene,
        "width": asked.width,
        "height": asked.height,
        "eyes": asked.eyes,
        "bounds": bounds.round(4).tolist(),
        "center": bounds.mean(axis=0).round(4).tolist(),
        "eye": camera.position.round(4).tolist(),
        "fov": round(float(camera.fov_y) * 57.29578, 2),
        "warnings": list(filmset.warnings),
    }


def _head(made: Made, *, sent: float) -> dict[str, Any]:
    """What is told with a frame; times are milliseconds of the session's clock."""
    return {
        "type": "frame",
        "frame": made.frame,
        "pose": made.pose.id,
        "t": made.pose.t,
        "skipped": made.skipped,
        "received": round(made.received * 1000, 1),
        "begun": round(made.begun * 1000, 1),
        "made": round(made.made * 1000, 1),
        "sent": round(sent * 1000, 1),
    }


def _error(err: Exception) -> dict[str, Any]:
    told = refusal(err)
    return {
        "type": "error",
        "error": {"message": told.message, "type": told.type, "param": told.param, "code": told.code},
    }

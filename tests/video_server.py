"""A small server that speaks the Videos API rightly, or wrongly in the ways that it is told to."""

import base64
import io
import threading
import time
from contextlib import contextmanager
from functools import lru_cache

import av
import numpy as np
import uvicorn
from PIL import Image
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

FIELDS = ("id", "object", "model", "status", "progress", "created_at", "completed_at", "expires_at", "prompt", "size")
FIELDS += ("seconds", "remixed_from_video_id", "error")
NULLABLE = ("completed_at", "expires_at", "remixed_from_video_id", "error")
MODEL, KEY = "tiny-1", "sk-right"


class Wrong(Exception):
    """An answer that is an error."""

    def __init__(self, status, message, code, param=None):
        super().__init__(message)
        self.status, self.code, self.param = status, code, param


@lru_cache
def film(width, height, num_frames, fps=8, seed=0):
    """A slope that moves, as MP4."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for i in range(num_frames):
            row = ((np.arange(width) * 3 + i * 16 + seed * 40) % 256).astype(np.uint8)
            rgb = np.broadcast_to(row[None, :, None], (height, width, 3))
            for packet in stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), format="rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return out.getvalue()


def picture(kind="JPEG"):
    out = io.BytesIO()
    Image.new("RGB", (32, 24), (90, 120, 30)).save(out, kind)
    return out.getvalue()


class Service:
    """Its videos, and what was asked of it. `faults` are words; see where they stand below."""

    def __init__(self, faults=(), *, keys=True, fps=8, hiccups=()):
        self.faults, self.keys, self.fps = set(faults), keys, fps
        self.hiccups = list(hiccups)  # statuses that come before the answers
        self.videos, self.content, self.by_key, self.orders, self.calls = {}, {}, {}, [], []
        self.app = Starlette(
            routes=[
                Route("/v1/models", self.answer(self.models)),
                Route("/v1/models/{id}", self.answer(self.model)),
                Route("/v1/videos", self.answer(self.create), methods=["POST"]),
                Route("/v1/videos", self.answer(self.listed)),
                Route("/v1/videos/edits", self.answer(self.edit), methods=["POST"]),
                Route("/v1/videos/extensions", self.answer(self.extend), methods=["POST"]),
                Route("/v1/videos/{id}", self.answer(self.get)),
                Route("/v1/videos/{id}", self.answer(self.delete), methods=["DELETE"]),
                Route("/v1/videos/{id}/content", self.answer(self.bytes)),
                Route("/v1/videos/{id}/remix", self.answer(self.remix), methods=["POST"]),
                Route("/v1/videos/{id}/cancel", self.answer(self.cancel), methods=["POST"]),
            ]
        )

    def answer(self, call):
        async def door(request: Request):
            self.calls.append((request.method, request.url.path))
            try:
                if self.hiccups:
                    raise Wrong(self.hiccups.pop(0), "not now", "passing")
                if self.keys and request.headers.get("authorization") != f"Bearer {KEY}" and "open" not in self.faults:
                    raise Wrong(401, "wrong key", "invalid_api_key")
                return await call(request)
            except Wrong as err:
                code = err.status if "integer code" in self.faults else err.code
                error = {"message": str(err), "type": "invalid_request_error", "param": err.param, "code": code}
                body = {"detail": str(err)} if "detail" in self.faults else {"error": error}
                return JSONResponse(body, 422 if "422" in self.faults and err.status == 400 else err.status)

        return door

    async def models(self, _request):
        found = {"id": MODEL, "object": "model", "created": 1, "owned_by": "nobody"}
        return JSONResponse({"object": "list", "data": [found]})

    async def model(self, request):
        return JSONResponse({"id": request.path_params["id"], "object": "model", "created": 1, "owned_by": "nobody"})

    async def fields(self, request):
        """A form or JSON as one table; files as bytes."""
        if request.headers.get("content-type", "").startswith("application/json"):
            if "form only" in self.faults:
                raise Wrong(400, "send a form", "bad_request")
            try:
                return await request.json()
            except ValueError:
                raise Wrong(400, "no JSON", "bad_json") from None
        if "JSON only" in self.faults:
            raise Wrong(400, "send JSON", "bad_request")
        async with request.form() as form:
            return {name: value if isinstance(value, str) else await value.read() for name, value in form.items()}

    async def create(self, request):
        asked = await self.fields(request)
        if not asked.get("prompt"):
            raise Wrong(400, "there is no prompt", "missing", "prompt")
        if "violent" in asked["prompt"]:
            raise Wrong(400, "the policy forbids it", "moderation_blocked", "prompt")
        if asked.get("model", MODEL) != MODEL:
            raise Wrong(400, "there is no such model", "model_not_found", "model")
        key = request.headers.get("idempotency-key")
        if key in self.by_key and "no keys" not in self.faults:
            order, known = self.by_key[key]
            if order != asked:
                raise Wrong(409, "the key was used for another order", "idempotency_conflict")
            return self.told(known)
        video = self.begin(asked)
        if key:
            self.by_key[key] = (asked, video["id"])
        if "at once" in self.faults:
            return JSONResponse({"created": 1, "data": [{"url": "http://127.0.0.1/video.mp4"}]})
        if "events" in self.faults:
            return StreamingResponse(iter([b"data: {}\n\n"]), media_type="text/event-stream")
        return self.told(video["id"])

    def begin(self, asked, *, remixed=None, longer=0):
        try:
            seconds = int(asked.get("seconds", 1)) + longer
            width, height = map(int, asked.get("size", "64x48").split("x"))
        except ValueError:
            raise Wrong(400, "seconds or size is wrong", "invalid_value", "size") from None
        size = f"{width}x{height}"
        number = len(self.videos) + len(self.orders) + 1
        video = dict.fromkeys(FIELDS) | {"id": f"video_{number:04d}", "object": "video", "model": MODEL, "size": size}
        video |= {"status": "queued", "progress": 0, "created_at": int(time.time()), "prompt": asked["prompt"]}
        video |= {"seconds": seconds if "integer seconds" in self.faults else str(seconds)}
        video |= {"remixed_from_video_id": remixed}
        if "milliseconds" in self.faults:
            video["created_at"] *= 1000
        self.videos[video["id"]] = video
        self.orders.append(asked)
        num_frames = int(asked.get("num_frames") or seconds * int(asked.get("fps") or self.fps))
        wide = width * (2 if "other size" in self.faults else 1)
        num_frames = num_frames // 2 if "half as long" in self.faults else num_frames
        self.content[video["id"]] = film(wide, height, num_frames, int(asked.get("fps") or self.fps))
        return video

    def told(self, video_id):
        video = dict(self.videos[video_id])
        if "processing" in self.faults and video["status"] == "in_progress":
            video["status"] = "processing"
        if "goes back" in self.faults and video["status"] == "in_progress":
            video["progress"] = 100 - video["progress"]
        if "no nulls" in self.faults:
            video = {name: value for name, value in video.items() if name not in NULLABLE or value is not None}
        after = "soon" if "wordy header" in self.faults else "5"
        if video["status"] in ("completed", "failed"):
            return JSONResponse(video)
        return JSONResponse(video, headers={"openai-poll-after-ms": after})

    def find(self, request):
        video_id = request.path_params["id"]
        if video_id not in self.videos:
            raise Wrong(404, f"there is no video {video_id}", "not_found", "video_id")
        return self.videos[video_id]

    async def get(self, request):
        video = self.find(request)
        if video["status"] in ("queued", "in_progress"):
            progress = min(video["progress"] + 40, 100)
            status = "completed" if progress == 100 else "in_progress"
            if status == "completed" and self.faults & {"fails", "forbids"}:
                code = "out_of_memory" if "fails" in self.faults else "moderation_blocked"
                video |= {"error": {"code": code, "message": "it can't be made"}}
                status = "failed"
            if "stuck" in self.faults:
                status, progress = "in_progress", 40
            video |= {"status": status, "progress": progress}
            video |= {"completed_at": int(time.time())} if status == "completed" else {}
        return self.told(video["id"])

    async def listed(self, request):
        query = request.query_params
        try:
            limit = int(query.get("limit", 20))
        except ValueError:
            raise Wrong(400, "limit is no number", "invalid_value", "limit") from None
        videos = sorted(self.videos.values(), key=lambda v: v["id"], reverse=query.get("order", "desc") == "desc")
        ids = [video["id"] for video in videos]
        if query.get("after") in ids and "ignores after" not in self.faults:
            videos = videos[ids.index(query["after"]) + 1 :]
        page = videos[:limit]
        body = {"object": "list", "data": page, "first_id": page[0]["id"] if page else None}
        body |= {"last_id": page[-1]["id"] if page else None, "has_more": len(videos) > len(page)}
        if "no has_more" in self.faults:
            body = {"object": "list", "data": page}
        return JSONResponse(body)

    async def bytes(self, request):
        video, variant = self.find(request), request.query_params.get("variant", "video")
        if video["status"] != "completed":
            if "empty file" in self.faults:
                return Response(b"", media_type="video/mp4")
            raise Wrong(409, "it is not finished", "not_ready")
        if variant in ("thumbnail", "spritesheet") and "no pictures" not in self.faults:
            return Response(picture(), media_type="image/jpeg")
        if variant != "video" and "any variant" not in self.faults:
            raise Wrong(400, "there is no such variant", "invalid_value", "variant")
        body = self.content[video["id"]]
        if "empty video" in self.faults:
            body = b""
        if "cut short" in self.faults:
            body = body[: len(body) // 2]
        if "breaks off" in self.faults:
            return Response(body[:-20], media_type="video/mp4", headers={"content-length": str(len(body))})
        return self.ranged(request, body)

    def ranged(self, request, body):
        asked = request.headers.get("range")
        if asked is None or "no ranges" in self.faults:
            return Response(body, media_type="video/mp4")
        first, _, last = asked.removeprefix("bytes=").partition("-")
        begin, end = int(first), min(int(last or len(body)), len(body) - 1)
        if begin >= len(body):
            return Response(status_code=416, headers={"content-range": f"bytes */{len(body)}"})
        off = 1 if "range off by one" in self.faults else 0
        headers = {"content-range": f"bytes {begin}-{end}/{len(body)}"}
        return Response(body[begin + off : end + 1 + off], 206, headers, media_type="video/mp4")

    async def source(self, asked):
        given = asked.get("video")
        if not isinstance(given, dict):
            return None  # a file
        if given["id"] not in self.videos:
            raise Wrong(404, "there is no such video", "not_found", "video")
        return self.videos[given["id"]]

    async def edit(self, request):
        asked = await self.fields(request)
        await self.source(asked)
        return self.told(self.begin({"prompt": asked["prompt"]})["id"])

    async def extend(self, request):
        asked = await self.fields(request)
        first = await self.source(asked)
        longer = 0 if "segment alone" in self.faults else int(first["seconds"])
        return self.told(self.begin({**asked, "size": first["size"]}, longer=longer)["id"])

    async def remix(self, request):
        video, asked = self.find(request), await self.fields(request)
        remixed = None if "no origin" in self.faults else video["id"]
        return self.told(self.begin({"prompt": asked["prompt"], "size": video["size"]}, remixed=remixed)["id"])

    async def cancel(self, request):
        if "no cancel" in self.faults:
            raise Wrong(404, "not found", "not_found")
        video = self.find(request)
        word = "cancelled" if "own word" in self.faults else "failed"
        video |= {"status": word, "error": {"code": "cancelled", "message": "it was cancelled"}}
        return self.told(video["id"])

    async def delete(self, request):
        video = self.find(request)
        if "stays" not in self.faults:
            del self.videos[video["id"]]
        return JSONResponse({"id": video["id"], "deleted": True, "object": "video.deleted"})


def image_of(order):
    """The picture in an order, as its pixels."""
    data = order.get("input_reference")
    if not isinstance(data, bytes):
        data = base64.b64decode(data["image_url"].partition(",")[2])
    with Image.open(io.BytesIO(data)) as shown:
        return np.array(shown.convert("RGB"))


@contextmanager
def serving(app):
    """The address of an ASGI app that runs in a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/v1"
    finally:
        server.should_exit = True
        thread.join(10)

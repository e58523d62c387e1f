"""What a client says, checked, and what it is told: JSON both ways, frames as JSON and JPEG in one message.

A frame is 4 bytes, the length of its JSON head (big-endian), the head, and the picture.
"""

import json
import struct
from typing import Annotated, Any, Literal

import numpy as np
from jaxtyping import Float
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from filmwright.core.camera import look_at
from filmwright.core.errors import BadFilm

FAR = 1000.0  # metres from the origin
LARGEST = 1 << 16  # bytes of a client's message
Metres = Annotated[float, Field(ge=-FAR, le=FAR)]
Number = Annotated[int, Field(ge=0, lt=1 << 53)]  # what JavaScript counts exactly


class _Message(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class Open(_Message):
    """The first message: which scene, and how its frames should be."""

    type: Literal["open"]
    scene: str = Field(default="sample", max_length=200)  # "sample", a scan of the server's TOML, or a video's id
    prompt: str = Field(default="", max_length=2000)  # a brief: it decides light and set
    width: int = Field(default=640, ge=16, le=4096)  # pixels of one eye's picture
    height: int = Field(default=360, ge=16, le=4096)
    eyes: Literal[1, 2] = 1  # 2: left and right, side by side in one picture
    ipd: float = Field(default=0.063, ge=0, le=1)  # metres between the eyes
    quality: int = Field(default=80, ge=1, le=100)  # JPEG


class Pose(_Message):
    """Where the camera is: an eye and what it looks at, or a matrix."""

    type: Literal["pose"]
    id: Number  # grows from pose to pose
    t: float | None = None  # the client's own clock; it is told again with the frame
    eye: tuple[Metres, Metres, Metres] | None = None
    target: tuple[Metres, Metres, Metres] | None = None
    roll: float = 0.0  # degrees, clockwise
    matrix: tuple[float, ...] | None = Field(default=None, min_length=16, max_length=16)
    fov: float = Field(default=40.0, ge=1, le=160)  # degrees, the whole vertical angle

    @model_validator(mode="after")
    def _one_way(self) -> "Pose":
        if (self.matrix is None) == (self.eye is None or self.target is None):
            raise ValueError("give eye and target, or a matrix of 16 numbers (world from camera, row by row)")
        if self.matrix is not None:
            turn = np.reshape(self.matrix, (4, 4))[:3, :3]
            straight = np.allclose(turn @ turn.T, np.eye(3), atol=1e-3) and np.linalg.det(turn) > 0
            if not straight or np.abs(np.reshape(self.matrix, (4, 4))[:3, 3]).max() > FAR:
                raise ValueError(
                    "the matrix is no rotation with a place: world from camera, x right, y down, z forward"
                )
        elif self.eye == self.target:
            raise ValueError("eye and target are the same place")
        return self

    @property
    def world_from_camera(self) -> Float[np.ndarray, "4 4"]:
        """OpenCV axes: x right, y down, z forward."""
        if self.matrix is not None:
            return np.reshape(np.asarray(self.matrix, float), (4, 4))
        assert self.eye is not None
        assert self.target is not None
        return look_at(np.asarray(self.eye), np.asarray(self.target), roll=float(np.radians(self.roll)))


class Prompt(_Message):
    """Other words: the set and its light are made anew, while frames of the old one go on."""

    type: Literal["prompt"]
    prompt: str = Field(max_length=2000)


class Seen(_Message):
    """A frame has arrived and is shown. Without these no more than a few frames are sent."""

    type: Literal["seen"]
    frame: Number


Message = Annotated[Open | Pose | Prompt | Seen, Field(discriminator="type")]
_MESSAGES: TypeAdapter[Open | Pose | Prompt | Seen] = TypeAdapter(Message)


def understood(text: str | bytes) -> Open | Pose | Prompt | Seen:
    """A client's message. Raises BadFilm."""
    if len(text) > LARGEST:
        raise BadFilm(f"a message of {len(text)} bytes is too long: {LARGEST} are taken.")
    try:
        return _MESSAGES.validate_json(text)
    except ValidationError as err:
        first = err.errors()[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "the message"
        raise BadFilm(f"{where}: {first['msg'][0].lower()}{first['msg'][1:]}.") from err


def packed(head: dict[str, Any], picture: bytes) -> bytes:
    """A frame as one message."""
    text = json.dumps(head, separators=(",", ":")).encode()
    return struct.pack(">I", len(text)) + text + picture


def unpacked(message: bytes) -> tuple[dict[str, Any], bytes]:
    """The head and the picture of a frame's message."""
    (length,) = struct.unpack_from(">I", message)
    head: dict[str, Any] = json.loads(message[4 : 4 + length])
    return head, message[4 + length :]

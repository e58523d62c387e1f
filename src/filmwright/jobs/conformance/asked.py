"""How a server is to be examined."""

from pydantic import BaseModel, ConfigDict, Field, field_validator

from filmwright.core.errors import BadFilm
from filmwright.film.frames.client import address


class ConformanceRequest(BaseModel):
    """Where the server is, what it is asked for, and what the examination may cost."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str  # of the API, as in http://127.0.0.1:8000/v1
    key: str = Field(default="", repr=False)
    model: str = ""  # the server's own choice if empty
    prompt: str = "A glass bottle turns slowly on a white table"
    seconds: int = Field(default=4, ge=1, le=60)
    size: str = Field(default="720x1280", pattern=r"^\d{2,4}x\d{2,4}$")
    fields: dict[str, str] = Field(default_factory=dict)  # that go with every video, as num_inference_steps
    topics: tuple[str, ...] = ()  # only these; all if empty
    minutes: float = Field(default=10.0, gt=0)  # for one video to be finished
    patience: float = Field(default=30.0, gt=0)  # seconds for one answer

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        try:
            return address(url)
        except BadFilm as err:
            raise ValueError(str(err)) from err

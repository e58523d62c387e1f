"""OpenAI's moderation service: words and pictures, 13 categories, over the network with your own key."""

import base64
import os
from collections.abc import Iterable
from typing import Annotated, Any

import cv2
import numpy as np
from jaxtyping import UInt8
from openai import OpenAI, OpenAIError
from pydantic import BaseModel, Field

from filmwright.core.errors import BadFilm
from filmwright.core.verdict import Signal

from . import Exhibit

SIDE, QUALITY = 768, 90  # pixels of the longer side, and JPEG quality, of what is sent
BATCH = 32  # texts in one request
SEEN = ("self-harm", "self-harm/intent", "self-harm/instructions", "sexual", "violence", "violence/graphic")
READ = (  # of words all thirteen are judged, of pictures only those above
    *("harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent"),
    *("sexual/minors", *SEEN),
)


class Service:
    """POST /v1/moderations. What it can't answer, after a few tries, becomes a signal of "provider-down"."""

    def __init__(self, client: OpenAI, model: str) -> None:
        self._client, self._model = client, model

    def look(self, exhibits: Iterable[Exhibit]) -> tuple[Signal, ...]:
        """Words in batches, then pictures one by one; after the first failure nobody is asked again."""
        exhibits = list(exhibits)
        texts = [e for e in exhibits if e.rgb is None]
        rounds: list[tuple[list[Exhibit], tuple[str, ...]]]
        rounds = [(texts[i : i + BATCH], READ) for i in range(0, len(texts), BATCH)]
        rounds += [([e], SEEN) for e in exhibits if e.rgb is not None]
        signals: list[Signal] = []
        down = ""
        for shown, categories in rounds:
            if not down:
                try:
                    for exhibit, scores in zip(shown, self._ask(shown, categories), strict=True):
                        signals += [_signal(exhibit, c, score) for c, score in scores.items()]
                    continue
                except OpenAIError as err:
                    down = _reason(err)
                except ValueError as err:  # no JSON, or JSON of another shape
                    down = str(err) if isinstance(err, _NoAnswer) else "its answer is no JSON"
            signals += [_signal(exhibit, "provider-down", 1.0, down) for exhibit in shown]
        return tuple(signals)

    def _ask(self, shown: list[Exhibit], categories: tuple[str, ...]) -> list[dict[str, float]]:
        """The scores of each exhibit, once the answer has the documented shape."""
        content: Any = [_part(e.rgb) for e in shown if e.rgb is not None] or [e.text for e in shown]
        reply: Any = self._client.moderations.create(model=self._model, input=content)
        results = getattr(reply, "results", None)
        if not isinstance(results, list) or len(results) != len(shown):
            raise _NoAnswer("its answer is not one result for each question")
        return [_scores(result, categories) for result in results]


class _NoAnswer(ValueError):
    """The service answered, but not the question."""


def _scores(result: Any, categories: tuple[str, ...]) -> dict[str, float]:
    scores = getattr(result, "category_scores", None)
    found = scores.model_dump(by_alias=True) if isinstance(scores, BaseModel) else {}
    for category in categories:
        score = found.get(category)
        if not isinstance(score, (int, float)) or not 0 <= score <= 1:
            raise _NoAnswer(f"its answer has no score for {category}")
    return {category: float(found[category]) for category in categories}


def _signal(exhibit: Exhibit, category: str, score: float, says: str = "") -> Signal:
    return Signal(provider="openai", what=exhibit.what, category=category, score=score, where=exhibit.where, says=says)


def _reason(err: OpenAIError) -> str:
    """Why there is no answer, in plain words and without the key."""
    status = getattr(err, "status_code", None)
    known = {401: "it refuses the key in OPENAI_API_KEY", 429: "too many requests, or the quota is used up"}
    return f"HTTP {status}: {known.get(status, 'the service failed')}" if status else f"no answer: {type(err).__name__}"


def _part(rgb: UInt8[np.ndarray, "H W 3"]) -> dict[str, Any]:
    """A picture as the service takes it: a JPEG in a data URL, no larger than it needs."""
    scale = SIDE / max(rgb.shape[:2])
    bgr = np.ascontiguousarray(rgb[..., ::-1])
    if scale < 1:
        bgr = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    url = f"data:image/jpeg;base64,{base64.b64encode(jpeg.tobytes()).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def build(
    *,
    model: str = "omni-moderation-latest",
    base_url: str = "",
    seconds: Annotated[float, Field(gt=0, le=120)] = 15.0,
    retries: Annotated[int, Field(ge=0, le=5)] = 2,
) -> Service:
    """`base_url` is another server that answers alike; `seconds` is how long one try may take.

    The key is read from $OPENAI_API_KEY. Raises BadFilm where it is not set.
    """
    key = os.environ.get("OPENAI_API_KEY", "")
    if not key:
        raise BadFilm("moderator 'openai' needs a key: set OPENAI_API_KEY, or use moderator 'local'.")
    client = OpenAI(api_key=key, base_url=base_url or None, timeout=seconds, max_retries=retries)
    return Service(client, model)

"""Marks and reads pictures with invisible-watermark and blind-watermark, in the environment that has them.

Started by client.py. A request is a line of JSON, {"method", "task", "shape", "bits"}, followed by the pictures, RGB
and raw. The answer is a line of JSON too: for "embed" {"ms"}, followed by the pictures; for "read" {"ms", "bits"}, a
list for each picture, None where the method can't read it. `ms` is CPU time a picture on one thread.
"""

import json
import os
import sys
import time

import numpy as np

answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)  # the libraries print

import cv2  # noqa: E402
from blind_watermark import WaterMark  # noqa: E402
from imwatermark import WatermarkDecoder, WatermarkEncoder  # noqa: E402

cv2.setNumThreads(1)


def embed(method: str, bgr: np.ndarray, bits: list[int]) -> np.ndarray:
    """A marked picture."""
    if method != "blind-watermark":
        encoder = WatermarkEncoder()
        encoder.set_watermark("bits", bits)
        return encoder.encode(bgr, method)
    mark = WaterMark(password_wm=1, password_img=1)
    mark.read_img(img=bgr)
    mark.read_wm(np.array(bits, bool), mode="bit")
    return np.clip(np.rint(mark.embed()), 0, 255).astype(np.uint8)


def read(method: str, bgr: np.ndarray, num_bits: int) -> list[int] | None:
    """The bits in a picture; None where it is too small for the method."""
    try:
        if method != "blind-watermark":
            return [int(bit) for bit in WatermarkDecoder("bits", num_bits).decode(bgr, method)]
        found = WaterMark(password_wm=1, password_img=1).extract(embed_img=bgr, wm_shape=num_bits, mode="bit")
        return [int(bit > 0.5) for bit in found]
    except (AssertionError, RuntimeError):
        return None


def main() -> None:
    """Answer until the input ends."""
    for line in sys.stdin.buffer:
        ask = json.loads(line)
        size = int(np.prod(ask["shape"]))
        pictures = np.frombuffer(sys.stdin.buffer.read(size), np.uint8).reshape(ask["shape"])[..., ::-1]
        began = time.process_time()
        work = embed if ask["task"] == "embed" else read
        last = ask["bits"] if ask["task"] == "embed" else len(ask["bits"])
        results = [work(ask["method"], np.ascontiguousarray(bgr), last) for bgr in pictures]
        answer = {"ms": (time.process_time() - began) * 1e3 / len(pictures)}
        if ask["task"] == "read":
            answer["bits"] = results
        answers.write(json.dumps(answer).encode() + b"\n")
        if ask["task"] == "embed":
            answers.write(np.stack(results)[..., ::-1].tobytes())
        answers.flush()


if __name__ == "__main__":
    main()

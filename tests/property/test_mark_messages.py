"""Any message comes back, from the code and out of pictures; straightening undoes the geometry it is told."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from filmwright.core.mark import Geometry
from filmwright.film.asset.spread.evidence import Evidence
from filmwright.film.asset.spread.pattern import SIDE, Pattern
from filmwright.film.asset.spread.polar import Polar
from filmwright.film.asset.spread.search import Search, soft_bits, straightened

CODE = Polar(64, 512)
PATTERN = Pattern(b"a key")
MESSAGES = st.integers(0, (1 << 64) - 1)
GEOMETRIES = st.builds(
    Geometry,
    zoom=st.floats(0.7, 1.6),
    stretch=st.floats(0.8, 1.25),
    rotation=st.floats(-5, 5),
    flipped=st.booleans(),
)


@settings(deadline=None, max_examples=25)
@given(MESSAGES, st.sets(st.integers(0, 511), max_size=50))
def test_a_tenth_of_the_bits_may_be_wrong(message, wrong):
    llr = 2 * (1.0 - 2.0 * CODE.encode(message))
    llr[list(wrong)] *= -1
    assert CODE.decode(llr, num_paths=8) == message


@settings(deadline=None, max_examples=12)
@given(MESSAGES, st.integers(120, 400), st.integers(160, 700), st.integers(0, 2**32))
def test_a_message_is_read_out_of_a_picture_of_any_size(message, height, width, seed):
    noise = np.random.default_rng(seed).normal(0, 2, (height, width))
    picture = np.clip(128 + 3 * PATTERN.picture(message, height, width) + noise, 0, 255).astype(np.uint8)
    evidence = Evidence()
    evidence.add(picture)
    sight = Search(evidence.field, PATTERN).look(exactly=True)
    assert sight.score > 9
    assert PATTERN.code.decode(soft_bits(sight, PATTERN)) == message


@settings(deadline=None, max_examples=20)
@given(GEOMETRIES)
def test_straightening_undoes_a_geometry(geometry):
    """What a copy shows at each place, laid back, is the pattern where it was."""
    height, width = SIDE, 320
    field = cv2.GaussianBlur(PATTERN.picture(1, height, width), (0, 0), 2.0)  # coarse: so that sampling loses little
    middle = np.array([width - 1, height - 1]) / 2
    across, down, turn = geometry.zoom * geometry.stretch, geometry.zoom, np.radians(geometry.rotation)
    scale = np.diag([-across if geometry.flipped else across, down])
    rotate = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])  # y points down
    forward = rotate @ scale  # from the picture as it was to the copy, about the middle
    place = np.column_stack([forward, middle - forward @ middle]).astype(np.float32)
    copy = cv2.warpAffine(field, place, (width, height), flags=cv2.INTER_CUBIC)
    back = straightened(copy, geometry)
    rows, columns = np.array(back.shape) // 2
    reach = 40  # pixels about the middle, which every geometry shows
    seen = back[rows - reach : rows + reach, columns - reach : columns + reach]
    near = [
        field[y - reach : y + reach, x - reach : x + reach]
        for y in range(height // 2 - 2, height // 2 + 3)
        for x in range(width // 2 - 2, width // 2 + 3)
    ]
    assert max(float(np.corrcoef(seen.ravel(), part.ravel())[0, 1]) for part in near) > 0.8

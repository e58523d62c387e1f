"""Any row of takes has the length its storyboard says, picture by picture."""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from filmwright.core.camera import Path
from filmwright.core.frames import Frames
from filmwright.core.shot import Join, Shot, Storyboard
from filmwright.film.video.edit import cut, fade

STILL = Path(
    eye=np.array([[0.0, -3.0, 1.0]]),
    target=np.zeros((1, 3)),
    fov_y=np.array([0.6]),
    focus=np.array([3.0]),
    aperture=np.zeros(1),
    roll=np.zeros(1),
)


@st.composite
def plans(draw):
    """Frames a second, the frames of each dissolve (0 is a cut), the frames of each shot."""
    fps = draw(st.sampled_from([Fraction(24), Fraction(25), Fraction(30000, 1001)]))
    overlaps = draw(st.lists(st.integers(0, 4), max_size=4))
    around = zip([0, *overlaps], [*overlaps, 0], strict=True)
    return fps, overlaps, [draw(st.integers(before + after + 1, 14)) for before, after in around]


def storyboard(fps, overlaps, lengths):
    shots = tuple(Shot(name=str(i), seconds=n / fps, fps=fps, path=STILL) for i, n in enumerate(lengths))
    joins = tuple(Join(kind="dissolve" if n else "cut", seconds=n / fps) for n in overlaps)
    return Storyboard(title="t", shots=shots, joins=joins)


def takes(board, piece):
    return [take(shot, 40 * k + 20, piece) for k, shot in enumerate(board.shots)]


def take(shot, value, piece):
    rgb = np.full((shot.num_frames, 2, 2, 3), value, np.uint8)
    for i in range(0, len(rgb), piece):
        yield Frames(rgb=rgb[i : i + piece], fps=shot.fps, start=i / shot.fps)


@given(plan=plans(), piece=st.integers(1, 5), out=st.integers(0, 6))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_lengths_and_times(plan, piece, out):
    board = storyboard(*plan)
    fps = board.shots[0].fps
    plain = list(cut(takes(board, piece), board.joins))
    assert len(plain) / fps == board.seconds
    assert [p.start for p in plain] == [i / fps for i in range(len(plain))]
    for k, (at, join) in enumerate(zip(board.cuts[1:], board.joins, strict=True), 1):
        if join.kind == "cut":
            assert plain[int(at * fps)].rgb[0, 0, 0, 0] == 40 * k + 20
            assert plain[int(at * fps) - 1].rgb[0, 0, 0, 0] == 40 * k - 20
    faded = list(fade(cut(takes(board, piece), board.joins), fade_out=out / fps))
    assert [p.start for p in faded] == [p.start for p in plain]

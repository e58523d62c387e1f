"""The exposure is decided with the same curve that the frames are developed with; the two rooms may not share it."""

import numpy as np
import pytest

from filmwright.core.shot import Look
from filmwright.film.frames.develop import tone_curve
from filmwright.film.shots.tone import toned, untoned


@pytest.mark.parametrize("white", [1.0, 1.6, 4.0, 12.0])
@pytest.mark.parametrize("contrast", [0.8, 1.0, 1.3])
def test_the_exposure_meter_and_the_developer_use_one_curve(white, contrast):
    light = np.linspace(0, 2 * white, 500)
    curve = tone_curve(Look(white=white, contrast=contrast))
    assert toned(light, white=white, contrast=contrast) == pytest.approx(curve(light), abs=1e-6)
    assert float(curve(np.array(untoned(0.4, white=white, contrast=contrast)))) == pytest.approx(0.4, abs=1e-6)

"""The tone curve that exposure is decided with and frames are developed with."""

import numpy as np
import pytest

from filmwright.core.errors import BadFilm
from filmwright.core.tone import MIDDLE, tone_curve


@pytest.mark.parametrize("white", [1.6, 4.0, 12.0])
@pytest.mark.parametrize("contrast", [0.8, 1.0, 1.3])
def test_it_rises_from_black_through_mid_grey_to_white_and_back(white, contrast):
    curve = tone_curve(white=white, contrast=contrast)
    assert curve(np.array([0.0, MIDDLE, white, 2 * white])) == pytest.approx([0.0, MIDDLE, 1.0, 1.0])
    assert (np.diff(curve(np.linspace(0, white, 500))) > 0).all()
    low, high = curve(np.array([MIDDLE / 1.001, MIDDLE * 1.001]))
    assert np.log(high / low) / np.log(1.001**2) == pytest.approx(contrast, rel=1e-3)
    assert float(curve(np.array(curve.inverse(0.4)))) == pytest.approx(0.4)


@pytest.mark.parametrize(("white", "contrast"), [(0.5, 1.0), (4.0, 9.0)])
def test_an_impossible_look_is_refused(white, contrast):
    with pytest.raises(BadFilm, match="white from 1 to 1000 and contrast from 0\\.5 to 3"):
        tone_curve(white=white, contrast=contrast)

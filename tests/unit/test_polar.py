"""The polar code: known structure, messages through noise, and a checksum that refuses what is none."""

import numpy as np
import pytest

from filmwright.film.asset.spread.polar import CRC_BITS, Polar, crc24

CODES = [Polar(64, 512), Polar(96, 1024)]


def noisy(code, payload, deviation, rng):
    """Log-likelihood ratios of a message sent as +1 and -1 through Gaussian noise."""
    sent = 1.0 - 2.0 * code.encode(payload)
    return 2 * (sent + rng.normal(0, deviation, len(sent))) / deviation**2


def message(code, rng):
    return int.from_bytes(rng.bytes(code.num_bits // 8), "big")


def test_the_checksum_is_the_published_one():
    bits = np.unpackbits(np.frombuffer(b"123456789", np.uint8))
    assert crc24(bits) == 0x21CF02  # CRC-24/OPENPGP's check value
    assert crc24(bits[:0]) == 0xB704CE


@pytest.mark.parametrize("code", CODES, ids=lambda code: str(code.num_bits))
def test_as_many_inputs_are_free_as_the_message_needs(code):
    assert (~code.frozen).sum() == code.num_bits + CRC_BITS
    assert code.frozen[0]  # the worst input
    assert not code.frozen[-1]  # the best


@pytest.mark.parametrize("code", CODES, ids=lambda code: str(code.num_bits))
def test_an_input_above_a_free_one_is_free(code):
    """Mori and Tanaka 2009: setting a 0 of an index to 1 only makes it more reliable, on every channel."""
    for free in np.flatnonzero(~code.frozen):
        for step in range(code.length.bit_length() - 1):
            assert not code.frozen[free | 1 << step]


def test_the_code_is_affine(rng):
    code = CODES[0]
    a, b, c = (message(code, rng) for _ in range(3))
    together = code.encode(a) ^ code.encode(b) ^ code.encode(c)
    assert np.array_equal(together, code.encode(a ^ b ^ c))
    assert code.encode(a).shape == (512,)


@pytest.mark.parametrize("code", CODES, ids=lambda code: str(code.num_bits))
@pytest.mark.parametrize("deviation", [0.1, 1.0, 1.5])  # 0, 16 and 25 of 100 coded bits wrong
def test_messages_come_through_noise(code, deviation, rng):
    sent = [0, (1 << code.num_bits) - 1, *(message(code, rng) for _ in range(6))]
    assert [code.decode(noisy(code, payload, deviation, rng)) for payload in sent] == sent


def test_a_half_that_is_missing_is_made_up_for(rng):
    code = CODES[0]
    for _ in range(5):
        payload = message(code, rng)
        llr = noisy(code, payload, 0.7, rng)
        llr[rng.permutation(code.length)[: code.length // 2]] = 0
        assert code.decode(llr) == payload


def test_a_list_of_paths_reads_what_one_path_does_not():
    code, rng = CODES[0], np.random.default_rng(8)
    trials = [(payload, noisy(code, payload, 1.75, rng)) for payload in (message(code, rng) for _ in range(16))]
    one, many = (sum(code.decode(llr, num_paths=n) == p for p, llr in trials) for n in (1, 32))
    assert many > one + 3


def test_what_is_no_message_is_refused(rng):
    """Of 32 paths with 24 bits of checksum one in half a million passes; 60 tries have next to no chance."""
    code = CODES[0]
    assert {code.decode(rng.normal(0, 3, code.length)) for _ in range(60)} == {None}
    assert code.decode(np.zeros(code.length)) is None


def test_the_checksum_lets_one_in_many_pass(rng):
    """On 8 of its bits, where chance can be counted: one in 256."""
    tries = 8000
    passed = sum(crc24(rng.integers(0, 2, 24, np.uint8)) >> 16 == 0x5A for _ in range(tries))
    assert abs(passed - tries / 256) < 4 * np.sqrt(tries / 256)


def test_one_changed_bit_of_a_message_changes_many_of_the_code(rng):
    code = CODES[0]
    payload = message(code, rng)
    changed = [(code.encode(payload) ^ code.encode(payload ^ 1 << bit)).sum() for bit in range(64)]
    assert min(changed) >= 16


@pytest.fixture
def rng():
    return np.random.default_rng(3)

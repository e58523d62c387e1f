"""Numbers that are evenly spread: Owen-scrambled Sobol pairs (Burley 2020, JCGT 9(4)), one pair a decision."""

# mypy: ignore-errors

from typing import no_type_check

import warp as wp

# as constants, for a literal above 2^31 makes the kernel compiler warn
LOW_A = wp.constant(wp.uint32(0x7FEB352D))
LOW_B = wp.constant(wp.uint32(0x846CA68B))
LK_A = wp.constant(wp.uint32(0x6C50B47C))
LK_B = wp.constant(wp.uint32(0xB82F1E52))
LK_C = wp.constant(wp.uint32(0xC7AFE638))
LK_D = wp.constant(wp.uint32(0x8D22F6E6))
GOLDEN = wp.constant(wp.uint32(0x9E3779B9))


@no_type_check
@wp.func
def mix(x: wp.uint32) -> wp.uint32:
    """A good 32-bit hash (Wellons, lowbias32)."""
    a = x ^ (x >> wp.uint32(16))
    a = a * LOW_A
    a = a ^ (a >> wp.uint32(15))
    a = a * LOW_B
    return a ^ (a >> wp.uint32(16))


@no_type_check
@wp.func
def reverse(x: wp.uint32) -> wp.uint32:
    """The bits of x in reverse."""
    a = ((x >> wp.uint32(1)) & wp.uint32(0x55555555)) | ((x & wp.uint32(0x55555555)) << wp.uint32(1))
    a = ((a >> wp.uint32(2)) & wp.uint32(0x33333333)) | ((a & wp.uint32(0x33333333)) << wp.uint32(2))
    a = ((a >> wp.uint32(4)) & wp.uint32(0x0F0F0F0F)) | ((a & wp.uint32(0x0F0F0F0F)) << wp.uint32(4))
    a = ((a >> wp.uint32(8)) & wp.uint32(0x00FF00FF)) | ((a & wp.uint32(0x00FF00FF)) << wp.uint32(8))
    return (a >> wp.uint32(16)) | (a << wp.uint32(16))


@no_type_check
@wp.func
def permute(x: wp.uint32, seed: wp.uint32) -> wp.uint32:
    """Laine and Karras' permutation: Owen scrambling of bits in reverse order."""
    a = x + seed
    a = a ^ (a * LK_A)
    a = a ^ (a * LK_B)
    a = a ^ (a * LK_C)
    return a ^ (a * LK_D)


@no_type_check
@wp.func
def unit(x: wp.uint32) -> float:
    """The first 24 bits of x as a number in [0, 1)."""
    return float(x >> wp.uint32(8)) * 5.9604645e-8


@no_type_check
@wp.func
def pair(index: int, pixel: wp.uint32, decision: int) -> wp.vec2:
    """Sample `index` of the 2D sequence that a pixel has for its nth decision."""
    seed = mix(pixel ^ (wp.uint32(decision) * GOLDEN))
    i = reverse(permute(reverse(wp.uint32(index)), seed))
    y = i ^ ((i >> wp.uint32(1)) & wp.uint32(0x55555555))  # Pascal's matrix, which is Sobol's second dimension
    y = y ^ ((y >> wp.uint32(2)) & wp.uint32(0x33333333))
    y = y ^ ((y >> wp.uint32(4)) & wp.uint32(0x0F0F0F0F))
    y = y ^ ((y >> wp.uint32(8)) & wp.uint32(0x00FF00FF))
    y = y ^ (y >> wp.uint32(16))
    a = reverse(permute(i, mix(seed + wp.uint32(1))))
    b = reverse(permute(y, mix(seed + wp.uint32(2))))
    return wp.vec2(unit(a), unit(b))


@no_type_check
@wp.func
def pixel_seed(seed: int, frame: int, tid: int) -> wp.uint32:
    """What tells a pixel of a frame of a shot from all others."""
    return mix(wp.uint32(tid) ^ mix(wp.uint32(frame) ^ mix(wp.uint32(seed))))

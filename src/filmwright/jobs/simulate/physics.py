"""Things that fall, bounce and collide, by MuJoCo: rigid bodies whose motion is exact and repeats."""

from collections.abc import Sequence

import mujoco
import numpy as np
from jaxtyping import Float

from .dice import Dice
from .things import Thing

STEP = 1 / 480  # seconds
DENSITY = 300.0  # kilograms a cubic metre: light wood
SOFT = {"sphere": "sphere", "cube": "box", "cylinder": "cylinder", "capsule": "capsule"}  # shapes that it knows itself


def fall(
    things: Sequence[Thing], spots: Float[np.ndarray, "N 2"], seconds: Float[np.ndarray, " F"], dice: Dice
) -> Float[np.ndarray, "N F 4 4"]:
    """Where things that are dropped over their spots are at these rising times: world from object, metres.

    Other shapes than those MuJoCo knows collide as the convex hull of their vertices.
    """
    model = mujoco.MjModel.from_xml_string(_model(things, dice))
    data = mujoco.MjData(model)
    for i, thing in enumerate(things):
        own = dice.child("body", i)
        place = [*spots[i], thing.size.max() * 0.9 + 0.3 + 0.5 * i + own.uniform(0.0, 0.5)]
        turn = np.array([own.normal() for _ in range(4)])
        data.qpos[7 * i : 7 * i + 7] = [*place, *(turn / np.linalg.norm(turn))]
        data.qvel[6 * i : 6 * i + 3] = [*(-0.6 * spots[i] + [own.normal(0, 0.25), own.normal(0, 0.25)]), 0.0]
        data.qvel[6 * i + 3 : 6 * i + 6] = [own.normal(0, 2.0) for _ in range(3)]
    out = np.empty((len(things), len(seconds), 4, 4))
    for f, time in enumerate(seconds):
        while data.time < time - seconds[0] - STEP / 2:
            mujoco.mj_step(model, data)
        mujoco.mj_kinematics(model, data)
        for i in range(len(things)):
            out[i, f] = np.eye(4)
            out[i, f, :3, :3] = data.xmat[i + 1].reshape(3, 3)
            out[i, f, :3, 3] = data.xpos[i + 1]
    return out


def _model(things: Sequence[Thing], dice: Dice) -> str:
    assets, bodies = [], []
    for i, thing in enumerate(things):
        bounce = dice.child("bounce", i).uniform(0.15, 0.6)
        half = [float(side) / 2 for side in thing.size]
        shape = SOFT.get(thing.label)
        if shape is None:
            points = " ".join(f"{v:.6g}" for v in np.unique(thing.points.astype(np.float32), axis=0).ravel())
            assets.append(f'<mesh name="m{i}" vertex="{points}" inertia="convex"/>')
            geom = f'type="mesh" mesh="m{i}"'
        else:
            sizes: dict[str, Sequence[float]] = {
                "sphere": half[:1],
                "box": half,
                "cylinder": [half[0], half[2]],
                "capsule": [half[0], half[2] - half[0]],
            }
            geom = f'type="{shape}" size="{" ".join(f"{v:.9g}" for v in sizes[shape])}"'
        damping = 1.0 - bounce  # stiff contacts with less than critical damping give the energy back
        bodies.append(
            f'<body><freejoint/><geom {geom} density="{DENSITY}" friction="0.6 0.01 0.001" '
            f'solref="0.008 {damping:.4f}"/></body>'
        )
    ground = '<geom type="plane" size="20 20 1" friction="0.6 0.01 0.001"/>'
    return (
        f'<mujoco><option timestep="{STEP}" integrator="implicitfast"/><asset>{"".join(assets)}</asset>'
        f"<worldbody>{ground}{''.join(bodies)}</worldbody></mujoco>"
    )

"""Train the classifier that ships with the package: torchrun --nproc-per-node 2 training/attributes/train.py FOLDER

FOLDER holds what `clips.py` made. The state is kept there after each epoch: a killed run goes on. The processes learn
from their own parts of the clips and meet now and then (local SGD: Stich, "Local SGD Converges Fast and Communicates
Little", ICLR 2019); two made what ships, with OMP_NUM_THREADS=1. Alone, `python train.py FOLDER`. Then `measure.py`.
"""

import math
import os
import sys
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
from clips import SPLITS
from dataset import NONE, THINGS, Batch, Clips, brightened, grown, mirrored, reversed_in_time, shifted
from net import CELL, SIDE, Net, Out, folded, pairs_of
from torch import Tensor, nn

from filmwright.core.files import whole
from filmwright.film.scene.procedural.solids import SOLIDS
from filmwright.jobs.evaluate.judge.network import WEIGHTS
from filmwright.jobs.simulate.backdrops import backdrops
from filmwright.jobs.simulate.lights import LIGHTS
from filmwright.jobs.simulate.motions import MOTIONS
from filmwright.jobs.simulate.moves import MOVES
from filmwright.jobs.simulate.vocabulary import COLORS, MATERIALS

CLASSES = {
    "backdrop": (NONE, *backdrops.names()),
    "objects": ("1", "2", "3"),
    "shape": tuple(SOLIDS),
    "colour": tuple(COLORS),
    "material": MATERIALS,
    "motion": (*MOTIONS, "falling"),
    "camera": MOVES,
    "light": tuple(LIGHTS),
    "ground colour": ("grey", "white", "brown", "green", "blue"),
    "ground material": ("matte", "checkered", "striped", "dotted"),
}
EPOCHS, BATCH, RATE, DECAY = 40, 32, 2e-3, 0.02
MEET = 16  # steps after which the processes take the mean of their weights
SEED = 0
ASTRAY = 2.0  # pixels that the second look is led astray by, in the mean


def train(folder: Path) -> Net:
    """Adam with decoupled weight decay and one cosine of the learning rate."""
    torch.manual_seed(SEED)
    net = Net(CLASSES, THINGS).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
    state, first = folder / "training.pt", 0
    if state.exists():
        held = torch.load(state, weights_only=True)
        net.load_state_dict(held["net"])
        optimizer.load_state_dict(held["optimizer"])
        first = held["epoch"]
    clips = Clips(folder, [split.name for split in SPLITS if split.name.startswith("train")], CLASSES)
    for epoch in range(first, EPOCHS):
        loss = one_epoch(net, optimizer, clips, epoch)
        if rank() == 0:
            print(f"epoch {epoch + 1} of {EPOCHS}: {len(clips)} clips, loss {loss:.3f}", flush=True)
            with whole(state) as part:
                torch.save({"net": net.state_dict(), "optimizer": optimizer.state_dict(), "epoch": epoch + 1}, part)
    return net.eval()


def rank() -> int:
    """Which of the processes this is."""
    return dist.get_rank() if dist.is_initialized() else 0


def meet(net: Net) -> None:
    """The mean of all processes' weights and statistics."""
    if not dist.is_initialized():
        return
    own = [values for values in net.state_dict().values() if values.is_floating_point()]
    every = torch.cat([values.flatten() for values in own])
    dist.all_reduce(every)
    for values, mean in zip(own, (every / dist.get_world_size()).split([v.numel() for v in own]), strict=True):
        values.copy_(mean.view_as(values))


def one_epoch(net: Net, optimizer: torch.optim.Optimizer, clips: Clips, epoch: int) -> float:
    """Every clip once, each mirrored, reversed, grown, shifted and brightened by chance."""
    net.train()
    world = dist.get_world_size() if dist.is_initialized() else 1
    order = torch.randperm(len(clips), generator=torch.Generator().manual_seed(SEED + epoch))
    order = order[: len(order) // world * world][rank() :: world]
    generator = torch.Generator().manual_seed(1000 * (SEED + epoch) + rank())
    losses = []
    for step, done in enumerate(range(0, len(order) - BATCH + 1, BATCH), 1):
        at = (epoch + done / len(order)) / EPOCHS
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, 20 * at + 0.02) * (0.5 + 0.5 * math.cos(math.pi * at))
        batch = clips[order[done : done + BATCH]]
        batch = reversed_in_time(mirrored(batch, CLASSES, generator), CLASSES, generator)
        batch = brightened(shifted(grown(batch, generator), generator), generator)
        thing, where = looked_at(batch, generator)
        with torch.autocast("cpu", torch.bfloat16):
            out = net(pairs_of(batch.rgb), where)
        loss = loss_of(out, batch, thing)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 5.0)
        optimizer.step()
        losses.append(loss.item())
        if step % MEET == 0:
            meet(net)
    meet(net)
    return float(np.mean(losses))


def looked_at(batch: Batch, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Which thing the second look is led to, the subject or any, and where (NaN where none is in the picture)."""
    seen = ((batch.places >= 0) & (batch.places < SIDE)).all(-1)
    drawn = torch.rand(seen.shape, generator=generator).masked_fill(~seen, -1.0).argmax(1)
    thing = torch.where(batch.subject.bool(), 0, drawn)
    where = batch.places[torch.arange(len(thing)), thing]
    astray = ASTRAY * torch.randn(where.shape, generator=generator)
    return thing, torch.where(seen[torch.arange(len(thing)), thing][:, None], where + astray, torch.nan)


def loss_of(out: Out, batch: Batch, thing: Tensor) -> Tensor:
    """Cross entropy of every attribute; with less weight, of each thing where it stands, of the one that is looked at
    closely, and of the subject's place."""
    heads = [_entropy(one, batch.labels[:, i]) for i, one in enumerate(out.logits)]
    cells = (batch.places / CELL).floor()
    inside = ((cells >= 0) & (cells < SIDE // CELL)).all(-1)
    at = torch.where(inside, cells[..., 1] * (SIDE // CELL) + cells[..., 0], 0).long()
    there = [one.flatten(2).gather(2, at[:, None].expand(-1, one.shape[1], -1)) for one in out.things]
    labels = torch.where(inside[..., None], batch.things, -1)
    things = [_entropy(one.mT.flatten(0, 1), labels[..., k].flatten()) for k, one in enumerate(there)]
    looked = labels[torch.arange(len(thing)), thing]
    close = [_entropy(one, looked[:, k]) for k, one in enumerate(out.close)]
    spoken = inside[:, 0] & batch.subject.bool()
    subject = _entropy(out.subject, torch.where(spoken, at[:, 0], -1))
    return torch.stack([*heads, *(0.3 * one for one in (*things, *close)), subject]).sum() / len(batch.rgb)


def _entropy(logits: Tensor, labels: Tensor) -> Tensor:
    return nn.functional.cross_entropy(logits.float(), labels, ignore_index=-1, reduction="sum", label_smoothing=0.05)


def save(net: Net, mean: np.ndarray, scale: np.ndarray) -> None:
    """Write what the package reads, in half precision."""
    weights = {name: values.astype(np.float16) for name, values in folded(net).items()}
    words = {f"words.{name}": np.array("|".join(found)) for name, found in CLASSES.items()}
    with whole(WEIGHTS) as part, part.open("wb") as file:
        np.savez_compressed(file, mean=mean, scale=scale, attributes=np.array("|".join(CLASSES)), **words, **weights)


def scale_of(net: Net, folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """The mean of the features over clips of the training, and what brings their mean variance to 1."""
    clips = Clips(folder, ["train"], CLASSES)
    with torch.no_grad():
        found = [
            net(pairs_of(clips[torch.arange(k, k + 100)].rgb)).features for k in range(0, min(len(clips), 2000), 100)
        ]
    every = torch.cat(found)
    return every.mean(0).numpy(), (every.var(0).mean() ** -0.5).numpy()


if __name__ == "__main__":
    where = Path(sys.argv[1])
    if "RANK" in os.environ:
        dist.init_process_group("gloo")
    trained = train(where)
    if rank() == 0:
        save(trained, *scale_of(trained, where))

"""The processes of a run: one, or those that `torchrun` started."""

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.nn.parallel import DistributedDataParallel

from filmwright.core.errors import BadFilm

from .recipe import Machine

T = TypeVar("T")
PATIENCE = timedelta(hours=4)  # while the first process encodes the data, or writes


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """This process among those of a run."""

    rank: int
    world: int
    device: torch.device

    @property
    def first(self) -> bool:
        """Whether this is the one that writes and reports."""
        return self.rank == 0

    def mine(self, items: list[T]) -> list[T]:
        """This process's share of a batch. Raises BadFilm where it can't be shared evenly."""
        if len(items) % self.world:
            raise BadFilm(f"a batch of {len(items)} can't be shared by {self.world} processes; change 'budget.batch'.")
        share = len(items) // self.world
        return items[self.rank * share : (self.rank + 1) * share]

    def mean(self, value: Tensor) -> Tensor:
        """The mean over all processes, for each."""
        if self.world == 1:
            return value
        total = _kept(value.detach().clone())
        dist.all_reduce(total)
        return total / self.world

    def told(self, value: float) -> float:
        """The first process's number, for each: clocks differ."""
        if self.world == 1:
            return value
        told = _kept(torch.tensor([value], dtype=torch.float64, device=self.device))
        dist.broadcast(told, 0)
        return float(told)

    def wait(self) -> None:
        """Until all are here."""
        if self.world > 1:
            dist.barrier()

    def in_turn(self, work: Callable[[], T]) -> T:
        """The same work by all, first by the first, which leaves on disk what the others then find."""
        if not self.first:
            self.wait()
        try:
            return work()
        finally:
            if self.first:
                self.wait()


_SENT: deque[Tensor] = deque(maxlen=16)


def _kept(tensor: Tensor) -> Tensor:
    """The same tensor, which does not end with the call that sends it.

    A thread of gloo's lets go of what was sent a moment after us. Were it the last to hold it, it would wait for
    Python's lock, while whoever takes the group down holds that and waits for the thread.
    """
    _SENT.append(tensor)
    return tensor


@contextmanager
def ranks(asked: Machine) -> Iterator[Ranks]:
    """Join the processes that torchrun started, where it did. Raises BadFilm for a device that is not there."""
    world = int(os.environ.get("WORLD_SIZE", "1"))
    device = _device(asked.device, int(os.environ.get("LOCAL_RANK", "0")))
    if asked.threads:
        torch.set_num_threads(asked.threads)
    if device.type == "cuda":
        torch.cuda.set_device(device)
        torch.set_float32_matmul_precision("high")
    if world == 1:
        yield Ranks(rank=0, world=1, device=device)
        return
    dist.init_process_group("cpu:gloo,cuda:nccl" if device.type == "cuda" else "gloo", timeout=PATIENCE)
    try:
        yield Ranks(rank=dist.get_rank(), world=world, device=device)
        dist.barrier()  # nobody leaves while another still asks
    finally:
        dist.destroy_process_group()


def spread(network: nn.Module, how: Literal["ddp", "fsdp"], ranks: Ranks) -> nn.Module:
    """The network as all processes train it together: copied (DDP), or its weights shared out (FSDP2, in place)."""
    if ranks.world == 1:
        return network
    if how == "ddp":
        return DistributedDataParallel(network)
    mesh = init_device_mesh(ranks.device.type, (ranks.world,))
    for block in _blocks(network):
        fully_shard(block, mesh=mesh)
    fully_shard(network, mesh=mesh)
    return network


def compiled(network: nn.Module) -> None:
    """Compile each block by itself: blocks are alike, so one compilation serves all, in a fraction of the time.

    The last block, gradients or none, and each length of text are a variant each: more than torch keeps by itself.
    """
    torch._dynamo.config.recompile_limit = max(64, torch._dynamo.config.recompile_limit)
    for block in _blocks(network):
        block.compile()


def gathering(network: nn.Module, *, last: bool) -> AbstractContextManager[None]:
    """Gradients are exchanged between processes after the last batch of a step only."""
    if isinstance(network, DistributedDataParallel) and not last:
        return network.no_sync()
    if isinstance(network, FSDPModule):
        network.set_requires_gradient_sync(last)
    return nullcontext()


def _blocks(network: nn.Module) -> list[nn.Module]:
    blocks = network.blocks
    assert isinstance(blocks, nn.ModuleList)
    return list(blocks)


def _device(asked: str, local_rank: int) -> torch.device:
    if asked == "auto":
        asked = "cuda" if torch.cuda.is_available() else "cpu"
    try:
        device = torch.device(f"cuda:{local_rank}" if asked == "cuda" else asked)
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as err:
        told = str(err).splitlines()[0]
        raise BadFilm(f"there is no device {asked!r} here ({told}). Use 'auto', or 'cpu'.") from err
    return device

"""How much energy a job took: measured by the processor's own meter where that can be read, else estimated."""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

WATTS = 12.0  # of one busy core: green-algorithms.org's for an unknown processor (its data v3.0, TDP_cpu.csv, "Any")
POWERCAP = Path("/sys/class/powercap")  # Linux: Intel's RAPL, and AMD's through the same files
LOOK = 60.0  # seconds between looks at the meter, which starts again at zero every hour or so of hard work


@dataclass(frozen=True, slots=True, kw_only=True)
class Energy:
    """What a job took."""

    joules: float
    how: Literal["measured", "estimated"]
    cpu_seconds: float  # of this process and its workers
    seconds: float  # by the clock
    says: str  # what was counted and what was not, in plain words


class Meter:
    """Counts from `with Meter() as meter:` on; `meter.read()` tells the energy so far, at any time."""

    def __init__(self, powercap: Path = POWERCAP) -> None:
        self._counters = _counters(powercap)
        self._joules = 0.0
        self._last = [_microjoules(counter) for counter in self._counters]
        self._cpu, self._clock = cpu_seconds(), time.perf_counter()
        self._done, self._lock = threading.Event(), threading.Lock()
        self._watch = threading.Thread(target=self._look_often, daemon=True)

    def __enter__(self) -> "Meter":
        if self._counters:
            self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        if self._watch.is_alive():
            self._watch.join()

    def read(self) -> Energy:
        """The energy since the block began."""
        cpu, seconds = round(cpu_seconds() - self._cpu, 2), round(time.perf_counter() - self._clock, 2)
        if not self._counters:
            says = (
                f"{cpu:.0f} processor seconds at {WATTS:g} W a busy core, green-algorithms.org's value for an unknown "
                "processor; without memory, graphics card and screen"
            )
            return Energy(joules=round(cpu * WATTS, 1), how="estimated", cpu_seconds=cpu, seconds=seconds, says=says)
        self._look()
        says = "the processor's own meter (RAPL): all that ran on this processor; without graphics card and screen"
        return Energy(joules=round(self._joules, 1), how="measured", cpu_seconds=cpu, seconds=seconds, says=says)

    def _look_often(self) -> None:
        while not self._done.wait(LOOK):
            self._look()

    def _look(self) -> None:
        with self._lock:
            for i, counter in enumerate(self._counters):
                now = _microjoules(counter)
                spent = now - self._last[i]
                if spent < 0:
                    spent += int((counter / "max_energy_range_uj").read_text())
                self._joules += spent / 1e6
                self._last[i] = now


def cpu_seconds() -> float:
    """Processor time of this process, of its ended children, and where the system tells (Linux) of living ones."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system + _of_living_children(os.getpid())


def _of_living_children(pid: int) -> float:
    total = 0.0
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _words(children):
            stat = _words(Path(f"/proc/{child}/stat"), after=")")
            if len(stat) > 14:  # proc(5): fields 14 to 17 of the whole line, the name and its number being cut off
                total += sum(map(int, stat[11:15])) / os.sysconf("SC_CLK_TCK")
                total += _of_living_children(int(child))
    return total


def _words(path: Path, after: str = "") -> list[str]:
    try:
        text = path.read_text()
    except OSError:  # it ended just now, or is not ours to see
        return []
    return text.rpartition(after)[2].split() if after else text.split()


def _counters(powercap: Path) -> list[Path]:
    """The meters of whole processors that this user may read (many systems keep them for root)."""
    found = []
    for zone in sorted(powercap.glob("intel-rapl:*")):
        if zone.name.count(":") == 1 and _named(zone).startswith("package") and os.access(zone / "energy_uj", os.R_OK):
            found.append(zone)
    return found


def _named(zone: Path) -> str:
    return " ".join(_words(zone / "name"))


def _microjoules(zone: Path) -> int:
    return int((zone / "energy_uj").read_text())

"""What a film or a model took of electricity, as a card says it."""

from collections.abc import Mapping
from typing import Any

from .nouns import Fact

KWH = 3.6e6  # joules


def energy_facts(energy: Mapping[str, Any], grid: float | None) -> tuple[Fact, ...]:
    """An Energy's fields as facts; and carbon, where the grid's intensity (kg CO2e a kWh) is given."""
    joules = energy.get("joules")
    if not isinstance(joules, (int, float)):
        return (Fact(name="energy", value="not recorded", note="no energy was noted when it was made", mood="open"),)
    how = str(energy.get("how") or "not said how")
    facts = [Fact(name="energy", value=f"{amount(float(joules))}, {how}", note=str(energy.get("says") or ""))]
    if isinstance(cpu := energy.get("cpu_seconds"), (int, float)):
        facts.append(Fact(name="processor time", value=f"{cpu:,.0f} s"))
    if grid is not None:
        grams = joules / KWH * grid * 1000
        said = f"{grams:.2g} g" if grams < 1 else f"{grams:,.1f} g" if grams < 1000 else f"{grams / 1000:,.2f} kg"
        facts.append(Fact(name="carbon", value=f"{said} CO₂e", note=f"at {grid:g} kg CO₂e a kWh, as given"))
    return tuple(facts)


def amount(joules: float) -> str:
    """Energy for people: watt hours, and kilowatt hours from one on."""
    hours = joules / 3600
    return f"{hours:,.2g} Wh" if hours < 10 else f"{hours:,.0f} Wh" if hours < 1000 else f"{hours / 1000:,.2f} kWh"

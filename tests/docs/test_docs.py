"""The docs tell the truth: commands run, drivers are documented, links lead somewhere."""

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from filmwright.apps.server.settings import JobTerms, RequestLimits, ServedModel, ServerSettings
from filmwright.film.shots.directors import directors
from filmwright.film.shots.story.entries import Entry
from filmwright.film.shots.story.kinds import KINDS
from filmwright.jobs.doctor import list_drivers
from filmwright.jobs.film import Film, check_film
from filmwright.jobs.intake import Hosts, Limits
from filmwright.jobs.simulate.recipe import load_recipe, read_recipe
from filmwright.jobs.template import TEMPLATE
from filmwright.jobs.train.methods import methods
from filmwright.jobs.train.recipe import TrainingRecipe
from filmwright.jobs.train.recipe import load_recipe as load_training

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *sorted((ROOT / "docs").rglob("*.md"))]


def test_the_reference_is_fresh():
    run = subprocess.run([sys.executable, ROOT / "docs/write_reference.py", "--check"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    targets += re.findall(r'(?:src|href)="([^"#]+)"', page.read_text(encoding="utf-8"))
    assert not [t for t in targets if "://" not in t and not (page.parent / t).exists()]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_commands_in_the_docs_exist(page):
    known = {"make", "shots", "sign", "verify", "card", "new", "drivers", "doctor", "review", "consent", "audit"}
    known |= {"simulate", "train", "evaluate", "generate", "serve", "worker", "conformance", "keys"}
    words = re.findall(r"^\s*(?:\$ )?filmwright ([a-z-]+)", page.read_text(encoding="utf-8"), flags=re.M)
    assert not [w for w in words if w not in known and not w.startswith("-")]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_films_in_the_docs_can_be_planned(page):
    for block in re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), flags=re.S):
        table = tomllib.loads(block)
        if "num_clips" in table:
            read_recipe(table, where=page)
        elif "budget" in table:
            TrainingRecipe.model_validate(table)
        elif table.keys() & (ServerSettings.model_fields.keys() - Film.model_fields.keys()):
            ServerSettings.model_validate(table)
        elif "project" not in table:  # a package's, not a film's
            film = check_film(table, page.name)
            directors.open(film.director.use, **film.director.options())


def test_every_key_of_the_servers_toml_is_described():
    page = (ROOT / "docs/reference/server-toml.md").read_text(encoding="utf-8")
    tables = (ServerSettings, ServedModel, RequestLimits, JobTerms)
    keys = [key for table in tables for key in table.model_fields]
    keys += [field.name for table in (Limits, Hosts) for field in fields(table)]
    assert not [key for key in keys if f"`{key}`" not in page and f"`[{key}" not in page]


@pytest.mark.parametrize("recipe", sorted((ROOT / "recipes").glob("*.toml")), ids=lambda p: p.stem)
def test_the_recipes_can_be_read(recipe):
    load = load_training if "budget" in tomllib.loads(recipe.read_text(encoding="utf-8")) else load_recipe
    assert load(recipe).name == recipe.stem


def test_the_how_to_and_the_recipes_of_training_know_the_methods_options():
    page = (ROOT / "docs/how-to/train-a-model.md").read_text(encoding="utf-8")
    recipes = [path.read_text(encoding="utf-8") for path in (ROOT / "recipes").glob("*.toml")]
    tables = map(tomllib.loads, [*re.findall(r"```toml\n(.*?)```", page, flags=re.S), *recipes])
    asked = [TrainingRecipe.model_validate(table).method for table in tables if "budget" in table]
    assert {method.use for method in asked} == set(methods.names())
    for method in asked:
        methods.open(method.use, **method.options())


def test_every_kind_of_shot_and_key_of_an_entry_is_described():
    text = (ROOT / "docs/how-to/keep-control-of-the-shots.md").read_text(encoding="utf-8")
    rows = set(re.findall(r"^\| `([a-z-]+)` \|", text, flags=re.M))
    assert rows == {*KINDS, *Entry.model_fields}


def test_the_template_lists_every_kind_of_shot():
    (listed,) = re.findall(r'# kind = "reveal" +# (.*)', TEMPLATE)
    assert listed.split(", ") == list(KINDS)


def test_every_driver_stands_in_the_architecture():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    assert not [row["driver"] for row in list_drivers() if row["driver"] not in text]


def test_every_error_stands_in_the_tree():
    from filmwright.core import errors

    names = [n for n, v in vars(errors).items() if isinstance(v, type) and issubclass(v, errors.FilmError)]
    assert not [n for n in names if n not in (errors.__doc__ or "")]


def test_the_make_targets_of_the_readme_exist():
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"\bmake (demo|test|check|slow)\b", readme))
    assert {"demo", "test"} <= targets
    assert not [t for t in targets if f"\n{t}:" not in makefile]


def test_the_readme_quotes_the_marks_numbers_as_they_were_printed():
    page = (ROOT / "docs/explanation/watermark.md").read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| messages whole, of all \| (.*) \|$", page, flags=re.M)
    ours, *theirs = [cell.split("/")[0] for cell in row.split(" | ")]
    told = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert f"came back whole {ours} times of {row.split('/')[1].split(' ')[0]}" in told
    assert "theirs {} (dwtDct), {} (dwtDctSvd) and {} times".format(*theirs) in told

"""A film.toml to start from, every key explained."""

import os
from pathlib import Path

from filmwright.core.files import whole

TEMPLATE = """\
# A film, as Filmwright makes it:   filmwright make {name}
# See its shots first:              filmwright shots {name}

# The scan to film (GLB, glTF, OBJ, PLY, STL, USDZ); without this line, the bundled sample product.
{scan}
# What the film should be, in English or Korean. Quoted words become the tagline.
brief = "A calm luxury spot. 'Made to last.'"

# product = "Orvane"       # its name on the end card; else read from the brief
# tagline = "Made to last."  # else the brief's quoted words
# mood = "luxury"          # calm, luxury, playful, energetic, technical, natural; else read from the brief
# aspect = "16:9"          # 16:9, 9:16, 1:1, 4:5
# seconds = 10             # 3 to 120
# size = 720               # pixels of the shorter side
# fps = 24
# music = true
# seed = 0                 # another number, another variation

# [scene]                  # how the scan is read; `filmwright drivers reader` lists options
# use = "auto"             # by the file's ending
# units = "mm"
# up = "z"

# [light]                  # your own surroundings instead of the mood's softboxes
# environment = "studio.exr"   # equirectangular HDR or EXR
# rotation = 0             # degrees
# strength = 1.0

# [backdrop]               # what moves behind the product, by a trained model: pip install 'filmwright[model]'
# prompt = "slow golden bokeh drifting upward"
# generator = {{ use = "bundled", model = "runs/mine/model" }}   # left out, the package's own

# [director]
# use = "story"
# [[director.shots]]       # name the shots yourself; changing one renders one
# kind = "reveal"          # reveal, orbit, crane, push-in, track, macro-slide, macro-rack, macro-drift, hero, end-card
# [[director.shots]]
# kind = "hero"
# seconds = 3
# [[director.shots]]
# kind = "end-card"

[render]
use = "warp"
quality = "standard"       # draft, standard, final
# workers = 0              # worker processes; 0 is one a core

[video]
use = "mp4"
preset = "web"             # web, shorts, square, master

# [trust]                  # films are moderated, marked and signed: this says by whom and how
# maker = "Orvane GmbH"    # who signs, as it should be shown
# use = "advertising"      # what the film is for: people shown have consented to a use
# regions = ["eu"]         # labels that laws ask for: eu, california, china, new-york, visible
# training = "notAllowed"  # what others may do with it: allowed, notAllowed, constrained
# policy = "policy.toml"   # a moderation policy of your own
# signer = {{ use = "c2pa", chain = "chain.pem", key = "key.pem" }}   # certificates of your own
# moderator = {{ use = "local" }}   # local, openai, none
# mark = {{ use = "tiled" }}        # tiled, none
"""


def write_template(path: Path, scan: Path | None) -> None:
    """Write the commented film.toml, naming `scan` relative to its folder."""
    line = '# scan = "product.glb"\n'
    if scan is not None:
        relative = Path(os.path.relpath(scan.resolve(), path.parent.resolve())).as_posix()
        line = f'scan = "{relative}"\n'
    with whole(path) as part:
        part.write_text(TEMPLATE.format(name=path.name, scan=line), encoding="utf-8")

"""Run as a program by the Python that VBench is installed in, never imported: measures one video in VBench's own way.

Its arguments: the video, the folder for what VBench writes, and the names of the dimensions.
"""

import sys
from pathlib import Path

import torch
import vbench


def main() -> None:
    """VBench's custom-input mode, with the checkpoints that lie in its cache folder."""
    video, out, *dimensions = sys.argv[1:]
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    prompts = Path(vbench.__file__).with_name("VBench_full_info.json")  # of its standard suite: unread here
    vbench.VBench(device, str(prompts), out).evaluate(
        videos_path=video,
        name="film",
        prompt_list=[],
        dimension_list=dimensions,
        local=True,
        read_frame=False,
        mode="custom_input",
        imaging_quality_preprocessing_mode="longer",
    )


if __name__ == "__main__":
    main()

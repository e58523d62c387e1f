"""Files and URLs from strangers made safe: sniffed, limited, parsed in a process apart, and written anew.

    path = receive(upload.file, room, limits)        # or fetch(url, room, hosts, limits)
    accepted = accept(path, room, limits, kinds=("picture", "scan"))

Everything that is not let in is a `Refused` (core/errors.py) whose `code` is one of `Code`.
"""

from .accepting import accept, receive
from .fetching import checked_url, fetch
from .nouns import KINDS, Accepted, Code, Hosts, Kind, Limits, PictureFacts, ScanFacts, VideoFacts

__all__ = [
    "KINDS",
    "Accepted",
    "Code",
    "Hosts",
    "Kind",
    "Limits",
    "PictureFacts",
    "ScanFacts",
    "VideoFacts",
    "accept",
    "checked_url",
    "fetch",
    "receive",
]

"""Orders: a durable service without HTTP. Doors place orders and read them, workers make them; none is lost.

`Orders` is what doors use, `worker.work` what makes the films; both meet in one database and one store alone.
"""

from .nouns import FINAL, Batch, Event, Failure, Load, Order, Page, Position, Result, Status, Variant
from .orders import Orders
from .places import new_input
from .request import ClipWork, FilmWork, Input, OrderRequest
from .terms import Terms

__all__ = [
    "FINAL",
    "Batch",
    "ClipWork",
    "Event",
    "Failure",
    "FilmWork",
    "Input",
    "Load",
    "Order",
    "OrderRequest",
    "Orders",
    "Page",
    "Position",
    "Result",
    "Status",
    "Terms",
    "Variant",
    "new_input",
]

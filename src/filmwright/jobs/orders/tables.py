"""The tables of the service, beside those of dbos in the same database: SQLite or PostgreSQL."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

VERSION = 1  # of these tables
metadata = MetaData()
_serial = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts rows by INTEGER alone

orders = Table(
    "orders",
    metadata,
    Column("number", _serial, primary_key=True, autoincrement=True),  # in the sequence of placing
    Column("id", String(64), nullable=False, unique=True),
    Column("owner", String(128), nullable=False),
    Column("model", String(200), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("request", Text, nullable=False),  # OrderRequest as JSON
    Column("cost", Float, nullable=False),  # megapixels to be made: what time is estimated by
    Column("status", String(16), nullable=False),
    Column("progress", Integer, nullable=False, default=0),
    Column("stage", String(200), nullable=False, default=""),
    Column("priority", Integer, nullable=False, default=0),
    Column("batch", String(64), nullable=False, default=""),
    Column("created", Float, nullable=False),
    Column("started", Float),
    Column("ended", Float),
    Column("expires", Float),
    Column("failure_code", String(64)),
    Column("failure_message", Text),
    Column("results", JSON, nullable=False),
    Column("timings", JSON, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("worker", String(128)),  # that makes it
    Column("run", String(128)),  # the dbos workflow that makes it
    Column("version", String(128)),  # of the application that began that run
    Column("cancelling", Integer, nullable=False, default=0),  # 1 once its owner does not want it any more
    Index("orders_waiting", "status", "owner", "priority", "number"),
    Index("orders_of_owner", "owner", "number"),
    Index("orders_expiring", "expires"),
)

shares = Table(  # how much each owner has had of the service; the row "" is the virtual time itself
    "order_shares",
    metadata,
    Column("owner", String(128), primary_key=True),
    Column("turn", Float, nullable=False),  # virtual time at which the owner's next order begins
)

inputs = Table(  # which files of customers are in use
    "order_inputs",
    metadata,
    Column("order_id", String(64), ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(512), primary_key=True),
    Index("inputs_by_name", "name"),
)

terms = Table(  # on which all processes of the service take orders
    "order_terms",
    metadata,
    Column("id", Integer, primary_key=True),  # there is one
    Column("terms", JSON, nullable=False),
)

chores = Table(
    "order_chores",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("due", Float, nullable=False),
)

idempotency = Table(
    "order_idempotency",
    metadata,
    Column("owner", String(128), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("request_hash", String(64), nullable=False),
    Column("order_id", String(64), nullable=False),
    Column("created", Float, nullable=False),
)

events = Table(
    "order_events",
    metadata,
    Column("seq", _serial, primary_key=True, autoincrement=True),
    Column("order_id", String(64), ForeignKey("orders.id", ondelete="CASCADE"), nullable=False),
    Column("at", Float, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("stage", String(200), nullable=False, default=""),
    Column("progress", Integer, nullable=False, default=0),
    Column("done", Integer, nullable=False, default=0),
    Column("total", Integer),
    Column("unit", String(16), nullable=False, default=""),
    Column("preview", LargeBinary),
    Index("events_of_order", "order_id", "seq"),
)

workers = Table(
    "order_workers",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("version", String(128), nullable=False),  # of the application: it finishes what it began
    Column("slots", Integer, nullable=False),
    Column("started", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("draining", Integer, nullable=False, default=0),
)

secrets = Table(  # that webhooks are signed with, one an owner
    "webhook_secrets",
    metadata,
    Column("owner", String(128), primary_key=True),
    Column("secret", String(64), nullable=False),
    Column("url", Text),  # of the owner's orders that name none themselves
)

deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("order_id", String(64), nullable=False),
    Column("owner", String(128), nullable=False),
    Column("url", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("due", Float, nullable=False),  # when it is tried next
    Column("tries", Integer, nullable=False, default=0),
    Column("state", String(16), nullable=False, default="waiting"),  # waiting, delivered, given-up
    Column("says", Text, nullable=False, default=""),  # what came of the last try
    Index("deliveries_due", "state", "due"),
    UniqueConstraint("order_id", "url"),
)

"""The tables of keys and of what they have used."""

from sqlalchemy import JSON, Column, Float, ForeignKey, Integer, MetaData, String, Table

VERSION = 1
TABLES = MetaData()

# Times are seconds since 1970, UTC: SQLite keeps no time zones.
KEYS = Table(
    "api_keys",
    TABLES,
    Column("prefix", String(16), primary_key=True),
    Column("digest", String(64), nullable=False),  # SHA-256 of the whole secret
    Column("name", String(200), nullable=False),
    Column("scopes", JSON, nullable=False),
    Column("quotas", JSON, nullable=False),
    Column("created", Float, nullable=False),
    Column("expires", Float),
    Column("revoked", Float),
    Column("last_used", Float),
)
BUCKETS = Table(
    "api_key_buckets",
    TABLES,
    Column("prefix", String(16), ForeignKey(KEYS.c.prefix), primary_key=True),
    Column("tokens", Float, nullable=False),
    Column("filled", Float, nullable=False),  # when `tokens` was right
)
USED = Table(
    "api_key_usage",
    TABLES,
    Column("prefix", String(16), ForeignKey(KEYS.c.prefix), primary_key=True),
    Column("day", String(10), primary_key=True),  # 2026-11-30
    Column("jobs", Integer, nullable=False),
    Column("seconds", Float, nullable=False),
)

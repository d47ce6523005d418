# SPDX-License-Identifier: Apache-2.0
"""Options of the database: `[storage:sqlalchemy]`, and `[database]` for what is not set there."""

from dataclasses import dataclass, field, fields
from typing import Any, Self

from oslo_config import cfg

GROUP = "storage:sqlalchemy"
SECOND_GROUP = "database"
"""Where oslo.db keeps its options; many configurations set the pool there."""

OPTIONS = (
    cfg.StrOpt(
        "connection",
        default="sqlite:///$state_path/designate.sqlite",
        secret=True,
        help="URL of the database, as SQLAlchemy writes it.",
    ),
    cfg.StrOpt("slave_connection", secret=True, help="URL of a read-only replica."),
    cfg.StrOpt("connection_parameters", default="", help="Added to the URL: a=1&b=2."),
    cfg.StrOpt(
        "mysql_sql_mode",
        default="TRADITIONAL",
        regex="^[A-Za-z_,]*$",
        help="sql_mode of MySQL sessions; empty: the server's.",
    ),
    cfg.IntOpt("mysql_wsrep_sync_wait", min=0, help="wsrep_sync_wait of Galera sessions."),
    cfg.BoolOpt("sqlite_synchronous", default=True, help="Let SQLite wait for the disk."),
    cfg.IntOpt(
        "connection_recycle_time",
        default=3600,
        min=-1,
        help="Seconds after which a connection is replaced; -1: never.",
    ),
    cfg.IntOpt("max_pool_size", default=20, min=0, help="Connections kept open; 0: any number."),
    cfg.IntOpt("max_overflow", default=50, min=-1, help="Connections beyond those kept open."),
    cfg.IntOpt("pool_timeout", default=30, min=0, help="Seconds to wait for a connection."),
    cfg.IntOpt(
        "max_retries", default=10, min=-1, help="Tries to connect at start; -1: without end."
    ),
    cfg.IntOpt("retry_interval", default=10, min=0, help="Seconds between tries to connect."),
    cfg.IntOpt("connection_debug", default=0, min=0, max=100, help="Log SQL: 0 no, 100 all."),
    cfg.IntOpt(
        "db_max_retries",
        default=20,
        min=-1,
        help="No effect: a transaction that hit a deadlock is tried again for ten seconds.",
    ),
    cfg.FloatOpt(
        "db_retry_interval", default=1, min=0, help="No effect: seconds before the second try."
    ),
    cfg.BoolOpt(
        "db_inc_retry_interval", default=True, help="No effect: wait longer after each try."
    ),
    cfg.FloatOpt(
        "db_max_retry_interval", default=10, min=0, help="No effect: longest wait, in seconds."
    ),
)

NOT_DEFAULT = frozenset(cfg.Locations) - {cfg.Locations.opt_default, cfg.Locations.set_default}


@dataclass(frozen=True)
class Settings:
    """How to reach the database; times in seconds. URLs hold passwords and are not shown."""

    connection: str = field(repr=False)
    slave_connection: str | None = field(repr=False)
    connection_parameters: str
    mysql_sql_mode: str
    mysql_wsrep_sync_wait: int | None
    sqlite_synchronous: bool
    connection_recycle_time: int
    max_pool_size: int
    max_overflow: int
    pool_timeout: int
    max_retries: int
    retry_interval: int
    connection_debug: int
    db_max_retries: int
    db_retry_interval: float
    db_inc_retry_interval: bool
    db_max_retry_interval: float

    @classmethod
    def default(cls, connection: str) -> Self:
        """A database with the defaults of all other options."""
        return cls(
            **{option.name: option.default for option in OPTIONS} | {"connection": connection}
        )

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """Each value from the first of the two sections that sets it, else the default."""
        return cls(**{option.name: chosen(conf, option.name) for option in fields(cls)})


def chosen(conf: cfg.ConfigOpts, option: str) -> Any:
    """The value of an option that two sections may set."""
    for group in (GROUP, SECOND_GROUP):
        if is_set(conf, group, option):
            return conf[group][option]
    return conf[GROUP][option]


def is_set(conf: cfg.ConfigOpts, group: str, option: str) -> bool:
    """Whether a file, the environment or an override sets the option."""
    location = conf.get_location(option, group)
    return location is not None and location.location in NOT_DEFAULT

# SPDX-License-Identifier: Apache-2.0
"""The users of docs/database-users.md: read from there, made in a database, and their URLs."""

import re
from pathlib import Path

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from tests.servers.database import DatabaseServer

PAGE = Path(__file__).parents[2] / "docs" / "database-users.md"
KINDS = ("central", "worker", "producer", "mdns")
"""The services that have one."""


def statements(database: str) -> list[str]:
    """Those of the page for `MariaDB` or `PostgreSQL`."""
    section = re.search(rf"^## {database}\n+```sql\n(.*?)```", PAGE.read_text("utf-8"), re.M | re.S)
    assert section
    return [each.strip() for each in section[1].split(";") if each.strip()]


def make(server: DatabaseServer, database: str = "designate") -> None:
    """Let the users be there, with the password of the server's own user."""
    url = server.admin_url().set(database=database)
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    kind = "PostgreSQL" if url.get_backend_name() == "postgresql" else "MariaDB"
    with engine.connect() as connection:
        for statement in statements(kind):
            connection.exec_driver_sql(statement.replace("'PASSWORD'", f"'{server.password}'"))
    engine.dispose()


def url(base: str, kind: str) -> str:
    """The URL of a service's database, of one for the user who may do everything."""
    own = make_url(base).set(username=f"designate_{kind}")
    return own.render_as_string(hide_password=False)


def opened(base: str, kind: str) -> Engine:
    """The database as a service's user sees it."""
    return create_engine(url(base, kind), poolclass=NullPool)

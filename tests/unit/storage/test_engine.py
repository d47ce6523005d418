# SPDX-License-Identifier: Apache-2.0
"""Options of the database become arguments of the driver, and no error shows a password."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import literal, select

from designate.conf.storage import Settings
from designate.errors import ConfigurationError
from designate.storage.engine import configured, connect, open_engine
from designate.storage.prepared import Prepared

MARIADB = "mysql+pymysql://u:pw@127.0.0.1:1/db"
POSTGRESQL = "postgresql+psycopg://u:pw@127.0.0.1:1/db"


def never(_seconds: float) -> None:
    """Nobody pauses here."""
    raise AssertionError("waited for nothing")


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        (MARIADB, "pymysql"),
        ("mysql://u@h/db", "pymysql"),
        ("mariadb://u@h/db", "pymysql"),
        (POSTGRESQL, "psycopg"),
        ("postgresql://u@h/db", "psycopg"),
    ],
)
def test_a_url_without_a_driver_gets_the_one_that_is_installed(url: str, driver: str) -> None:
    """Upstream's examples name none, or one."""
    assert open_engine(url).dialect.driver == driver


def test_the_pool_is_as_configured() -> None:
    """Sizes, waiting, and parameters that are added to the URL."""
    settings = replace(
        Settings.default(MARIADB),
        max_pool_size=3,
        max_overflow=2,
        pool_timeout=7,
        connection_parameters="ssl_ca=/a&ssl_check_hostname=true",
    )
    engine = configured(settings)
    assert "Pool size: 3 " in engine.pool.status()
    assert engine.url.query == {"ssl_ca": "/a", "ssl_check_hostname": "true"}


@pytest.mark.parametrize(
    "url",
    [
        "mysql+pymysql://u:secret:word@h:por@t/db",
        "secret",
        "mysql+secretless://u:secret@h/db",
        "postgresql+psycopg://u:secret@h:secret/db",
        "mysql+mysqldb://u:secret@h/db",
    ],
)
def test_a_url_that_cannot_work_is_refused_without_repeating_it(url: str) -> None:
    """Part of a password may be what is taken for a port."""
    with pytest.raises(ConfigurationError, match=r"\[storage:sqlalchemy\] connection") as caught:
        open_engine(url)
    assert "secret" not in str(caught.value).replace("secretless", "")
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("url", [MARIADB, POSTGRESQL])
def test_a_database_that_is_away_is_waited_for(url: str) -> None:
    """As many tries and pauses as the options say."""
    pauses: list[float] = []
    settings = replace(Settings.default(url), max_retries=3, retry_interval=4)
    with pytest.raises(ConfigurationError, match="database does not let us in") as caught:
        connect(configured(settings), settings, pauses.append)
    assert pauses == [4, 4, 4]
    assert "pw" not in str(caught.value)


def test_a_file_that_cannot_be_opened_is_not_waited_for(tmp_path: Path) -> None:
    """No server will make it."""
    settings = Settings.default(f"sqlite:///{tmp_path}/missing/db")
    with pytest.raises(ConfigurationError, match="unable to open"):
        connect(configured(settings), settings, never)


@pytest.mark.parametrize("url", [MARIADB, POSTGRESQL])
def test_an_argument_that_the_driver_does_not_know_is_told(url: str) -> None:
    """The operator's, in the URL or in connection_parameters."""
    settings = replace(Settings.default(url), connection_parameters="nonsense=1", max_retries=0)
    with pytest.raises(ConfigurationError, match="nonsense"):
        connect(configured(settings), settings, never)


@pytest.mark.parametrize("debug", [49, 50])
def test_all_statements_are_shown_to_who_debugs(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, debug: int
) -> None:
    """Prepared ones too, each once."""
    caplog.set_level(logging.INFO)
    default = Settings.default(f"sqlite:///{tmp_path}/new.db")
    engine = configured(replace(default, connection_debug=debug))
    prepared = Prepared(select(literal("first").label("one")))
    with engine.connect() as connection:
        assert prepared.all(connection, {}) == [("first",)]
        connection.execute(select(literal("second").label("two")))
    engine.dispose()
    shown = [text for text in caplog.messages if "SELECT" in text]
    assert [("one" in text, "two" in text) for text in shown] == (
        [(True, False), (False, True)] if debug == 50 else []
    )


def test_a_connection_lost_in_the_pool_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    """Its reason, without a stack: a database that went away is told elsewhere."""
    engine = open_engine("mysql+pymysql://user@127.0.0.1:1/designate")
    logger = logging.getLogger(f"sqlalchemy.pool.impl.{type(engine.pool).__name__}")
    logger.error("Exception during reset or similar", exc_info=OSError("gone"))
    assert "Exception during reset or similar: gone" in caplog.text
    assert "Traceback" not in caplog.text

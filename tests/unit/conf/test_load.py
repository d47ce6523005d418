# SPDX-License-Identifier: Apache-2.0
"""Reading files: which, in what order, and what is said about bad values and dead options."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from designate import conf


def load(file: Path, text: str) -> None:
    """Reads a file with this text."""
    file.write_text(text)
    conf.load([str(file)])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a test writes its configuration."""
    return tmp_path / "designate.conf"


@pytest.mark.parametrize(
    ("section", "line", "rule"),
    [
        ("service:api", "default_limit_v2 = 0", "greater than or equal to 1"),
        ("service:api", "auth_strategy = ldap", "keystone, noauth"),
        ("service:api", "listen = 9001", "not host:port"),
        ("service:mdns", "allow_transfer = 10.0.0.0/99", "IPv4 or IPv6 network"),
        ("service:worker", "threshold_percentage = 101", "less than or equal to 100"),
        ("DEFAULT", "quota_zones = many", "many"),
        ("producer_task:zone_purge", "interval = 0", "greater than or equal to 1"),
        ("DEFAULT", "host = $nothing", "$$ is a dollar sign"),
        ("service:api", "api_base_uri = http://$no.where/", "$$ is a dollar sign"),
    ],
)
def test_a_bad_value_names_its_option_and_the_rule(
    file: Path, section: str, line: str, rule: str
) -> None:
    """The operator reads where to look and what is allowed."""
    with pytest.raises(conf.ConfigurationError) as caught:
        load(file, f"[{section}]\n{line}\n")
    (problem,) = caught.value.problems
    assert problem.startswith(f"[{section}] {line.split(maxsplit=1)[0]}: ")
    assert rule in problem


def test_a_dollar_in_a_password_is_not_repeated(file: Path) -> None:
    """What stands behind it is a secret."""
    with pytest.raises(conf.ConfigurationError, match="connection: a [$]") as caught:
        load(file, "[storage:sqlalchemy]\nconnection = mysql://me:pa$hush@here/designate\n")
    assert "hush" not in str(caught.value)
    load(file, "[storage:sqlalchemy]\nconnection = mysql://me:pa$$hush@here/designate\n")


def test_all_bad_values_are_reported_at_once(file: Path) -> None:
    """One start shows everything there is to mend."""
    with pytest.raises(conf.ConfigurationError) as caught:
        load(file, "[DEFAULT]\ndefault_ttl = x\n[service:api]\nthreads = 0\n")
    assert len(caught.value.problems) == 2


def test_values_that_contradict_one_another_are_refused(file: Path) -> None:
    """A refresh cannot be drawn from an empty range."""
    file.write_text("[DEFAULT]\ndefault_soa_refresh_min = 9\ndefault_soa_refresh_max = 8\n")
    with pytest.raises(conf.ConfigurationError, match="default_soa_refresh_min"):
        conf.settings(conf.load([str(file)]))


def test_a_bad_logging_flag_does_not_end_the_process(file: Path) -> None:
    """Options that are flags too are reported as all others."""
    with pytest.raises(conf.ConfigurationError, match="maybe"):
        load(file, "[DEFAULT]\ndebug = maybe\n")


def test_a_missing_or_broken_file_is_an_error(file: Path) -> None:
    """A file that was asked for is read, or nothing starts."""
    with pytest.raises(conf.ConfigurationError, match=r"designate\.conf"):
        conf.load([str(file)])
    with pytest.raises(conf.ConfigurationError, match=r"designate\.conf:1"):
        load(file, "no section\n")
    file.write_bytes(b"# caf\xe9\n")
    with pytest.raises(conf.ConfigurationError, match="not UTF-8"):
        conf.load([str(file)])


def test_a_later_file_wins(tmp_path: Path) -> None:
    """Files are read in the order given."""
    files = [tmp_path / "a.conf", tmp_path / "b.conf"]
    for ttl, file in enumerate(files, 1):
        file.write_text(f"[DEFAULT]\ndefault_ttl = {ttl}\n")
    assert conf.settings(conf.load([str(file) for file in files])).default.default_ttl == 2


def test_the_search_path_begins_in_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --config-file, designate.conf of the current folder is read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "designate.conf").write_text("[DEFAULT]\nhost = here\n")
    assert conf.default_files()[0] == str(tmp_path / "designate.conf")


@pytest.mark.parametrize(
    ("section", "line", "said"),
    [
        ("service:mdns", "port = 5354", "use listen"),
        ("service:api", "enable_api_v1 = true", "version 1 is gone"),
        ("service:worker", "enabled = true", "start the service"),
        ("service:pool_manager", "cache_driver = noop", "workers do this"),
        ("zone_manager_task:zone_purge", "interval = 1", "producer_task"),
        ("pool_manager_cache:memcache", "expiration = 1", "nothing is cached"),
        ("backend:agent:bind9", "rndc_host = x", "agents are gone"),
        ("producer_task:increment_serial", "interval = 5", "with its change"),
        ("DEFAULT", "storage_driver = sqlalchemy", "one storage"),
        ("database", "connection_trace = true", "removed"),
        ("DEFAULT", "default_tll = 60", "nothing reads it"),
        ("service:api", "lissten = x", "nothing reads it"),
        ("DEFAULT", "default-ttl = 60", "nothing reads it"),
        ("DEFAULT", "log-dir = x", "nothing reads it"),
        ("DEFAULT", "rpc-response-timeout = 60", "nothing reads it"),
        ("default", "default_ttl = 60", "nothing reads it"),
        ("Service:API", "lissten = x", "nothing reads it"),
        ("new_section", "password = hunter2", "nothing reads it"),
        ("service:producer", "export_synchronous = true", "removed: every export is made"),
        ("service:worker", "export_synchronous = true", "no effect: every export is made"),
        ("service:worker", "xfr_timeout = 5", "no effect yet: zones are not transferred"),
        ("service:worker", "poll_max_retries = 5", "no effect: zones are tried for ever"),
        ("service:api", "max_limit_admin = 5", "no effect: lists below /admin"),
        ("DEFAULT", "notify_api_faults = true", "no effect yet: notifications"),
        ("storage:sqlalchemy", "db_max_retries = 5", "no effect: a transaction"),
        ("database", "db_inc_retry_interval = true", "no effect: a transaction"),
        ("producer_task:zone_purge", "per_page = 5", "use batch_size"),
        ("producer_task:periodic_check_service_status", "interval = 5", "no effect: a service"),
        ("oslo_messaging_rabbit", "rabit_quorum_queue = true", "nothing reads it"),
        ("oslo_messaging_rabit", "rabbit_quorum_queue = true", "nothing reads it"),
        ("oslo_messaging_notifications", "drivers = noop", "nothing reads it"),
        ("oslo_messaging_tracing", "enable = true", "nothing reads it"),
        ("oslo_policy", "policy_fil = x", "nothing reads it"),
        ("oslo_concurrency", "lock_file = x", "nothing reads it"),
        ("oslo_reports", "logdir = x", "nothing reads it"),
        ("cors", "allow_origin = x", "nothing reads it"),
        ("cors.second", "allow_origin = x", "nothing reads it"),
        ("healthcheck", "detail = true", "nothing reads it"),
        ("DEFAULT", "rpc_respons_timeout = 5", "nothing reads it"),
        ("oslo_messaging_notifications", "retry = 5", "no effect: the task sends again"),
        ("service:sink", "enabled_notification_handlers = x", "no effect yet: there is no"),
        ("handler:nova_fixed", "zone_id = x", "no effect yet: there is no designate-sink"),
        ("pqc", "check_mode = strict", "no effect yet: keys and TLS"),
    ],
)
def test_an_option_without_effect_is_one_warning(
    file: Path, caplog: pytest.LogCaptureFixture, section: str, line: str, said: str
) -> None:
    """It names section and option, never the value, and nothing fails."""
    load(file, f"[{section}]\n{line}\n")
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert f"[{section}] {line.split(maxsplit=1)[0]} " in record.getMessage()
    assert said in record.getMessage()
    assert "hunter2" not in record.getMessage()


@pytest.mark.parametrize(
    "text",
    [
        "[DEFAULT]\ndebug = false\nlog_file = a.log\n",
        "[DEFAULT]\ntransport_url = rabbit://\nrpc_response_timeout = 60\n",
        "[keystone_authtoken]\nauth_url = http://127.0.0.1\n[oslo_messaging_rabbit]\nssl = true\n",
        "[oslo_middleware]\nenable_proxy_headers_parsing = true\n[oslo_policy]\npolicy_file = x\n",
        "[service:worker]\nthreshold_percentage = 100\n[service:central]\nmax_zone_name_len = 9\n",
        "[producer_task:zone_purge]\nbatch_size = 5\n[coordination]\nbackend_url = redis://\n",
        "[keystone_authtoken]\nanything = 1\nauth_section = My_auth\n[my_Auth]\nauth_url = x\n",
        "[cors]\nallowed_origin = x\n[cors.second]\nallowed_origin = y\nmax_age = 5\n",
        "[healthcheck]\nbackends = enable_by_files\nenable_by_file_paths = x\n",
        "[healthcheck]\nbackends = disable_by_file, of_others\nname_of_theirs = x\n",
        "[oslo_messaging_notifications]\ndriver = noop\n[oslo_messaging_metrics]\n",
        "[oslo_concurrency]\nlock_path = x\n[oslo_messaging_kafka]\nmax_poll_records = 5\n",
        "[DEFAULT]\nrpc_thread_pool_size = 5\ncontrol_exchange = x\n",
        "[Service:API]\nthreads = 3\n[OSLO_POLICY]\npolicy_file = x\n",
        "[oslo_messaging_rabbit]\nkombu_reconnect_timeout = 5\nheartbeat_rate = 3\n",
    ],
)
def test_options_with_effect_are_read_in_silence(
    file: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    """Options of ours and of the libraries we build on give no warning."""
    load(file, text)
    assert not caplog.records


def test_a_library_is_imported_for_what_is_written_only(file: Path) -> None:
    """Programs that do without the broker start as fast as before."""
    file.write_text("[DEFAULT]\ndefault_ttl = 60\nlog_dir = x\n[oslo_policy]\npolicy_file = x\n")
    code = "import sys; from designate import conf; conf.load(sys.argv[1:]); print(*sys.modules)"
    command = [sys.executable, "-c", code, str(file)]
    loaded = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout
    assert "oslo_policy.opts" in loaded.split()
    assert "oslo_messaging" not in loaded.split()


def test_a_section_is_read_in_any_case(file: Path) -> None:
    """Except [DEFAULT]: this is why no other spelling of the others is told of."""
    file.write_text("[Service:API]\nthreads = 3\n[default]\ndefault_ttl = 60\n")
    read = conf.settings(conf.load([str(file)]))
    assert (read.api.threads, read.default.default_ttl) == (3, 3600)


def test_an_option_in_its_own_name_is_not_called_deprecated(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever writes what the documentation says is told nothing."""
    file.write_text("[service:worker]\nthreshold_percentage = 50\n")
    read = conf.settings(conf.load([str(file)]))
    assert read.worker.threshold_percentage == 50
    assert caplog.messages == []


@pytest.mark.parametrize("text", ["", "transport_url =\n"])
def test_a_broker_may_not_be_named(file: Path, text: str) -> None:
    """By an option that its library declares when it is used."""
    file.write_text(f"[DEFAULT]\n{text}", "utf-8")
    assert not conf.names_a_broker(conf.load([str(file)]))


def test_a_broker_is_named(file: Path) -> None:
    """By the same option."""
    file.write_text("[DEFAULT]\ntransport_url = rabbit://a:b@mq/\n", "utf-8")
    assert conf.names_a_broker(conf.load([str(file)]))

# SPDX-License-Identifier: Apache-2.0
"""A pipeline of the site's own: `api-paste.ini` (SERVICES section 13.2).

The file names applications and filters by the paths of their factories. Ours stand where upstream's
did, so that files written for it work: `designate.api.v2:factory`, `designate.api.admin:factory`,
`designate.api.versions:factory`, and those of `designate.api.middleware`.
"""

import configparser
import importlib.util
import logging
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keystoneauth1.exceptions import ClientException
from paste.deploy.loadwsgi import ConfigLoader  # type: ignore[import-untyped]

from designate.conf import ConfigError, ConfigOpts, ConfigurationError, publish
from designate.conf.libraries import set_defaults_everywhere

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LOG = logging.getLogger(__name__)
APP = "osapi_dns"
"""The application of the file that is served."""

_OWN_CONFIGURATION = "oslo_config_project"
_CONFIGURATION_FILE = "oslo_config_file"
_FACTORY = "paste.filter_factory"
_USE = "use"
_AUTH_TOKEN = "designate.api.middleware:AuthTokenMiddleware.factory"
_CORS = "designate.api.middleware:CorsMiddleware.factory"
_OURS = {
    "keystonemiddleware.auth_token:filter_factory": _AUTH_TOKEN,
    "egg:keystonemiddleware#auth_token": _AUTH_TOKEN,
    "oslo_middleware.cors:filter_factory": _CORS,
    "oslo_middleware:CORS.factory": _CORS,
    "egg:oslo.middleware#cors": _CORS,
}
"""Filters of libraries, and what makes the same ones with our configuration."""
_PROFILER = "osprofiler.web:WsgiMiddleware.factory"
_NOTHING = "designate.api.middleware:NormalizeURIMiddleware.factory"
_UNUSABLE = (
    AssertionError,
    AttributeError,
    ClientException,
    ConfigError,
    ImportError,
    LookupError,
    OSError,
    TypeError,
    ValueError,
    configparser.Error,
)
"""What a wrong file comes to in PasteDeploy and in the factories that it names."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The applications that a pipeline ends in; each finds its prefix in the path."""

    versions: "WSGIApplication"
    v2: "WSGIApplication"
    admin: "WSGIApplication"

    def factory(self, name: str) -> "WSGIApplication":
        """Return the application for the section of a file that names it."""
        app: WSGIApplication = getattr(self, name)
        return app if name == "versions" else _with_prefix(app)


@dataclass(frozen=True, slots=True)
class _Given:
    """What `load` was given, for the factories of ours that a file names."""

    parts: Parts
    conf: ConfigOpts


_given: ContextVar[_Given] = ContextVar("designate.api.paste_file")
"""It is none of `global_conf`'s, which filters of libraries take for options of theirs."""


def parts() -> Parts:
    """Return what `load` was given, for the factories of applications."""
    return _given.get().parts


def configuration() -> ConfigOpts:
    """Return the configuration that `load` was given, for the factories of filters."""
    return _given.get().conf


def find(conf: ConfigOpts, name: str) -> Path | None:
    """Return the site's file; None when there is none, and the pipeline is the built-in one.

    A relative path is looked for beside each configuration file that was read. Raises
    ConfigurationError when a file was asked for that does not exist.
    """
    files = [str(file) for file in conf.config_file or conf.default_config_files or ()]
    wanted = Path(name)
    folders = dict.fromkeys(Path(file).absolute().parent for file in files)
    candidates = [wanted] if wanted.is_absolute() else [folder / wanted for folder in folders]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    said = conf.get_location("api_paste_config", "service:api")
    if said is not None and said.location.is_user_controlled:
        raise ConfigurationError([f"[service:api] api_paste_config: there is no {name}"])
    return None


def load(file: Path, parts: Parts, conf: ConfigOpts) -> "WSGIApplication":
    """Put the pipeline of a file together; raises ConfigurationError."""
    given = _given.set(_Given(parts, conf))
    try:
        # Filters of libraries read oslo.config's global object, which nothing of ours does.
        publish(conf)
        set_defaults_everywhere()
        loader = ConfigLoader(str(file))
        _share_configuration(loader)
        _leave_out_profiler(loader)
        app: WSGIApplication = loader.get_app(APP)
    except _UNUSABLE as error:
        raise ConfigurationError([f"{file}: {error}"]) from error
    finally:
        _given.reset(given)
    return app


def _share_configuration(loader: Any) -> None:
    """Let filters that would read a configuration by themselves have the one that we were given.

    They would read one file, and there may be several. Where a section names a file, it is meant.
    """
    parser = loader.parser
    for section in parser.sections():
        if parser.has_option(section, _CONFIGURATION_FILE):
            continue
        parser.remove_option(section, _OWN_CONFIGURATION)
        for option in (_FACTORY, _USE):
            if ours := _OURS.get(parser.get(section, option, fallback="")):
                parser.remove_option(section, option)
                parser.set(section, _FACTORY, ours)


def _leave_out_profiler(loader: Any) -> None:
    """Upstream's files name a filter whose package is not always there."""
    parser = loader.parser
    if importlib.util.find_spec(_PROFILER.partition(".")[0]) is None:
        for section in parser.sections():
            if parser.get(section, _FACTORY, fallback=None) == _PROFILER:
                LOG.warning("osprofiler is not installed: nothing is done by [%s]", section)
                parser.set(section, _FACTORY, _NOTHING)


def pipeline(loader: Any, global_conf: dict[str, Any], **strategies: str) -> "WSGIApplication":
    """Return the pipeline that a section has for `auth_strategy`; a composite factory."""
    *filters, last = strategies[configuration()["service:api"].auth_strategy].split()
    app: WSGIApplication = loader.get_app(last, global_conf=global_conf)
    for name in reversed(filters):
        app = loader.get_filter(name, global_conf=global_conf)(app)
    return app


def _with_prefix(app: "WSGIApplication") -> "WSGIApplication":
    """Give back to the path what a map of URLs took from it, which our routes have."""

    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        script, slash, prefix = environ.get("SCRIPT_NAME", "").rpartition("/")
        if slash:
            path = f"/{prefix}{environ.get('PATH_INFO', '')}"
            environ = {**environ, "SCRIPT_NAME": script, "PATH_INFO": path}
        return app(environ, start_response)

    return answer

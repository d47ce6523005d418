# SPDX-License-Identifier: Apache-2.0
"""Options of `[ssl]`: the stand-alone API server speaks TLS when a certificate is given."""

from dataclasses import dataclass
from typing import Self

from oslo_config import cfg

from designate.conf.section import read_section

GROUP = "ssl"

OPTIONS = (
    cfg.StrOpt("cert_file", help="Certificate of the server with its chain, PEM; unset: no TLS."),
    cfg.StrOpt("key_file", help="Private key of the certificate, PEM; unset: it is in cert_file."),
    cfg.StrOpt("ca_file", help="Clients must show a certificate of these authorities, PEM."),
    cfg.StrOpt("ciphers", help="Ciphers as OpenSSL lists them; unset: those of the system."),
)


@dataclass(frozen=True)
class Settings:
    """Values of `[ssl]`."""

    cert_file: str | None
    key_file: str | None
    ca_file: str | None
    ciphers: str | None

    @classmethod
    def read(cls, conf: cfg.ConfigOpts) -> Self:
        """The values set, else the defaults."""
        return read_section(conf, GROUP, cls)

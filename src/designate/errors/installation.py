# SPDX-License-Identifier: Apache-2.0
"""What the installation lacks, or what fails there."""

from designate.errors.root import DesignateError


class MethodNotAllowed(DesignateError):
    """The path exists, the method does not."""

    code = "method_not_allowed"


class NoFiltersConfigured(DesignateError):
    """No scheduler filter is configured."""

    code = "no_filters_configured"
    default_message = "There are no scheduling filters configured"


class NoServersConfigured(DesignateError):
    """The pool has no NS records."""

    code = "no_servers_configured"
    default_message = "The pool has no ns_records"


class MultiplePoolsFound(DesignateError):
    """The scheduler's filters left more than one pool."""

    code = "multiple_pools_found"
    default_message = "More than one pool matches the request"


class ConfigurationError(DesignateError):
    """The configuration cannot work."""

    code = "configuration_error"


class Timeout(DesignateError):
    """Another service did not answer in time."""

    code = "timeout"


class MessagingUnavailable(DesignateError):
    """Another service cannot be reached; what it was asked may have been done all the same."""

    code = "messaging_unavailable"
    default_message = "A service that is needed cannot be reached"


class CallRepeated(Exception):
    """A call arrived once more. Who made it is told by whoever carried it out: not by us."""


class ServiceOutdated(DesignateError):
    """Another service is of a version that cannot do what it was asked; nothing was done."""

    code = "service_outdated"
    default_message = "A service that is needed is of another version"


class DatabaseUnavailable(DesignateError):
    """The database did not answer in time; a write may have been made all the same."""

    code = "database_unavailable"
    default_message = "The database is not available"


class KeystoneCommunicationFailure(Timeout):
    """Keystone did not answer."""

    code = "keystone_communication_failure"


class NeutronCommunicationFailure(Timeout):
    """Neutron did not answer."""

    code = "neutron_communication_failure"

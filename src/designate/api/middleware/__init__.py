# SPDX-License-Identifier: Apache-2.0
"""What happens to every request before and after its noun (API.md sections 1 and 2)."""

from designate.api.middleware.factories import (
    APIv2ValidationErrorMiddleware,
    AuthTokenMiddleware,
    CorsMiddleware,
    FaultWrapperMiddleware,
    KeystoneContextMiddleware,
    MaintenanceMiddleware,
    NoAuthContextMiddleware,
    NormalizeURIMiddleware,
    auth_pipeline_factory,
)

__all__ = [
    "APIv2ValidationErrorMiddleware",
    "AuthTokenMiddleware",
    "CorsMiddleware",
    "FaultWrapperMiddleware",
    "KeystoneContextMiddleware",
    "MaintenanceMiddleware",
    "NoAuthContextMiddleware",
    "NormalizeURIMiddleware",
    "auth_pipeline_factory",
]

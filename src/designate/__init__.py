# SPDX-License-Identifier: Apache-2.0
"""DNS as a service for OpenStack clouds.

ARCHITECTURE.md, at the top of the source tree, says what lives in which folder.
"""

__version__ = "0.1.0"

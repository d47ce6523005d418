# SPDX-License-Identifier: Apache-2.0
"""How property tests search: the same examples in every gate, new ones in `make full`.

A gate must not turn red for what it did not see an hour ago; what `make full` finds becomes an
example of its own.
"""

import os

from hypothesis import settings

settings.register_profile("gate", derandomize=True, deadline=None)
settings.register_profile("search", deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "gate"))

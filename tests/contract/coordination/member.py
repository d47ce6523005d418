# SPDX-License-Identifier: Apache-2.0
"""A member as a process of its own, which goes on looking until it is killed."""

import sys
import time

from designate.runtime.coordination import ToozGroup

if __name__ == "__main__":
    url, me, silence = sys.argv[1:]
    group = ToozGroup(url, "designate-test", me, float(silence))
    while True:
        print("sees", *sorted(group.look()), flush=True)
        time.sleep(0.2)

# SPDX-License-Identifier: Apache-2.0
"""What a parent asks its children, over a pipe for each; a child ends when the parent is gone."""

import logging
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection

LOG = logging.getLogger(__name__)

Answer = Callable[[str], object]
"""Answers a question with plain data: how a process is, or what it measures."""


class Link:
    """A pipe between a parent and one child: made before the fork, then one end each."""

    def __init__(self) -> None:
        self._parents, self._childs = Pipe()
        self._lock = threading.Lock()
        self._asked = 0

    # -- in the parent ------------------------------------------------------------------------

    def keep_parents_end(self) -> None:
        """Leave the other end to the child."""
        self._childs.close()

    def ask(self, question: str, timeout: float) -> object | None:
        """The child's answer; None when it gives none in so many seconds."""
        with self._lock:
            self._asked += 1
            try:
                self._parents.send((self._asked, question))
                while self._parents.poll(timeout):
                    number, answer = self._parents.recv()
                    # What was given up before comes late.
                    if number == self._asked:
                        return answer  # type: ignore[no-any-return]
            except (EOFError, OSError):
                LOG.debug("A process that ends answers no more")
            return None

    def close(self) -> None:
        """Forget the child; its end of the pipe ends."""
        self._parents.close()

    # -- in the child -------------------------------------------------------------------------

    def keep_childs_end(self, others: "list[Link]") -> None:
        """Leave the parent's ends, of all links, to the parent alone: it is gone when they are."""
        for link in (self, *others):
            link._parents.close()

    def serve(self, answer: Answer) -> None:
        """Answer the parent in a thread; ends this process, as SIGTERM does, when it is gone."""
        threading.Thread(
            target=_serve, args=(self._childs, answer), name="parent", daemon=True
        ).start()


def _serve(pipe: "Connection", answer: Answer) -> None:
    try:
        while True:
            number, question = pipe.recv()
            pipe.send((number, answer(question)))
    except (EOFError, OSError):
        LOG.warning("The parent is gone; this process ends")
        os.kill(os.getpid(), signal.SIGTERM)

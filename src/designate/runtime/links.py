# SPDX-License-Identifier: Apache-2.0
"""What a parent asks its children, over a pipe for each; a child ends when the parent is gone."""

import contextlib
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
                    said: tuple[int, object] = self._parents.recv()
                    number, answer = said
                    # What was given up before comes late.
                    if number == self._asked:
                        return answer
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
        """Answer the parent in threads; ends this process, as SIGTERM does, when it is gone.

        An answer that fails or takes long holds up no answer to another question.
        """
        served = _Served(self._childs, answer)
        threading.Thread(target=served.listen, name="parent", daemon=True).start()


class _Served:
    """The child's end of a pipe: a thread listens, and each question has one of its own."""

    def __init__(self, pipe: "Connection", answer: Answer) -> None:
        self._pipe = pipe
        self._answer = answer
        self._lock = threading.Lock()
        self._busy: set[str] = set()

    def listen(self) -> None:
        """Hear questions until the parent is gone."""
        try:
            while True:
                asked = self._pipe.recv()
                threading.Thread(target=self._reply, args=asked, name="answer", daemon=True).start()
        except (EOFError, OSError):
            LOG.warning("The parent is gone; this process ends")
            os.kill(os.getpid(), signal.SIGTERM)

    def _reply(self, number: int, question: str) -> None:
        said = self._find(question)
        # Whoever listens sees it when the parent is gone.
        with contextlib.suppress(OSError), self._lock:
            self._pipe.send((number, said))

    def _find(self, question: str) -> object | None:
        """The answer; None where it fails, or is still looked for since it was last asked."""
        with self._lock:
            if question in self._busy:
                return None
            self._busy.add(question)
        try:
            return self._answer(question)
        except Exception:
            # The edge of a thread: the parent gets no answer, this log the reason.
            LOG.exception("What the parent asks, %s, has no answer", question)
            return None
        finally:
            with self._lock:
                self._busy.discard(question)

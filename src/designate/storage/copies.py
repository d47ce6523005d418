# SPDX-License-Identifier: Apache-2.0
"""Copies of calls, told from the first that arrives (decision 0020)."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from designate.errors import CallRepeated, DatabaseUnavailable, DesignateError
from designate.storage import calls
from designate.storage.calls import Call
from designate.storage.transaction import Transaction
from designate.storage.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Copies:
    """For who carries calls out: see `rpc.server.Once`."""

    store: Store

    @contextmanager
    def once(self, call_id: str) -> Iterator[None]:
        """Have what the block writes written once; threads that it starts are not in it.

        Raises CallRepeated when the call was carried out, or refused, before.
        """
        call = Call(call_id)
        try:
            with calls.carrying_out(call):
                yield
        except DatabaseUnavailable:
            raise
        except DesignateError as error:
            if not call.taken:
                self._refuse(call, error)
            raise

    def _refuse(self, call: Call, error: DesignateError) -> None:
        """Have the refusal be the answer to all copies, unless another answer is already.

        Whoever is refused makes way for the next attempt, which a copy would come before.
        """
        if call.tried:
            with suppress(DatabaseUnavailable), calls.carrying_out(call):
                self.store.write(_nothing)
            return
        with suppress(DatabaseUnavailable), self.store.read() as connection:
            if calls.is_taken(connection, call.id):
                raise CallRepeated from error


def _nothing(tx: Transaction) -> None:
    """A transaction that only notes which call it is for."""

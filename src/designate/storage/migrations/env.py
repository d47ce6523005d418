# SPDX-License-Identifier: Apache-2.0
"""What alembic runs for every command: on the connection it was given, or as SQL text.

There is no ini file: `storage.schema` makes the configuration.
"""

from alembic import context

from designate.storage.migrations import resuming
from designate.storage.tables import metadata

resuming.register()

if context.is_offline_mode():
    context.configure(
        dialect_name=context.config.attributes["dialect"],
        target_metadata=metadata,
        literal_binds=True,
    )
else:
    context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()

# SPDX-License-Identifier: Apache-2.0
"""The steps that make the schema, by alembic.

A step that was released never changes; a new one follows it. Versions N and N+1 of the services run
side by side, so a step adds first and another, one release later, removes.
"""

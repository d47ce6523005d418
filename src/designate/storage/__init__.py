# SPDX-License-Identifier: Apache-2.0
"""SQL without rules: tables, transactions, and one file of queries per noun."""

"""The functions of tests/databases.py under the name by which other tests import them."""

from tests.databases import copy_of_postgres, copy_of_sqlite

__all__ = ["copy_of_postgres", "copy_of_sqlite"]

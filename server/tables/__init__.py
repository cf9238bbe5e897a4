"""What the clinic stores, one module a subject: `people` (who), `care` (what was prescribed, done and decided).

Importing this package registers every table with `SQLModel.metadata`.
"""

from server.tables import care, people

__all__ = ["care", "people"]

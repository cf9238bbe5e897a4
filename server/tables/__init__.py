"""What the clinic stores, one module a subject: `people` (who), `care` (what was prescribed, done and decided),
`exercises` (a clinic's own).

Importing this package registers every table with `SQLModel.metadata`.
"""

from server.tables import care, exercises, people

__all__ = ["care", "exercises", "people"]

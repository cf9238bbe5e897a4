"""What the clinic stores, one module a subject: `people` (who), `care` (what was prescribed, done and decided),
`exercises` (a clinic's own), `reminding` (what is sent when and to where).

Importing this package registers every table with `SQLModel.metadata`.
"""

from server.tables import care, exercises, people, reminding

__all__ = ["care", "exercises", "people", "reminding"]

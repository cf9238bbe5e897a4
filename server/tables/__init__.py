"""What the clinic stores, one module a subject: `people` (who), `care` (what was prescribed, done and decided)."""

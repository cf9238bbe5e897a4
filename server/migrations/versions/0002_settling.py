"""What pushes leave to be worked out waits beside the counter."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.add_column("patient_sync", sa.Column("settle_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("patient_sync", sa.Column("touched", sa.Text(), nullable=True))
    op.create_index(op.f("ix_patient_sync_settle_at"), "patient_sync", ["settle_at"], unique=False)

"""A clinic's own exercises, their versions and photos."""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: str | None = None
depends_on: str | None = None


def upgrade() -> None:
    op.create_table(
        "own_exercise",
        sa.Column("clinic_id", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_own_exercise_clinic_id_clinic")),
        sa.PrimaryKeyConstraint("clinic_id", "id", name=op.f("pk_own_exercise")),
    )
    op.create_table(
        "own_exercise_version",
        sa.Column("clinic_id", sa.String(length=64), nullable=False),
        sa.Column("exercise_id", sa.String(length=80), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("photo", sa.String(length=64), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_own_exercise_version_clinic_id_clinic")),
        sa.PrimaryKeyConstraint("clinic_id", "exercise_id", "version", name=op.f("pk_own_exercise_version")),
    )
    op.create_table(
        "photo",
        sa.Column("clinic_id", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinic.id"], name=op.f("fk_photo_clinic_id_clinic")),
        sa.PrimaryKeyConstraint("clinic_id", "sha256", name=op.f("pk_photo")),
    )

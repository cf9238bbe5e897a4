"""Is the server there and can it reach its database? Says nothing else."""

from fastapi import APIRouter
from sqlalchemy import text

from server.api.deps import PUBLIC, Database
from server.database import reading

router = APIRouter(tags=["health"])


@router.get("/health", dependencies=[PUBLIC])
def health(engine: Database) -> dict[str, str]:
    """`{"status": "ok"}`, or 503 when the database cannot be read."""
    with reading(engine) as session:
        session.connection().execute(text("SELECT 1"))
    return {"status": "ok"}

"""How the database gets its shape, one revision after the other. A revision that was released is never edited."""

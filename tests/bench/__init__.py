"""How fast the server is beside a bare one: `make bench` (ONLY=sync, ONLY=caseload). Reports, and judges nothing."""

"""The archive: one SQLite file per account, one module per group of tables."""

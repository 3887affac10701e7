-- A comparison in the database ignores the case; the values that are declared do not.
CREATE TABLE job (id INTEGER PRIMARY KEY, state TEXT COLLATE NOCASE, hours REAL, cost INTEGER, made_at TEXT NOT NULL);

CREATE TABLE session (id INTEGER PRIMARY KEY, user_id INTEGER, at TEXT, local_at INTEGER, score REAL, settings TEXT, name TEXT COLLATE NOCASE);

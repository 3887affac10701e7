CREATE TABLE mail (id INTEGER PRIMARY KEY, folder TEXT, size INTEGER, subject TEXT, spam BOOLEAN, sent_at TEXT NOT NULL);

CREATE TABLE ticket (id INTEGER PRIMARY KEY, priority TEXT NOT NULL, opened_at TEXT NOT NULL, closed_at TEXT, replies INTEGER);
CREATE INDEX ticket_opened_at ON ticket (opened_at);
CREATE INDEX ticket_closed_at ON ticket (closed_at);
CREATE TABLE agent_shift (id INTEGER PRIMARY KEY, began_at DATETIME NOT NULL, ended_at DATETIME NOT NULL);

-- What users do, and what captures found.
CREATE TABLE IF NOT EXISTS event_logs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  url TEXT NOT NULL DEFAULT '',
  user_id INTEGER NOT NULL DEFAULT 0,
  anonymous_user_id TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL,
  argument TEXT NOT NULL DEFAULT '{}',
  version TEXT NOT NULL,
  timestamp TEXT NOT NULL
);

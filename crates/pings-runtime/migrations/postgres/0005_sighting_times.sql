-- PostgreSQL keeps times as times: nothing changes. The step has its number in SQLite.
SELECT 1;

//! The numbers of queries, captures and reports on real databases.

mod all_time;
mod answers;
mod any_event;
mod captures;
mod code_insights;
mod connections;
mod cut;
mod daily_totals;
mod databases;
mod days;
mod event_log;
mod live;
mod one_row;
mod partitions;
mod renames;
mod reports;
mod sql_functions;
mod tail;
mod user_ids;
mod values;
mod weeks;
mod window_borders;
mod windows;

//! The views from outside: hand-made entries in, rows out, in temporary directories.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop loudly")]
#![expect(clippy::disallowed_methods, reason = "tests damage and delete files on purpose")]

mod accepted;
mod discover;
mod envelopes;
mod grants;
mod journal;
mod opening;
mod principals;
mod rebuild;
mod retention;
mod tasks;
mod transfers;

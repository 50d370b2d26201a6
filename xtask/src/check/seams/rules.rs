//! The table of seams: which calls each crate may not make, and the `clippy.toml` that says so.
//!
//! `Env` is the only door to the world: clock, entropy, disk, network and threads come through it,
//! so that a simulation can hold the whole node in one seed. Clippy reads one `clippy.toml` for a
//! package, the nearest, so each file is complete in itself and is written from this table.
//!
//! Invariants: every entry has a reason; a path outside `std` is marked `allow-invalid`, because a
//! crate that does not link that library cannot call it either.
//!
//! Deliberately absent: waiting on a channel or a condition with a timeout. The threads around the
//! pure step functions may do that; simulation does not run those threads.

use std::fmt::Write as _;

/// Calls and types that belong together, and why they are forbidden.
struct Group {
    name: &'static str,
    reason: &'static str,
    methods: &'static [&'static str],
    types: &'static [&'static str],
}

const TIME: Group = Group {
    name: "time",
    reason: "time comes from Env's clock, so that simulated runs repeat",
    methods: &[
        "std::time::Instant::now",
        "std::time::Instant::elapsed",
        "std::time::SystemTime::now",
        "std::time::SystemTime::elapsed",
        "std::thread::sleep",
        "std::thread::park_timeout",
        "tokio::time::Instant::now",
        "tokio::time::interval",
        "tokio::time::interval_at",
        "tokio::time::sleep",
        "tokio::time::sleep_until",
        "tokio::time::timeout",
        "tokio::time::timeout_at",
    ],
    types: &[],
};

const ENTROPY: Group = Group {
    name: "entropy",
    reason: "randomness comes from Env's entropy, so that one seed decides a run",
    methods: &[
        "std::collections::hash_map::RandomState::new",
        "ahash::RandomState::new",
        "getrandom::fill",
        "getrandom::fill_uninit",
        "getrandom::u32",
        "getrandom::u64",
        "rand::random",
        "rand::rng",
        "rand::thread_rng",
        "uuid::Uuid::new_v4",
        "uuid::Uuid::now_v7",
    ],
    types: &[],
};

const FILES: Group = Group {
    name: "files",
    reason: "files belong to the store and to Env, so that simulation can lose a write",
    methods: &[
        "std::fs::canonicalize",
        "std::fs::copy",
        "std::fs::create_dir",
        "std::fs::create_dir_all",
        "std::fs::exists",
        "std::fs::hard_link",
        "std::fs::metadata",
        "std::fs::read",
        "std::fs::read_dir",
        "std::fs::read_link",
        "std::fs::read_to_string",
        "std::fs::remove_dir",
        "std::fs::remove_dir_all",
        "std::fs::remove_file",
        "std::fs::rename",
        "std::fs::set_permissions",
        "std::fs::symlink_metadata",
        "std::fs::write",
        "std::path::Path::canonicalize",
        "std::path::Path::exists",
        "std::path::Path::is_dir",
        "std::path::Path::is_file",
        "std::path::Path::is_symlink",
        "std::path::Path::metadata",
        "std::path::Path::read_dir",
        "std::path::Path::read_link",
        "std::path::Path::symlink_metadata",
        "std::path::Path::try_exists",
        "tokio::fs::read",
        "tokio::fs::read_to_string",
        "tokio::fs::write",
    ],
    types: &[
        "std::fs::DirBuilder",
        "std::fs::File",
        "std::fs::OpenOptions",
        "tokio::fs::File",
        "tokio::fs::OpenOptions",
    ],
};

const NETWORK: Group = Group {
    name: "network",
    reason: "connections come from Env's listener and egress, the only way in and out",
    methods: &["reqwest::get"],
    types: &[
        "std::net::TcpListener",
        "std::net::TcpStream",
        "std::net::UdpSocket",
        "std::os::unix::net::UnixDatagram",
        "std::os::unix::net::UnixListener",
        "std::os::unix::net::UnixStream",
        "tokio::net::TcpListener",
        "tokio::net::TcpSocket",
        "tokio::net::TcpStream",
        "tokio::net::UdpSocket",
        "tokio::net::UnixDatagram",
        "tokio::net::UnixListener",
        "tokio::net::UnixStream",
    ],
};

const HTTP_CLIENTS: Group = Group {
    name: "HTTP clients",
    reason: "outgoing HTTP goes through node::egress, which knows what may be called",
    methods: &[],
    types: &[
        "reqwest::Client",
        "reqwest::ClientBuilder",
        "reqwest::blocking::Client",
        "hyper_util::client::legacy::Client",
    ],
};

const TASKS: Group = Group {
    name: "tasks",
    reason: "tasks are started by Env's spawn, so that simulation decides their order",
    methods: &[
        "tokio::runtime::Handle::spawn",
        "tokio::runtime::Handle::spawn_blocking",
        "tokio::runtime::Runtime::new",
        "tokio::runtime::Runtime::spawn",
        "tokio::spawn",
        "tokio::task::JoinSet::spawn",
        "tokio::task::block_in_place",
        "tokio::task::spawn",
        "tokio::task::spawn_blocking",
        "tokio::task::spawn_local",
    ],
    types: &[],
};

const THREADS: Group = Group {
    name: "threads",
    reason: "threads are started by Env's spawn, so that simulation decides their order",
    methods: &["std::thread::Builder::spawn", "std::thread::scope", "std::thread::spawn"],
    types: &[],
};

const PROCESS: Group = Group {
    name: "the process around us",
    reason: "variables, arguments and directories are read once, by config, and passed in",
    methods: &[
        "std::env::args",
        "std::env::args_os",
        "std::env::current_dir",
        "std::env::current_exe",
        "std::env::home_dir",
        "std::env::set_current_dir",
        "std::env::temp_dir",
        "std::env::var",
        "std::env::var_os",
        "std::env::vars",
        "std::env::vars_os",
    ],
    types: &["std::process::Command", "tokio::process::Command"],
};

const MAPS: Group = Group {
    name: "maps",
    reason: "kernel maps use the hasher seeded per node: runs repeat, nobody chooses collisions",
    methods: &[],
    types: &["std::collections::HashMap", "std::collections::HashSet"],
};

/// One crate's row.
pub(super) struct Rule {
    /// Folder under `crates/`.
    pub(super) folder: &'static str,
    /// What its file says first.
    note: &'static str,
    groups: &'static [&'static Group],
}

const PURE: &str = "Pure: no clock, no randomness, no input or output.";
const BY_ENV: &str = "The world comes in through Env.";

/// Everything that only `Env` may do.
const WORLD: &[&Group] =
    &[&TIME, &ENTROPY, &FILES, &NETWORK, &HTTP_CLIENTS, &TASKS, &THREADS, &PROCESS];

/// A row for every crate but the exempt ones; rows of crates that do not exist yet wait for them.
pub(super) const RULES: &[Rule] = &[
    Rule { folder: "types", note: PURE, groups: WORLD },
    Rule { folder: "crypto", note: PURE, groups: WORLD },
    Rule {
        folder: "kernel",
        note: PURE,
        groups: &[
            &TIME,
            &ENTROPY,
            &FILES,
            &NETWORK,
            &HTTP_CLIENTS,
            &TASKS,
            &THREADS,
            &PROCESS,
            &MAPS,
        ],
    },
    Rule {
        folder: "wire",
        note: "Pure, but for the HTTP client of feature `client`.",
        groups: &[&TIME, &ENTROPY, &FILES, &NETWORK, &TASKS, &THREADS, &PROCESS],
    },
    Rule {
        folder: "store",
        note: "The disk backend: files and its own threads are its business, nothing else is.",
        groups: &[&TIME, &ENTROPY, &NETWORK, &HTTP_CLIENTS, &TASKS, &PROCESS],
    },
    Rule { folder: "views", note: BY_ENV, groups: WORLD },
    Rule { folder: "link", note: BY_ENV, groups: WORLD },
    Rule {
        folder: "node",
        note: "Module `env` is the one place that opens the door, with an `allow` and a reason.",
        groups: WORLD,
    },
    Rule { folder: "runtime", note: BY_ENV, groups: WORLD },
    Rule { folder: "api", note: BY_ENV, groups: WORLD },
];

/// Crates without a file of their own: the binary, which builds the real `Env`, and the test kit,
/// which builds the simulated one. The root file holds for them and for xtask.
pub(super) const EXEMPT: &[&str] = &["hansa", "testkit"];

const HEADER: &str = "\
# Written by `cargo xtask check seams --write` from xtask/src/check/seams/rules.rs: edit that table.
";

const IN_TESTS: &str = "\
allow-dbg-in-tests = true
allow-expect-in-tests = true
allow-unwrap-in-tests = true
";

/// The root `clippy.toml`.
pub(super) fn root_file() -> String {
    format!(
        "{HEADER}# Clippy reads only the file nearest to a package: crates with seams of their own have one each.\n\n{IN_TESTS}"
    )
}

/// A crate's `clippy.toml`.
pub(super) fn crate_file(rule: &Rule) -> String {
    let mut text = format!("{HEADER}# {}\n\n{IN_TESTS}", rule.note);
    section(&mut text, "disallowed-methods", rule, |group| group.methods);
    section(&mut text, "disallowed-types", rule, |group| group.types);
    text
}

fn section(text: &mut String, key: &str, rule: &Rule, of: fn(&Group) -> &'static [&'static str]) {
    let _ = write!(text, "\n{key} = [\n");
    for group in rule.groups.iter().filter(|group| !of(group).is_empty()) {
        let _ = writeln!(text, "    # {}", group.name);
        for path in of(group) {
            let elsewhere = if path.starts_with("std::") { "" } else { ", allow-invalid = true" };
            let reason = group.reason;
            let _ =
                writeln!(text, "    {{ path = \"{path}\", reason = \"{reason}\"{elsewhere} }},");
        }
    }
    text.push_str("]\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(folder: &str) -> toml::Table {
        let rule = RULES.iter().find(|rule| rule.folder == folder).unwrap();
        crate_file(rule).parse().unwrap()
    }

    fn paths(file: &toml::Table, key: &str) -> Vec<String> {
        let entries = file[key].as_array().unwrap();
        entries.iter().map(|entry| entry["path"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn every_file_is_toml_with_a_reason_for_each_path() {
        for rule in RULES {
            let file = parsed(rule.folder);
            assert_eq!(file["allow-unwrap-in-tests"].as_bool(), Some(true));
            for key in ["disallowed-methods", "disallowed-types"] {
                for entry in file[key].as_array().unwrap() {
                    assert!(entry["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
                }
            }
        }
        assert!(root_file().parse::<toml::Table>().unwrap().len() == 3);
    }

    #[test]
    fn the_store_may_use_files_and_threads_but_no_clock() {
        let methods = paths(&parsed("store"), "disallowed-methods");
        assert!(methods.contains(&"std::time::Instant::now".to_owned()));
        assert!(!methods.iter().any(|path| path.starts_with("std::fs")));
        assert!(!methods.contains(&"std::thread::spawn".to_owned()));
    }

    #[test]
    fn the_kernel_may_use_nothing_of_the_world() {
        let file = parsed("kernel");
        let methods = paths(&file, "disallowed-methods");
        for path in ["std::fs::read", "tokio::spawn", "std::env::var", "std::thread::spawn"] {
            assert!(methods.contains(&path.to_owned()), "{path}");
        }
        let types = paths(&file, "disallowed-types");
        assert!(types.contains(&"std::collections::HashMap".to_owned()));
    }
}

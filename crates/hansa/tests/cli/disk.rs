//! The end of the room on the disk, and of what was erased.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use crate::support::{Place, Served};

/// Below what any disk has free.
const NO_ROOM: &str = "store.free_bytes_min=1000000TiB";
/// Neither a word of any format nor likely by chance.
const MARKER: &str = "qzx4vjw9kpy2";

/// Status and body of an answer.
fn ask(served: &Served<'_>, key: &str, head: &str, body: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(served.address()).unwrap();
    let request = format!(
        "{head} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        served.address(),
        body.len()
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
}

#[test]
fn without_room_writes_are_507_and_reads_are_answered() {
    let place = Place::new();
    let served = place.serve("node");
    let owner = served.own();
    let made = served.run(&owner, &["agent", "create", "alice", "--json"]).json();
    let alice = made["id"].as_str().unwrap().to_owned();
    served.stop();

    let served = place.serve_with("node", &["--set", NO_ROOM]);
    let body = format!("{{\"to\":\"{alice}\",\"amount\":\"1\",\"currency\":\"AVT\"}}");
    for (path, body) in [("/api/v1/mints", &*body), ("/api/v1/agents", "{\"name\":\"bob\"}")] {
        let (status, said) = ask(&served, &owner, &format!("POST {path}"), body);
        assert_eq!(status, 507, "{path}: {said}");
        assert!(said.contains("disk_full") && said.contains("Free space"), "{said}");
    }
    for path in ["/api/v1/agents", "/api/v1/journal/checkpoint", "/healthz", "/metrics"] {
        assert_eq!(ask(&served, &owner, &format!("GET {path}"), "").0, 200, "{path}");
    }
    let balances = format!("GET /api/v1/accounts/{alice}/balances");
    assert_eq!(ask(&served, &owner, &balances, "").0, 200);
    assert_eq!(ask(&served, &owner, "GET /readyz", "").0, 503);
    served.stop();

    let served = place.serve("node");
    served.run(&owner, &["agent", "create", "bob"]).ok();
    served.stop();
}

/// The files below a folder that hold the marker, however its letters are cased.
fn holding(dir: &Path) -> Vec<String> {
    let (mut folders, mut held) = (vec![dir.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
            if bytes.windows(MARKER.len()).any(|found| found == MARKER.as_bytes()) {
                held.push(path.display().to_string());
            }
        }
    }
    held
}

/// Makes a snapshot, and a backup.
fn copy(place: &Place) {
    let backup =
        ["backup", "create", "backups", "--recovery-key", "recovery.key", "--data-dir", "node"];
    place.run(&backup).ok();
    place.run(&["snapshot", "--data-dir", "node"]).ok();
}

/// No file has the marker, and the export verifies.
fn forgotten(place: &Place) {
    assert_eq!(holding(&place.path("")), Vec::<String>::new());
    let audited = place.run(&["audit", "journal.jsonl", "--json"]).json();
    assert_eq!((&audited["ok"], &audited["supply_delta"]), (&true.into(), &"0".into()));
}

#[test]
fn an_erased_name_is_in_no_log_export_snapshot_or_backup() {
    let place = Place::new();
    place.run(&["backup", "key", "--out", "recovery.key"]).ok();
    let served = place.serve_logged("node", &["--log-level", "debug"]);
    let owner = served.own();
    let made = served.run(&owner, &["agent", "create", MARKER, "--json"]).json();
    let id = made["id"].as_str().unwrap().to_owned();
    let key = made["api_key"].as_str().unwrap();
    served.run(key, &["key", "create", "--label", MARKER, "--action", "transfer_*"]).ok();
    served.run(&owner, &["agent", "list"]).ok();
    copy(&place);
    assert!(!holding(&place.path("node")).is_empty(), "the marker was never there");

    let erase = ["principal", "erase", &id, "--receipt", "receipt.json", "--json"];
    served.run(&owner, &erase).ok();
    served.run(&owner, &["export", "--out", "journal.jsonl"]).ok();
    copy(&place);
    served.stop();
    // The backup of before is sealed, and the next prune forgets it.
    forgotten(&place);
    let pruned = place.run(&["backup", "prune", "backups", "--json"]).json();
    assert_eq!(pruned["removed"].as_array().unwrap().len(), 1, "{pruned}");
}

#[test]
fn an_erased_memory_is_in_no_log_export_snapshot_or_backup() {
    let place = Place::new();
    place.run(&["backup", "key", "--out", "recovery.key"]).ok();
    let served = place.serve_logged("node", &["--log-level", "trace"]);
    let owner = served.own();
    let made = served.run(&owner, &["agent", "create", "ada", "--json"]).json();
    let key = made["api_key"].as_str().unwrap();
    let content = format!("{MARKER} was here");
    place.write("note.txt", &content);
    let write = ["memory", "write", "note.txt", "--label", MARKER, "--tag", MARKER, "--json"];
    let memory = served.run(key, &write).json()["id"].as_str().unwrap().to_owned();
    std::fs::remove_file(place.path("note.txt")).unwrap();
    let read = served.run(key, &["memory", "read", &memory, "--json"]).json();
    assert_eq!(read["content"], content.as_str());
    let listed = served.run(key, &["memory", "list"]);
    assert!(listed.ok().stdout.contains(MARKER));
    copy(&place);
    // Sealed from the first byte on, so that it is nowhere to be found even now.
    assert_eq!(holding(&place.path("")), Vec::<String>::new());

    let balance = |served: &Served<'_>| served.run(key, &["balance", "--json"]).json();
    let before = balance(&served);
    let delete = ["memory", "delete", &memory, "--receipt", "receipt.json", "--json"];
    let erased = served.run(key, &delete).json();
    assert_eq!(erased["receipt"]["memory"], memory.as_str());
    assert_eq!(balance(&served)["data"], before["data"]);
    served.run(&owner, &["export", "--out", "journal.jsonl"]).ok();
    copy(&place);
    served.stop();
    forgotten(&place);
    // The backup of before still has it sealed, until `backup.days_max`; that of now has not.
    let listed = place.run(&["backup", "list", "backups", "--json"]).json();
    for (backup, found) in listed["data"].as_array().unwrap().iter().zip([true, false]) {
        let id = backup["id"].as_str().unwrap();
        place.run(&restore(id)).ok();
        let restored = place.serve(id);
        let read = restored.run(key, &["memory", "read", &memory, "--json"]);
        match found {
            true => assert_eq!(read.json()["content"], content.as_str()),
            false => read.failed(1, &["not_found"]),
        }
        restored.stop();
    }
}

/// The arguments that restore a backup into a directory of its name.
fn restore(id: &str) -> [&str; 8] {
    ["restore", "backups", "--at", id, "--recovery-key", "recovery.key", "--data-dir", id]
}

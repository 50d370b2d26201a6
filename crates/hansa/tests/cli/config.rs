//! Settings: which layer wins, and what is said about what nobody can mean.

use serde_json::Value;

use crate::support::Place;

fn setting(shown: &Value, key: &str) -> (String, String) {
    let row = shown.as_array().unwrap().iter().find(|row| row["setting"] == key).unwrap();
    let text = |name: &str| row[name].as_str().unwrap().to_owned();
    (text("value"), text("origin"))
}

#[test]
fn flag_beats_environment_beats_file_beats_default() {
    let place = Place::new();
    place.write(
        "hansa.toml",
        "[server]\nbind = \"127.0.0.1:1\"\nhost = \"file.example\"\n[log]\nlevel = \"debug\"\n",
    );
    let show = ["config", "show", "--origin", "-o", "json", "--set", "server.bind=127.0.0.1:3"];
    let variables = [("HANSA_SERVER__BIND", "127.0.0.1:2"), ("HANSA_LOG__LEVEL", "trace")];
    let shown = place.run_with(&show, &variables).json();
    let of = |key: &str| setting(&shown, key);
    assert_eq!(of("server.bind"), ("127.0.0.1:3".to_owned(), "flag --set server.bind".to_owned()));
    assert_eq!(of("log.level"), ("trace".to_owned(), "env HANSA_LOG__LEVEL".to_owned()));
    assert_eq!(of("server.host"), ("file.example".to_owned(), "file hansa.toml".to_owned()));
    assert_eq!(of("money.currency"), ("AVT".to_owned(), "default".to_owned()));
}

#[test]
fn a_named_file_takes_the_place_of_the_one_in_the_folder() {
    let place = Place::new();
    place.write("hansa.toml", "[log]\nlevel = \"debug\"\n");
    place.write("other.toml", "[log]\nformat = \"json\"\n");
    let shown = place.run(&["config", "show", "--json", "--config", "other.toml"]).json();
    assert_eq!(shown["log"]["level"], "info");
    assert_eq!(shown["log"]["format"], "json");
    place.run(&["config", "show", "--config", "none.toml"]).failed(1, &["none.toml"]);
}

#[test]
fn unknown_keys_are_errors_that_name_the_nearest_one() {
    let place = Place::new();
    let bad = place.run_with(&["config", "check"], &[("HANSA_STORE__DATADIR", "x")]);
    bad.failed(2, &["HANSA_STORE__DATADIR", "did you mean HANSA_STORE__DATA_DIR?"]);
    let bad = place.run(&["config", "check", "--set", "log.levl=info"]);
    bad.failed(2, &["did you mean log.level?"]);
    place.write("hansa.toml", "[money]\nfee_rat = \"1%\"\n");
    place.run(&["config", "check"]).failed(2, &["hansa.toml", "did you mean money.fee_rate?"]);
    // A node does not start on settings it does not understand.
    place.run(&["serve", "--data-dir", "node"]).failed(2, &["money.fee_rat"]);
    assert!(!place.path("node").exists());
}

#[test]
fn values_that_cannot_be_are_told_with_where_they_come_from() {
    let place = Place::new();
    let bad = place.run_with(&["config", "check"], &[("HANSA_MONEY__FEE_RATE", "a lot")]);
    bad.failed(2, &["money.fee_rate is \"a lot\" (env HANSA_MONEY__FEE_RATE)", "next step: "]);
    let bad = place.run(&["config", "check", "--json", "--set", "server.bind=here"]);
    let error: Value = serde_json::from_str(&bad.stderr).unwrap();
    assert_eq!(error["exit_code"], 2);
}

#[test]
fn the_protocol_s_own_variable_chooses_the_mode() {
    let place = Place::new();
    let show = ["config", "show", "--origin", "--json"];
    let shown = place.run_with(&show, &[("MINTING_AUTHORITY", "disabled")]).json();
    let expected = ("satellite".to_owned(), "env MINTING_AUTHORITY".to_owned());
    assert_eq!(setting(&shown, "money.mode"), expected);
}

#[test]
fn init_writes_settings_that_a_node_starts_on() {
    let place = Place::new();
    let made = place.run(&["init", "town", "--json"]).json();
    assert!(made["data_dir"].as_str().unwrap().ends_with("town/hansa-data"));
    let text = std::fs::read_to_string(place.path("town/hansa.toml")).unwrap();
    assert!(text.contains("#bind = \"127.0.0.1:7400\""), "{text}");
    let show = ["config", "show", "--origin", "--json", "--config", "town/hansa.toml"];
    let shown = place.run(&show).json();
    assert!(setting(&shown, "store.data_dir").0.ends_with("town/hansa-data"));
    place.run(&["init", "town"]).failed(1, &["nothing is overwritten"]);
}

#[test]
fn what_config_show_prints_is_a_file_that_says_the_same() {
    let place = Place::new();
    let lists = ["config", "show", "--set", "server.allowed_hosts=a.example,b.example"];
    let shown = place.run(&lists);
    place.write("again.toml", &shown.ok().stdout);
    let again = place.run(&["config", "show", "--config", "again.toml"]);
    assert_eq!(again.ok().stdout, shown.stdout);
}

#[test]
fn settings_that_counted_at_the_founding_are_said_to_be_ignored() {
    let place = Place::new();
    let founding = ["--set", "money.currency=TAX", "--set", "money.fee_rate=0.25%"];
    place.serve_with("node", &founding).stop();
    // The same settings, and none at all, are nothing to talk about.
    for same in [&founding[..], &[]] {
        let mut served = place.serve_with("node", same);
        let log = served.log();
        assert!(!log.contains("is ignored"), "{log}");
    }
    let changed = ["--set", "money.fee_rate=1%", "--set", "money.genesis_grant=5"];
    let mut served = place.serve_with("node", &changed);
    let log = served.log();
    let fee = "money.fee_rate = 1% (flag --set money.fee_rate) is ignored: the node was founded with 0.25%";
    assert!(log.contains(fee) && log.contains("money.genesis_grant = 5 "), "{log}");
    assert!(log.contains("hansa currency create"), "{log}");
    let show = ["config", "show", "--data-dir", "node", "--set", "money.fee_rate=1%"];
    let shown = place.run(&show);
    assert!(shown.ok().stderr.contains(fee), "{shown:?}");
    let shown = place.run(&[&show[..], &["--origin", "--json"]].concat()).json();
    let row = shown.as_array().unwrap().iter().find(|row| row["setting"] == "money.fee_rate");
    assert_eq!(row.unwrap()["stored"], "0.25%");
    let check = ["config", "check", "--data-dir", "node", "--set", "money.mode=satellite"];
    let checked = place.run(&check);
    assert!(checked.ok().stderr.contains("founded with sovereign"), "{checked:?}");
}

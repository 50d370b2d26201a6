//! Organizations from the command line: two developers, an invitation, an agent, a team, the end.

use serde_json::Value;

use crate::accounts::{PASSWORD, fed, mailed, serve, text};
use crate::support::{Place, Run, Served};

/// A developer who is logged in under a profile of their name.
fn developer(place: &Place, served: &Served<'_>, name: &str) -> String {
    let email = format!("{name}@example.com");
    fed(place, served, &["developer", "register", name, "--email", &email], PASSWORD).ok();
    let made = fed(place, served, &["developer", "verify"], &mailed(place)).json();
    fed(place, served, &["--profile", name, "login", "--email", &email], PASSWORD).ok();
    text(&made, "id")
}

fn by(place: &Place, name: &str, line: &[&str]) -> Run {
    place.run(&[&["--profile", name, "--json"], line].concat())
}

fn data(run: &Run) -> Vec<Value> {
    run.json()["data"].as_array().unwrap().clone()
}

#[test]
fn an_organization_lives_from_its_making_to_its_handing_on() {
    let place = Place::new();
    let served = serve(&place);
    developer(&place, &served, "dora");
    let emil = developer(&place, &served, "emil");
    let dora = |line: &[&str]| by(&place, "dora", line);
    let emils = |line: &[&str]| by(&place, "emil", line);
    let org = text(&dora(&["org", "create", "Acme"]).json(), "id");
    emils(&["org", "show", &org]).failed(1, &["org_unknown"]);
    dora(&["invite", "create", &org, "--role", "king"]).failed(2, &["owner, admin, member"]);
    dora(&["invite", "create", &org, "--email", "nobody"]).failed(2, &["e-mail"]);
    dora(&["invite", "create", &org, "--role", "owner"]).failed(1, &["invalid_field"]);
    let invite = dora(&["invite", "create", &org, "--role", "guest", "--expires", "2d"]).json();
    let id = text(&invite["invite"], "id");
    assert_eq!(text(&data(&dora(&["invite", "list", &org]))[0], "id"), id);
    dora(&["invite", "revoke", &id]).ok();
    place.write("token", &text(&invite, "token"));
    let accept = ["invite", "accept", "--token-file", "token"];
    emils(&accept).failed(1, &["invite_invalid"]);
    let line = ["invite", "create", &org, "--role", "guest", "--email", "emil@example.com"];
    place.write("token", &text(&dora(&line).json(), "token"));
    assert_eq!(text(&emils(&accept).json(), "role"), "guest");
    let agent = text(&dora(&["agent", "onboard", "worker", "--org", &org]).json(), "id");
    assert!(data(&emils(&["org", "agents", &org])).is_empty());
    let team = text(&dora(&["org", "team", "create", &org, "Crew"]).json(), "id");
    dora(&["org", "team", "add", &team, &emil]).ok();
    dora(&["agent", "share", &agent]).failed(2, &["--member"]);
    dora(&["agent", "share", &agent, "--team", &team]).ok();
    assert_eq!(text(&data(&emils(&["org", "agents", &org]))[0], "id"), agent);
    assert_eq!(text(&data(&emils(&["org", "team", "list", &org]))[0], "name"), "Crew");
    dora(&["agent", "unshare", &agent, "--team", &team]).ok();
    dora(&["org", "team", "remove", &team, &emil]).ok();
    dora(&["org", "team", "delete", &team]).ok();
    assert!(data(&emils(&["org", "agents", &org])).is_empty());
    emils(&["org", "role", &org, &emil, "admin"]).failed(4, &["forbidden"]);
    assert_eq!(text(&dora(&["org", "role", &org, &emil, "admin"]).json(), "role"), "admin");
    assert_eq!(data(&emils(&["org", "members", &org])).len(), 2);
    let handed = emils(&["agent", "transfer", &agent, &emil]).json();
    assert_eq!(text(&handed, "controller"), emil);
    emils(&["agent", "transfer", &agent, &org, "--keep-credentials"]).ok();
    dora(&["org", "leave", &org]).failed(1, &["last_owner", "org_owner_transfer"]);
    assert_eq!(text(&dora(&["org", "transfer", &org, &emil]).json(), "role"), "admin");
    emils(&["org", "remove", &org, &text(&dora(&["whoami"]).json(), "id")]).ok();
    assert!(data(&dora(&["org", "list"])).is_empty());
    served.stop();
}

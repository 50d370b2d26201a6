//! Organizations over real HTTP: who may do and see what, by role, and from outside.

use hansa_types::{Code, Duration};
use serde_json::{Value, json};

use crate::auth::{PASSWORD, login, member, postbox_town as town_with_mail, token};
use crate::harness::{Actor, Ask, Reply, Town, pay};

/// What an organization has, by ids.
pub(crate) struct Acme {
    pub(crate) org: String,
    pub(crate) agent: String,
    pub(crate) invite: String,
    pub(crate) team: String,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

fn of(org: &str, what: &str) -> String {
    format!("/api/v1/orgs/{org}{what}")
}

async fn create(town: &Town, owner: &Actor) -> String {
    let made = town.ask(Ask::post("/api/v1/orgs", json!({ "name": "Acme" })).by(owner)).await;
    text(&made.accepted()["id"])
}

async fn invited(town: &Town, by: &Actor, org: &str, role: &str) -> Reply {
    town.ask(Ask::post(of(org, "/invites"), json!({ "role": role })).by(by)).await
}

async fn joins(town: &Town, who: &Actor, token: &Value) -> Reply {
    town.ask(Ask::post("/api/v1/invites/accept", json!({ "token": token })).by(who)).await
}

async fn brings(town: &Town, by: &Actor, org: &str, (who, role): (&Actor, &str)) {
    let invited = invited(town, by, org, role).await.accepted();
    joins(town, who, &invited["token"]).await.accepted();
}

async fn onboard(town: &Town, by: &Actor, org: &str, name: &str) -> Value {
    let body = json!({ "name": name, "org": org });
    town.ask(Ask::post("/api/v1/onboarding", body).by(by)).await.accepted()
}

/// An organization with members, an agent, a team and a pending invitation.
pub(crate) async fn acme(town: &Town, owner: &Actor, members: &[&Actor]) -> Acme {
    let org = create(town, owner).await;
    for &member in members {
        brings(town, owner, &org, (member, "member")).await;
    }
    let agent = text(&onboard(town, owner, &org, "worker").await["id"]);
    let invite = text(&invited(town, owner, &org, "guest").await.accepted()["invite"]["id"]);
    let team = Ask::post(of(&org, "/teams"), json!({ "name": "Crew" })).by(owner);
    let team = text(&town.ask(team).await.accepted()["id"]);
    Acme { org, agent, invite, team }
}

/// A town whose ledger is not public, with an organization and somebody of each role in it.
struct Cast {
    town: Town,
    org: String,
    /// The node's owner, who is in no organization.
    operator: Actor,
    olga: Actor,
    ada: Actor,
    mia: Actor,
    gus: Actor,
    zoe: Actor,
}

impl Cast {
    async fn new() -> Self {
        let hide = |config: &mut hansa_node::Config| config.ledger_public = false;
        let mut town = Town::with(hide, hansa_api::ApiSettings::default()).await;
        let operator = town.set_up().await;
        let [olga, ada, mia, gus, zoe] = [
            town.agent(&operator, "olga").await,
            town.agent(&operator, "ada").await,
            town.agent(&operator, "mia").await,
            town.agent(&operator, "gus").await,
            town.agent(&operator, "zoe").await,
        ];
        // People make organizations by themselves; an agent needs leave of the node.
        let leave = json!({ "holder": olga.id, "actions": ["org_create"], "expires_in_s": 60,
            "on_behalf_of": town.did() });
        town.ask(Ask::post("/api/v1/grants", leave).by(&operator)).await.accepted();
        let org = create(&town, &olga).await;
        brings(&town, &olga, &org, (&ada, "admin")).await;
        brings(&town, &ada, &org, (&mia, "member")).await;
        brings(&town, &ada, &org, (&gus, "guest")).await;
        Self { town, org, operator, olga, ada, mia, gus, zoe }
    }

    async fn get(&self, path: String, by: &Actor) -> Reply {
        self.town.ask(Ask::get(path).by(by)).await
    }

    async fn post(&self, path: String, body: Value, by: &Actor) -> Reply {
        self.town.ask(Ask::post(path, body).by(by)).await
    }

    async fn ids(&self, path: String, by: &Actor) -> Vec<String> {
        let page = self.get(path, by).await.accepted();
        page["data"].as_array().unwrap().iter().map(|item| text(&item["id"])).collect()
    }

    async fn role(&self, who: &Actor, role: &str, by: &Actor) -> Reply {
        let path = of(&self.org, &format!("/members/{}/role", who.id));
        self.town.ask(Ask::new("PUT", path).json(&json!({ "role": role })).by(by)).await
    }
}

#[tokio::test]
async fn members_see_their_organization_and_nobody_else_does() {
    let cast = Cast::new().await;
    let Cast { org, olga, mia, gus, zoe, operator, .. } = &cast;
    let seen = cast.get(of(org, ""), mia).await.accepted();
    assert_eq!((&seen["name"], &seen["role"]), (&json!("Acme"), &json!("member")));
    assert_eq!((&seen["members"], &seen["agents"]), (&json!(4), &json!(0)));
    let seen = cast.get(of(org, ""), gus).await.accepted();
    assert_eq!((&seen["role"], &seen["members"]), (&json!("guest"), &Value::Null));
    for path in ["", "/members", "/agents", "/teams", "/invites"] {
        cast.get(of(org, path), zoe).await.refused(Code::OrgUnknown);
        cast.get(of(org, path), operator).await.accepted();
    }
    assert_eq!(cast.ids("/api/v1/orgs".to_owned(), mia).await, std::slice::from_ref(org));
    assert_eq!(cast.ids("/api/v1/orgs".to_owned(), zoe).await, [""; 0]);
    let everyone = cast.ids(of(org, "/members"), mia).await;
    assert_eq!(everyone.len(), 4);
    assert_eq!(everyone.first(), Some(&olga.id.to_string()));
    assert_eq!(cast.ids(of(org, "/members"), gus).await, [gus.id.to_string()]);
    let page = cast.get(of(org, "/members?limit=3"), mia).await.accepted();
    let rest = format!("/members?limit=3&cursor={}", page["next_cursor"].as_str().unwrap());
    assert_eq!(cast.ids(of(org, &rest), mia).await.len(), 1);
    cast.get(of(org, "/invites"), mia).await.refused(Code::RoleTooLow);
    // As a principal it is known to everybody who is signed in, like everybody else.
    let listed = cast.get(format!("/api/v1/agents/{org}"), zoe).await.accepted();
    assert_eq!((&listed["kind"], &listed["name"]), (&json!("organization"), &json!("Acme")));
    cast.town.stop().await;
}

#[tokio::test]
async fn roles_reach_as_far_as_they_say() {
    let cast = Cast::new().await;
    let Cast { org, olga, ada, mia, gus, zoe, town, .. } = &cast;
    cast.role(gus, "member", mia).await.refused(Code::Forbidden);
    cast.role(gus, "member", gus).await.refused(Code::Forbidden);
    cast.role(gus, "member", zoe).await.refused(Code::OrgUnknown);
    cast.role(gus, "admin", ada).await.refused(Code::RoleTooLow);
    cast.role(olga, "member", ada).await.refused(Code::RoleTooLow);
    cast.role(zoe, "member", ada).await.refused(Code::MemberUnknown);
    let told = cast.role(gus, "member", ada).await.accepted();
    assert_eq!((&told["id"], &told["role"]), (&json!(gus.id), &json!("member")));
    cast.role(olga, "admin", olga).await.refused(Code::LastOwner);
    cast.post(of(org, "/leave"), json!({}), olga).await.refused(Code::LastOwner);
    let problem = cast.post(of(org, "/leave"), json!({}), olga).await.json();
    assert!(problem["next_step"].as_str().unwrap().contains("org_owner_transfer"), "{problem}");
    let handed = cast.post(of(org, "/transfer"), json!({ "to": ada.id }), olga).await.accepted();
    assert_eq!(handed["role"], "admin");
    cast.role(mia, "admin", olga).await.refused(Code::RoleTooLow);
    cast.role(mia, "admin", ada).await.accepted();
    let dismissed = Ask::new("DELETE", of(org, &format!("/members/{}", mia.id)));
    town.ask(dismissed.by(ada)).await.accepted();
    cast.get(of(org, ""), mia).await.refused(Code::OrgUnknown);
    invited(town, mia, org, "guest").await.refused(Code::OrgUnknown);
    cast.post(of(org, "/leave"), json!({}), gus).await.accepted();
    cast.post(of(org, "/leave"), json!({}), gus).await.refused(Code::OrgUnknown);
    cast.town.stop().await;
}

#[tokio::test]
async fn an_invitation_is_good_once_for_its_time_and_is_kept_hashed() {
    let cast = Cast::new().await;
    let Cast { org, ada, mia, gus, zoe, operator, town, .. } = &cast;
    invited(town, mia, org, "guest").await.refused(Code::Forbidden);
    invited(town, gus, org, "guest").await.refused(Code::Forbidden);
    invited(town, ada, org, "admin").await.refused(Code::RoleTooLow);
    invited(town, ada, org, "owner").await.refused(Code::InvalidField);
    let body = json!({ "role": "guest", "expires_in_s": 60 });
    let ask = || Ask::post(of(org, "/invites"), body.clone()).by(ada).key("k");
    let made = town.ask(ask()).await;
    assert_eq!((made.status, made.header("cache-control")), (201, Some("no-store")));
    let made = made.accepted();
    town.ask(ask()).await.refused(Code::SecretAlreadyShown);
    let secret = text(&made["token"]);
    assert!(secret.starts_with("hansa_inv_") && secret.len() > 42, "{secret}");
    let entry = cast.get(format!("/api/v1/journal/entries/{}", made["seq"]), ada).await.accepted();
    assert!(!entry.to_string().contains(&secret));
    assert_eq!(entry["entry"]["data"]["role"], "guest");
    let listed = cast.get(of(org, "/invites"), ada).await.accepted();
    assert_eq!(listed["data"][0]["id"], made["invite"]["id"]);
    assert_eq!(
        (&listed["data"][0]["good"], &listed["data"][0]["token"]),
        (&json!(true), &Value::Null)
    );
    joins(town, zoe, &json!("hansa_inv_guess")).await.refused(Code::InviteInvalid);
    joins(town, mia, &made["token"]).await.refused(Code::MemberExists);
    let joined = joins(town, zoe, &made["token"]).await.accepted();
    assert_eq!((&joined["id"], &joined["role"]), (&json!(org), &json!("guest")));
    let late = town.agent(operator, "late").await;
    joins(town, &late, &made["token"]).await.refused(Code::InviteInvalid);
    let made = town.ask(Ask::post(of(org, "/invites"), body.clone()).by(ada)).await.accepted();
    town.clock.advance(Duration::seconds(61));
    joins(town, &late, &made["token"]).await.refused(Code::InviteInvalid);
    let made = invited(town, ada, org, "guest").await.accepted();
    let path = format!("/api/v1/invites/{}", text(&made["invite"]["id"]));
    for stranger in [&late, mia, gus] {
        town.ask(Ask::new("DELETE", &*path).by(stranger)).await.refused(Code::NotFound);
    }
    town.ask(Ask::new("DELETE", &*path).by(ada)).await.accepted();
    joins(town, &late, &made["token"]).await.refused(Code::InviteInvalid);
    town.ask(Ask::new("DELETE", &*path).by(ada)).await.refused(Code::NotFound);
    cast.town.stop().await;
}

#[tokio::test]
async fn what_the_organization_owns_is_seen_by_role() {
    let cast = Cast::new().await;
    let Cast { org, olga, ada, mia, gus, zoe, operator, town } = &cast;
    let agent = onboard(town, mia, org, "worker").await;
    let id = text(&agent["id"]);
    let path = |what: &str| what.replace("{id}", &id);
    for (actor, sees) in [(olga, 1), (ada, 1), (mia, 1), (gus, 0)] {
        assert_eq!(cast.ids(of(org, "/agents"), actor).await.len(), sees);
    }
    let grant = json!({ "grant_type": "client_credentials", "client_id": agent["client_id"],
        "client_secret": agent["client_secret"] });
    let token = town.ask(Ask::post("/oauth/token", grant)).await.accepted();
    let paid = Ask::post("/api/v1/transfers", pay(zoe, "5"));
    let paid = town.ask(paid.bearer(token["access_token"].as_str().unwrap())).await.accepted();
    let reads = [
        (path("/api/v1/accounts/{id}/balances"), Code::PrincipalUnknown),
        (format!("/api/v1/transfers/{}", text(&paid["id"])), Code::TransferUnknown),
        (format!("/api/v1/journal/entries/{}", paid["seq"]), Code::NotFound),
    ];
    let list = path("/api/v1/transfers?account={id}");
    let stranger = town.agent(operator, "stranger").await;
    for (read, hidden) in &reads {
        for insider in [olga, ada, mia] {
            cast.get(read.clone(), insider).await.accepted();
        }
        for outsider in [gus, &stranger] {
            cast.get(read.clone(), outsider).await.refused(*hidden);
        }
    }
    assert_eq!(cast.ids(list.clone(), mia).await.len(), 2);
    assert_eq!(cast.ids(list.clone(), gus).await.len(), 0);
    assert_eq!(cast.ids(list.clone(), &stranger).await.len(), 0);
    let share = json!({ "member": gus.id });
    cast.post(path("/api/v1/agents/{id}/share"), share.clone(), mia).await.refused(Code::Forbidden);
    cast.post(path("/api/v1/agents/{id}/share"), share.clone(), ada).await.accepted();
    for (read, _) in &reads {
        cast.get(read.clone(), gus).await.accepted();
    }
    assert_eq!(cast.ids(list.clone(), gus).await.len(), 2);
    assert_eq!(cast.ids(of(org, "/agents"), gus).await, std::slice::from_ref(&id));
    let shown = cast.get(of(org, "/agents"), mia).await.accepted();
    assert_eq!(shown["data"][0]["shared_with"], json!([{ "member": gus.id }]));
    cast.post(path("/api/v1/agents/{id}/unshare"), share, ada).await.accepted();
    for (read, hidden) in &reads {
        cast.get(read.clone(), gus).await.refused(*hidden);
    }
    cast.town.stop().await;
}

#[tokio::test]
async fn entries_of_an_organization_are_for_its_members() {
    let cast = Cast::new().await;
    let Cast { org, ada, mia, gus, zoe, operator, town, .. } = &cast;
    let team = cast.post(of(org, "/teams"), json!({ "name": "Crew" }), ada).await.accepted();
    let seq = town.seq();
    let path = format!("/api/v1/journal/entries/{seq}");
    for insider in [ada, mia, operator] {
        let entry = cast.get(path.clone(), insider).await.accepted();
        assert_eq!(entry["entry"]["vis"], "org");
        assert!(!entry.to_string().contains("Crew"), "names are no entries");
    }
    for outsider in [gus, zoe] {
        cast.get(path.clone(), outsider).await.refused(Code::NotFound);
    }
    let add = format!("/api/v1/teams/{}/members/{}", text(&team["id"]), gus.id);
    town.ask(Ask::new("PUT", add).json(&json!({})).by(ada)).await.accepted();
    let path = format!("/api/v1/journal/entries/{}", town.seq());
    cast.get(path.clone(), gus).await.accepted();
    cast.get(path, zoe).await.refused(Code::NotFound);
    cast.town.stop().await;
}

#[tokio::test]
async fn teams_are_seen_by_members_and_share_agents_with_guests() {
    let cast = Cast::new().await;
    let Cast { org, ada, mia, gus, zoe, town, .. } = &cast;
    let id = text(&onboard(town, ada, org, "worker").await["id"]);
    cast.post(of(org, "/teams"), json!({ "name": "x" }), mia).await.refused(Code::Forbidden);
    let team = cast.post(of(org, "/teams"), json!({ "name": "Crew" }), ada).await.accepted();
    assert_eq!(team["name"], "Crew");
    let team = text(&team["id"]);
    let put = |who: &Actor| Ask::new("PUT", format!("/api/v1/teams/{team}/members/{}", who.id));
    assert_eq!(cast.ids(of(org, "/teams"), gus).await, [""; 0]);
    town.ask(put(gus).json(&json!({})).by(gus)).await.refused(Code::TeamUnknown);
    town.ask(put(gus).json(&json!({})).by(mia)).await.refused(Code::Forbidden);
    town.ask(put(zoe).json(&json!({})).by(ada)).await.refused(Code::MemberUnknown);
    town.ask(put(mia).json(&json!({})).by(ada)).await.accepted();
    let told = town.ask(put(gus).json(&json!({})).by(ada)).await.accepted();
    assert_eq!(told["members"], json!([mia.id, gus.id]));
    let seen = cast.get(of(org, "/teams"), gus).await.accepted();
    assert_eq!(seen["data"][0]["members"], json!([gus.id]));
    let path = format!("/api/v1/agents/{id}/share");
    cast.post(path.clone(), json!({ "team": team }), zoe).await.refused(Code::Forbidden);
    cast.post(path.clone(), json!({}), ada).await.refused(Code::InvalidField);
    cast.post(path, json!({ "team": team }), ada).await.accepted();
    let balances = format!("/api/v1/accounts/{id}/balances");
    cast.get(balances.clone(), gus).await.accepted();
    let leave = Ask::new("DELETE", format!("/api/v1/teams/{team}/members/{}", gus.id));
    town.ask(leave.by(ada)).await.accepted();
    cast.get(balances, gus).await.refused(Code::PrincipalUnknown);
    let delete = || Ask::new("DELETE", format!("/api/v1/teams/{team}"));
    town.ask(delete().by(zoe)).await.refused(Code::TeamUnknown);
    town.ask(delete().by(gus)).await.refused(Code::TeamUnknown);
    town.ask(delete().by(mia)).await.refused(Code::Forbidden);
    town.ask(delete().by(ada)).await.accepted();
    town.ask(delete().by(ada)).await.refused(Code::TeamUnknown);
    cast.town.stop().await;
}

#[tokio::test]
async fn an_agent_is_handed_on_with_its_credentials_ended() {
    let cast = Cast::new().await;
    let Cast { org, ada, mia, zoe, operator, town, .. } = &cast;
    brings(town, ada, org, (operator, "member")).await;
    let worker = town.agent(operator, "worker").await;
    let path = format!("/api/v1/agents/{}/transfer", worker.id);
    let me = || Ask::get("/api/v1/agents/me").by(&worker);
    town.ask(me()).await.accepted();
    cast.post(path.clone(), json!({ "to": org }), mia).await.refused(Code::Forbidden);
    cast.post(path.clone(), json!({ "to": org }), &worker).await.refused(Code::Forbidden);
    let told = cast.post(path.clone(), json!({ "to": org }), operator).await.accepted();
    assert_eq!(told["controller"], json!(org));
    town.ask(me()).await.refused(Code::CredentialInvalid);
    assert_eq!(cast.ids(of(org, "/agents"), mia).await, [worker.id.to_string()]);
    let client = json!({ "agent": worker.id, "actions": ["*"] });
    cast.post("/api/v1/clients".to_owned(), client.clone(), mia).await.refused(Code::Forbidden);
    let client = cast.post("/api/v1/clients".to_owned(), client, ada).await.accepted();
    cast.post(path.clone(), json!({ "to": operator.id }), mia).await.refused(Code::Forbidden);
    cast.post(path.clone(), json!({ "to": zoe.id }), ada).await.refused(Code::InvalidField);
    let back = json!({ "to": operator.id, "keep_credentials": true });
    cast.post(path, back, ada).await.accepted();
    let grant = json!({ "grant_type": "client_credentials", "client_id": client["client_id"],
        "client_secret": client["client_secret"] });
    town.ask(Ask::post("/oauth/token", grant)).await.accepted();
    assert_eq!(cast.ids(of(org, "/agents"), mia).await, [""; 0]);
    cast.town.stop().await;
}

#[tokio::test]
async fn an_invitation_by_mail_is_for_that_account_and_the_last_owner_is_not_erased() {
    let (mut town, postbox) = town_with_mail().await;
    let operator = town.set_up().await;
    let (dora, _) = (member(&town, &postbox, "dora@example.com").await.1, ());
    let session = login(&town, "dora@example.com", PASSWORD).await.accepted();
    let by_dora = |ask: Ask| ask.bearer(token(&session));
    let org = by_dora(Ask::post("/api/v1/orgs", json!({ "name": "Acme" })));
    let org = text(&town.ask(org).await.accepted()["id"]);
    let body = json!({ "role": "admin", "email": "emil@example.com" });
    let made = town.ask(by_dora(Ask::post(of(&org, "/invites"), body))).await.accepted();
    let (to, mailed) = postbox.last();
    assert_eq!(to, "emil@example.com");
    assert!(mailed.contains("Acme") && mailed.contains("admin"), "{mailed}");
    let shown = postbox.token();
    assert_eq!(made["token"], json!(shown));
    let listed = town.ask(by_dora(Ask::get(of(&org, "/invites")))).await.accepted();
    assert_eq!(listed["data"][0]["email"], "emil@example.com");
    joins(&town, &operator, &json!(shown)).await.refused(Code::InviteInvalid);
    let emil = member(&town, &postbox, "emil@example.com").await.1;
    let emils = login(&town, "emil@example.com", PASSWORD).await.accepted();
    let accept = Ask::post("/api/v1/invites/accept", json!({ "token": shown }));
    town.ask(accept.bearer(token(&emils))).await.accepted();
    let path = |of: &Value| format!("/api/v1/principals/{}/erase", text(of));
    let erase = |of: &Value| Ask::post(path(of), json!({}));
    let refused = town.ask(by_dora(erase(&dora["id"]))).await;
    refused.refused(Code::LastOwner);
    let problem = refused.json();
    assert!(problem["next_step"].as_str().unwrap().contains("org_owner_transfer"), "{problem}");
    town.ask(erase(&dora["id"]).by(&operator)).await.refused(Code::LastOwner);
    let hand = Ask::post(of(&org, "/transfer"), json!({ "to": emil["id"] }));
    town.ask(by_dora(hand)).await.accepted();
    town.ask(by_dora(erase(&dora["id"]))).await.accepted();
    let left = Ask::get(of(&org, "/members")).bearer(token(&emils));
    let left = town.ask(left).await.accepted();
    assert_eq!(
        (left["data"].as_array().unwrap().len(), &left["data"][0]["role"]),
        (1, &json!("owner"))
    );
    town.ask(erase(&json!(org)).bearer(token(&emils))).await.accepted();
    town.ask(Ask::get(of(&org, "")).bearer(token(&emils))).await.refused(Code::OrgUnknown);
    town.stop().await;
}

#[tokio::test]
async fn members_spend_the_organizations_money_within_their_roles() {
    let cast = Cast::new().await;
    let Cast { org, ada, mia, gus, zoe, operator, town, .. } = &cast;
    let mint = json!({ "to": org, "amount": "100", "currency": "AVT" });
    cast.post("/api/v1/mints".to_owned(), mint, operator).await.accepted();
    let spend = json!({ "from": org, "to": zoe.id, "amount": "10" });
    let transfers = || "/api/v1/transfers".to_owned();
    cast.post(transfers(), spend.clone(), mia).await.refused(Code::Forbidden);
    cast.post(transfers(), spend.clone(), gus).await.refused(Code::Forbidden);
    cast.post(transfers(), spend.clone(), ada).await.accepted();
    let leave = json!({ "holder": mia.id, "actions": ["transfer_create"], "per_use": "5",
        "expires_in_s": 60, "on_behalf_of": org });
    cast.post("/api/v1/grants".to_owned(), leave, ada).await.accepted();
    cast.post(transfers(), spend.clone(), mia).await.refused(Code::GrantLimitExceeded);
    let less = json!({ "from": org, "to": zoe.id, "amount": "5" });
    cast.post(transfers(), less.clone(), mia).await.accepted();
    town.ask(Ask::new("DELETE", of(org, &format!("/members/{}", ada.id))).by(&cast.olga))
        .await
        .accepted();
    cast.post(transfers(), less, mia).await.refused(Code::GrantRevoked);
    let balances = format!("/api/v1/accounts/{org}/balances");
    assert_eq!(cast.get(balances.clone(), mia).await.accepted()["data"][0]["available"], "84.925");
    cast.get(balances, zoe).await.refused(Code::PrincipalUnknown);
    cast.town.stop().await;
}

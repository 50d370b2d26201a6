//! What a proxy in front may say, and what nobody may.

use hansa_api::ApiSettings;
use hansa_types::Code;

use crate::harness::{Ask, Town};

fn behind(proxies: &[&str]) -> ApiSettings {
    ApiSettings {
        public_url: Some("https://town.example".to_owned()),
        trusted_proxies: proxies.iter().map(|range| range.parse().unwrap()).collect(),
        ..ApiSettings::default()
    }
}

fn forwarded(host: &str) -> Ask {
    Ask::get("/api/v1/node").header("x-forwarded-host", host).header("x-forwarded-proto", "https")
}

#[tokio::test]
async fn forwarded_headers_count_from_a_trusted_proxy_only() {
    let town = Town::with(|_| (), behind(&["127.0.0.0/8"])).await;
    let reply = town.ask(forwarded("town.example")).await;
    reply.accepted();
    assert_eq!(reply.header("strict-transport-security"), Some("max-age=31536000"));
    town.ask(forwarded("evil.example")).await.refused(Code::HostNotAllowed);
    town.ask(forwarded("two words")).await.refused(Code::HostNotAllowed);
    let from = |origin: &str| forwarded("town.example").header("origin", origin);
    town.ask(from("https://town.example")).await.accepted();
    town.ask(from("http://town.example")).await.refused(Code::OriginNotAllowed);
    town.ask(from("https://evil.example")).await.refused(Code::OriginNotAllowed);
    town.stop().await;

    for strangers in [behind(&[]), behind(&["192.0.2.0/24"])] {
        let town = Town::with(|_| (), strangers).await;
        let reply = town.ask(forwarded("evil.example")).await;
        reply.accepted();
        assert_eq!(reply.header("strict-transport-security"), None);
        // A page that makes its visitor's request look forwarded gains nothing by it.
        let page = forwarded("town.example").header("origin", "https://town.example");
        town.ask(page).await.refused(Code::OriginNotAllowed);
        town.stop().await;
    }
}

#[tokio::test]
async fn an_identity_in_a_header_is_none() {
    for settings in [behind(&[]), behind(&["127.0.0.1"])] {
        let mut town = Town::with(|_| (), settings).await;
        let owner = town.set_up().await;
        let named = |ask: Ask| {
            ask.header("x-spiffe-id", "spiffe://town.example/owner")
                .header("x-forwarded-client-cert", "URI=spiffe://town.example/owner")
        };
        let list = || Ask::get("/api/v1/agents");
        town.ask(named(list())).await.refused(Code::Unauthenticated);
        town.ask(named(list()).by(&owner)).await.accepted();
        town.stop().await;
    }
}

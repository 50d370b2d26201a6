//! The typed settings.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use hansa_api::{AddressRange, CardSignatures, RegistrySettings};
use hansa_kernel::node::Mode;
use hansa_kernel::transfer::FeeRule;
use hansa_node::Config;
use hansa_node::auditor::Auditor;
use hansa_node::config::BackupPlan;
use hansa_node::effect::{Tool, Tools};
use hansa_node::egress::{EgressPolicy, HostPattern, PrivateHost, Purpose};
use hansa_node::judge::{JudgeConfig, RemoteOpa};
use hansa_node::limits::ACME_NAMES_MAX;
use hansa_node::tls::AcmeSettings;
use hansa_types::{Amount, Currency, Duration};

use super::accounts::{self, Accounts};
use super::keys::{self, KeySecret};
use super::registry;
use super::table::{Kind, SETTINGS};
use super::values::{self, Refusal};
use super::{Complaint, Loaded};
use crate::failure::Failure;

/// How the node is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Server {
    /// Where it listens.
    pub(crate) bind: SocketAddr,
    /// The host name in checkpoints.
    pub(crate) host: String,
    /// Further host names it answers under.
    pub(crate) allowed_hosts: Vec<String>,
    /// Further origins whose pages may call.
    pub(crate) allowed_origins: Vec<String>,
    /// Where it is reached from outside.
    pub(crate) public_url: Option<String>,
    /// How it proves its name.
    pub(crate) tls: Option<Tls>,
    /// Where readers in clear are sent on from.
    pub(crate) redirect_bind: Option<SocketAddr>,
    /// Whose word counts about whom they forward for.
    pub(crate) trusted_proxies: Vec<AddressRange>,
}

/// Where the node's certificate comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Tls {
    /// Two files of the operator's.
    Files(TlsFiles),
    /// An authority.
    Acme(AcmeSettings),
}

/// The files of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The certificate with its chain.
    pub(crate) certificate: PathBuf,
    /// Its private key.
    pub(crate) key: PathBuf,
}

/// How the node tells about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Log {
    /// Directives of what is told.
    pub(crate) level: String,
    /// JSON instead of text.
    pub(crate) json: bool,
}

/// Everything an operator chose.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// How the node is reached.
    pub(crate) server: Server,
    /// How it tells about itself.
    pub(crate) log: Log,
    egress: EgressPolicy,
    judge: JudgeConfig,
    tools: Tools,
    /// What is done about signatures on cards that come in.
    pub(crate) card_signatures: CardSignatures,
    /// What the node's own card says.
    pub(crate) registry: RegistrySettings,
    auditor: Option<Auditor>,
    /// What AGP's own client is called; empty for none.
    pub(crate) agp_client_id: String,
    data_dir: PathBuf,
    snapshot_entries: u64,
    free_bytes_min: u64,
    batch_commands_max: usize,
    ledger_public: bool,
    accounts: Accounts,
    /// What the node's key is sealed under.
    pub(crate) key_secret: KeySecret,
    scrub_days_max: u32,
    seal_behind_entries: u64,
    views_days_max: u32,
    backup: Option<BackupPlan>,
    backup_days_max: u32,
    mode: Mode,
    currency: Currency,
    fee: FeeRule,
    genesis_grant: Amount,
    agents_per_developer_max: u32,
}

/// Types texts and gathers what is wrong with them.
pub(super) struct Reader<'a> {
    loaded: &'a Loaded,
    complaints: Vec<Complaint>,
}

impl Reader<'_> {
    pub(super) fn text(&self, key: &str) -> String {
        self.loaded.get(key).text
    }

    /// A whole number, or `instead` and a complaint.
    pub(super) fn integer<T: FromStr>(&mut self, key: &str, instead: T) -> T {
        let value = values::integer(&self.text(key));
        self.take(key, instead, value)
    }

    /// The value, or `instead` and a complaint.
    pub(super) fn take<T>(&mut self, key: &str, instead: T, value: Result<T, Refusal>) -> T {
        value.unwrap_or_else(|refusal| {
            let found = self.loaded.get(key);
            self.complaints.push(Complaint::new(
                format!("{key} is {:?} ({}), which it cannot be", found.text, found.origin),
                format!("make it {refusal}"),
            ));
            instead
        })
    }
}

impl Settings {
    /// Types all texts; says everything that is wrong at once.
    pub(crate) fn from_loaded(loaded: &Loaded) -> Result<Self, Vec<Complaint>> {
        let mut reader = Reader { loaded, complaints: Vec::new() };
        let server = server(&mut reader);
        let log = log(&mut reader);
        let judge = judge(&mut reader);
        let tools = tools(&mut reader);
        let accounts = accounts::read(&mut reader);
        let key_secret = keys::read(&mut reader);
        let auditor = registry::auditor(&mut reader);
        let egress = accounts.allow(egress(&mut reader, &server, &judge));
        let egress = registry::allow(egress, auditor.as_ref());
        let currency = currency(&mut reader);
        let text = |key: &str| loaded.get(key).text;
        let minimum = values::amount(&text("money.fee_minimum"), &currency);
        let settings = Self {
            server,
            log,
            egress,
            judge,
            tools,
            card_signatures: reader.take(
                "cards.signatures",
                CardSignatures::Enforce,
                values::card_signatures(&text("cards.signatures")),
            ),
            registry: registry::read(&mut reader),
            auditor,
            agp_client_id: text("agp.client_id"),
            data_dir: PathBuf::from(text("store.data_dir")),
            snapshot_entries: reader.integer("store.snapshot_entries", 1),
            free_bytes_min: reader.take(
                "store.free_bytes_min",
                0,
                values::bytes(&text("store.free_bytes_min")),
            ),
            batch_commands_max: reader.integer("store.batch_commands_max", 1),
            ledger_public: reader.take(
                "store.ledger_public",
                true,
                values::flag(&text("store.ledger_public")),
            ),
            accounts,
            backup: backup(&mut reader),
            backup_days_max: reader.integer("backup.days_max", 1),
            key_secret,
            scrub_days_max: reader.integer("store.scrub_days_max", 1),
            seal_behind_entries: reader.integer("store.seal_behind_entries", 0),
            views_days_max: reader.integer("store.views_days_max", 0),
            mode: reader.take("money.mode", Mode::Sovereign, values::mode(&text("money.mode"))),
            currency,
            fee: FeeRule {
                rate_ppm: reader.take(
                    "money.fee_rate",
                    0,
                    values::rate_ppm(&text("money.fee_rate")),
                ),
                minimum: reader.take("money.fee_minimum", Amount::ZERO, minimum),
            },
            genesis_grant: reader.take(
                "money.genesis_grant",
                Amount::ZERO,
                values::amount(&text("money.genesis_grant"), &currency),
            ),
            agents_per_developer_max: reader.integer("limits.agents_per_developer_max", 0),
        };
        if reader.complaints.is_empty() {
            settings.check(&mut reader.complaints);
        }
        if reader.complaints.is_empty() { Ok(settings) } else { Err(reader.complaints) }
    }

    /// What only the node can say about values that read.
    fn check(&self, complaints: &mut Vec<Complaint>) {
        let checked = self.node_config().and_then(|config| Ok(config.check()?));
        if let Err(failure) = checked {
            complaints.push(Complaint::new(failure.line(), "correct the setting"));
        }
    }

    /// The data directory.
    pub(crate) fn data_dir(&self) -> &std::path::Path {
        &self.data_dir
    }

    /// Free space below which the node only reads.
    pub(crate) fn free_bytes_min(&self) -> u64 {
        self.free_bytes_min
    }

    /// What the node itself needs to know.
    pub(crate) fn node_config(&self) -> Result<Config, Failure> {
        let config = Config::new(self.data_dir.clone())?;
        let mut config = Config {
            host: self.server.host.clone(),
            public_url: self.server.public_url.clone(),
            mode: self.mode,
            currency: self.currency,
            fee: self.fee,
            genesis_grant: self.genesis_grant,
            agents_per_developer_max: self.agents_per_developer_max,
            batch_commands_max: self.batch_commands_max,
            snapshot_entries: self.snapshot_entries,
            free_bytes_min: self.free_bytes_min,
            ledger_public: self.ledger_public,
            scrub_days_max: self.scrub_days_max,
            seal_behind_entries: self.seal_behind_entries,
            views_days_max: self.views_days_max,
            backup: self.backup.clone(),
            backup_days_max: self.backup_days_max,
            egress: self.egress.clone(),
            judge: self.judge.clone(),
            tools: self.tools.clone(),
            auditor: self.auditor.clone(),
            snapshot_program: std::env::current_exe().ok(),
            ..config
        };
        self.accounts.configure(&mut config)?;
        Ok(config)
    }
}

fn backup(reader: &mut Reader<'_>) -> Option<BackupPlan> {
    let (dir, key) = (reader.text("backup.dir"), reader.text("backup.recovery_key"));
    let hours = values::integer(&reader.text("backup.hours_every"));
    let every = Duration::hours(reader.take("backup.hours_every", 24, hours));
    let refuse = |of| Err(format!("set together with {of}"));
    match (dir.is_empty(), key.is_empty()) {
        (true, true) => None,
        (false, false) => Some(BackupPlan { dir: dir.into(), recovery_key: key.into(), every }),
        (false, true) => reader.take("backup.dir", None, refuse("backup.recovery_key")),
        (true, false) => reader.take("backup.recovery_key", None, refuse("backup.dir")),
    }
}

fn server(reader: &mut Reader<'_>) -> Server {
    let bind = values::address(&reader.text("server.bind"));
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let public_url = Some(reader.text("server.public_url")).filter(|url| !url.is_empty());
    let public_host = public_url.as_deref().map(values::url_host).transpose();
    let public_host = reader.take("server.public_url", None, public_host);
    let tls = tls(reader);
    let trusted_proxies = values::listed(&reader.text("server.trusted_proxies"));
    let redirect_bind = redirect_bind(reader, public_url.as_deref());
    let host = Some(reader.text("server.host")).filter(|host| !host.is_empty());
    Server {
        bind: reader.take("server.bind", loopback, bind),
        host: host.or(public_host).unwrap_or_else(|| "localhost".to_owned()),
        allowed_hosts: values::list(&reader.text("server.allowed_hosts")),
        allowed_origins: values::list(&reader.text("server.allowed_origins")),
        public_url: public_url.map(|url| url.trim_end_matches('/').to_owned()),
        tls,
        redirect_bind,
        trusted_proxies: reader.take("server.trusted_proxies", Vec::new(), trusted_proxies),
    }
}

fn tls(reader: &mut Reader<'_>) -> Option<Tls> {
    let (files, acme) = (tls_files(reader), acme(reader));
    match (files, acme) {
        (Some(_), Some(_)) => {
            let refusal = "empty, or leave server.tls_cert and server.tls_key out".to_owned();
            reader.take("server.acme_domain", None, Err(refusal))
        }
        (Some(files), None) => Some(Tls::Files(files)),
        (None, acme) => acme.map(Tls::Acme),
    }
}

fn acme(reader: &mut Reader<'_>) -> Option<AcmeSettings> {
    let names = values::list(&reader.text("server.acme_domain"));
    if names.is_empty() {
        return None;
    }
    let is_name = |name: &String| HostPattern::from_str(name).is_ok() && !name.contains(['*', ':']);
    let names = match names.iter().all(is_name) && names.len() <= ACME_NAMES_MAX {
        true => Ok(names.iter().map(|name| name.to_ascii_lowercase()).collect()),
        false => Err(format!("up to {ACME_NAMES_MAX} host names, none with a star")),
    };
    let contact = Some(reader.text("server.acme_contact")).filter(|text| !text.is_empty());
    let directory = reader.text("server.acme_directory");
    let host = values::url_authority(&directory).map(|_| ());
    let names = reader.take("server.acme_domain", Vec::new(), names);
    reader.take("server.acme_directory", (), host);
    Some(AcmeSettings { names, contact, directory })
}

fn tls_files(reader: &mut Reader<'_>) -> Option<TlsFiles> {
    let (certificate, key) = (reader.text("server.tls_cert"), reader.text("server.tls_key"));
    let refuse = |of| Err(format!("set together with {of}"));
    match (certificate.is_empty(), key.is_empty()) {
        (true, true) => None,
        (false, false) => Some(TlsFiles { certificate: certificate.into(), key: key.into() }),
        (false, true) => reader.take("server.tls_cert", None, refuse("server.tls_key")),
        (true, false) => reader.take("server.tls_key", None, refuse("server.tls_cert")),
    }
}

fn redirect_bind(reader: &mut Reader<'_>, public_url: Option<&str>) -> Option<SocketAddr> {
    let key = "server.redirect_bind";
    let text = Some(reader.text(key)).filter(|text| !text.is_empty())?;
    let bind = match public_url.is_some_and(|url| url.starts_with("https://")) {
        true => values::address(&text).map(Some),
        false => Err("empty, or set server.public_url to an https URL".to_owned()),
    };
    reader.take(key, None, bind)
}

fn log(reader: &mut Reader<'_>) -> Log {
    let level = directives(&reader.text("log.level"));
    let json = match reader.text("log.format").as_str() {
        "text" => Ok(false),
        "json" => Ok(true),
        _ => Err("text or json".to_owned()),
    };
    Log {
        level: reader.take("log.level", "info".to_owned(), level),
        json: reader.take("log.format", false, json),
    }
}

fn judge(reader: &mut Reader<'_>) -> JudgeConfig {
    let url = Some(reader.text("policy.opa_url")).filter(|url| !url.is_empty());
    let host = url.as_deref().map(values::engine_authority).transpose();
    let host = reader.take("policy.opa_url", None, host);
    let enabled = values::flag(&reader.text("policy.opa_enabled"));
    let enabled = reader.take("policy.opa_enabled", true, enabled);
    let enforce = values::flag(&reader.text("policy.opa_enforce"));
    let threads = values::integer(&reader.text("policy.threads"));
    JudgeConfig {
        threads: reader.take("policy.threads", 1, threads),
        opa: url.filter(|_| enabled && host.is_some()).map(|url| RemoteOpa { url }),
        opa_enforce: reader.take("policy.opa_enforce", true, enforce),
    }
}

fn egress(reader: &mut Reader<'_>, server: &Server, judge: &JudgeConfig) -> EgressPolicy {
    let mut policy = EgressPolicy::closed();
    if let Some(opa) = &judge.opa {
        let host = values::engine_authority(&opa.url).ok();
        if let Some(host) = host.and_then(|host| host.parse().ok()) {
            policy = policy.allow(Purpose::Policy, host);
        }
    }
    if let Some(Tls::Acme(acme)) = &server.tls {
        // Where the authority's directory lies, and nowhere else.
        let host = values::url_authority(&acme.directory).ok();
        if let Some(host) = host.and_then(|host| host.parse().ok()) {
            policy = policy.allow(Purpose::Acme, host);
        }
    }
    for (key, purpose) in [
        ("egress.did_resolution", Purpose::DidResolution),
        ("egress.card", Purpose::Card),
        ("egress.webhook", Purpose::Webhook),
    ] {
        let hosts: Result<Vec<HostPattern>, _> = values::listed(&reader.text(key));
        for host in reader.take(key, Vec::new(), hosts) {
            policy = policy.allow(purpose, host);
        }
    }
    let key = "egress.private_hosts";
    let hosts: Result<Vec<PrivateHost>, _> = values::listed(&reader.text(key));
    for host in reader.take(key, Vec::new(), hosts) {
        policy = policy.allow_private(host);
    }
    match reader.text("egress.ca_file") {
        path if path.is_empty() => policy,
        path => policy.trust(PathBuf::from(path)),
    }
}

fn tools(reader: &mut Reader<'_>) -> Tools {
    let key = "actions.tools";
    let listed: Result<Vec<Tool>, _> = values::listed(&reader.text(key));
    let tools = Tools::new(reader.take(key, Vec::new(), listed)).map_err(str::to_owned);
    reader.take(key, Tools::default(), tools)
}

/// A level, or directives. A single unknown word would be taken for the name of a module.
fn directives(text: &str) -> Result<String, Refusal> {
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    let fits = text.split(',').all(|directive| {
        let level = directive.trim().rsplit('=').next().unwrap_or_default();
        levels.contains(&level)
    });
    match fits {
        true => Ok(text.to_owned()),
        false => Err("error, warn, info, debug or trace, or module=level with commas".to_owned()),
    }
}

fn currency(reader: &mut Reader<'_>) -> Currency {
    let (code, scale) = (reader.text("money.currency"), reader.text("money.scale"));
    let read = values::currency(&code, &scale);
    let key =
        if values::currency("AVT", &scale).is_ok() { "money.currency" } else { "money.scale" };
    let instead = Currency {
        code: match "AVT".parse() {
            Ok(code) => code,
            Err(_) => unreachable!("AVT is a code"),
        },
        scale: 6,
    };
    reader.take(key, instead, read)
}

/// The value of a setting as it stands in a file.
pub(crate) fn as_toml(kind: Kind, text: &str) -> String {
    match kind {
        Kind::Integer | Kind::Flag => text.to_owned(),
        Kind::Text | Kind::Bytes => quoted(text),
        Kind::List => {
            let items: Vec<String> = values::list(text).iter().map(|item| quoted(item)).collect();
            format!("[{}]", items.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// Every setting's key, value and origin, for `config show`.
pub(crate) fn listed(loaded: &Loaded) -> Vec<(&'static str, String, String)> {
    let row = |key| {
        let found = loaded.get(key);
        (key, found.text, found.origin.to_string())
    };
    SETTINGS.iter().map(|setting| row(setting.key)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::layers::load;
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Result<Settings, Vec<Complaint>> {
        let flags = pairs
            .iter()
            .map(|(key, text)| ((*key).to_owned(), (*text).to_owned(), "--set".to_owned()))
            .collect();
        Settings::from_loaded(&load(None, [], flags).unwrap())
    }

    #[test]
    fn the_defaults_are_those_of_the_node() {
        let config = settings(&[]).unwrap().node_config().unwrap();
        let node = Config::new(PathBuf::from("./hansa-data")).unwrap();
        assert_eq!(config.data_dir, node.data_dir);
        assert_eq!(config.host, node.host);
        assert_eq!((config.mode, config.currency), (node.mode, node.currency));
        assert_eq!((config.fee, config.genesis_grant), (node.fee, node.genesis_grant));
        assert_eq!(config.batch_commands_max, node.batch_commands_max);
        assert_eq!(config.snapshot_entries, node.snapshot_entries);
        assert_eq!(config.free_bytes_min, node.free_bytes_min);
        assert_eq!(config.ledger_public, node.ledger_public);
        assert_eq!(config.scrub_days_max, node.scrub_days_max);
        assert_eq!(config.seal_behind_entries, node.seal_behind_entries);
        assert_eq!(config.views_days_max, node.views_days_max);
        assert_eq!((&config.backup, config.backup_days_max), (&node.backup, node.backup_days_max));
        assert_eq!(config.egress, node.egress);
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let wrong = [
            ("server.bind", "localhost"),
            ("money.fee_rate", "a lot"),
            ("money.scale", "99"),
            ("log.level", "verbose"),
            ("egress.webhook", "https://hook.example"),
            ("egress.private_hosts", "localhost"),
            ("actions.tools", "pay=ftp:nowhere"),
            ("server.tls_key", "key.pem"),
            ("server.redirect_bind", "0.0.0.0:80"),
            ("server.trusted_proxies", "everybody"),
            ("store.ledger_public", "yes"),
            ("cards.signatures", "on"),
            ("registry.auditor_url", "the auditor"),
            ("registry.parent_url", "the frame"),
            ("accounts.mail", "pigeon"),
            ("backup.dir", "/srv/backups"),
            ("accounts.admin_2fa", "on"),
            ("policy.opa_url", "opa"),
            ("policy.opa_enforce", "maybe"),
        ];
        let complaints = settings(&wrong).unwrap_err();
        for (key, text) in wrong {
            let found = complaints.iter().find(|complaint| complaint.what.starts_with(key));
            assert!(found.is_some_and(|found| found.what.contains(text)), "{key}: {complaints:?}");
        }
        assert_eq!(complaints.len(), wrong.len(), "{complaints:?}");
    }

    #[test]
    fn the_host_is_that_of_the_public_url_unless_set() {
        let url = ("server.public_url", "https://node.example/");
        let server = settings(&[url]).unwrap().server;
        assert_eq!(
            (server.host.as_str(), server.public_url.as_deref()),
            ("node.example", Some("https://node.example"))
        );
        assert_eq!(settings(&[url, ("server.host", "other")]).unwrap().server.host, "other");
        assert!(settings(&[("server.host", "two words")]).is_err());
        assert!(settings(&[("store.batch_commands_max", "0")]).is_err());
        assert!(settings(&[("store.views_days_max", "59")]).is_err());
        assert!(settings(&[("store.views_days_max", "60")]).is_ok());
    }

    #[test]
    fn backups_need_a_folder_a_key_and_time() {
        let place = [("backup.dir", "b"), ("backup.recovery_key", "k")];
        let with = |more: (&'static str, &'static str)| settings(&[&place[..], &[more]].concat());
        let config = with(("backup.hours_every", "6")).unwrap().node_config().unwrap();
        assert_eq!(config.backup.unwrap().every, Duration::hours(6));
        for wrong in [("backup.hours_every", "0"), ("backup.hours_every", "721")] {
            assert!(with(wrong).is_err(), "{wrong:?}");
        }
        assert!(with(("backup.days_max", "0")).is_err());
        assert!(settings(&place[..1]).is_err() && settings(&place[1..]).is_err());
    }

    #[test]
    fn directives_name_levels() {
        for good in ["info", "hansa_node=debug,info", "off"] {
            assert!(directives(good).is_ok(), "{good}");
        }
        for bad in ["", "verbose", "hansa_node=loud", "info,"] {
            assert!(directives(bad).is_err(), "{bad}");
        }
    }
}

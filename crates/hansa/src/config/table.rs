//! Every setting there is, once: its key, what it means and what holds when nobody says otherwise.

/// What a setting's text must look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Any text.
    Text,
    /// A whole number.
    Integer,
    /// A number of bytes, e.g. `256MiB`.
    Bytes,
    /// `true` or `false`.
    Flag,
    /// Texts, separated by commas; an array in the file.
    List,
}

/// A variable that one of the protocols Hansa serves names for the same choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Alias {
    /// Its name.
    pub(crate) variable: &'static str,
    /// What it says, and what that means here. Other values are refused; but where nothing is
    /// named, everything means itself.
    pub(crate) meanings: &'static [(&'static str, &'static str)],
}

/// The meanings of a variable whose every value means itself.
const ANYTHING: &[(&str, &str)] = &[];

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setting {
    /// `section.key`.
    pub(crate) key: &'static str,
    /// What its text must look like.
    pub(crate) kind: Kind,
    /// What holds when nobody says otherwise.
    pub(crate) default: &'static str,
    /// One line about it.
    pub(crate) about: &'static str,
    /// Other variables that set it, weaker than its own.
    pub(crate) aliases: &'static [Alias],
}

impl Setting {
    const fn new(
        key: &'static str,
        kind: Kind,
        default: &'static str,
        about: &'static str,
    ) -> Setting {
        Setting { key, kind, default, about, aliases: &[] }
    }

    const fn alias(self, aliases: &'static [Alias]) -> Setting {
        Setting { aliases, ..self }
    }

    /// The part before the point.
    pub(crate) fn section(&self) -> &'static str {
        self.key.split_once('.').map_or(self.key, |(section, _)| section)
    }

    /// The part behind the point.
    pub(crate) fn name(&self) -> &'static str {
        self.key.split_once('.').map_or(self.key, |(_, name)| name)
    }

    /// The environment variable that sets it.
    pub(crate) fn variable(&self) -> String {
        format!("HANSA_{}", self.key.replace('.', "__").to_uppercase())
    }
}

/// What each section is about, in the order of the file.
pub(crate) const SECTIONS: &[(&str, &str)] = &[
    ("server", "How the node is reached."),
    ("store", "Where the node keeps everything, and how carefully."),
    ("backup", "Backups that the node makes of itself while it runs."),
    ("keys", "What the node's own key is sealed under."),
    ("accounts", "How people register and are written to."),
    ("money", "Its currency. Counts once, when the node is founded."),
    ("limits", "How much anybody may have."),
    ("policy", "What evaluates policies."),
    ("egress", "Where the node itself may go, for what."),
    ("actions", "What actions may call outside."),
    ("cards", "What is done about the cards of agents."),
    ("registry", "What the node's own card says beside what the node knows."),
    ("agp", "The Agent Governance Protocol."),
    ("log", "What it tells about itself on standard error."),
];

/// How other programs write a flag.
const FLAGS: &[(&str, &str)] =
    &[("true", "true"), ("false", "false"), ("1", "true"), ("0", "false")];

use Kind::{Bytes, Flag, Integer, List, Text};

/// Every setting.
pub(crate) const SETTINGS: &[Setting] = &[
    Setting::new(
        "server.bind",
        Text,
        "127.0.0.1:7400",
        "Address and port to listen on. A node without an owner listens on loopback only.",
    ),
    Setting::new(
        "server.host",
        Text,
        "",
        "Host name in signed checkpoints; that of public_url, or localhost, unless set.",
    ),
    Setting::new(
        "server.allowed_hosts",
        List,
        "",
        "Host names to answer under besides loopback, host and that of public_url.",
    ),
    Setting::new(
        "server.allowed_origins",
        List,
        "",
        "Web origins whose pages may call the API besides the node's own.",
    ),
    Setting::new(
        "server.public_url",
        Text,
        "",
        "Where clients reach the node from outside, e.g. https://node.example.",
    ),
    Setting::new(
        "server.tls_cert",
        Text,
        "",
        "PEM file of the certificate with its chain; without one the node speaks plain HTTP.",
    ),
    Setting::new("server.tls_key", Text, "", "PEM file of the certificate's private key."),
    Setting::new(
        "server.acme_domain",
        List,
        "",
        "Names to get a certificate for from an authority (ACME), whose terms this agrees to.",
    ),
    Setting::new("server.acme_contact", Text, "", "E-mail address the authority may write to."),
    Setting::new(
        "server.acme_directory",
        Text,
        "https://acme-v02.api.letsencrypt.org/directory",
        "The authority's directory.",
    ),
    Setting::new(
        "server.redirect_bind",
        Text,
        "",
        "Address and port in clear that only send readers to public_url.",
    ),
    Setting::new(
        "server.trusted_proxies",
        List,
        "",
        "Addresses or networks (10.0.0.0/8) whose X-Forwarded headers count.",
    ),
    Setting::new("store.data_dir", Text, "./hansa-data", "The data directory."),
    Setting::new(
        "store.snapshot_entries",
        Integer,
        "200000",
        "Entries of the journal after which a snapshot is made; more where the state is large.",
    ),
    Setting::new(
        "store.free_bytes_min",
        Bytes,
        "256MiB",
        "Free space on the disk below which the node only reads.",
    ),
    Setting::new(
        "store.batch_commands_max",
        Integer,
        "1024",
        "Most commands made durable by one write to the disk.",
    ),
    Setting::new(
        "store.ledger_public",
        Flag,
        "true",
        "Whether everybody may see the entries of the journal that move money.",
    ),
    Setting::new(
        "store.scrub_days_max",
        Integer,
        "7",
        "Days within which the whole journal is read again and verified, beside everything else.",
    ),
    Setting::new(
        "store.seal_behind_entries",
        Integer,
        "100000",
        "Entries at the journal's end that are not compressed; older ones are. 0: nothing is compressed.",
    ),
    Setting::new(
        "store.views_days_max",
        Integer,
        "0",
        "Days after which what is over leaves lists and their read models, 60 at least. 0: it stays.",
    ),
    Setting::new(
        "backup.dir",
        Text,
        "",
        "Folder for backups that the node makes of itself; without one it makes none.",
    ),
    Setting::new(
        "backup.recovery_key",
        Text,
        "",
        "File of the recovery key that they are sealed under (hansa backup key).",
    ),
    Setting::new("backup.hours_every", Integer, "24", "Hours between two backups."),
    Setting::new(
        "backup.days_max",
        Integer,
        "30",
        "Days after which backups go, and by which they have forgotten what was erased.",
    ),
    Setting::new(
        "keys.secret_file",
        Text,
        "",
        "File with the passphrase that the node's key is sealed under; - reads it from standard input.",
    ),
    Setting::new(
        "keys.credential",
        Text,
        "",
        "The same as a credential that systemd hands over, by its name: LoadCredential=NAME:FILE.",
    ),
    Setting::new(
        "accounts.mail",
        Text,
        "off",
        "off: no mail is sent, so nobody registers; log: it is printed in the log; smtp: a server sends it.",
    ),
    Setting::new(
        "accounts.smtp_url",
        Text,
        "",
        "The server that sends mail, under TLS: smtps://USER@mail.example, or with :PORT.",
    ),
    Setting::new(
        "accounts.smtp_password_file",
        Text,
        "",
        "File with the password of that user.",
    ),
    Setting::new(
        "accounts.mail_from",
        Text,
        "",
        "Who mail is from: node@town.example, or Town <node@town.example>.",
    ),
    Setting::new(
        "accounts.admin_2fa",
        Text,
        "off",
        "enforce: people act for the node by logins with a second factor alone; off: by any credential.",
    ),
    Setting::new(
        "money.mode",
        Text,
        "sovereign",
        "sovereign: issues a currency of its own; satellite: holds those of others only.",
    )
    .alias(&[Alias {
        variable: "MINTING_AUTHORITY",
        meanings: &[("enabled", "sovereign"), ("disabled", "satellite")],
    }]),
    Setting::new("money.currency", Text, "AVT", "Code of the node's currency."),
    Setting::new("money.scale", Integer, "6", "Decimals of one major unit, 0 to 18."),
    Setting::new(
        "money.fee_rate",
        Text,
        "0.5%",
        "Fee of a transfer, on top: percent of the amount, or parts per million (5000ppm).",
    ),
    Setting::new("money.fee_minimum", Text, "0.001", "Least fee of a transfer, in major units."),
    Setting::new(
        "money.genesis_grant",
        Text,
        "1000",
        "What a new agent receives, in major units; 0 for nothing.",
    ),
    Setting::new(
        "limits.agents_per_developer_max",
        Integer,
        "100",
        "Agents that a developer may onboard without a grant of the owner's.",
    ),
    Setting::new("policy.threads", Integer, "2", "Threads that evaluate policies."),
    Setting::new(
        "policy.opa_url",
        Text,
        "",
        "A remote OPA, asked about policy sets whose engine is opa, e.g. https://opa.example:8181.",
    )
    .alias(&[Alias { variable: "OPA_URL", meanings: &[] }]),
    Setting::new(
        "policy.opa_enabled",
        Flag,
        "true",
        "Whether it is asked; when not, whatever its sets concern is denied.",
    )
    .alias(&[Alias { variable: "OPA_ENABLED", meanings: FLAGS }]),
    Setting::new(
        "policy.opa_enforce",
        Flag,
        "true",
        "Whether a new set of engine opa is enforced or shadow unless it says. Later two people decide.",
    )
    .alias(&[Alias { variable: "OPA_ENFORCE", meanings: FLAGS }]),
    Setting::new(
        "actions.tools",
        List,
        "",
        "Tools that actions call: NAME=http:URL or NAME=mcp:URL; http+key where the target honours Idempotency-Key.",
    ),
    Setting::new(
        "egress.did_resolution",
        List,
        "*",
        "Hosts asked for DIDs of others: node.example, node.example:8443, *.example, or * for all.",
    ),
    Setting::new("egress.card", List, "", "Hosts asked for cards and the keys that signed them."),
    Setting::new("egress.webhook", List, "", "Hosts that webhooks may be sent to."),
    Setting::new(
        "egress.private_hosts",
        List,
        "",
        "For trials: host:port pairs that may have a private address and be called without TLS.",
    ),
    Setting::new(
        "egress.ca_file",
        Text,
        "",
        "PEM file of certificate authorities to trust beside the system's.",
    ),
    Setting::new(
        "cards.signatures",
        Text,
        "shadow",
        "Of cards that come in: off looks at none, shadow checks and shows, enforce refuses unsigned.",
    )
    .alias(&[Alias {
        variable: "AGENT_CARD_JWS_ENFORCE",
        meanings: &[("off", "off"), ("shadow", "shadow"), ("enforce", "enforce")],
    }]),
    Setting::new("registry.name", Text, "", "Name of the node on its card; its host unless set."),
    Setting::new("registry.contact", Text, "", "How the operator is reached, on the node's card."),
    Setting::new(
        "registry.auditor_url",
        Text,
        "",
        "Where an outside auditor of the supply tells what it found; asked once a minute.",
    ),
    Setting::new(
        "registry.auditor_frame_key",
        Text,
        "",
        "Name of this node in what the auditor tells, where that is about several.",
    )
    .alias(&[Alias { variable: "AUDITOR_FRAME_KEY", meanings: ANYTHING }]),
    Setting::new(
        "registry.parent_url",
        Text,
        "",
        "The node that issues the money of a satellite.",
    ),
    Setting::new(
        "agp.client_id",
        Text,
        "",
        "Name of an AGP client and its agent, whose secret is AGP_CLIENT_SECRET.",
    )
    .alias(&[Alias { variable: "AGP_CLIENT_ID", meanings: ANYTHING }]),
    Setting::new(
        "log.level",
        Text,
        "info",
        "error, warn, info, debug or trace; or directives such as hansa_node=debug,info.",
    ),
    Setting::new("log.format", Text, "text", "text for people, json for collectors."),
];

/// Finds a setting by its key.
pub(crate) fn find(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_belongs_to_a_section_and_stands_once() {
        let mut seen = std::collections::BTreeSet::new();
        for setting in SETTINGS {
            assert!(seen.insert(setting.key), "{} twice", setting.key);
            assert!(SECTIONS.iter().any(|(name, _)| *name == setting.section()), "{}", setting.key);
            assert!(setting.about.ends_with('.'), "{}", setting.key);
        }
        for (section, _) in SECTIONS {
            assert!(SETTINGS.iter().any(|setting| setting.section() == *section), "{section}");
        }
    }

    #[test]
    fn the_variable_of_a_setting_has_two_underscores() {
        let setting = find("store.data_dir").unwrap();
        assert_eq!(setting.variable(), "HANSA_STORE__DATA_DIR");
        assert_eq!((setting.section(), setting.name()), ("store", "data_dir"));
    }
}

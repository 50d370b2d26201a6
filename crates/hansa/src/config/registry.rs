//! What the node's own card says beside what the node knows, and who audits its money.

use hansa_api::RegistrySettings;
use hansa_node::auditor::Auditor;
use hansa_node::egress::{EgressPolicy, Purpose};

use super::settings::Reader;
use super::values;

/// Reads what the card says.
pub(super) fn read(reader: &mut Reader<'_>) -> RegistrySettings {
    let said = |reader: &Reader<'_>, key| Some(reader.text(key)).filter(|text| !text.is_empty());
    let parent_url = said(reader, "registry.parent_url");
    let checked = parent_url.as_deref().map(values::url_host).transpose();
    reader.take("registry.parent_url", None, checked);
    RegistrySettings {
        name: said(reader, "registry.name"),
        contact: said(reader, "registry.contact"),
        parent_url,
    }
}

/// Reads who audits the money.
pub(super) fn auditor(reader: &mut Reader<'_>) -> Option<Auditor> {
    let key = "registry.auditor_url";
    let url = Some(reader.text(key)).filter(|url| !url.is_empty())?;
    let refuse = |_| "a URL such as https://auditor.example/supply".to_owned();
    let checked = values::engine_authority(&url).map_err(refuse);
    let host = reader.take(key, String::new(), checked);
    let frame = Some(reader.text("registry.auditor_frame_key")).filter(|frame| !frame.is_empty());
    (!host.is_empty()).then_some(Auditor { url, frame })
}

/// Lets the node go to its auditor, and nowhere else for audits.
pub(super) fn allow(policy: EgressPolicy, auditor: Option<&Auditor>) -> EgressPolicy {
    let host = auditor.and_then(|auditor| values::engine_authority(&auditor.url).ok());
    match host.and_then(|host| host.parse().ok()) {
        Some(host) => policy.allow(Purpose::Audit, host),
        None => policy,
    }
}

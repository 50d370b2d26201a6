//! stub
use std::path::Path;
use std::sync::Arc;
use hansa_types::*;
use tokio::sync::watch;
use crate::*;
/// The views of one node.
#[derive(Clone, Debug)]
pub struct Views { inner: Arc<watch::Sender<u64>> }
#[allow(missing_docs, unused_variables, clippy::unused_async)]
impl Views {
    pub async fn open(path: &Path) -> Result<Views, Error> { Ok(Views { inner: Arc::new(watch::channel(0).0) }) }
    pub async fn close(&self) -> Result<(), Error> { Ok(()) }
    pub async fn reset(&self) -> Result<(), Error> { Ok(()) }
    pub async fn cursor(&self) -> Result<u64, Error> { Ok(*self.inner.borrow()) }
    pub async fn apply(&self, batch: &[Projected]) -> Result<(), Error> { if let Some(l) = batch.last() { self.inner.send_replace(l.entry.seq); } Ok(()) }
    pub async fn caught_up(&self, seq: u64, timeout: impl Future<Output = ()>) -> u64 { *self.inner.borrow() }
    pub fn subscribe(&self) -> watch::Receiver<u64> { self.inner.subscribe() }
    pub async fn transfers(&self, filter: &TransferFilter, page: PageQuery, viewer: Viewer) -> Result<Page<TransferRow>, Error> { Ok(Page { items: vec![], next: None }) }
    pub async fn transfer(&self, id: TransferId, viewer: Viewer) -> Result<Option<TransferRow>, Error> { Ok(None) }
    pub async fn agents(&self, page: PageQuery) -> Result<Page<AgentRow>, Error> { Ok(Page { items: vec![], next: None }) }
    pub async fn agent(&self, id: PrincipalId) -> Result<Option<AgentRow>, Error> { Ok(None) }
    pub async fn agent_by_key(&self, multibase: &str) -> Result<Option<AgentRow>, Error> { Ok(None) }
    pub async fn discover(&self, query: &DiscoverQuery, page: PageQuery) -> Result<Page<DiscoveredRow>, Error> { Ok(Page { items: vec![], next: None }) }
    pub async fn task(&self, id: TaskId, viewer: Viewer) -> Result<Option<TaskRow>, Error> { Ok(None) }
    pub async fn tasks(&self, filter: &TaskFilter, page: PageQuery, viewer: Viewer) -> Result<Page<TaskRow>, Error> { Ok(Page { items: vec![], next: None }) }
    pub async fn envelope(&self, id: EnvelopeId, viewer: Viewer) -> Result<Option<EnvelopeRow>, Error> { Ok(None) }
    pub async fn graph(&self, id: EnvelopeId, viewer: Viewer) -> Result<Vec<EnvelopeRow>, Error> { Ok(vec![]) }
    pub async fn api_keys(&self, principal: PrincipalId) -> Result<Vec<ApiKeyRow>, Error> { Ok(vec![]) }
    pub async fn grants(&self, party: PrincipalId, page: PageQuery) -> Result<Page<GrantRow>, Error> { Ok(Page { items: vec![], next: None }) }
    pub async fn grant(&self, id: GrantId, viewer: Viewer) -> Result<Option<GrantRow>, Error> { Ok(None) }
    pub async fn reputation(&self, agent: PrincipalId) -> Result<Vec<ReputationRow>, Error> { Ok(vec![]) }
}

//! What all requests share: the node, the settings, and caches of what never changes.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use hansa_node::Node;
use hansa_node::open::Opener;
use hansa_types::{ClientId, Did, IncarnationId, PrincipalId, Rejection};
use tokio::sync::OnceCell;

use crate::ops::{Checkpoints, CurrencySeqs, SupplyCache};
use crate::resolve::Currencies;
use crate::settings::ApiSettings;

/// What all requests share.
pub(crate) struct Api {
    pub(crate) node: Arc<Node>,
    pub(crate) settings: ApiSettings,
    pub(crate) opener: Opener,
    pub(crate) currencies: Currencies,
    pub(crate) currency_seqs: CurrencySeqs,
    pub(crate) supply: SupplyCache,
    pub(crate) openapi: OnceLock<Bytes>,
    pub(crate) docs: OnceLock<Bytes>,
    pub(crate) checkpoints: Checkpoints,
    /// The client of the agent that everybody is in AGP's open sandbox.
    pub(crate) agp_open: OnceCell<ClientId>,
    founded: OnceCell<Founded>,
}

/// What the founding of the node decided for good.
#[derive(Clone, Copy)]
struct Founded {
    me: PrincipalId,
    incarnation: IncarnationId,
}

impl Api {
    pub(crate) fn new(node: Arc<Node>, settings: ApiSettings) -> Self {
        Self {
            node,
            settings,
            opener: Opener::default(),
            currencies: Currencies::default(),
            currency_seqs: CurrencySeqs::default(),
            supply: SupplyCache::default(),
            openapi: OnceLock::new(),
            docs: OnceLock::new(),
            checkpoints: Checkpoints::default(),
            agp_open: OnceCell::new(),
            founded: OnceCell::new(),
        }
    }

    async fn founded(&self) -> Result<Founded, Rejection> {
        let look = |state: &hansa_kernel::State| {
            state.node().map(|node| Founded { me: node.id, incarnation: node.incarnation })
        };
        let founded = || async { self.node.read(None, look).await? };
        self.founded.get_or_try_init(founded).await.copied()
    }

    /// The node's own principal.
    pub(crate) async fn me(&self) -> Result<PrincipalId, Rejection> {
        Ok(self.founded().await?.me)
    }

    /// Which run of the journal this is.
    pub(crate) async fn incarnation(&self) -> Result<IncarnationId, Rejection> {
        Ok(self.founded().await?.incarnation)
    }

    /// The node's DID: that of its key.
    pub(crate) fn did(&self) -> Did {
        self.node.keys.signing().public().did_key()
    }
}

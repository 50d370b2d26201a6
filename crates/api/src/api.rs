//! What all requests share: the node, the settings, and caches of what never changes.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use hansa_node::Node;
use hansa_node::open::Opener;
use hansa_types::{Did, PrincipalId, Rejection};
use tokio::sync::OnceCell;

use crate::ops::{CurrencySeqs, SupplyCache};
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
    me: OnceCell<PrincipalId>,
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
            me: OnceCell::new(),
        }
    }

    /// The node's own principal.
    pub(crate) async fn me(&self) -> Result<PrincipalId, Rejection> {
        let look = || async {
            self.node.read(None, |state| state.node().map(|node| node.id)).await?
        };
        self.me.get_or_try_init(look).await.copied()
    }

    /// The node's DID: that of its key.
    pub(crate) fn did(&self) -> Did {
        self.node.keys.signing().public().did_key()
    }
}

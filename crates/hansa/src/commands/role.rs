//! `hansa role`: who holds which governance role.

use clap::Subcommand;
use hansa_types::governance::GovernanceRole;
use hansa_wire::api::approvals::{RoleAssign, RoleList, RoleWithdraw};
use hansa_wire::scalar::PrincipalRef;

use super::paging::Paging;
use super::{App, DONE, Outcome};

/// What can be done with governance roles.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Give a governance role
    Assign {
        /// To whom: an id or a DID
        principal: PrincipalRef,
        /// Which: executive, compliance_monitor or impact_assessor
        role: GovernanceRole,
    },
    /// Take a governance role
    Withdraw {
        /// From whom: an id or a DID
        principal: PrincipalRef,
        /// Which
        role: GovernanceRole,
    },
    /// List who holds which
    List {
        #[command(flatten)]
        paging: Paging,
    },
}

const SHOWN: &[&str] = &["principal", "role", "active", "since"];

impl Command {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let remote = app.remote()?;
        match self {
            Command::Assign { principal, role } => {
                app.ui.answer(&remote.call(&RoleAssign { principal, role }).await?, SHOWN)?;
            }
            Command::Withdraw { principal, role } => {
                app.ui.answer(&remote.call(&RoleWithdraw { principal, role }).await?, SHOWN)?;
            }
            Command::List { paging: Paging { cursor, limit } } => {
                app.ui.answer(&remote.call(&RoleList { cursor, limit }).await?, SHOWN)?;
            }
        }
        DONE
    }
}

//! What one endpoint of AGP is: a row of the table that its routes and documents are made from.
//!
//! An endpoint has one canonical path and the other paths that published clients ask under: the
//! protocol's page, its package and its reference pages differ. All of them answer alike.

use super::scope::Scope;

/// The three trust domains.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Domain {
    /// Durable objects: tasks, authority, liability, skills, policy sets, revocations.
    Registry,
    /// What comes before an act: evidence, assessments, policy, approvals, escalations.
    Decision,
    /// Acts: envelopes, receipts, the ledger.
    Execution,
}

impl Domain {
    /// Every domain.
    pub const ALL: [Domain; 3] = [Domain::Registry, Domain::Decision, Domain::Execution];

    /// Its name in paths.
    pub const fn as_str(self) -> &'static str {
        match self {
            Domain::Registry => "registry",
            Domain::Decision => "decision",
            Domain::Execution => "execution",
        }
    }

    /// What it is about.
    pub const fn about(self) -> &'static str {
        match self {
            Domain::Registry => {
                "Durable governance objects: tasks, capabilities, liability bindings, delegations, \
                 skills, policy sets and revocations."
            }
            Domain::Decision => {
                "What must exist before an act: contexts, evidence, decisions, impact assessments, \
                 policy evaluations, approvals and escalations."
            }
            Domain::Execution => {
                "The gate: action envelopes, receipts, the ledger of each task and its replay."
            }
        }
    }
}

/// Methods of AGP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Makes.
    Post,
    /// Changes.
    Patch,
}

impl Method {
    /// The method as OpenAPI names it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Method::Get => "get",
            Method::Post => "post",
            Method::Patch => "patch",
        }
    }
}

/// A member of a request that its object does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: &'static str,
    /// Its JSON Schema type.
    pub kind: &'static str,
    /// What it means.
    pub about: &'static str,
}

/// One endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The word that names it, and its operation in the documents.
    pub id: &'static str,
    /// The trust domain.
    pub domain: Domain,
    /// The method.
    pub method: Method,
    /// Its paths, the canonical one first.
    pub paths: &'static [&'static str],
    /// What a token must allow.
    pub scope: Scope,
    /// One sentence.
    pub summary: &'static str,
    /// The schema of what it answers.
    pub answer: &'static str,
    /// Whether it answers a page of those.
    pub lists: bool,
    /// The status of success.
    pub status: u16,
    /// Members that a request must have.
    pub required: &'static [&'static str],
    /// Members of a request beside its object's; query parameters of a list.
    pub more: &'static [Member],
}

impl Route {
    const fn new(
        id: &'static str,
        domain: Domain,
        method: Method,
        paths: &'static [&'static str],
    ) -> Self {
        let scope = match (domain, method) {
            (Domain::Registry, Method::Get) => Scope::RegistryRead,
            (Domain::Registry, _) => Scope::RegistryWrite,
            (Domain::Decision, Method::Get) => Scope::DecisionRead,
            (Domain::Decision, _) => Scope::DecisionWrite,
            (Domain::Execution, Method::Get) => Scope::ExecutionRead,
            (Domain::Execution, _) => Scope::ExecutionWrite,
        };
        Self {
            id,
            domain,
            method,
            paths,
            scope,
            summary: "",
            answer: "",
            lists: false,
            status: match method {
                Method::Post => 201,
                Method::Get | Method::Patch => 200,
            },
            required: &[],
            more: &[],
        }
    }

    pub(super) const fn get(
        domain: Domain,
        id: &'static str,
        paths: &'static [&'static str],
    ) -> Self {
        Self::new(id, domain, Method::Get, paths)
    }

    pub(super) const fn post(
        domain: Domain,
        id: &'static str,
        paths: &'static [&'static str],
    ) -> Self {
        Self::new(id, domain, Method::Post, paths)
    }

    pub(super) const fn patch(
        domain: Domain,
        id: &'static str,
        paths: &'static [&'static str],
    ) -> Self {
        Self::new(id, domain, Method::Patch, paths)
    }

    pub(super) const fn about(self, summary: &'static str, answer: &'static str) -> Self {
        Self { summary, answer, ..self }
    }

    pub(super) const fn lists(self, more: &'static [Member]) -> Self {
        Self { lists: true, more, ..self }
    }

    pub(super) const fn takes(
        self,
        required: &'static [&'static str],
        more: &'static [Member],
    ) -> Self {
        Self { required, more, ..self }
    }

    pub(super) const fn scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    pub(super) const fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// The parameters within its path.
    pub fn path_params(&self) -> impl Iterator<Item = &'static str> {
        let path = self.paths.first().copied().unwrap_or_default();
        path.split('{').skip(1).filter_map(|rest| rest.split('}').next())
    }
}

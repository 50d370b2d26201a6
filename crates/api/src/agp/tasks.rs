//! Tasks and liability bindings.

use hansa_types::Code;
use hansa_types::{LiabilityId, TaskId};
use hansa_wire::agp::AgpError;
use hansa_wire::agp::page::page;
use hansa_wire::agp::task::{bind, declare, liability, task, update, wanted_status};
use hansa_wire::api::clearance::{Artifact, ArtifactGet, DeclaredTask};
use hansa_wire::api::tasks::{AnyTask, TaskGet, TaskList};
use hansa_wire::scalar::Flag;

use super::asked::{Asked, missing};
use super::{Reply, invalid};

/// Declares a task.
pub(super) async fn task_create(asked: &Asked) -> Result<Reply, AgpError> {
    let principal = asked.principal("principal_id", asked.required("principal_id")?).await?;
    let request = declare(&asked.body, principal, asked.api.node.now()).map_err(invalid)?;
    let declared = asked.native("declare", &request).await?;
    Ok(Reply::new(asked.route, task(&declared)))
}

/// Lists declared tasks.
pub(super) async fn task_list(asked: &Asked) -> Result<Reply, AgpError> {
    let (cursor, limit) = asked.place()?;
    let party = match asked.param("principal_id") {
        Some(name) => Some(asked.principal("principal_id", name).await?),
        None => None,
    };
    let agp_state = asked.param("status").map(wanted_status).transpose().map_err(invalid)?;
    let declared = Flag(true);
    let list = TaskList { party, declared, agp_state, cursor, limit, terms_state: None };
    let listed = asked.native("list", &list).await?;
    let tell = |any: AnyTask| match any {
        AnyTask::Declared(declared) => task(&declared),
        AnyTask::Contract(_) => serde_json::Value::Null,
    };
    Ok(Reply::new(asked.route, page(listed, tell)))
}

/// Reads a task.
pub(super) async fn task_get(asked: &Asked) -> Result<Reply, AgpError> {
    let declared = asked.declared(asked.id()?).await?;
    Ok(Reply::new(asked.route, task(&declared)))
}

/// Moves a task.
pub(super) async fn task_update(asked: &Asked) -> Result<Reply, AgpError> {
    let request = update(&asked.body, asked.id()?).map_err(invalid)?;
    let moved = asked.native("move", &request).await?;
    Ok(Reply::new(asked.route, task(&moved)))
}

/// Says who answers for a task.
pub(super) async fn liability_binding_create(asked: &Asked) -> Result<Reply, AgpError> {
    asked.required("sponsoring_entity")?;
    let owner = asked.required("accountable_owner")?;
    // Whoever is no principal of this node is a text; then whoever declared the task answers for it.
    let accountable = match asked.caller.open {
        true => None,
        false => asked.principal("accountable_owner", owner).await.ok(),
    };
    let request = bind(&asked.body, accountable).map_err(invalid)?;
    let (declared, bound) =
        (asked.declared(request.task).await?, asked.native("bind", &request).await?);
    Ok(Reply::new(asked.route, liability(&bound, &declared)))
}

/// Reads a liability binding.
pub(super) async fn liability_binding_get(asked: &Asked) -> Result<Reply, AgpError> {
    let id: LiabilityId = asked.id()?;
    let bound = asked.artifact(id).await?;
    let declared = asked.declared(bound.task.ok_or(Code::NotFound)?).await?;
    Ok(Reply::new(asked.route, liability(&bound, &declared)))
}

impl Asked {
    /// A declared task.
    pub(super) async fn declared(&self, id: TaskId) -> Result<DeclaredTask, AgpError> {
        match self.native("task", &TaskGet { task: id }).await? {
            AnyTask::Declared(declared) => Ok(*declared),
            AnyTask::Contract(_) => Err(Code::NotFound.into()),
        }
    }

    /// An artifact, which its id says the kind of.
    pub(super) async fn artifact(
        &self,
        id: impl Into<hansa_types::AnyId>,
    ) -> Result<Artifact, AgpError> {
        self.native("artifact", &ArtifactGet { artifact: id.into() }).await
    }

    /// The task that a request names, or that the decision which it names belongs to.
    pub(super) async fn task(&self) -> Result<TaskId, AgpError> {
        if let Some(text) = self.text("task_id") {
            return text.parse().map_err(|_| Code::NotFound.into());
        }
        let named = self.text("decision_ref").ok_or_else(|| missing("task_id"))?;
        let decision: hansa_types::DecisionId = named.parse().map_err(|_| Code::NotFound)?;
        Ok(self.artifact(decision).await?.task.ok_or(Code::NotFound)?)
    }
}

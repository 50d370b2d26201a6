//! What a check line looks at.
//!
//! ```text
//! balance NAME CODE = 989.95         escrow CODE = 0           spent G = 15   uses G = 3
//! supply CODE = issued 3000 burned 0 circulating 3000 held 0
//! rows tasks grants … = 0 2          task STEP = delegated working open paid
//! reputation NAME SKILL agent = completed 1 failed 0 stars 5   seq = 12   nonce NAME = 3
//! policy P = active enforce waits
//! clearance T = policy_checked asked held   taint T = external   agp T = CREATED   approval R = pending 1
//! did NAME = version 2 at town.example [left]             named DID = alice
//! role ORG NAME = owner [in N teams]       sees NAME OTHER = yes       controller NAME = alice
//! action A = started external     callback NAME = waits
//! memories NAME = 2 of 101 bytes
//! holder SECRET = K                account NAME = keys 2 sessions 1 totp passkeys 1 epoch 3
//! ```

use hansa_crypto::hash::label;
use hansa_kernel::task::{Reputation, ReputationKey, Side};
use hansa_types::AnyId;

use super::{Named, Town, Words};

impl Town {
    /// What a check line names, in words.
    pub(crate) fn show(&self, words: &mut Words<'_>) -> Result<String, String> {
        let what = words.next()?;
        match what {
            "seq" => Ok(self.state.seq.to_string()),
            "rows" => self.show_rows(words),
            "balance" | "escrow" | "supply" => self.show_money(what, words),
            "task" => {
                let task = self.task(words.next()?)?;
                let task = self.state.tasks.get(task).ok_or("the task has left the state")?;
                let milestones = task.milestones.iter().map(|state| format!(" {state:?}"));
                let shown =
                    format!("{:?} {:?}{}", task.stage, task.work, milestones.collect::<String>());
                Ok(shown.to_lowercase())
            }
            "clearance" | "taint" | "agp" | "approval" => self.show_clearance(what, words),
            "action" => match self.named(words.next()?)? {
                Named::Id(AnyId::Action(id)) => {
                    let action =
                        self.state.actions.get(id).ok_or("the action has left the state")?;
                    Ok(format!("{} {}", action.stage.as_str(), action.executor.as_str()))
                }
                other => Err(format!("{other:?} is no action")),
            },
            "callback" => match self.named(words.next()?)? {
                Named::Id(id) => Ok(match self.state.callbacks.get(id).map(|kept| kept.ended) {
                    None => "none".to_owned(),
                    Some(None) => "waits".to_owned(),
                    Some(Some(ended)) => ended.end.as_str().to_owned(),
                }),
                other => Err(format!("{other:?} does not end")),
            },
            "reputation" => self.show_reputation(words),
            "policy" => match self.named(words.next()?)? {
                Named::Id(AnyId::PolicySet(id)) => {
                    let set = self.state.policies.get(id).ok_or("the set has left the state")?;
                    let waits = if set.pending.is_some() { " waits" } else { "" };
                    Ok(format!("{:?} {}{waits}", set.stage, set.mode.as_str()).to_lowercase())
                }
                other => Err(format!("{other:?} is no policy set")),
            },
            "uses" => match self.named(words.next()?)? {
                Named::Id(AnyId::Grant(id)) => {
                    let grant = self.state.grants.get(&id).ok_or("the grant has left the state")?;
                    Ok(grant.uses.to_string())
                }
                other => Err(format!("{other:?} is no grant")),
            },
            "spent" => match self.named(words.next()?)? {
                Named::Id(AnyId::Grant(id)) => {
                    let grant = self.state.grants.get(&id).ok_or("the grant has left the state")?;
                    Ok(self.currency("AVT")?.format(grant.spent))
                }
                other => Err(format!("{other:?} is no grant")),
            },
            "holder" => {
                let secret = Self::digest_of(words.next()?);
                let key = self.state.api_key_by_secret(&secret).map(AnyId::from);
                let session = self.state.accounts.session_by_secret(&secret).map(AnyId::from);
                Ok(key.or(session).map_or_else(|| "nobody".to_owned(), |id| self.name_of(id)))
            }
            "did" => {
                let handle = self.state.principal(self.principal(words.next()?));
                let held = self.state.dids.get(handle.map_err(|r| r.to_string())?);
                let held = held.ok_or("it has no log")?;
                let left = if held.left { " left" } else { "" };
                let host = held.did.as_str().split(':').nth(3).unwrap_or_default();
                Ok(format!("version {} at {host}{left}", held.head.version))
            }
            "named" => {
                let did: hansa_types::Did = words.next()?.parse().map_err(|_| "no DID")?;
                let found = self.state.find_by_did(&did, "town.example");
                Ok(found.map_or_else(
                    || "nobody".to_owned(),
                    |handle| self.name_of(self.state.principals.get(handle).id.into()),
                ))
            }
            "account" => {
                let principal = self.principal(words.next()?);
                let account = self.state.account(principal).map_err(|r| r.to_string())?;
                let handle = self.state.principal(principal).map_err(|r| r.to_string())?;
                let (keys, sessions) = (account.recovery_keys.len(), account.sessions.len());
                let totp = if account.totp.is_some() { " totp" } else { "" };
                let passkeys = match account.passkeys.len() {
                    0 => String::new(),
                    count => format!(" passkeys {count}"),
                };
                let epoch = self.state.principals.get(handle).epoch;
                Ok(format!("keys {keys} sessions {sessions}{totp}{passkeys} epoch {epoch}"))
            }
            "role" | "sees" | "controller" => self.show_org(what, words),
            "memories" => {
                let handle = self.state.principal(self.principal(words.next()?));
                let of = handle.map_err(|r| r.to_string())?;
                let bytes: u64 =
                    self.state.memories.of(of, None).map(|(_, kept)| u64::from(kept.bytes)).sum();
                Ok(format!("{} of {bytes} bytes", self.state.memories.count_of(of)))
            }
            "nonce" => {
                let principal = self.principal(words.next()?);
                let handle = self.state.principal(principal).map_err(|r| r.to_string())?;
                Ok(self.state.principals.get(handle).nonce.to_string())
            }
            other => Err(format!("{other} cannot be shown")),
        }
    }

    fn show_org(&self, what: &str, words: &mut Words<'_>) -> Result<String, String> {
        let find = |name: &str| {
            let found = self.state.principal(self.principal(name));
            found.map_err(|refusal| refusal.to_string())
        };
        let first = find(words.next()?)?;
        if what == "controller" {
            let controller = self.state.principals.get(first).controller;
            return Ok(controller.map_or_else(
                || "nobody".to_owned(),
                |above| self.name_of(self.state.principals.get(above).id.into()),
            ));
        }
        let second = find(words.next()?)?;
        if what == "sees" {
            let sees = self.state.sees_for_org(first, second);
            let circle = self.state.circle_of(self.state.principals.get(first).id);
            assert_eq!(circle.contains(self.state.principals.get(second).id), sees);
            return Ok(if sees { "yes" } else { "no" }.to_owned());
        }
        let Some(role) = self.state.orgs.role(first, second) else { return Ok("none".to_owned()) };
        let org = self.state.orgs.get(first).ok_or("it is no organization")?;
        let teams = org.teams.values().filter(|team| team.members.contains(&second)).count();
        let teams = if teams > 0 { format!(" in {teams} teams") } else { String::new() };
        Ok(format!("{}{teams}", role.as_str()))
    }

    fn show_clearance(&self, what: &str, words: &mut Words<'_>) -> Result<String, String> {
        let name = words.next()?;
        if what == "approval" {
            let Named::Id(AnyId::ApprovalRequest(id)) = self.named(name)? else {
                return Err(format!("{name} is no request"));
            };
            let request = self.state.clearance.request(id).ok_or("it has left the state")?;
            return Ok(format!("{} {}", request.state, request.votes.len()));
        }
        let id = self.task(name)?;
        if what == "agp" {
            let standing = self.state.standing(id).ok_or("the task has left the state")?;
            return Ok(standing.agp().as_str().to_owned());
        }
        let task = self.state.clearance.task(id).ok_or("the task has left the state")?;
        if what == "taint" {
            let taint: Vec<&str> = task.taint().into_iter().map(|taint| taint.as_str()).collect();
            return Ok(if taint.is_empty() { "none".to_owned() } else { taint.join(" ") });
        }
        let asked = if task.asked { " asked" } else { "" };
        let held = self.state.clearance.hold(id).map_or(String::new(), |kind| format!(" {kind}"));
        Ok(format!("{}{asked}{held}", task.clearance))
    }

    fn show_money(&self, what: &str, words: &mut Words<'_>) -> Result<String, String> {
        let owner = if what == "balance" { words.next()? } else { "node" };
        let currency = self.currency(words.code().unwrap_or("AVT"))?;
        let key = self.account(owner, currency.code)?;
        let supply = self.state.ledger.supply(key.currency);
        let show = |amount| currency.format(amount);
        Ok(match what {
            "balance" => show(self.state.ledger.balance(key)),
            "escrow" => show(supply.held),
            _ => {
                let (issued, burned) = (show(supply.issued), show(supply.burned));
                let (circulating, held) = (show(supply.circulating), show(supply.held));
                format!("issued {issued} burned {burned} circulating {circulating} held {held}")
            }
        })
    }

    fn show_rows(&self, words: &mut Words<'_>) -> Result<String, String> {
        let rows = self.state.rows();
        let count = |what: &str| {
            Ok(match what {
                "principals" => rows.principals,
                "accounts" => rows.accounts,
                "api_keys" => rows.api_keys,
                "clients" => rows.clients,
                "bootstraps" => rows.bootstraps,
                "dids" => rows.dids,
                "seen" => rows.dids_seen,
                "fundings" => rows.fundings,
                "sessions" => rows.sessions,
                "grants" => rows.grants,
                "orgs" => rows.orgs,
                "invites" => rows.invites,
                "held" => rows.held,
                "tasks" => rows.tasks,
                "declared" => rows.declared,
                "policies" => rows.policy_sets,
                "evaluations" => rows.policy_evaluations,
                "actions" => rows.actions,
                "callbacks" => rows.callbacks,
                "memories" => rows.memories,
                "idempotency" => rows.idempotency,
                "filtered" => rows.idempotency_filtered,
                "envelopes" => rows.operation_envelopes,
                "due" => rows.due,
                "leaving" => rows.leaving,
                other => return Err(format!("{other} are not counted")),
            })
        };
        let counts: Result<Vec<usize>, String> = words.rest().into_iter().map(count).collect();
        let counts: Vec<String> = counts?.iter().map(usize::to_string).collect();
        Ok(counts.join(" "))
    }

    fn show_reputation(&self, words: &mut Words<'_>) -> Result<String, String> {
        let principal = self.principal(words.next()?);
        let principal = self.state.principal(principal).map_err(|r| r.to_string())?;
        let skill = label(words.next()?);
        let side = match words.next()? {
            "agent" => Side::Agent,
            _ => Side::Payer,
        };
        let key = ReputationKey { principal, skill, side };
        let known = self.state.reputations.get(&key).copied().unwrap_or_default();
        let Reputation { completed, failed, ratings, stars } = known;
        Ok(format!("completed {completed} failed {failed} ratings {ratings} stars {stars}"))
    }
}

//! Acts in a task: what agents do in the contracts they have with one another, through the gate.
//!
//! Two kinds take turns. A payment in a task is an operation of the node's, done in the same step; a
//! call of a tool is done by the agent itself, under a grant of its payer's, and only begins here.

use hansa_crypto::keys::SigningKey;
use hansa_kernel::action::{Act, Call, Money, References, Submit};
use hansa_kernel::grant::{self, Limits};
use hansa_kernel::task::{Act as StepAct, Step};
use hansa_kernel::{Auth, Caller, Command, EnvelopeProof, Request, transfer};
use hansa_node::writer::Job;
use hansa_types::{
    ActionId, Amount, AnyId, Correlation, CurrencyCode, Digest, Duration, EnvelopeId, GrantId,
    Label, PrincipalId, Signature, TaskId, Time,
};

use crate::measure::Rng;
use crate::world::{Party, by_machine, currency, hiring, small_task};

/// Contracts, each between two agents of its own.
const CONTRACTS: usize = 500;
/// The tool that agents call.
const TOOL: &str = "transfer_abroad";

/// Two agents under contract.
#[derive(Clone, Copy)]
struct Contract {
    payer: Party,
    agent: Party,
    task: TaskId,
    grant: GrantId,
}

/// What is done in a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A payment by the payer.
    Payment,
    /// A call of the agent's.
    Call,
}

/// Makes acts.
pub(crate) struct Acts {
    contracts: Vec<Contract>,
    currency: CurrencyCode,
    now: Time,
    rng: Rng,
}

impl Acts {
    /// Puts agents under contract by requests that have to be carried out, each for the id of what it made.
    pub(crate) fn engage(
        now: Time,
        mut carry_out: impl FnMut(Vec<Request>) -> anyhow::Result<Vec<AnyId>>,
    ) -> anyhow::Result<Self> {
        let mut rng = Rng::new(32);
        let mut contracts = Vec::with_capacity(CONTRACTS);
        for number in 0..CONTRACTS {
            let key = SigningKey::from_seed(rng.bytes());
            let (payer, made) = hiring(key.public(), &mut rng, now.0);
            carry_out(made.into())?;
            let other = SigningKey::from_seed(rng.bytes()).public();
            let (agent, made) = hiring(other, &mut rng, now.0);
            carry_out(made.into())?;
            let offer = offer(&key, payer, agent, &mut rng)?;
            let ids = carry_out(vec![offer, tool_grant(payer, agent, now)?])?;
            let [AnyId::Task(task), AnyId::Grant(grant)] = ids[..] else {
                anyhow::bail!("contract {number} has made {ids:?}");
            };
            contracts.push(Contract { payer, agent, task, grant });
        }
        Ok(Self { contracts, currency: currency()?, now, rng })
    }

    /// The next acts.
    pub(crate) fn jobs(&mut self, kind: Kind, count: usize) -> anyhow::Result<Vec<Job>> {
        let job = |request| Job { request, vault: Vec::new() };
        (0..count).map(|_| self.request(kind).map(job)).collect()
    }

    fn request(&mut self, kind: Kind) -> anyhow::Result<Request> {
        let at = self.rng.below(self.contracts.len());
        let payee = self.contracts[self.rng.below(self.contracts.len())].agent.id;
        let amount = Amount(1_000 + u128::from(self.rng.next() % 100_000));
        let Contract { payer, agent, task, grant } = self.contracts[at];
        let id = ActionId::new(self.now.0, self.rng.next_u128());
        let (by, grant, call, act) = match kind {
            Kind::Payment => {
                let pay = self.payment(payer, payee, amount);
                let call = self.call("transfer_create", None, None)?;
                (payer, None, call, Act::Native(Box::new(pay)))
            }
            Kind::Call => {
                let call = self.call(TOOL, Some(amount), Some(payee))?;
                (agent, Some(grant), call, Act::External(agent.id))
            }
        };
        let references = References { grant, ..References::default() };
        let submit = Submit { id, task, references, call, act, callback: None };
        let corr = Some(Correlation(self.rng.bytes()));
        Ok(Request::new(as_key(by), Command::ActionSubmit(submit), corr))
    }

    fn payment(&self, payer: Party, to: PrincipalId, amount: Amount) -> Request {
        let (from, currency) = (payer.id, self.currency);
        let create = transfer::Create { from, to, currency, amount, hold: None };
        Request::new(as_key(payer), Command::TransferCreate(create), None)
    }

    fn call(
        &mut self,
        tool: &str,
        amount: Option<Amount>,
        counterparty: Option<PrincipalId>,
    ) -> anyhow::Result<Call> {
        Ok(Call {
            tool: tool.parse().map_err(|refused| anyhow::anyhow!("{refused}"))?,
            digest: Digest(self.rng.bytes()),
            money: amount.map(|amount| Money { currency: self.currency, amount }),
            counterparty,
            counterparty_name: None,
            parameters: None,
        })
    }
}

/// The signed offer that makes a task.
fn offer(key: &SigningKey, payer: Party, agent: Party, rng: &mut Rng) -> anyhow::Result<Request> {
    let act = StepAct::Offer { terms: small_task()?, skill: Label(rng.bytes()) };
    let offer = Command::TaskStep(Step { parent: None, to: agent.id, act });
    let proof = EnvelopeProof {
        id: EnvelopeId::new(rng.next_u128()),
        nonce: 1,
        signature: Signature([1; 64]),
        digest: Digest(rng.bytes()),
    };
    let auth = Auth::Envelope(key.public(), Some(Box::new(proof)));
    Ok(Request::new(Caller { principal: Some(payer.id), auth }, offer, None))
}

/// The grant under which an agent calls its tool.
fn tool_grant(payer: Party, agent: Party, now: Time) -> anyhow::Result<Request> {
    let terms = grant::Terms {
        actions: vec![TOOL.parse().map_err(|refused| anyhow::anyhow!("{refused}"))?],
        limits: Limits::default(),
        scope: None,
        expires: now.after(Duration::days(1)),
        depth_max: None,
    };
    let create = grant::Create { issuer: payer.id, holder: agent.id, terms, parent: None };
    Ok(by_machine(Command::GrantCreate(create)))
}

fn as_key(party: Party) -> Caller {
    Caller { principal: Some(party.id), auth: Auth::ApiKey(party.key) }
}

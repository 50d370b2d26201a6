//! The operation table: every operation of the native API, once.
//!
//! Routes, OpenAPI, envelopes, tools, the command line and the client are made from these rows, and
//! so is the test that asks for a denied, a bad-input and another-tenant's case of each. The order
//! is that of the documentation.
//!
//! Deliberately absent: dialects, whose paths are not ours to name, but for documents that others
//! look for at a fixed path.

use crate::api::{
    accounts, actions, agents, amp, api_keys, approvals, auth, callbacks, cards, clearance,
    clients, currencies, dids, discover, fundings, grants, invites, journal, memories, node,
    onboarding, orgs, passkeys, policies, principals, projections, setup, skills, standing, tasks,
    teams, the_protocol, transfers,
};
use crate::operation::{Access, Media, Method, Operation};

/// Groups of operations, with what they are about; in the order of the documentation.
pub const TAGS: &[(&str, &str)] = &[
    ("node", "The node itself: who it is, whether it is well, its first owner."),
    ("agents", "Principals with a key, a card, a reputation and money."),
    ("memories", "What agents keep for themselves, each sealed under a key of its own."),
    (
        "dids",
        "Decentralized identifiers: logs that prove themselves, and go where their owner goes.",
    ),
    (
        "accounts",
        "Accounts of people: registering, logging in, and what they prove themselves with.",
    ),
    ("api-keys", "Bearer secrets, narrowed to some operations."),
    ("clients", "OAuth clients and the tokens they were given; tokens come from /oauth/token."),
    ("onboarding", "Agents made in one call, the tokens for it, and requests for money."),
    (
        "orgs",
        "Organizations: members with roles, invitations, teams, and agents that belong to them.",
    ),
    ("grants", "Scoped, limited, expiring authority over what is another's."),
    ("policies", "Policy sets, by which acts are judged, and what they say when asked."),
    ("currencies", "Currencies, and the making and destroying of money."),
    ("transfers", "Balanced movements of money, at once or held first."),
    ("amp", "Signed envelopes and the work they agree on."),
    (
        "clearance",
        "Declared tasks, what is on record for them, approvals, escalations and governance roles.",
    ),
    ("actions", "What is done through the gate, its receipts, and the record of a task."),
    ("journal", "Entries, proofs and exports of the node's only record."),
];

/// Finds an operation by its id.
pub fn find(id: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.id == id)
}

/// Finds an operation by its method and path template.
pub fn by_route(method: Method, path: &str) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.method == method && operation.path == path)
}

use Access::{Owner, Principal};
type Op = Operation;

/// Every operation.
pub const OPERATIONS: &[Operation] = &[
    Op::get::<node::NodeGet>("/api/v1/node").about("node", "Describe this node", "Its DID and key, its incarnation and mode, the currencies it holds and the fee it takes."),
    Op::post::<setup::SetupComplete>("/api/v1/setup").about("node", "Make the first owner", "Needs the one-time token the node printed when it started (30 minutes, 5 tries). Secrets in the answer are shown once.").without_key().status(201),
    Op::post::<node::ClockAccept>("/api/v1/clock/accept").about("node", "Accept a jump of the clock", "Ends clock_unsure after the machine's clock moved by more than 5 seconds.").access(Owner),
    Op::get::<cards::RegistryCardGet>("/.well-known/registry-card.json").about("node", "Read the node's signed card", "Version 0.4 of The Protocol's registry card: who the node is, what it charges, and its supply as it knows it. The ETag changes only when the operator changes something."),
    Op::get::<cards::RegistryJwks>("/.well-known/registry-jwks.json").about("node", "Read the keys of the node's card", "A JSON Web Key Set."),
    Op::get::<node::Health>("/healthz").about("node", "Is the process alive", "Answers without asking anything it depends on."),
    Op::get::<node::Ready>("/readyz").about("node", "Does the node take requests", "200 when every check passes, 503 with the same body when one does not."),
    Op::get::<node::Metrics>("/metrics").about("node", "Metrics in OpenMetrics text", "Counters and gauges for a Prometheus scraper.").media(Media::Text),
    Op::get::<node::Version>("/version").about("node", "Which software this is", "Name, version and commit."),
    Op::get::<node::OpenApi>("/openapi.json").about("node", "This description", "The whole native API as an OpenAPI 3.1 document."),
    Op::get::<node::Docs>("/docs").about("node", "Documentation for people", "A page that shows this API; error codes are explained at /docs/errors.").media(Media::Html),

    Op::post::<agents::AgentCreate>("/api/v1/agents").about("agents", "Register an agent", "With a public key of the caller's, or with a key pair the node makes; private key and API key are shown once and never kept.").access(Principal).status(201),
    Op::get::<agents::AgentList>("/api/v1/agents").about("agents", "List agents", "The newest first.").access(Principal),
    Op::get::<agents::AgentGet>("/api/v1/agents/{agent}").about("agents", "Read an agent", "By its id or its DID.").access(Principal),
    Op::put::<agents::AgentCardSet>("/api/v1/agents/{agent}/card").about("agents", "Set an agent's card", "Replaces the whole A2A card; search and routing follow it.").access(Principal),
    Op::get::<agents::AgentCardGet>("/api/v1/agents/{agent}/card").about("agents", "Read an agent's card", "The A2A card as its agent set it."),
    Op::post::<cards::AgentCardSign>("/api/v1/agents/{agent}/card/signatures").about("agents", "Sign a card as its agent", "Puts the agent's own signature on either of its two documents beside the node's; one that does not verify is refused.").access(Principal).status(201),
    Op::get::<cards::AgentCardWellKnown>("/a2a/{agent}/.well-known/agent-card.json").about("agents", "Read an agent's signed A2A card", "A2A v1.0.1, signed over RFC 8785 bytes by the key that the node keeps for the agent, and by the agent itself if it did."),
    Op::get::<cards::AgentCardExport>("/api/v1/agents/{agent}/card-export").about("agents", "Read an agent's signed card of The Protocol", "The same profile in The Protocol's shape, signed over its own canonical bytes."),
    Op::get::<cards::AgentPublicKey>("/api/v1/agents/{agent}/public-key").about("agents", "Read the keys of an agent's card", "The key the node signs with as JSON Web Key, and in keys every key that a signature on the card may be checked by."),
    Op::post::<cards::CustodyKeySet>("/api/v1/agents/{agent}/custody-key").about("agents", "Rotate an agent's custodial key", "The node signs the agent's documents with a new key from now on; signatures by the last one stand for 7 days.").access(Principal).status(201),
    Op::get::<the_protocol::AgentMe>("/api/v1/agents/me").about("agents", "Say whom the credential stands for", "Its DID and whether it may act, for those who check a credential that was shown to them.").access(Principal),
    Op::post::<agents::AgentSuspend>("/api/v1/agents/{agent}/suspend").about("agents", "Suspend an agent", "It cannot act until it is reinstated; its money stays.").access(Owner),
    Op::post::<agents::AgentFreeze>("/api/v1/agents/{agent}/freeze").about("agents", "Freeze an agent", "Its money stays where it is until it is reinstated; whatever else it does, it may do still.").access(Owner),
    Op::post::<agents::AgentReinstate>("/api/v1/agents/{agent}/reinstate").about("agents", "Reinstate an agent", "It can act again.").access(Owner),
    Op::get::<standing::StandingGet>("/api/v1/agents/{agent}/standing").about("agents", "Read why an agent is stopped", "Since when it is suspended or frozen, why, and its appeal; for itself, suspended or not, its controller and the owner.").access(Principal),
    Op::post::<standing::AppealLodge>("/api/v1/agents/{agent}/appeal").about("agents", "Appeal against being stopped", "By whoever is suspended or frozen, or its controller: one note each time, which the owner reads.").access(Principal),
    Op::get::<standing::AppealList>("/api/v1/appeals").about("agents", "List appeals", "Those who are stopped and have said something to it, until they are reinstated.").access(Owner),
    Op::post::<principals::PrincipalErase>("/api/v1/principals/{principal}/erase").about("agents", "Erase a principal", "Destroys its documents with their key, revokes its API keys and ends its acting for good; its money and its history stay. Answers with a signed receipt.").access(Principal).dry_run(),
    Op::post::<agents::AgentKeyRotate>("/api/v1/agents/{agent}/key").about("agents", "Give an agent another key", "The agent itself or who registered it may. The former key is accepted for seven more days unless it is revoked; it cannot rotate again. Waits for another person once somebody else was given a governance role.").access(Principal),
    Op::get::<agents::ReputationGet>("/api/v1/agents/{agent}/reputation").about("agents", "Read an agent's reputation", "Ratings and outcomes of settled work, added up from the journal."),
    Op::get::<discover::Discover>("/api/v1/discover").about("agents", "Find agents", "By words, skill, highest price and lowest reputation; best matches first."),

    Op::post::<memories::MemoryWrite>("/api/v1/agents/{agent}/memories").about("memories", "Write a memory", "Text or bytes of up to 256 KiB, with a label and tags if wanted: all of it sealed under a key of its own. By the agent, whoever manages it, or somebody it granted this; never in an envelope, whose text is kept.").access(Principal).status(201),
    Op::get::<memories::MemoryList>("/api/v1/agents/{agent}/memories").about("memories", "List an agent's memories", "The latest first, without their contents.").access(Principal),
    Op::get::<memories::MemoryRead>("/api/v1/memories/{memory}").about("memories", "Read a memory", "With its content; for whoever may write to the agent's memories, and for nobody else, the node's owner included.").access(Principal),
    Op::delete::<memories::MemoryDelete>("/api/v1/memories/{memory}").about("memories", "Erase a memory", "Destroys its key, salts and records. Answers with a signed receipt.").access(Principal).dry_run(),

    Op::get::<dids::DidGet>("/api/v1/agents/{agent}/did").about("dids", "Read an agent's DID", "With its aliases, its log, and what an entry must say for this node to host the log.").access(Principal),
    Op::post::<dids::DidCreate>("/api/v1/agents/{agent}/did").about("dids", "Give an agent a DID log", "In place of the DID of its key. The recovery key, by which its owner can move it, is shown once unless it was brought.").access(Principal).status(201),
    Op::put::<dids::DidLogSet>("/api/v1/agents/{agent}/did/log").about("dids", "Hand in an agent's DID log", "One that comes from another node, one that its owner wrote an entry to, or one that leaves. It must prove itself and go on from the one that is here.").access(Principal),
    Op::get::<dids::DidLogGet>("/dids/{agent}/did.jsonl").about("dids", "Read an agent's DID log", "As did:webvh looks for it; the last one is served after the agent has left.").media(Media::DidLog),
    Op::get::<dids::DidWebGet>("/dids/{agent}/did.json").about("dids", "Read an agent's did:web document", "The document of the last version under the name that did:web has for it."),
    Op::get::<dids::DidResolve>("/api/v1/dids/{did}").about("dids", "Resolve a DID", "Of this node, for everyone; did:key; for principals also did:webvh and did:web of other hosts, fetched by the rules for going out and remembered, so that no host can take back what it showed."),

    Op::post::<auth::AccountRegister>("/api/v1/auth/register").about("accounts", "Ask for an account", "A token is mailed to the address; nothing is recorded before it was shown. The answer is the same whether the address is known.").without_key(),
    Op::post::<auth::AccountVerify>("/api/v1/auth/verify-email").about("accounts", "Make the account", "By the token that was mailed: once, within an hour.").without_key().status(201),
    Op::post::<auth::SessionOpen>("/api/v1/auth/login").about("accounts", "Log in", "By e-mail address and password, with a code or a passkey where the account has a second factor; or by a passkey alone.").without_key().status(201),
    Op::post::<auth::SessionClose>("/api/v1/auth/logout").about("accounts", "Log out", "Ends the session that asks, or another of the caller's.").access(Principal).without_key(),
    Op::get::<auth::SessionList>("/api/v1/auth/sessions").about("accounts", "List sessions", "The caller's own, without their secrets.").access(Principal),
    Op::post::<auth::PasswordChange>("/api/v1/auth/password").about("accounts", "Change the password", "Every session ends.").access(Principal).without_key(),
    Op::post::<auth::AccountRecover>("/api/v1/auth/recover-account").about("accounts", "Recover an account", "Sets a new password by a recovery key; every session and every second factor ends.").without_key(),
    Op::post::<auth::NewPasswordSet>("/api/v1/auth/set-new-password").about("accounts", "Set a new password", "By the token that account_recover gave: once, within ten minutes. The recovery key is used up then.").without_key(),
    Op::post::<auth::RecoveryKeysSet>("/api/v1/auth/recovery-keys").about("accounts", "Make recovery keys", "New ones, shown once; those before are void.").access(Principal).without_key(),
    Op::post::<auth::TotpBegin>("/api/v1/auth/totp/begin").about("accounts", "Begin a second factor", "Makes a secret for an authenticator; it counts once a code of it was shown.").access(Principal).without_key(),
    Op::post::<auth::TotpEnable>("/api/v1/auth/totp").about("accounts", "Enable a second factor", "By a code of the secret that was begun.").access(Principal).without_key(),
    Op::post::<auth::TotpDisable>("/api/v1/auth/totp/disable").about("accounts", "Disable the second factor", "By the password.").access(Principal).without_key(),
    Op::post::<passkeys::PasskeyBegin>("/api/v1/auth/passkeys/begin").about("accounts", "Begin a passkey", "Gives what a browser makes one by; it counts once passkey_add has its answer.").access(Principal).without_key(),
    Op::post::<passkeys::PasskeyAdd>("/api/v1/auth/passkeys").about("accounts", "Add a passkey", "The one that was begun: from now on a password alone is not enough.").access(Principal).without_key().status(201),
    Op::get::<passkeys::PasskeyList>("/api/v1/auth/passkeys").about("accounts", "List passkeys", "The caller's own.").access(Principal),
    Op::post::<passkeys::PasskeyRemove>("/api/v1/auth/passkeys/{passkey}/remove").about("accounts", "Remove a passkey", "By the password. It counts no longer.").access(Principal).without_key(),
    Op::post::<passkeys::PasskeyAsk>("/api/v1/auth/passkeys/ask").about("accounts", "Ask for a passkey", "Gives what a browser asks an authenticator by, to log in or to approve: once, within five minutes.").without_key(),
    Op::get::<auth::WhoAmI>("/api/v1/whoami").about("accounts", "Who asks", "The caller's principal, credential and account.").access(Principal),

    Op::post::<api_keys::ApiKeyCreate>("/api/v1/api-keys").about("api-keys", "Make an API key", "Of the caller, for the operations named; the secret is shown once.").access(Principal).status(201),
    Op::post::<the_protocol::DeveloperKeyCreate>("/api/v1/developers/me/apikeys").about("api-keys", "Make an API key for everything", "As The Protocol's clients ask for one; the secret is shown once.").access(Principal).status(201),
    Op::get::<the_protocol::DeveloperKeyList>("/api/v1/developers/me/apikeys").about("api-keys", "List API keys that may be used", "As The Protocol's clients ask for them: the caller's own, in one array.").access(Principal),
    Op::delete::<the_protocol::DeveloperKeyRevoke>("/api/v1/developers/me/apikeys/{key}").about("api-keys", "Take an API key back", "As The Protocol's clients ask for it; it stops working at once.").access(Principal),
    Op::get::<api_keys::ApiKeyList>("/api/v1/api-keys").about("api-keys", "List API keys", "The caller's own, without their secrets.").access(Principal),
    Op::delete::<api_keys::ApiKeyRevoke>("/api/v1/api-keys/{key}").about("api-keys", "Revoke an API key", "It stops working at once.").access(Principal),

    Op::post::<clients::ClientCreate>("/api/v1/clients").about("clients", "Make an OAuth client", "Of the caller or an agent it controls; the secret is shown once and gets tokens of an hour at /oauth/token.").access(Principal).status(201),
    Op::get::<clients::ClientList>("/api/v1/clients").about("clients", "List OAuth clients", "The caller's own, without their secrets.").access(Principal),
    Op::delete::<clients::ClientRevoke>("/api/v1/clients/{client}").about("clients", "Revoke an OAuth client", "With every token it was given, at once.").access(Principal),
    Op::post::<clients::TokensRevoke>("/api/v1/agents/{agent}/tokens/revoke").about("clients", "Revoke an agent's tokens", "Every token its clients were given so far stops working; the clients can get new ones.").access(Principal),

    Op::post::<onboarding::BootstrapCreate>("/api/v1/onboarding/bootstrap").about("onboarding", "Make a bootstrap token", "With it somebody else onboards one agent in the caller's name: 5 minutes, single use, 5 a minute.").access(Principal).status(201),
    Op::post::<onboarding::AgentOnboard>("/api/v1/onboarding").about("onboarding", "Onboard an agent", "Key, DID, OAuth client and genesis grant in one call, by an API key, a token, an envelope or the header Bootstrap-Token; secrets are shown once.").access(Principal).status(201),
    Op::post::<the_protocol::OnboardToken>("/api/v1/onboard/bootstrap/request-token").about("onboarding", "Make a bootstrap token", "As The Protocol's clients ask for one: 5 minutes, single use, 5 a minute.").access(Principal),
    Op::post::<the_protocol::OnboardAgent>("/api/v1/onboard/create_agent").about("onboarding", "Onboard an agent with its card", "As The Protocol's clients ask for it: card, DID, OAuth client and genesis grant in one call; secrets are shown once.").access(Principal).status(201),
    Op::post::<fundings::FundingRequest>("/api/v1/fundings").about("onboarding", "Ask the node for money", "For the caller or an agent it controls; the owner approves or rejects.").access(Principal).status(201),
    Op::get::<fundings::FundingList>("/api/v1/fundings").about("onboarding", "List funding requests", "Those of the caller and of agents it controls, for the owner everyone's; decided ones for 30 days.").access(Principal),
    Op::post::<fundings::FundingApprove>("/api/v1/fundings/{funding}/approve").about("onboarding", "Approve a funding request", "Mints what was asked for.").access(Owner),
    Op::post::<fundings::FundingReject>("/api/v1/fundings/{funding}/reject").about("onboarding", "Reject a funding request", "Nothing moves.").access(Owner),

    Op::post::<orgs::OrgCreate>("/api/v1/orgs").about("orgs", "Make an organization", "Owned by the caller. It has no credentials: its members act for it by their roles.").access(Principal).status(201),
    Op::get::<orgs::OrgList>("/api/v1/orgs").about("orgs", "List organizations", "Those the caller is in, and as what.").access(Principal),
    Op::get::<orgs::OrgGet>("/api/v1/orgs/{org}").about("orgs", "Read an organization", "One that the caller is in.").access(Principal),
    Op::get::<orgs::OrgMemberList>("/api/v1/orgs/{org}/members").about("orgs", "List members", "With their roles; a guest sees themselves alone.").access(Principal),
    Op::put::<orgs::OrgMemberRoleSet>("/api/v1/orgs/{org}/members/{member}/role").about("orgs", "Set a member's role", "An owner everybody's, an admin that of members and guests. An organization keeps an owner.").access(Principal),
    Op::delete::<orgs::OrgMemberRemove>("/api/v1/orgs/{org}/members/{member}").about("orgs", "Remove a member", "With the authority that came with their role, and what they handed on of it.").access(Principal),
    Op::post::<orgs::OrgLeave>("/api/v1/orgs/{org}/leave").about("orgs", "Leave an organization", "The last owner cannot.").access(Principal),
    Op::post::<orgs::OrgOwnerTransfer>("/api/v1/orgs/{org}/transfer").about("orgs", "Hand an organization on", "Another member becomes its owner, and the caller an admin.").access(Principal),
    Op::get::<orgs::OrgAgentList>("/api/v1/orgs/{org}/agents").about("orgs", "List an organization's agents", "A guest sees those that are shared with them.").access(Principal),
    Op::post::<orgs::AgentTransfer>("/api/v1/agents/{agent}/transfer").about("orgs", "Hand an agent on", "To an organization that the caller works in, or from one to a member. Its credentials end unless they are kept.").access(Principal),
    Op::post::<orgs::AgentShare>("/api/v1/agents/{agent}/share").about("orgs", "Share an agent", "A member or a team may look into what an agent of their organization does.").access(Principal),
    Op::post::<orgs::AgentUnshare>("/api/v1/agents/{agent}/unshare").about("orgs", "Share an agent no longer", "With a member or a team.").access(Principal),
    Op::post::<invites::InviteCreate>("/api/v1/orgs/{org}/invites").about("orgs", "Invite somebody", "The token is shown once and good once; with an e-mail address for its account alone.").access(Principal).status(201),
    Op::get::<invites::InviteList>("/api/v1/orgs/{org}/invites").about("orgs", "List invitations", "Those that nobody has used, for owners and admins.").access(Principal),
    Op::delete::<invites::InviteRevoke>("/api/v1/invites/{invite}").about("orgs", "Take an invitation back", "Nobody joins by it any more.").access(Principal),
    Op::post::<invites::InviteAccept>("/api/v1/invites/accept").about("orgs", "Join an organization", "By the token of an invitation.").access(Principal),
    Op::post::<teams::TeamCreate>("/api/v1/orgs/{org}/teams").about("orgs", "Make a team", "A named subset of the members, with whom agents are shared at once.").access(Principal).status(201),
    Op::get::<teams::TeamList>("/api/v1/orgs/{org}/teams").about("orgs", "List teams", "A guest sees those they are in.").access(Principal),
    Op::delete::<teams::TeamDelete>("/api/v1/teams/{team}").about("orgs", "Dissolve a team", "Its members stay in the organization.").access(Principal),
    Op::put::<teams::TeamMemberAdd>("/api/v1/teams/{team}/members/{member}").about("orgs", "Put a member into a team", "One of the organization.").access(Principal),
    Op::delete::<teams::TeamMemberRemove>("/api/v1/teams/{team}/members/{member}").about("orgs", "Take a member out of a team", "They stay in the organization.").access(Principal),

    Op::post::<grants::GrantCreate>("/api/v1/grants").about("grants", "Give authority", "Over the caller's own things, or narrowed from a grant the caller holds.").access(Principal).status(201),
    Op::get::<grants::GrantList>("/api/v1/grants").about("grants", "List grants", "Those the caller gave or holds; the node's owner may name whose.").access(Principal),
    Op::get::<grants::GrantGet>("/api/v1/grants/{grant}").about("grants", "Read a grant", "With what was used of it and every grant above it.").access(Principal),
    Op::get::<grants::GrantExport>("/api/v1/grants/{grant}/export").about("grants", "Export a grant", "With every one above it, signed by the node and proven to stand in its journal: for whoever verifies it offline.").access(Principal),
    Op::post::<grants::GrantRevoke>("/api/v1/grants/{grant}/revoke").about("grants", "Take authority back", "With everything that was narrowed from it.").access(Principal),
    Op::post::<grants::GrantRelinquish>("/api/v1/grants/{grant}/relinquish").about("grants", "Give a grant up", "One that the caller, or a principal it controls, holds; with everything that was narrowed from it.").access(Principal),

    Op::post::<policies::PolicySetCreate>("/api/v1/policy-sets").about("policies", "Make a policy set", "As a draft: it decides nothing until it is activated. Its rules must compile.").access(Owner).status(201),
    Op::get::<policies::PolicySetList>("/api/v1/policy-sets").about("policies", "List policy sets", "The newest first, without their rules.").access(Principal),
    Op::get::<policies::PolicySetGet>("/api/v1/policy-sets/{policy_set}").about("policies", "Read a policy set", "With its rules, for whoever sees everything of the node.").access(Principal),
    Op::post::<policies::PolicySetActivate>("/api/v1/policy-sets/{policy_set}/activate").about("policies", "Activate a policy set", "In the place of the active one of its name. Taking the place of an enforced one takes two people: the second asks for the same.").access(Owner),
    Op::post::<policies::PolicySetDeprecate>("/api/v1/policy-sets/{policy_set}/deprecate").about("policies", "Deprecate a policy set", "It is no longer asked by itself. Of an enforced set this takes two people.").access(Owner),
    Op::post::<policies::PolicySetRevoke>("/api/v1/policy-sets/{policy_set}/revoke").about("policies", "Revoke a policy set", "For good. Of an enforced set this takes two people.").access(Owner),
    Op::post::<policies::PolicySetModeSet>("/api/v1/policy-sets/{policy_set}/mode").about("policies", "Set a policy set's mode", "Anything less than before takes two people: the second asks for the same.").access(Owner),
    Op::get::<policies::PolicyDifferenceList>("/api/v1/policy-differences").about("policies", "List what shadow sets would have decided", "Acts about which a set in shadow said something else than what counted, the latest first.").access(Principal),
    Op::post::<policies::PolicyEvaluate>("/api/v1/policy-evaluations").about("policies", "Ask what policy would say", "Of an act of the caller's, recorded. It is no leave to act: whoever acts is judged again.").access(Principal).status(201),
    Op::get::<policies::PolicyEvaluationGet>("/api/v1/policy-evaluations/{evaluation}").about("policies", "Read what policy said", "One's own, or one of a task that the caller takes part in.").access(Principal),

    Op::get::<currencies::CurrencyList>("/api/v1/currencies").about("currencies", "List currencies", "Those this node holds, its own and foreign ones."),
    Op::post::<currencies::CurrencyCreate>("/api/v1/currencies").about("currencies", "Make a currency", "One that this node issues.").access(Owner).status(201),
    Op::post::<currencies::MintCreate>("/api/v1/mints").about("currencies", "Mint money", "Makes money of a currency that this node issues. Waits for another person once somebody else was given a governance role.").access(Owner).status(201).dry_run(),
    Op::post::<currencies::BurnCreate>("/api/v1/burns").about("currencies", "Burn money", "Destroys money of a currency that this node issues. Waits for another person once somebody else was given a governance role.").access(Owner).status(201).dry_run(),
    Op::get::<projections::SupplyAudit>("/api/v1/projections/supply-audit").about("currencies", "Audit the supply", "Adds all accounts up, per currency; delta is always zero on a sound ledger."),

    Op::post::<transfers::TransferQuote>("/api/v1/transfers/quote").about("transfers", "Quote a transfer", "The fee and total it would cost now; nothing is reserved.").access(Principal).reads(),
    Op::post::<transfers::TransferCreate>("/api/v1/transfers").about("transfers", "Move money", "At once, or set aside with hold until it is posted or voided. The payer pays the fee on top.").access(Principal).status(201).dry_run(),
    Op::post::<the_protocol::TegSend>("/api/v1/teg/send").about("transfers", "Send money", "As The Protocol's clients ask for it: from the caller, in the node's own currency, to an agent of this node.").access(Principal).dry_run(),
    Op::post::<transfers::TransferBatch>("/api/v1/transfers/batch").about("transfers", "Make many transfers", "Up to 1,000, each by itself: one that is refused does not stop the others.").access(Principal),
    Op::get::<transfers::TransferList>("/api/v1/transfers").about("transfers", "List transfers", "The latest first, of one account or currency if named.").access(Principal),
    Op::get::<transfers::TransferGet>("/api/v1/transfers/{transfer}").about("transfers", "Read a transfer", "With its present state.").access(Principal),
    Op::post::<transfers::TransferPost>("/api/v1/transfers/{transfer}/post").about("transfers", "Post a pending transfer", "Everything that is left, or a part of it; the rest stays pending.").access(Principal),
    Op::post::<transfers::TransferVoid>("/api/v1/transfers/{transfer}/void").about("transfers", "Void a pending transfer", "The money goes back, with the fee.").access(Principal),
    Op::get::<accounts::BalanceList>("/api/v1/accounts/{principal}/balances").about("transfers", "Read balances", "What a principal holds, per currency.").access(Principal),

    Op::post::<amp::EnvelopeSubmit>("/amp/envelopes").about("amp", "Hand in an envelope", "The body is a signed AMP envelope, authenticated by its own signature: no other credential is read. Repeats are told by the envelope's id and nonce.").without_key(),
    Op::get::<amp::EnvelopeGet>("/amp/envelopes/{envelope}").about("amp", "Read an envelope", "One that was accepted, with its signature.").access(Principal),
    Op::get::<amp::EnvelopeGraph>("/amp/graph/{envelope}").about("amp", "Read a graph of envelopes", "From the root intent to the last outcomes.").access(Principal),
    Op::get::<tasks::TaskList>("/api/v1/tasks").about("amp", "List tasks", "Those the caller is a party of, the latest first.").access(Principal),
    Op::get::<tasks::TaskGet>("/api/v1/tasks/{task}").about("amp", "Read a task", "Terms, milestones, money and state.").access(Principal),

    Op::post::<clearance::TaskDeclare>("/api/v1/tasks").about("clearance", "Declare a task", "Who acts, what shall come of it and how risky it is, before anything happens.").access(Principal).status(201),
    Op::post::<clearance::TaskUpdate>("/api/v1/tasks/{task}/move").about("clearance", "Move a declared task", "By the artifact that allows it; policy, approvals and receipts move it by themselves.").access(Principal),
    Op::post::<clearance::LiabilityBind>("/api/v1/tasks/{task}/liability-bindings").about("clearance", "Say who answers for a task", "Moves a new task to bound.").access(Principal).status(201),
    Op::post::<clearance::ContextAttest>("/api/v1/tasks/{task}/contexts").about("clearance", "Attest a context", "What comes from outside or was retrieved is tainted, and so is what is derived from it.").access(Principal).status(201),
    Op::post::<clearance::TaintPromote>("/api/v1/tasks/{task}/contexts/{context}/promote").about("clearance", "Vouch for a context", "By a compliance monitor without a part in the task; it alone clears taint.").access(Principal),
    Op::post::<clearance::EvidenceAdd>("/api/v1/tasks/{task}/evidence-bundles").about("clearance", "Add evidence", "Claims with their sources and how far they were looked into.").access(Principal).status(201),
    Op::post::<clearance::ImpactAssess>("/api/v1/tasks/{task}/impact-assessments").about("clearance", "Assess the impact of a task", "Evaluated by the node: horizons, the worst off, Pareto and rights. Frameworks in conflict escalate to a person.").access(Principal).status(201),
    Op::post::<clearance::DecisionRecord>("/api/v1/tasks/{task}/decisions").about("clearance", "Record a decision", "What the agent chose, why, and how unsure it is.").access(Principal).status(201),
    Op::post::<clearance::GovernanceAttest>("/api/v1/tasks/{task}/attestations").about("clearance", "Attest in a governance role", "Cleared or blocked, by a holder of the role without a part in the task.").access(Principal).status(201),
    Op::post::<clearance::CommerceSessionCreate>("/api/v1/tasks/{task}/commerce-sessions").about("clearance", "Open a commerce session", "The shopping that a task belongs to.").access(Principal).status(201),
    Op::get::<clearance::ArtifactList>("/api/v1/tasks/{task}/artifacts").about("clearance", "List what is on record for a task", "In order, with the texts that were not erased.").access(Principal),
    Op::get::<clearance::ArtifactGet>("/api/v1/artifacts/{artifact}").about("clearance", "Read an artifact", "One of a task, or the manifest of a skill.").access(Principal),
    Op::post::<skills::SkillManifestCreate>("/api/v1/skills").about("clearance", "Register a skill", "Its manifest, how risky it is and who vouches for it.").access(Principal).status(201),
    Op::get::<skills::SkillManifestList>("/api/v1/skills").about("clearance", "List skills", "Their manifests, the newest first.").access(Principal),
    Op::post::<approvals::ApprovalRequestCreate>("/api/v1/tasks/{task}/approval-requests").about("clearance", "Ask for approval", "Of one exact call, by one, two or more persons in governance roles.").access(Principal).status(201),
    Op::get::<approvals::ApprovalList>("/api/v1/approvals").about("clearance", "List requests for approval", "Those the caller asked for or has a say in, the newest first.").access(Principal),
    Op::get::<approvals::ApprovalGet>("/api/v1/approvals/{request}").about("clearance", "Read a request for approval", "With what was said so far.").access(Principal),
    Op::post::<approvals::ApprovalBind>("/api/v1/approvals/{request}/bind").about("clearance", "Bind a request to a call", "Once, before anybody approves.").access(Principal),
    Op::post::<approvals::ApprovalDecide>("/api/v1/approvals/{request}/decide").about("clearance", "Approve or reject", "By somebody without a part in it, once. A parked operation completes with the last approval.").access(Principal),
    Op::post::<approvals::AbsenceDelegate>("/api/v1/absence").about("clearance", "Name a deputy", "Who speaks in the caller's governance roles while the caller is away.").access(Principal),
    Op::post::<approvals::EscalationRaise>("/api/v1/tasks/{task}/escalations").about("clearance", "Raise a concern", "The task stands still until a compliance monitor without a part in it has looked.").access(Principal).status(201),
    Op::get::<approvals::EscalationList>("/api/v1/escalations").about("clearance", "List escalations", "Of tasks the caller takes part in, the newest first.").access(Principal),
    Op::get::<approvals::EscalationGet>("/api/v1/escalations/{escalation}").about("clearance", "Read an escalation", "With what came of it.").access(Principal),
    Op::post::<approvals::EscalationResolve>("/api/v1/escalations/{escalation}/resolve").about("clearance", "Resolve an escalation", "Upheld ends the task, dismissed restores it, partially upheld has it approved anew.").access(Principal),
    Op::post::<approvals::RoleAssign>("/api/v1/roles").about("clearance", "Assign a governance role", "executive, compliance_monitor or impact_assessor. From the first that somebody else is given, minting, burning, funding and key rotations wait for an approval.").access(Owner).status(201),
    Op::post::<approvals::RoleWithdraw>("/api/v1/roles/withdraw").about("clearance", "Withdraw a governance role", "What its holder approved and nobody used counts no longer.").access(Owner),
    Op::get::<approvals::RoleList>("/api/v1/roles").about("clearance", "List governance roles", "Who holds which.").access(Principal),
    Op::post::<actions::ActionSubmit>("/api/v1/actions").about("actions", "Do something through the gate", "A native operation in the same step, a tool that the operator lists, or an act of the caller's own, whose receipt it posts. 202 while it is under way.").access(Principal).status(201),
    Op::post::<actions::ActionValidate>("/api/v1/actions/validate").about("actions", "Ask the gate", "Whether an envelope would pass, or whether a submitted action covers a call that arrived: 200, or 403 with an error for each lock that stays closed.").access(Principal).reads(),
    Op::get::<actions::ActionGet>("/api/v1/actions/{action}").about("actions", "Read an action", "With its present state, and for who asked for it what came of it.").access(Principal),
    Op::post::<actions::ActionClaim>("/api/v1/actions/{action}/claim").about("actions", "Take an action", "Its executor takes it to carry it out, once.").access(Principal),
    Op::post::<actions::ReceiptPost>("/api/v1/actions/{action}/receipt").about("actions", "Post a receipt", "Says how an action ended that was carried out outside of the node.").access(Principal),
    Op::get::<actions::ReceiptGet>("/api/v1/receipts/{receipt}").about("actions", "Read a receipt", "Signed by the node's key, for its parties.").access(Principal),
    Op::get::<callbacks::CallbackList>("/api/v1/callbacks").about("actions", "List callbacks", "What became of the calls by which somebody wanted to be told how an approval, an action or an evaluation ended: open, delivered or dead, with how often they were sent.").access(Principal),
    Op::get::<actions::TaskReplay>("/api/v1/tasks/{task}/replay").about("actions", "Replay a task", "Every entry of it in order, chained, with what was known at each step.").access(Principal),
    Op::get::<actions::Explain>("/api/v1/explain/{id}").about("actions", "Explain", "Why something was blocked, or how it came to be: by the id of an action, a receipt or a task, or by the code of a refusal.").access(Principal),

    Op::get::<journal::JournalCheckpoint>("/api/v1/journal/checkpoint").about("journal", "Read the latest checkpoint", "A signed note: origin, tree size and root.").media(Media::Text),
    Op::get::<journal::JournalInclusion>("/api/v1/journal/inclusion").about("journal", "Prove that an entry is included", "The siblings from the entry's leaf to the root.").access(Principal),
    Op::get::<journal::JournalConsistency>("/api/v1/journal/consistency").about("journal", "Prove that nothing was rewritten", "That a later tree only appended to an earlier one.").access(Principal),
    Op::get::<journal::JournalExport>("/api/v1/journal/export").about("journal", "Export the journal", "A stream of lines that hansa audit verifies offline; what the caller may not see stands as its leaf hash.").access(Principal).media(Media::NdJson),
    Op::get::<journal::EntryGet>("/api/v1/journal/entries/{seq}").about("journal", "Read an entry", "With the exact bytes that were hashed.").access(Principal),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Effect;
    use schemars::SchemaGenerator;
    use std::collections::BTreeSet;

    #[test]
    fn ids_and_routes_are_distinct() {
        let ids: BTreeSet<_> = OPERATIONS.iter().map(|op| op.id).collect();
        assert_eq!(ids.len(), OPERATIONS.len());
        let routes: BTreeSet<_> =
            OPERATIONS.iter().map(|op| (op.method.as_str(), op.path)).collect();
        assert_eq!(routes.len(), OPERATIONS.len());
        for op in OPERATIONS {
            assert!(op.id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", op.id);
            assert_eq!(find(op.id).map(|found| found.path), Some(op.path));
            assert_eq!(by_route(op.method, op.path).map(|found| found.id), Some(op.id));
        }
        assert!(find("transfer").is_none() && by_route(Method::Put, "/api/v1/node").is_none());
    }

    #[test]
    fn methods_effects_and_flags_fit_together() {
        for op in OPERATIONS {
            let id = op.id;
            assert!(TAGS.iter().any(|(tag, _)| *tag == op.tag), "{id}");
            assert!(op.summary.len() > 5 && !op.summary.ends_with('.'), "{id}");
            assert!(op.description.ends_with('.'), "{id}");
            assert!(op.method != Method::Get || op.effect == Effect::Read, "{id}");
            assert!(!op.idempotent || op.effect == Effect::Write, "{id}");
            assert!(!op.dry_run || op.effect == Effect::Write, "{id}");
            assert!(matches!(op.status, 200 | 201), "{id}");
        }
        let public_writes: Vec<_> = OPERATIONS
            .iter()
            .filter(|op| op.access == Access::Public && op.effect == Effect::Write)
            .map(|op| op.id)
            .collect();
        assert_eq!(
            public_writes,
            [
                "setup_complete",
                "account_register",
                "account_verify",
                "session_open",
                "account_recover",
                "new_password_set",
                "passkey_ask",
                "envelope_submit"
            ]
        );
    }

    #[test]
    fn path_parameters_and_flags_are_members_of_the_request() {
        for op in OPERATIONS {
            let schema = (op.request)(&mut SchemaGenerator::default());
            let properties = schema.get("properties").cloned().unwrap_or_default();
            assert_eq!(schema.get("type").and_then(|t| t.as_str()), Some("object"), "{}", op.id);
            for name in op.path_params() {
                assert!(properties.get(name).is_some(), "{}: {name}", op.id);
            }
            assert_eq!(properties.get("dry_run").is_some(), op.dry_run, "{}", op.id);
            assert_eq!(op.path_params().count(), op.path.matches('{').count());
        }
    }

    #[test]
    fn envelopes_carry_operations_of_the_api_alone() {
        for id in ["transfer_create", "agent_get", "mint_create", "discover", "memory_read"] {
            assert!(find(id).is_some_and(Operation::by_envelope), "{id}");
        }
        for id in [
            "envelope_submit",
            "setup_complete",
            "health",
            "journal_export",
            "docs",
            "memory_write",
        ] {
            assert!(!find(id).is_some_and(Operation::by_envelope), "{id}");
        }
    }
}

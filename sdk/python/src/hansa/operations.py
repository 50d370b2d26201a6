"""Every operation of the node, and the types of what they take and answer.

Generated from the node's OpenAPI document by sdk/generate.py: change that, not this.
"""
# ruff: noqa: E501, UP013
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, NotRequired, TypeAlias, TypedDict

Absence = TypedDict(
    'Absence',
    {
        'deputy': 'NotRequired[PrincipalId | None]',
        'principal': 'PrincipalId',
        'until': 'NotRequired[str | None]',
    },
)
"""Who stands in for whom."""

AccountCreated = TypedDict(
    'AccountCreated',
    {
        'did': 'Did',
        'id': 'PrincipalId',
        'private_key_pem': 'NotRequired[str | None]',
        'seq': 'int',
    },
)
"""An account, with what is shown only now."""

AccountRecovered = TypedDict(
    'AccountRecovered',
    {
        'access_token': 'NotRequired[str | None]',
        'principal': 'NotRequired[PrincipalId | None]',
        'seq': 'NotRequired[int | None]',
        'token_type': 'NotRequired[str | None]',
    },
)
"""An account with another password, or a token to give it one with."""

ActionCall = TypedDict(
    'ActionCall',
    {
        'params': 'NotRequired[dict[str, Any]]',
        'tool': 'str',
        'type': 'CallType',
    },
)
"""What is called. Its digest is SHA-256 of the canonical JSON (RFC 8785) of exactly these three
members, and approvals are bound to it."""

ActionId: TypeAlias = 'str'
"""The id of an action."""

ActionReceipt = TypedDict(
    'ActionReceipt',
    {
        'claims': 'dict[str, Any]',
        'id': 'ReceiptId',
        'jws': 'str',
    },
)
"""A receipt, as the journal has it now."""

ActionState: TypeAlias = "Literal['started'] | Literal['claimed'] | Literal['done'] | Literal['failed'] | Literal['outcome_unknown']"
"""Where an action stands."""

ActionSubmit = TypedDict(
    'ActionSubmit',
    {
        'action': 'ActionCall',
        'amount': 'NotRequired[Amount | None]',
        'annotations': 'NotRequired[dict[str, Any]]',
        'approval': 'NotRequired[str | None]',
        'callback_url': 'NotRequired[str | None]',
        'counterparty': 'NotRequired[PrincipalRef | None]',
        'currency': 'NotRequired[CurrencyCode | None]',
        'decision': 'NotRequired[str | None]',
        'evaluation': 'NotRequired[str | None]',
        'executor': 'NotRequired[PrincipalRef | None]',
        'grant': 'NotRequired[GrantId | None]',
        'liability': 'NotRequired[str | None]',
        'task': 'TaskId',
        'wait': 'NotRequired[Wait]',
    },
)
"""Does something through the gate."""

ActionView = TypedDict(
    'ActionView',
    {
        'amount': 'NotRequired[Amount | None]',
        'annotations': 'NotRequired[dict[str, Any]]',
        'approval': 'NotRequired[str | None]',
        'call': 'Digest',
        'callback_url': 'NotRequired[str | None]',
        'caller': 'PrincipalId',
        'currency': 'NotRequired[CurrencyCode | None]',
        'ended_at': 'NotRequired[str | None]',
        'executor': 'str',
        'grant': 'NotRequired[GrantId | None]',
        'id': 'ActionId',
        'params': 'NotRequired[Any]',
        'reason': 'NotRequired[str | None]',
        'receipt': 'ReceiptId',
        'result': 'NotRequired[Any]',
        'seq': 'int',
        'started_at': 'str',
        'state': 'ActionState',
        'status': 'NotRequired[int | None]',
        'task': 'TaskId',
        'tool': 'str',
    },
)
"""An action."""

Agent = TypedDict(
    'Agent',
    {
        'created_at': 'str',
        'did': 'Did',
        'has_card': 'bool',
        'id': 'PrincipalId',
        'kind': 'PrincipalKind',
        'name': 'NotRequired[str | None]',
        'owner': 'NotRequired[bool]',
        'public_key': 'PublicKey',
        'seq': 'int',
        'status': 'PrincipalStatus',
    },
)
"""A principal as others see it."""

AgentCreated = TypedDict(
    'AgentCreated',
    {
        'api_key': 'NotRequired[str | None]',
        'balances': 'NotRequired[list[Balance]]',
        'created_at': 'str',
        'did': 'Did',
        'genesis_transfer': 'NotRequired[TransferId | None]',
        'id': 'PrincipalId',
        'name': 'str',
        'private_key_pem': 'NotRequired[str | None]',
        'public_key': 'PublicKey',
        'recovery_key_pem': 'NotRequired[str | None]',
        'seq': 'int',
    },
)
"""An agent that was just registered, with what is shown only now."""

AgentDid = TypedDict(
    'AgentDid',
    {
        'agent': 'PrincipalId',
        'also_known_as': 'list[Did]',
        'did': 'Did',
        'home': 'NotRequired[DidHome | None]',
        'log': 'NotRequired[DidLog | None]',
    },
)
"""An agent's DID, and what an entry of its log must say here."""

AgentDidMethod: TypeAlias = "Literal['cos'] | Literal['theprotocol'] | Literal['webvh'] | Literal['key']"
"""DID methods that an agent may be asked for by."""

AgentKeyRotated = TypedDict(
    'AgentKeyRotated',
    {
        'agent': 'PrincipalId',
        'did': 'Did',
        'former_accepted_until': 'NotRequired[str | None]',
        'private_key_pem': 'NotRequired[str | None]',
        'public_key': 'PublicKey',
        'seq': 'int',
    },
)
"""A key that was just replaced."""

AgentOnboarded = TypedDict(
    'AgentOnboarded',
    {
        'client_id': 'ClientId',
        'client_secret': 'str',
        'created_at': 'str',
        'did': 'Did',
        'genesis_transfer': 'NotRequired[TransferId | None]',
        'id': 'PrincipalId',
        'name': 'str',
        'private_key_pem': 'NotRequired[str | None]',
        'public_key': 'PublicKey',
        'recovery_key_pem': 'NotRequired[str | None]',
        'seq': 'int',
        'token_endpoint': 'str',
    },
)
"""An agent that was just onboarded, with what is shown only now."""

AgentStanding = TypedDict(
    'AgentStanding',
    {
        'appeal': 'NotRequired[Appeal | None]',
        'frozen': 'NotRequired[Halt | None]',
        'note': 'NotRequired[str | None]',
        'principal': 'PrincipalId',
        'status': 'PrincipalStatus',
        'suspended': 'NotRequired[Halt | None]',
    },
)
"""How a principal stands."""

AgentTransferred = TypedDict(
    'AgentTransferred',
    {
        'controller': 'PrincipalId',
        'id': 'PrincipalId',
        'seq': 'int',
    },
)
"""An agent that was handed on."""

Amount: TypeAlias = 'str'
"""An amount of major units as a decimal string, never a JSON number."""

AnyTask: TypeAlias = 'Task | DeclaredTask'
"""A task of either kind, told apart by `terms_state` and `clearance`."""

ApiKey = TypedDict(
    'ApiKey',
    {
        'actions': 'list[str]',
        'created_at': 'str',
        'expires_at': 'NotRequired[str | None]',
        'id': 'ApiKeyId',
        'label': 'NotRequired[str | None]',
        'last_used_at': 'NotRequired[str | None]',
        'revoked_at': 'NotRequired[str | None]',
        'seq': 'int',
    },
)
"""An API key without its secret."""

ApiKeyCreated = TypedDict(
    'ApiKeyCreated',
    {
        'actions': 'list[str]',
        'api_key': 'str',
        'created_at': 'str',
        'expires_at': 'NotRequired[str | None]',
        'id': 'ApiKeyId',
        'label': 'NotRequired[str | None]',
        'seq': 'int',
    },
)
"""An API key that was just made, with its secret."""

ApiKeyId: TypeAlias = 'str'
"""The id of an API key; not its secret."""

Appeal = TypedDict(
    'Appeal',
    {
        'lodged_at': 'str',
        'note': 'NotRequired[str | None]',
    },
)
"""What somebody says against being stopped."""

Approval = TypedDict(
    'Approval',
    {
        'at': 'str',
        'by': 'PrincipalId',
        'decision': "Literal['approved', 'rejected']",
        'id': 'str',
        'on_behalf_of': 'NotRequired[PrincipalId | None]',
        'role': "NotRequired[Literal['executive', 'compliance_monitor', 'impact_assessor', None]]",
    },
)
"""What one approver said."""

ApprovalRequest = TypedDict(
    'ApprovalRequest',
    {
        'annotations': 'NotRequired[dict[str, Any]]',
        'approvals': 'list[Approval]',
        'approvers': 'NotRequired[list[str]]',
        'call': 'NotRequired[Call | None]',
        'call_digest': 'NotRequired[Digest | None]',
        'callback_url': 'NotRequired[str | None]',
        'decided_at': 'NotRequired[str | None]',
        'expires_at': 'str',
        'id': 'str',
        'quorum': 'int',
        'requested_at': 'str',
        'requested_by': 'PrincipalId',
        'roles': "NotRequired[list[Literal['executive', 'compliance_monitor', 'impact_assessor']]]",
        'seq': 'int',
        'state': "Literal['pending', 'approved', 'rejected', 'expired', 'used', 'void']",
        'step_up': 'NotRequired[bool]',
        'task': 'TaskId',
    },
)
"""A request for approval."""

Artifact = TypedDict(
    'Artifact',
    {
        'by': 'NotRequired[PrincipalId | None]',
        'created_at': 'str',
        'document': 'NotRequired[dict[str, Any] | None]',
        'id': 'str',
        'kind': 'str',
        'record': 'dict[str, Any]',
        'seq': 'int',
        'task': 'NotRequired[TaskId | None]',
    },
)
"""Something on record: an artifact of a task, or the manifest of a skill."""

Backend: TypeAlias = "Literal['2pc'] | Literal['async']"
"""Ways to another node."""

Balance = TypedDict(
    'Balance',
    {
        'available': 'Amount',
        'balance': 'Amount',
        'currency': 'CurrencyCode',
        'held': 'Amount',
    },
)
"""What an account holds in one currency. `balance = available + held`."""

BatchResult = TypedDict(
    'BatchResult',
    {
        'ok': 'bool',
        'problem': 'NotRequired[Problem | None]',
        'transfer': 'NotRequired[Transfer | None]',
    },
)
"""What became of one transfer of a batch."""

BatchResults = TypedDict(
    'BatchResults',
    {
        'results': 'list[BatchResult]',
    },
)
"""What became of each transfer of a batch, in the same order."""

BootstrapCreated = TypedDict(
    'BootstrapCreated',
    {
        'bootstrap_token': 'str',
        'expires_at': 'str',
        'expires_in': 'int',
        'seq': 'int',
    },
)
"""A bootstrap token."""

Call = TypedDict(
    'Call',
    {
        'params': 'dict[str, Any]',
        'tool': 'str',
        'type': 'str',
    },
)
"""What is called: its digest is what an approval is bound to."""

CallType: TypeAlias = "Literal['tool_call'] | Literal['native']"
"""What kind of call it is."""

Callback = TypedDict(
    'Callback',
    {
        'asked_at': 'str',
        'by': 'PrincipalId',
        'callback_url': 'NotRequired[str | None]',
        'delivery': 'CallbackDelivery',
        'ended_at': 'NotRequired[str | None]',
        'next_try_at': 'NotRequired[str | None]',
        'seq': 'int',
        'status': 'NotRequired[int | None]',
        'subject': 'str',
        'told': 'NotRequired[str | None]',
        'tries': 'int',
    },
)
"""A callback."""

CallbackDelivery: TypeAlias = "Literal['open'] | Literal['delivered'] | Literal['dead']"
"""What became of a callback."""

CardDocument: TypeAlias = 'dict[str, Any]'
"""An A2A card as its agent set it."""

CardForm: TypeAlias = "Literal['a2a'] | Literal['the_protocol']"
"""Which of an agent's two documents a signature is on."""

CardSigned = TypedDict(
    'CardSigned',
    {
        'agent': 'PrincipalId',
        'digest': 'Digest',
        'form': 'CardForm',
        'seq': 'int',
    },
)
"""A signature that was just put beside the node's."""

CardStored = TypedDict(
    'CardStored',
    {
        'agent': 'PrincipalId',
        'digest': 'Digest',
        'seq': 'int',
    },
)
"""A card that was just stored."""

Changed = TypedDict(
    'Changed',
    {
        'principal': 'PrincipalId',
        'seq': 'int',
    },
)
"""Something about an account was changed."""

CheckView = TypedDict(
    'CheckView',
    {
        'check': 'str',
        'code': 'NotRequired[str | None]',
        'detail': 'NotRequired[str | None]',
        'passed': 'bool',
    },
)
"""One lock of the gate."""

CheckpointNote: TypeAlias = 'str'
"""A signed note: origin, tree size, root and signatures as lines of text."""

Claim = TypedDict(
    'Claim',
    {
        'claim_text': 'str',
        'source_refs': 'NotRequired[list[str]]',
        'verification_status': "Literal['unverified', 'corroborated', 'verified', 'disputed']",
    },
)
"""One claim of an evidence bundle."""

Client = TypedDict(
    'Client',
    {
        'actions': 'list[str]',
        'client_id': 'ClientId',
    },
)
"""A client without its secret."""

ClientCreated = TypedDict(
    'ClientCreated',
    {
        'actions': 'list[str]',
        'client_id': 'ClientId',
        'client_secret': 'str',
        'seq': 'int',
    },
)
"""A client that was just made, with its secret."""

ClientId: TypeAlias = 'str'
"""The id of an OAuth client; not its secret."""

ClientRevoked = TypedDict(
    'ClientRevoked',
    {
        'client_id': 'ClientId',
        'seq': 'int',
    },
)
"""A client that was revoked."""

ClockAccepted = TypedDict(
    'ClockAccepted',
    {
        'now': 'str',
        'seq': 'int',
    },
)
"""The time that counts from now on."""

ConsistencyProof = TypedDict(
    'ConsistencyProof',
    {
        'from': 'int',
        'from_root': 'Digest',
        'proof': 'list[Digest]',
        'to': 'int',
        'to_root': 'Digest',
    },
)
"""The hashes from which both roots follow."""

Constraints = TypedDict(
    'Constraints',
    {
        'budget': 'NotRequired[Money | None]',
        'deadline': 'NotRequired[str | None]',
        'jurisdiction': 'NotRequired[str | None]',
    },
)
"""Bounds of a goal."""

CurrencyCode: TypeAlias = 'str'
"""The code of a currency."""

CurrencyInfo = TypedDict(
    'CurrencyInfo',
    {
        'code': 'CurrencyCode',
        'default': 'NotRequired[bool]',
        'own': 'bool',
        'scale': 'int',
        'seq': 'int',
    },
)
"""A currency of this node."""

CurrencySupply = TypedDict(
    'CurrencySupply',
    {
        'burned': 'Amount',
        'circulating': 'Amount',
        'currency': 'CurrencyCode',
        'delta': 'str',
        'held': 'Amount',
        'issued': 'Amount',
        'net_supply': 'Amount',
    },
)
"""The money of one currency. `net_supply = issued − burned`, and `delta` is what the accounts hold
beyond it: always zero on a sound ledger."""

CustodyKey = TypedDict(
    'CustodyKey',
    {
        'agent': 'PrincipalId',
        'generation': 'int',
        'public_key': 'PublicKey',
        'seq': 'int',
    },
)
"""A key that the node signs with for an agent from now on."""

DeclaredTask = TypedDict(
    'DeclaredTask',
    {
        'a2a_state': 'str',
        'agp_state': 'str',
        'annotations': 'NotRequired[dict[str, Any]]',
        'approval_requests': 'NotRequired[list[str]]',
        'artifacts': 'NotRequired[list[str]]',
        'clearance': "Literal['created', 'bound', 'delegated', 'skill_bound', 'commerce_init', 'analyzing', 'decided', 'approval_pending', 'policy_checked', 'executing', 'completed', 'failed', 'denied', 'revoked']",
        'created_at': 'str',
        'declared_by': 'PrincipalId',
        'escalations': 'NotRequired[list[str]]',
        'expires_at': 'str',
        'frameworks': 'NotRequired[list[str]]',
        'hold': "NotRequired[Literal['pause_and_review', 'escalate_to_human', 'quarantine', None]]",
        'id': 'TaskId',
        'impact': "NotRequired[Literal['proceed', 'proceed_with_conditions', 'escalate', 'stop', None]]",
        'jurisdictions': 'NotRequired[list[str]]',
        'parked': 'NotRequired[str | None]',
        'parked_call': 'NotRequired[dict[str, Any]]',
        'principal': 'PrincipalId',
        'quorum': 'int',
        'refusal': 'NotRequired[str | None]',
        'requested_outcome': 'NotRequired[str | None]',
        'required_roles': "NotRequired[list[Literal['executive', 'compliance_monitor', 'impact_assessor']]]",
        'result': 'NotRequired[str | None]',
        'risk_tier': "Literal['low', 'medium', 'high', 'critical']",
        'seq': 'int',
        'taint': "NotRequired[list[Literal['external', 'retrieved', 'unverified', 'injected']]]",
        'updated_at': 'str',
    },
)
"""A declared task."""

DeveloperKey = TypedDict(
    'DeveloperKey',
    {
        'created_at': 'str',
        'description': 'NotRequired[str | None]',
        'id': 'ApiKeyId',
        'is_active': 'bool',
        'key_prefix': 'str',
        'last_used_at': 'NotRequired[str | None]',
    },
)
"""An API key without its secret."""

DeveloperKeyMade = TypedDict(
    'DeveloperKeyMade',
    {
        'api_key_info': 'DeveloperKey',
        'plain_api_key': 'str',
    },
)
"""An API key that was just made."""

DeveloperKeys: TypeAlias = 'list[DeveloperKey]'
"""API keys, the newest first."""

Did: TypeAlias = 'str'
"""A decentralized identifier."""

DidCreated = TypedDict(
    'DidCreated',
    {
        'agent': 'PrincipalId',
        'did': 'Did',
        'recovery_key_pem': 'NotRequired[str | None]',
        'seq': 'int',
    },
)
"""A DID log that was just made, with what is shown only now."""

DidDocument: TypeAlias = 'dict[str, Any]'
"""A DID document."""

DidHome = TypedDict(
    'DidHome',
    {
        'did': 'str',
        'document': 'dict[str, Any]',
        'update_key': 'PublicKey',
    },
)
"""What an entry must say for a node to host the log."""

DidLog = TypedDict(
    'DidLog',
    {
        'created_at': 'str',
        'left': 'bool',
        'updated_at': 'str',
        'url': 'str',
        'version_id': 'str',
    },
)
"""Where an agent's DID log stands."""

DidLogStored = TypedDict(
    'DidLogStored',
    {
        'agent': 'PrincipalId',
        'did': 'Did',
        'left': 'bool',
        'seq': 'int',
        'version_id': 'str',
    },
)
"""A DID log that was just taken."""

DidLogText: TypeAlias = 'str'
"""A DID log: one version a line."""

DidMethod: TypeAlias = "Literal['webvh'] | Literal['key']"
"""How a new agent is named."""

DidResolved = TypedDict(
    'DidResolved',
    {
        'created_at': 'NotRequired[str | None]',
        'deactivated': 'NotRequired[bool]',
        'did': 'Did',
        'document': 'dict[str, Any]',
        'pinned_seq': 'NotRequired[int | None]',
        'principal': 'NotRequired[PrincipalId | None]',
        'source': 'DidSource',
        'updated_at': 'NotRequired[str | None]',
        'version_id': 'NotRequired[str | None]',
    },
)
"""What a DID resolves to."""

DidSource: TypeAlias = "Literal['derived'] | Literal['local'] | Literal['fetched']"
"""Where a document came from."""

Digest: TypeAlias = 'str'
"""A SHA-256 digest as unpadded base64url."""

Discovered = TypedDict(
    'Discovered',
    {
        'agents': 'list[DiscoveredAgent]',
        'as_of_seq': 'int',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""The agents found, best first."""

DiscoveredAgent = TypedDict(
    'DiscoveredAgent',
    {
        'card_data': 'NotRequired[dict[str, Any] | None]',
        'did': 'Did',
        'explanation': 'NotRequired[Explanation | None]',
        'id': 'PrincipalId',
        'name': 'NotRequired[str | None]',
        'price': 'NotRequired[Price | None]',
        'reputation': 'NotRequired[Hundredths | None]',
        'score': 'Hundredths',
        'trust': 'Trust',
    },
)
"""An agent found."""

DocumentCount = TypedDict(
    'DocumentCount',
    {
        'count': 'int',
        'kind': 'str',
    },
)
"""Documents of one kind in the vault."""

Encoding: TypeAlias = "Literal['utf8'] | Literal['base64']"
"""How a content is written as a JSON string."""

Ending: TypeAlias = "Literal['done'] | Literal['refused'] | Literal['not_sent']"
"""How an action ended, as whoever carried it out says."""

EntryView = TypedDict(
    'EntryView',
    {
        'entry': 'dict[str, Any]',
        'leaf': 'Digest',
        'line': 'str',
        'seq': 'int',
    },
)
"""An entry of the journal."""

EnvelopeAccepted = TypedDict(
    'EnvelopeAccepted',
    {
        'envelope_id': 'EnvelopeId',
        'result': 'NotRequired[Any]',
        'seq': 'NotRequired[int | None]',
        'task': 'NotRequired[TaskId | None]',
        'transfer': 'NotRequired[TransferId | None]',
        'verb': 'str',
    },
)
"""What an envelope led to."""

EnvelopeId: TypeAlias = 'str'
"""The id of an AMP envelope: a UUID of version 4."""

EnvelopeView = TypedDict(
    'EnvelopeView',
    {
        'at': 'str',
        'digest': 'Digest',
        'envelope': 'NotRequired[dict[str, Any] | None]',
        'from': 'Did',
        'id': 'EnvelopeId',
        'kid': 'str',
        'kind': 'Kind',
        'parent': 'NotRequired[EnvelopeId | None]',
        'seq': 'int',
        'signature': 'Signature',
        'task': 'NotRequired[TaskId | None]',
        'to': 'str',
        'verb': 'str',
    },
)
"""An accepted envelope."""

Erasure = TypedDict(
    'Erasure',
    {
        'api_keys': 'NotRequired[int]',
        'balances': 'list[Balance]',
        'documents': 'list[DocumentCount]',
        'dry_run': 'NotRequired[bool]',
        'principal': 'PrincipalId',
        'receipt': 'NotRequired[Receipt | None]',
        'signature': 'NotRequired[Signature | None]',
        'tasks': 'int',
    },
)
"""What an erasure destroys, and what it leaves."""

Escalation = TypedDict(
    'Escalation',
    {
        'annotations': 'NotRequired[dict[str, Any]]',
        'concern_type': "Literal['ethical_violation', 'policy_violation', 'authority_violation', 'safety', 'fraud', 'privacy', 'legal', 'framework_conflict', 'other']",
        'description': 'NotRequired[str | None]',
        'id': 'str',
        'notes': 'NotRequired[str | None]',
        'outcome': "NotRequired[Literal['upheld', 'dismissed', 'partially_upheld', None]]",
        'raised_at': 'str',
        'raised_by': 'NotRequired[PrincipalId | None]',
        'requested_action': "Literal['pause_and_review', 'escalate_to_human', 'quarantine']",
        'resolved_at': 'NotRequired[str | None]',
        'resolved_by': 'NotRequired[PrincipalId | None]',
        'seq': 'int',
        'task': 'TaskId',
    },
)
"""An escalation."""

Explained = TypedDict(
    'Explained',
    {
        'answer': 'str',
        'id': 'str',
        'next_step': 'str',
        'reasons': 'list[Reason]',
        'see': 'NotRequired[list[str]]',
    },
)
"""Why something is as it is."""

Explanation = TypedDict(
    'Explanation',
    {
        'completed': 'int',
        'failed': 'int',
        'ratings': 'int',
        'relevance_millionths': 'int',
        'seq': 'int',
        'standing': 'Hundredths',
    },
)
"""The parts of an agent's place: agents are sorted by the first that differs."""

ExportLine: TypeAlias = 'dict[str, Any]'
"""One line of an export."""

FeePolicy = TypedDict(
    'FeePolicy',
    {
        'minimum': 'Amount',
        'rate': 'Amount',
    },
)
"""What a node takes for a transfer; the payer pays it on top."""

FieldProblem = TypedDict(
    'FieldProblem',
    {
        'code': 'str',
        'detail': 'str',
        'field': 'str',
    },
)
"""One member of the request that was wrong."""

Framework: TypeAlias = 'str'
"""A body of rules that somebody is bound by."""

Funding = TypedDict(
    'Funding',
    {
        'agent': 'PrincipalId',
        'amount': 'Amount',
        'currency': 'CurrencyCode',
        'decided_at': 'NotRequired[str | None]',
        'id': 'FundingId',
        'requested_at': 'str',
        'state': 'FundingState',
    },
)
"""A funding request."""

FundingId: TypeAlias = 'str'
"""The id of a funding request."""

FundingState: TypeAlias = "Literal['requested'] | Literal['approved'] | Literal['rejected']"
"""Where a request stands."""

Grant = TypedDict(
    'Grant',
    {
        'actions': 'list[str]',
        'chain': 'NotRequired[list[GrantLink]]',
        'counterparties': 'NotRequired[list[PrincipalId]]',
        'created_at': 'str',
        'currency': 'NotRequired[CurrencyCode | None]',
        'depth': 'int',
        'depth_max': 'NotRequired[int | None]',
        'expires_at': 'str',
        'holder': 'PrincipalId',
        'holder_key': 'NotRequired[PublicKey | None]',
        'id': 'GrantId',
        'issuer': 'PrincipalId',
        'jurisdictions': 'NotRequired[list[Jurisdiction]]',
        'on_behalf_of': 'PrincipalId',
        'parent': 'NotRequired[GrantId | None]',
        'per_use': 'NotRequired[Amount | None]',
        'resources': 'NotRequired[list[str]]',
        'seq': 'int',
        'status': 'GrantStatus',
        'total': 'NotRequired[Amount | None]',
        'used': 'NotRequired[Amount | None]',
        'uses': 'NotRequired[int | None]',
        'uses_max': 'NotRequired[int | None]',
    },
)
"""A grant."""

GrantDocument = TypedDict(
    'GrantDocument',
    {
        'checkpoint': 'str',
        'exported_at': 'str',
        'format': 'str',
        'grant': 'GrantId',
        'in_force': 'bool',
        'links': 'list[GrantDocumentLink]',
        'node_key': 'PublicKey',
        'origin': 'str',
        'signature': 'Signature',
        'version': 'int',
    },
)
"""A chain of grants under the node's signature: what was given, by whom to whom, and that it stands
in the node's journal. Everything but `signature` is signed, as canonical JSON (RFC 8785)."""

GrantDocumentLink = TypedDict(
    'GrantDocumentLink',
    {
        'created': 'ProvenEntry',
        'ended': 'NotRequired[ProvenEntry | None]',
        'scale': 'NotRequired[int | None]',
        'used': 'NotRequired[Amount | None]',
        'uses': 'NotRequired[int | None]',
    },
)
"""One grant of a chain."""

GrantId: TypeAlias = 'str'
"""The id of a grant."""

GrantLink = TypedDict(
    'GrantLink',
    {
        'currency': 'NotRequired[CurrencyCode | None]',
        'expires_at': 'str',
        'holder': 'PrincipalId',
        'id': 'GrantId',
        'issuer': 'PrincipalId',
        'status': 'GrantStatus',
        'total': 'NotRequired[Amount | None]',
        'used': 'NotRequired[Amount | None]',
        'uses': 'NotRequired[int | None]',
        'uses_max': 'NotRequired[int | None]',
    },
)
"""A grant above another one, which is charged for what is done under that."""

GrantStatus: TypeAlias = "Literal['active'] | Literal['expired'] | Literal['revoked'] | Literal['relinquished']"
"""Whether a grant still counts."""

Graph = TypedDict(
    'Graph',
    {
        'as_of_seq': 'int',
        'edges': 'list[GraphEdge]',
        'nodes': 'list[GraphNode]',
        'root': 'EnvelopeId',
        'task': 'NotRequired[TaskId | None]',
    },
)
"""A graph of envelopes: each points to the one it follows."""

GraphEdge = TypedDict(
    'GraphEdge',
    {
        'from': 'EnvelopeId',
        'to': 'EnvelopeId',
    },
)
"""An edge of a graph."""

GraphNode = TypedDict(
    'GraphNode',
    {
        'at': 'str',
        'from': 'Did',
        'id': 'EnvelopeId',
        'kind': 'Kind',
        'parent': 'NotRequired[EnvelopeId | None]',
        'seq': 'int',
        'to': 'str',
        'verb': 'str',
    },
)
"""An envelope of a graph."""

Halt = TypedDict(
    'Halt',
    {
        'reason': 'NotRequired[StopReason | None]',
        'since': 'str',
    },
)
"""Since when somebody is stopped, and why."""

HealthStatus = TypedDict(
    'HealthStatus',
    {
        'status': 'str',
    },
)
"""The process lives."""

Hold = TypedDict(
    'Hold',
    {
        'expires_in_s': 'NotRequired[int | None]',
    },
)
"""Sets money aside instead of moving it at once."""

Hundredths: TypeAlias = 'str'
"""A decimal with at most two decimals, as a string."""

IncarnationId: TypeAlias = 'str'
"""The id of one incarnation of a journal."""

InclusionProof = TypedDict(
    'InclusionProof',
    {
        'leaf': 'Digest',
        'proof': 'list[Digest]',
        'root': 'Digest',
        'seq': 'int',
        'tree_size': 'int',
    },
)
"""The siblings on the way from a leaf to the root."""

Intent = TypedDict(
    'Intent',
    {
        'action': 'str',
        'constraints': 'NotRequired[Constraints | None]',
        'params': 'NotRequired[dict[str, Any] | None]',
    },
)
"""A goal."""

Invite = TypedDict(
    'Invite',
    {
        'created_at': 'str',
        'email': 'NotRequired[str | None]',
        'expires_at': 'str',
        'good': 'bool',
        'id': 'InviteId',
        'invited_by': 'PrincipalId',
        'org': 'PrincipalId',
        'role': 'OrgRole',
    },
)
"""An invitation that nobody has used."""

InviteCreated = TypedDict(
    'InviteCreated',
    {
        'invite': 'Invite',
        'seq': 'int',
        'token': 'str',
    },
)
"""An invitation that was just made, with its token."""

InviteId: TypeAlias = 'str'
"""The id of an invitation; not its token."""

InviteRevoked = TypedDict(
    'InviteRevoked',
    {
        'id': 'InviteId',
        'seq': 'int',
    },
)
"""An invitation that was taken back."""

Jurisdiction: TypeAlias = 'str'
"""Where a law holds: a country or union, perhaps with a part of it."""

Jwk = TypedDict(
    'Jwk',
    {
        'alg': 'str',
        'crv': 'str',
        'custodial': 'NotRequired[bool | None]',
        'kid': 'str',
        'kty': 'str',
        'until': 'NotRequired[str | None]',
        'use': 'str',
        'x': 'str',
    },
)
"""An Ed25519 key as JSON Web Key (RFC 8037)."""

KeySet = TypedDict(
    'KeySet',
    {
        'keys': 'list[Jwk]',
    },
)
"""A set of keys (RFC 7517 section 5)."""

Kind: TypeAlias = "Literal['intent'] | Literal['delegation'] | Literal['inference'] | Literal['outcome']"
"""What an envelope is in the graph of intents."""

Me = TypedDict(
    'Me',
    {
        'client_id': 'str',
        'did': 'Did',
        'status': 'str',
    },
)
"""Whom a credential stands for."""

MembershipEnded = TypedDict(
    'MembershipEnded',
    {
        'member': 'PrincipalId',
        'org': 'PrincipalId',
        'seq': 'int',
    },
)
"""A membership that has ended."""

Memory = TypedDict(
    'Memory',
    {
        'agent': 'PrincipalId',
        'bytes': 'int',
        'content': 'NotRequired[str | None]',
        'content_type': 'str',
        'created_at': 'str',
        'encoding': 'NotRequired[Encoding | None]',
        'id': 'MemoryId',
        'label': 'NotRequired[str | None]',
        'seq': 'int',
        'tags': 'NotRequired[list[str]]',
    },
)
"""A memory: with its content where one was asked for, without in lists."""

MemoryErasure = TypedDict(
    'MemoryErasure',
    {
        'agent': 'PrincipalId',
        'bytes': 'int',
        'dry_run': 'NotRequired[bool]',
        'memory': 'MemoryId',
        'receipt': 'NotRequired[Receipt | None]',
        'signature': 'NotRequired[Signature | None]',
    },
)
"""What an erasure destroys."""

MemoryId: TypeAlias = 'str'
"""The id of a memory."""

Milestone = TypedDict(
    'Milestone',
    {
        'on': 'str',
        'pct': 'int',
    },
)
"""A share of the amount, and what releases it."""

MilestoneState: TypeAlias = "Literal['open'] | Literal['executed'] | Literal['claimed'] | Literal['paid'] | Literal['refused']"
"""Where a milestone stands."""

Money: TypeAlias = 'str'
"""An amount of major units, with its currency or beside it."""

NewDid = TypedDict(
    'NewDid',
    {
        'method': 'NotRequired[DidMethod]',
        'recovery_key': 'NotRequired[PublicKey | None]',
    },
)
"""What the DID of a new agent shall be."""

NewPasswordStored = TypedDict(
    'NewPasswordStored',
    {
        'message': 'str',
        'principal': 'PrincipalId',
    },
)
"""A password that was set."""

NodeInfo = TypedDict(
    'NodeInfo',
    {
        'as_of_seq': 'int',
        'currencies': 'list[CurrencyInfo]',
        'did': 'Did',
        'fee': 'FeePolicy',
        'incarnation': 'IncarnationId',
        'mode': 'NodeMode',
        'public_key': 'PublicKey',
        'setup_pending': 'NotRequired[bool]',
        'version': 'str',
    },
)
"""Who a node is."""

NodeMode: TypeAlias = "Literal['sovereign'] | Literal['satellite']"
"""Whether a node makes money of its own."""

OnboardTokenMade = TypedDict(
    'OnboardTokenMade',
    {
        'bootstrap_token': 'str',
        'expires_at': 'str',
        'expires_in': 'int',
    },
)
"""A bootstrap token."""

OnboardedAgent = TypedDict(
    'OnboardedAgent',
    {
        'account_status': 'str',
        'agent_card_id': 'str',
        'agent_card_name': 'str',
        'agent_did': 'Did',
        'client_id': 'ClientId',
        'client_secret': 'str',
        'faucet_transaction_id': 'str',
        'initial_funding_status': 'str',
        'private_key_pem': 'NotRequired[str | None]',
        'recovery_key_pem': 'NotRequired[str | None]',
    },
)
"""An agent that was just made, with what is shown only now."""

OpenApiDocument: TypeAlias = 'dict[str, Any]'
"""An OpenAPI 3.1 document."""

Org = TypedDict(
    'Org',
    {
        'agents': 'int',
        'created_at': 'str',
        'did': 'Did',
        'id': 'PrincipalId',
        'members': 'NotRequired[int | None]',
        'name': 'NotRequired[str | None]',
        'role': 'NotRequired[OrgRole | None]',
        'status': 'PrincipalStatus',
    },
)
"""An organization, as far as the caller sees it."""

OrgAgent = TypedDict(
    'OrgAgent',
    {
        'did': 'Did',
        'id': 'PrincipalId',
        'name': 'NotRequired[str | None]',
        'shared_with': 'NotRequired[list[SharedWith]]',
        'status': 'PrincipalStatus',
    },
)
"""An agent that belongs to an organization."""

OrgMember = TypedDict(
    'OrgMember',
    {
        'did': 'Did',
        'id': 'PrincipalId',
        'name': 'NotRequired[str | None]',
        'role': 'OrgRole',
        'since': 'str',
    },
)
"""A member of an organization."""

OrgRole: TypeAlias = "Literal['owner'] | Literal['admin'] | Literal['member'] | Literal['guest']"
"""What somebody is in an organization."""

PageOfAgent = TypedDict(
    'PageOfAgent',
    {
        'as_of_seq': 'int',
        'data': 'list[Agent]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfAgentStanding = TypedDict(
    'PageOfAgentStanding',
    {
        'as_of_seq': 'int',
        'data': 'list[AgentStanding]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfAnyTask = TypedDict(
    'PageOfAnyTask',
    {
        'as_of_seq': 'int',
        'data': 'list[AnyTask]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfApiKey = TypedDict(
    'PageOfApiKey',
    {
        'as_of_seq': 'int',
        'data': 'list[ApiKey]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfApprovalRequest = TypedDict(
    'PageOfApprovalRequest',
    {
        'as_of_seq': 'int',
        'data': 'list[ApprovalRequest]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfArtifact = TypedDict(
    'PageOfArtifact',
    {
        'as_of_seq': 'int',
        'data': 'list[Artifact]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfBalance = TypedDict(
    'PageOfBalance',
    {
        'as_of_seq': 'int',
        'data': 'list[Balance]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfCallback = TypedDict(
    'PageOfCallback',
    {
        'as_of_seq': 'int',
        'data': 'list[Callback]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfClient = TypedDict(
    'PageOfClient',
    {
        'as_of_seq': 'int',
        'data': 'list[Client]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfCurrencyInfo = TypedDict(
    'PageOfCurrencyInfo',
    {
        'as_of_seq': 'int',
        'data': 'list[CurrencyInfo]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfEscalation = TypedDict(
    'PageOfEscalation',
    {
        'as_of_seq': 'int',
        'data': 'list[Escalation]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfFunding = TypedDict(
    'PageOfFunding',
    {
        'as_of_seq': 'int',
        'data': 'list[Funding]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfGrant = TypedDict(
    'PageOfGrant',
    {
        'as_of_seq': 'int',
        'data': 'list[Grant]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfInvite = TypedDict(
    'PageOfInvite',
    {
        'as_of_seq': 'int',
        'data': 'list[Invite]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfMemory = TypedDict(
    'PageOfMemory',
    {
        'as_of_seq': 'int',
        'data': 'list[Memory]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfOrg = TypedDict(
    'PageOfOrg',
    {
        'as_of_seq': 'int',
        'data': 'list[Org]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfOrgAgent = TypedDict(
    'PageOfOrgAgent',
    {
        'as_of_seq': 'int',
        'data': 'list[OrgAgent]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfOrgMember = TypedDict(
    'PageOfOrgMember',
    {
        'as_of_seq': 'int',
        'data': 'list[OrgMember]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfPasskey = TypedDict(
    'PageOfPasskey',
    {
        'as_of_seq': 'int',
        'data': 'list[Passkey]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfPolicyDifference = TypedDict(
    'PageOfPolicyDifference',
    {
        'as_of_seq': 'int',
        'data': 'list[PolicyDifference]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfPolicySet = TypedDict(
    'PageOfPolicySet',
    {
        'as_of_seq': 'int',
        'data': 'list[PolicySet]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfRole = TypedDict(
    'PageOfRole',
    {
        'as_of_seq': 'int',
        'data': 'list[Role]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfSession = TypedDict(
    'PageOfSession',
    {
        'as_of_seq': 'int',
        'data': 'list[Session]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfTeam = TypedDict(
    'PageOfTeam',
    {
        'as_of_seq': 'int',
        'data': 'list[Team]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

PageOfTransfer = TypedDict(
    'PageOfTransfer',
    {
        'as_of_seq': 'int',
        'data': 'list[Transfer]',
        'next_cursor': 'NotRequired[str | None]',
    },
)
"""One page of a list."""

Passkey = TypedDict(
    'Passkey',
    {
        'added_at': 'str',
        'id': 'PasskeyId',
        'name': 'NotRequired[str | None]',
        'seq': 'NotRequired[int | None]',
    },
)
"""A passkey."""

PasskeyChallenge = TypedDict(
    'PasskeyChallenge',
    {
        'expires_in_s': 'int',
        'public_key': 'dict[str, Any]',
    },
)
"""What a browser asks an authenticator by. It is answered once."""

PasskeyId: TypeAlias = 'str'
"""The id of a passkey."""

PolicyBound = TypedDict(
    'PolicyBound',
    {
        'action': 'str',
        'allow_up_to': 'Amount',
        'approve_up_to': 'NotRequired[Amount | None]',
        'currency': 'CurrencyCode',
    },
)
"""What is decided by the amount alone, for one action and currency."""

PolicyChange = TypedDict(
    'PolicyChange',
    {
        'change': 'str',
        'expires_at': 'str',
        'requested_by': 'PrincipalId',
    },
)
"""A change that waits for its second person."""

PolicyDifference = TypedDict(
    'PolicyDifference',
    {
        'enforced': 'PolicyVerdict',
        'judged_at': 'str',
        'seq': 'int',
        'shadow': 'list[ShadowVerdict]',
        'subject': 'NotRequired[str | None]',
    },
)
"""A command about which sets in shadow said something else than what counted."""

PolicyEngine: TypeAlias = "Literal['rego'] | Literal['opa'] | Literal['record']"
"""What evaluates a policy set."""

PolicyEvaluation = TypedDict(
    'PolicyEvaluation',
    {
        'annotations': 'NotRequired[dict[str, Any]]',
        'asked_at': 'NotRequired[str | None]',
        'at_least': 'NotRequired[PolicyVerdict | None]',
        'by': 'PrincipalId',
        'callback_url': 'NotRequired[str | None]',
        'evaluated_at': 'NotRequired[str | None]',
        'facts': 'NotRequired[Digest | None]',
        'id': 'PolicyEvaluationId',
        'matched_rules': 'list[RuleName]',
        'obligations': 'list[str]',
        'policy_sets': 'list[PolicySetVerdict]',
        'refusal': 'NotRequired[str | None]',
        'seq': 'int',
        'state': 'PolicyEvaluationState',
        'task': 'NotRequired[TaskId | None]',
        'verdict': 'NotRequired[PolicyVerdict | None]',
    },
)
"""What policy said when it was asked."""

PolicyEvaluationId: TypeAlias = 'str'
"""The id of an evaluation of policy."""

PolicyEvaluationState: TypeAlias = "Literal['pending'] | Literal['done'] | Literal['failed']"
"""Whether policy has answered."""

PolicyMode: TypeAlias = "Literal['off'] | Literal['shadow'] | Literal['enforce']"
"""How much a policy set's verdict counts."""

PolicySet = TypedDict(
    'PolicySet',
    {
        'actions': 'list[str]',
        'bounds': 'list[PolicyBound]',
        'data': 'NotRequired[dict[str, Any]]',
        'description': 'NotRequired[str | None]',
        'engine': 'PolicyEngine',
        'frameworks': 'list[Framework]',
        'id': 'PolicySetId',
        'jurisdictions': 'list[Jurisdiction]',
        'mode': 'PolicyMode',
        'modules': 'NotRequired[dict[str, str]]',
        'name': 'str',
        'pending': 'NotRequired[PolicyChange | None]',
        'rules_digest': 'Digest',
        'status': 'PolicySetStatus',
        'version': 'str',
    },
)
"""A policy set."""

PolicySetId: TypeAlias = 'str'
"""The id of a policy set."""

PolicySetStatus: TypeAlias = "Literal['draft'] | Literal['active'] | Literal['deprecated'] | Literal['revoked']"
"""Where a policy set stands."""

PolicySetVerdict = TypedDict(
    'PolicySetVerdict',
    {
        'failed': 'NotRequired[bool]',
        'mode': 'PolicyMode',
        'policy_set': 'PolicySetId',
        'rules_digest': 'Digest',
        'verdict': 'PolicyVerdict',
    },
)
"""What one policy set said."""

PolicyVerdict: TypeAlias = "Literal['allow'] | Literal['require_stronger_auth'] | Literal['require_approval'] | Literal['escalate'] | Literal['deny'] | Literal['quarantine']"
"""What policy says of an act."""

Price = TypedDict(
    'Price',
    {
        'amount': 'Amount',
        'currency': 'CurrencyCode',
    },
)
"""What an agent asks for."""

PrincipalId: TypeAlias = 'str'
"""The id of a principal."""

PrincipalKind: TypeAlias = "Literal['agent'] | Literal['person'] | Literal['organization'] | Literal['node']"
"""What kind of principal it is."""

PrincipalRef: TypeAlias = 'str'
"""A principal: its agt_ id, or its DID."""

PrincipalStatus: TypeAlias = "Literal['active'] | Literal['suspended'] | Literal['erased'] | Literal['frozen']"
"""Whether a principal may act."""

Problem = TypedDict(
    'Problem',
    {
        'code': 'str',
        'detail': 'str',
        'errors': 'NotRequired[list[FieldProblem]]',
        'next_step': 'str',
        'request_id': 'NotRequired[RequestId | None]',
        'status': 'int',
        'title': 'str',
        'type': 'str',
    },
)
"""A refusal or fault (RFC 9457)."""

ProvenEntry = TypedDict(
    'ProvenEntry',
    {
        'line': 'str',
        'proof': 'list[Digest]',
        'seq': 'int',
    },
)
"""An entry of the journal with its proof."""

PublicKey: TypeAlias = 'str'
"""An Ed25519 public key as multibase or did:key."""

PublicKeySet = TypedDict(
    'PublicKeySet',
    {
        'alg': 'str',
        'crv': 'str',
        'custodial': 'NotRequired[bool | None]',
        'keys': 'list[Jwk]',
        'kid': 'str',
        'kty': 'str',
        'until': 'NotRequired[str | None]',
        'use': 'str',
        'x': 'str',
    },
)
"""The key that the node signs an agent's card with; `keys` makes the whole a key set of that key,
the one before it for a while, and the agent's own."""

Quote = TypedDict(
    'Quote',
    {
        'amount': 'Amount',
        'as_of_seq': 'int',
        'currency': 'CurrencyCode',
        'fee': 'Amount',
        'sufficient': 'bool',
        'total': 'Amount',
    },
)
"""What a transfer would cost now."""

Rail: TypeAlias = "Literal['amp-escrow'] | Literal['amp-outcome']"
"""How an agreement is paid (seed AMP v0.1, "Settlement Rails")."""

Readiness = TypedDict(
    'Readiness',
    {
        'checks': 'list[ReadinessCheck]',
        'ready': 'bool',
    },
)
"""Whether the node takes requests: 200 when it does, 503 with the same body when not."""

ReadinessCheck = TypedDict(
    'ReadinessCheck',
    {
        'detail': 'NotRequired[str | None]',
        'name': 'str',
        'ok': 'bool',
    },
)
"""One thing a node needs in order to take requests."""

Reason = TypedDict(
    'Reason',
    {
        'at': 'NotRequired[str | None]',
        'code': 'NotRequired[str | None]',
        'seq': 'NotRequired[int | None]',
        'text': 'str',
    },
)
"""One line of an explanation."""

Receipt = TypedDict(
    'Receipt',
    {
        'backups_until': 'str',
        'erased_at': 'str',
        'format': 'str',
        'journal_clean': 'bool',
        'leaf': 'Digest',
        'memory': 'NotRequired[MemoryId | None]',
        'node': 'Did',
        'origin': 'str',
        'principal': 'PrincipalId',
        'seq': 'int',
        'snapshots_clean': 'bool',
        'version': 'int',
        'views_clean': 'bool',
    },
)
"""The node's word that somebody was erased, or a memory of theirs."""

ReceiptId: TypeAlias = 'str'
"""The id of a receipt."""

RecoveryKeys = TypedDict(
    'RecoveryKeys',
    {
        'recovery_keys': 'list[str]',
        'seq': 'int',
    },
)
"""Recovery keys, shown once."""

RegistrationBegun = TypedDict(
    'RegistrationBegun',
    {
        'expires_in_s': 'int',
        'message': 'str',
        'recovery_keys': 'list[str]',
    },
)
"""The same for an address that is known and for one that is not."""

RegistryCard: TypeAlias = 'dict[str, Any]'
"""A registry card of version 0.4."""

Replay = TypedDict(
    'Replay',
    {
        'as_of_seq': 'int',
        'head': 'Digest',
        'steps': 'list[ReplayStep]',
        'task': 'TaskId',
    },
)
"""The record of a task."""

ReplayStep = TypedDict(
    'ReplayStep',
    {
        'at': 'str',
        'entry': 'dict[str, Any]',
        'hash': 'Digest',
        'known': 'dict[str, Any]',
        'leaf': 'Digest',
        'prev': 'Digest',
        'seq': 'int',
    },
)
"""One step of a task."""

Reputation = TypedDict(
    'Reputation',
    {
        'agent': 'PrincipalId',
        'as_agent': 'Standing',
        'as_of_seq': 'int',
        'as_payer': 'Standing',
    },
)
"""What an agent's counterparties made of it: accumulators over settled work."""

RequestId: TypeAlias = 'str'
"""The id of one request."""

Require = TypedDict(
    'Require',
    {
        'attestors': 'NotRequired[int | None]',
        'zkml': 'NotRequired[bool | None]',
    },
)
"""Proofs the sender asks for."""

Role = TypedDict(
    'Role',
    {
        'active': 'bool',
        'principal': 'PrincipalId',
        'role': "Literal['executive', 'compliance_monitor', 'impact_assessor']",
        'since': 'str',
    },
)
"""A governance role that somebody holds, or held."""

RuleName: TypeAlias = 'str'
"""The name of a rule of a policy."""

Session = TypedDict(
    'Session',
    {
        'current': 'bool',
        'expires_at': 'str',
        'id': 'SessionId',
        'opened_at': 'str',
        'second_factor': 'bool',
    },
)
"""A session without its secret."""

SessionId: TypeAlias = 'str'
"""The id of a session; not its secret."""

SessionOpened = TypedDict(
    'SessionOpened',
    {
        'access_token': 'NotRequired[str | None]',
        'expires_at': 'str',
        'id': 'SessionId',
        'principal': 'PrincipalId',
        'seq': 'int',
        'token_type': 'str',
    },
)
"""A session, with its secret."""

SettleSpec = TypedDict(
    'SettleSpec',
    {
        'amount': 'Money',
        'currency': 'NotRequired[CurrencyCode | None]',
        'milestones': 'NotRequired[list[Milestone] | None]',
        'rail': 'Rail',
    },
)
"""How an envelope is paid for."""

SetupDone = TypedDict(
    'SetupDone',
    {
        'api_key': 'str',
        'did': 'Did',
        'id': 'PrincipalId',
        'private_key_pem': 'NotRequired[str | None]',
        'public_key': 'PublicKey',
        'seq': 'int',
    },
)
"""The owner, with what is shown only now."""

ShadowVerdict = TypedDict(
    'ShadowVerdict',
    {
        'policy_set': 'PolicySetId',
        'verdict': 'PolicyVerdict',
    },
)
"""What a set in shadow said."""

SharedWith = TypedDict(
    'SharedWith',
    {
        'member': 'NotRequired[PrincipalId | None]',
        'team': 'NotRequired[TeamId | None]',
    },
)
"""With whom an agent is shared."""

Sharing = TypedDict(
    'Sharing',
    {
        'id': 'PrincipalId',
        'seq': 'int',
        'with': 'SharedWith',
    },
)
"""An agent that was shared, or is no longer."""

Signature: TypeAlias = 'str'
"""An Ed25519 signature as unpadded base64url."""

StakeholderImpact = TypedDict(
    'StakeholderImpact',
    {
        'harmed': 'bool',
        'magnitude': 'int',
        'notes': 'NotRequired[str | None]',
        'stakeholder': "Literal['principal', 'user', 'counterparty', 'customer', 'employee', 'community', 'vulnerable_group', 'public', 'environment', 'other']",
    },
)
"""What it does to somebody."""

Standing = TypedDict(
    'Standing',
    {
        'completed': 'int',
        'failed': 'int',
        'rating': 'NotRequired[Hundredths | None]',
        'ratings': 'int',
    },
)
"""How somebody did in one role."""

StopReason: TypeAlias = "Literal['abuse'] | Literal['fraud'] | Literal['compromised'] | Literal['policy'] | Literal['legal'] | Literal['requested']"
"""Why a principal is suspended or frozen."""

Supply = TypedDict(
    'Supply',
    {
        'currencies': 'list[CurrencySupply]',
        'seq': 'int',
    },
)
"""All money there is, per currency."""

Task = TypedDict(
    'Task',
    {
        'agent': 'NotRequired[PrincipalId | None]',
        'amount': 'Amount',
        'created_at': 'str',
        'currency': 'CurrencyCode',
        'deadline': 'NotRequired[str | None]',
        'escrow': 'NotRequired[TransferId | None]',
        'id': 'TaskId',
        'last_envelope': 'NotRequired[EnvelopeId | None]',
        'milestones': 'list[TaskMilestone]',
        'paid': 'Amount',
        'payer': 'PrincipalId',
        'rail': 'Rail',
        'refunded': 'Amount',
        'root_envelope': 'NotRequired[EnvelopeId | None]',
        'seq': 'int',
        'terms_state': 'TermsState',
        'updated_at': 'str',
        'work_state': 'NotRequired[WorkState | None]',
    },
)
"""A declared piece of work."""

TaskId: TypeAlias = 'str'
"""The id of a task."""

TaskMilestone = TypedDict(
    'TaskMilestone',
    {
        'amount': 'Amount',
        'on': 'NotRequired[str | None]',
        'pct': 'int',
        'state': 'MilestoneState',
    },
)
"""A milestone of a task."""

Team = TypedDict(
    'Team',
    {
        'created_at': 'str',
        'id': 'TeamId',
        'members': 'list[PrincipalId]',
        'name': 'NotRequired[str | None]',
        'org': 'PrincipalId',
    },
)
"""A team."""

TeamDeleted = TypedDict(
    'TeamDeleted',
    {
        'id': 'TeamId',
        'seq': 'int',
    },
)
"""A team that was dissolved."""

TeamId: TypeAlias = 'str'
"""The id of a team."""

TegSent = TypedDict(
    'TegSent',
    {
        'currency_received': 'CurrencyCode',
        'currency_sent': 'CurrencyCode',
        'detail': 'str',
        'method': 'str',
        'ok': 'bool',
        'receiver_registry': 'str',
        'status': 'str',
        'transfer_id': 'NotRequired[TransferId | None]',
    },
)
"""What became of the money."""

TermsState: TypeAlias = "Literal['offered'] | Literal['accepted'] | Literal['rejected'] | Literal['delegated'] | Literal['settled'] | Literal['revoked'] | Literal['expired']"
"""Where the agreement stands."""

TextDocument: TypeAlias = 'str'
"""A document of text."""

TimeHorizon = TypedDict(
    'TimeHorizon',
    {
        'consequences': 'NotRequired[list[str]]',
        'horizon': "Literal['immediate', 'short_term', 'medium_term', 'long_term']",
        'reversible': 'NotRequired[bool]',
        'severity': "Literal['negligible', 'low', 'moderate', 'high', 'severe']",
    },
)
"""What one horizon holds."""

TokensRevoked = TypedDict(
    'TokensRevoked',
    {
        'id': 'PrincipalId',
        'seq': 'int',
    },
)
"""Whose tokens were revoked."""

TotpBegun = TypedDict(
    'TotpBegun',
    {
        'expires_in_s': 'int',
        'secret': 'str',
        'uri': 'str',
    },
)
"""The secret of a second factor, shown once."""

Transfer = TypedDict(
    'Transfer',
    {
        'amount': 'Amount',
        'created_at': 'str',
        'currency': 'CurrencyCode',
        'expires_at': 'NotRequired[str | None]',
        'fee': 'Amount',
        'from': 'str',
        'id': 'NotRequired[TransferId | None]',
        'of': 'NotRequired[TransferId | None]',
        'posted': 'NotRequired[Amount | None]',
        'remaining': 'NotRequired[Amount | None]',
        'seq': 'NotRequired[int | None]',
        'state': 'TransferState',
        'to': 'str',
        'total': 'Amount',
        'voided': 'NotRequired[Amount | None]',
    },
)
"""A movement of money."""

TransferId: TypeAlias = 'str'
"""The id of a transfer."""

TransferItem = TypedDict(
    'TransferItem',
    {
        'amount': 'Amount',
        'currency': 'NotRequired[CurrencyCode | None]',
        'from': 'NotRequired[PrincipalRef | None]',
        'hold': 'NotRequired[Hold | None]',
        'to': 'PrincipalRef',
    },
)
"""One transfer of a batch."""

TransferState: TypeAlias = "Literal['posted'] | Literal['pending'] | Literal['voided'] | Literal['expired']"
"""Where a transfer stands."""

Trust: TypeAlias = "Literal['verified'] | Literal['unsigned'] | Literal['invalid']"
"""What was found of the signatures on a card when it came in."""

Validation = TypedDict(
    'Validation',
    {
        'checks': 'list[CheckView]',
        'permit': 'bool',
    },
)
"""What the gate would say. One that says no is a problem with a member of `errors` for each lock
that stays closed."""

VersionInfo = TypedDict(
    'VersionInfo',
    {
        'commit': 'NotRequired[str | None]',
        'name': 'str',
        'version': 'str',
    },
)
"""Which software this is."""

Wait: TypeAlias = "Literal['done'] | Literal['started']"
"""Whether to wait."""

WhoAsks = TypedDict(
    'WhoAsks',
    {
        'account': 'bool',
        'actions': 'list[str]',
        'did': 'Did',
        'email': 'NotRequired[str | None]',
        'id': 'PrincipalId',
        'kind': 'PrincipalKind',
        'method': 'str',
        'passkeys': 'int',
        'recovery_keys_left': 'int',
        'second_factor': 'bool',
        'totp': 'bool',
    },
)
"""Who asked, and what was proven."""

WorkState: TypeAlias = "Literal['submitted'] | Literal['working'] | Literal['completed'] | Literal['failed'] | Literal['canceled'] | Literal['rejected'] | Literal['input_required'] | Literal['auth_required']"
"""Where the work stands: the eight states of A2A (A2A 1.0 section 4.1.3)."""


class Operation(NamedTuple):
    """How an operation is asked for."""

    id: str
    method: str
    path: str
    query: tuple[str, ...]
    takes_body: bool
    idempotent: bool
    public: bool
    json: bool


OPERATIONS: Mapping[str, Operation] = {
    'registry_card_get': Operation('registry_card_get', 'GET', '/.well-known/registry-card.json', (), False, False, True, True),
    'registry_jwks': Operation('registry_jwks', 'GET', '/.well-known/registry-jwks.json', (), False, False, True, True),
    'agent_card_well_known': Operation('agent_card_well_known', 'GET', '/a2a/{agent}/.well-known/agent-card.json', (), False, False, True, True),
    'envelope_submit': Operation('envelope_submit', 'POST', '/amp/envelopes', (), True, False, True, True),
    'envelope_get': Operation('envelope_get', 'GET', '/amp/envelopes/{envelope}', (), False, False, False, True),
    'envelope_graph': Operation('envelope_graph', 'GET', '/amp/graph/{envelope}', (), False, False, False, True),
    'absence_delegate': Operation('absence_delegate', 'POST', '/api/v1/absence', (), True, True, False, True),
    'balance_list': Operation('balance_list', 'GET', '/api/v1/accounts/{principal}/balances', ('cursor', 'limit',), False, False, False, True),
    'action_submit': Operation('action_submit', 'POST', '/api/v1/actions', (), True, True, False, True),
    'action_validate': Operation('action_validate', 'POST', '/api/v1/actions/validate', (), True, False, False, True),
    'action_get': Operation('action_get', 'GET', '/api/v1/actions/{action}', (), False, False, False, True),
    'action_claim': Operation('action_claim', 'POST', '/api/v1/actions/{action}/claim', (), True, True, False, True),
    'receipt_post': Operation('receipt_post', 'POST', '/api/v1/actions/{action}/receipt', (), True, True, False, True),
    'agent_list': Operation('agent_list', 'GET', '/api/v1/agents', ('cursor', 'limit',), False, False, False, True),
    'agent_create': Operation('agent_create', 'POST', '/api/v1/agents', (), True, True, False, True),
    'agent_me': Operation('agent_me', 'GET', '/api/v1/agents/me', (), False, False, False, True),
    'agent_get': Operation('agent_get', 'GET', '/api/v1/agents/{agent}', (), False, False, False, True),
    'appeal_lodge': Operation('appeal_lodge', 'POST', '/api/v1/agents/{agent}/appeal', (), True, True, False, True),
    'agent_card_get': Operation('agent_card_get', 'GET', '/api/v1/agents/{agent}/card', (), False, False, True, True),
    'agent_card_set': Operation('agent_card_set', 'PUT', '/api/v1/agents/{agent}/card', (), True, True, False, True),
    'agent_card_export': Operation('agent_card_export', 'GET', '/api/v1/agents/{agent}/card-export', (), False, False, True, True),
    'agent_card_sign': Operation('agent_card_sign', 'POST', '/api/v1/agents/{agent}/card/signatures', (), True, True, False, True),
    'custody_key_set': Operation('custody_key_set', 'POST', '/api/v1/agents/{agent}/custody-key', (), True, True, False, True),
    'did_get': Operation('did_get', 'GET', '/api/v1/agents/{agent}/did', (), False, False, False, True),
    'did_create': Operation('did_create', 'POST', '/api/v1/agents/{agent}/did', (), True, True, False, True),
    'did_log_set': Operation('did_log_set', 'PUT', '/api/v1/agents/{agent}/did/log', (), True, True, False, True),
    'agent_freeze': Operation('agent_freeze', 'POST', '/api/v1/agents/{agent}/freeze', (), True, True, False, True),
    'agent_key_rotate': Operation('agent_key_rotate', 'POST', '/api/v1/agents/{agent}/key', (), True, True, False, True),
    'memory_list': Operation('memory_list', 'GET', '/api/v1/agents/{agent}/memories', ('cursor', 'limit',), False, False, False, True),
    'memory_write': Operation('memory_write', 'POST', '/api/v1/agents/{agent}/memories', (), True, True, False, True),
    'agent_public_key': Operation('agent_public_key', 'GET', '/api/v1/agents/{agent}/public-key', (), False, False, True, True),
    'agent_reinstate': Operation('agent_reinstate', 'POST', '/api/v1/agents/{agent}/reinstate', (), True, True, False, True),
    'reputation_get': Operation('reputation_get', 'GET', '/api/v1/agents/{agent}/reputation', (), False, False, True, True),
    'agent_share': Operation('agent_share', 'POST', '/api/v1/agents/{agent}/share', (), True, True, False, True),
    'standing_get': Operation('standing_get', 'GET', '/api/v1/agents/{agent}/standing', (), False, False, False, True),
    'agent_suspend': Operation('agent_suspend', 'POST', '/api/v1/agents/{agent}/suspend', (), True, True, False, True),
    'tokens_revoke': Operation('tokens_revoke', 'POST', '/api/v1/agents/{agent}/tokens/revoke', (), True, True, False, True),
    'agent_transfer': Operation('agent_transfer', 'POST', '/api/v1/agents/{agent}/transfer', (), True, True, False, True),
    'agent_unshare': Operation('agent_unshare', 'POST', '/api/v1/agents/{agent}/unshare', (), True, True, False, True),
    'api_key_list': Operation('api_key_list', 'GET', '/api/v1/api-keys', ('cursor', 'limit',), False, False, False, True),
    'api_key_create': Operation('api_key_create', 'POST', '/api/v1/api-keys', (), True, True, False, True),
    'api_key_revoke': Operation('api_key_revoke', 'DELETE', '/api/v1/api-keys/{key}', (), False, True, False, True),
    'appeal_list': Operation('appeal_list', 'GET', '/api/v1/appeals', ('cursor', 'limit',), False, False, False, True),
    'approval_list': Operation('approval_list', 'GET', '/api/v1/approvals', ('approval', 'cursor', 'limit', 'state', 'task',), False, False, False, True),
    'approval_get': Operation('approval_get', 'GET', '/api/v1/approvals/{request}', (), False, False, False, True),
    'approval_bind': Operation('approval_bind', 'POST', '/api/v1/approvals/{request}/bind', (), True, True, False, True),
    'approval_decide': Operation('approval_decide', 'POST', '/api/v1/approvals/{request}/decide', (), True, True, False, True),
    'artifact_get': Operation('artifact_get', 'GET', '/api/v1/artifacts/{artifact}', (), False, False, False, True),
    'session_open': Operation('session_open', 'POST', '/api/v1/auth/login', (), True, False, True, True),
    'session_close': Operation('session_close', 'POST', '/api/v1/auth/logout', (), True, False, False, True),
    'passkey_list': Operation('passkey_list', 'GET', '/api/v1/auth/passkeys', (), False, False, False, True),
    'passkey_add': Operation('passkey_add', 'POST', '/api/v1/auth/passkeys', (), True, False, False, True),
    'passkey_ask': Operation('passkey_ask', 'POST', '/api/v1/auth/passkeys/ask', (), True, False, True, True),
    'passkey_begin': Operation('passkey_begin', 'POST', '/api/v1/auth/passkeys/begin', (), True, False, False, True),
    'passkey_remove': Operation('passkey_remove', 'POST', '/api/v1/auth/passkeys/{passkey}/remove', (), True, False, False, True),
    'password_change': Operation('password_change', 'POST', '/api/v1/auth/password', (), True, False, False, True),
    'account_recover': Operation('account_recover', 'POST', '/api/v1/auth/recover-account', (), True, False, True, True),
    'recovery_keys_set': Operation('recovery_keys_set', 'POST', '/api/v1/auth/recovery-keys', (), True, False, False, True),
    'account_register': Operation('account_register', 'POST', '/api/v1/auth/register', (), True, False, True, True),
    'session_list': Operation('session_list', 'GET', '/api/v1/auth/sessions', (), False, False, False, True),
    'new_password_set': Operation('new_password_set', 'POST', '/api/v1/auth/set-new-password', (), True, False, True, True),
    'totp_enable': Operation('totp_enable', 'POST', '/api/v1/auth/totp', (), True, False, False, True),
    'totp_begin': Operation('totp_begin', 'POST', '/api/v1/auth/totp/begin', (), True, False, False, True),
    'totp_disable': Operation('totp_disable', 'POST', '/api/v1/auth/totp/disable', (), True, False, False, True),
    'account_verify': Operation('account_verify', 'POST', '/api/v1/auth/verify-email', (), True, False, True, True),
    'burn_create': Operation('burn_create', 'POST', '/api/v1/burns', (), True, True, False, True),
    'callback_list': Operation('callback_list', 'GET', '/api/v1/callbacks', ('cursor', 'delivery', 'limit',), False, False, False, True),
    'client_list': Operation('client_list', 'GET', '/api/v1/clients', ('cursor', 'limit',), False, False, False, True),
    'client_create': Operation('client_create', 'POST', '/api/v1/clients', (), True, True, False, True),
    'client_revoke': Operation('client_revoke', 'DELETE', '/api/v1/clients/{client}', (), False, True, False, True),
    'clock_accept': Operation('clock_accept', 'POST', '/api/v1/clock/accept', (), True, True, False, True),
    'currency_list': Operation('currency_list', 'GET', '/api/v1/currencies', ('cursor', 'limit',), False, False, True, True),
    'currency_create': Operation('currency_create', 'POST', '/api/v1/currencies', (), True, True, False, True),
    'developer_key_list': Operation('developer_key_list', 'GET', '/api/v1/developers/me/apikeys', (), False, False, False, True),
    'developer_key_create': Operation('developer_key_create', 'POST', '/api/v1/developers/me/apikeys', (), True, True, False, True),
    'developer_key_revoke': Operation('developer_key_revoke', 'DELETE', '/api/v1/developers/me/apikeys/{key}', (), False, True, False, True),
    'did_resolve': Operation('did_resolve', 'GET', '/api/v1/dids/{did}', (), False, False, True, True),
    'discover': Operation('discover', 'GET', '/api/v1/discover', ('currency', 'cursor', 'explain', 'limit', 'max_price', 'min_reputation', 'query', 'skill', 'tag',), False, False, True, True),
    'escalation_list': Operation('escalation_list', 'GET', '/api/v1/escalations', ('cursor', 'limit', 'task',), False, False, False, True),
    'escalation_get': Operation('escalation_get', 'GET', '/api/v1/escalations/{escalation}', (), False, False, False, True),
    'escalation_resolve': Operation('escalation_resolve', 'POST', '/api/v1/escalations/{escalation}/resolve', (), True, True, False, True),
    'explain': Operation('explain', 'GET', '/api/v1/explain/{id}', (), False, False, False, True),
    'funding_list': Operation('funding_list', 'GET', '/api/v1/fundings', ('cursor', 'limit',), False, False, False, True),
    'funding_request': Operation('funding_request', 'POST', '/api/v1/fundings', (), True, True, False, True),
    'funding_approve': Operation('funding_approve', 'POST', '/api/v1/fundings/{funding}/approve', (), True, True, False, True),
    'funding_reject': Operation('funding_reject', 'POST', '/api/v1/fundings/{funding}/reject', (), True, True, False, True),
    'grant_list': Operation('grant_list', 'GET', '/api/v1/grants', ('cursor', 'holder', 'issuer', 'limit',), False, False, False, True),
    'grant_create': Operation('grant_create', 'POST', '/api/v1/grants', (), True, True, False, True),
    'grant_get': Operation('grant_get', 'GET', '/api/v1/grants/{grant}', (), False, False, False, True),
    'grant_export': Operation('grant_export', 'GET', '/api/v1/grants/{grant}/export', (), False, False, False, True),
    'grant_relinquish': Operation('grant_relinquish', 'POST', '/api/v1/grants/{grant}/relinquish', (), True, True, False, True),
    'grant_revoke': Operation('grant_revoke', 'POST', '/api/v1/grants/{grant}/revoke', (), True, True, False, True),
    'invite_accept': Operation('invite_accept', 'POST', '/api/v1/invites/accept', (), True, True, False, True),
    'invite_revoke': Operation('invite_revoke', 'DELETE', '/api/v1/invites/{invite}', (), False, True, False, True),
    'journal_checkpoint': Operation('journal_checkpoint', 'GET', '/api/v1/journal/checkpoint', (), False, False, True, False),
    'journal_consistency': Operation('journal_consistency', 'GET', '/api/v1/journal/consistency', ('from', 'to',), False, False, False, True),
    'entry_get': Operation('entry_get', 'GET', '/api/v1/journal/entries/{seq}', (), False, False, False, True),
    'journal_export': Operation('journal_export', 'GET', '/api/v1/journal/export', ('from', 'texts',), False, False, False, False),
    'journal_inclusion': Operation('journal_inclusion', 'GET', '/api/v1/journal/inclusion', ('seq', 'tree_size',), False, False, False, True),
    'memory_delete': Operation('memory_delete', 'DELETE', '/api/v1/memories/{memory}', ('dry_run',), False, True, False, True),
    'memory_read': Operation('memory_read', 'GET', '/api/v1/memories/{memory}', (), False, False, False, True),
    'mint_create': Operation('mint_create', 'POST', '/api/v1/mints', (), True, True, False, True),
    'node_get': Operation('node_get', 'GET', '/api/v1/node', (), False, False, True, True),
    'onboard_token': Operation('onboard_token', 'POST', '/api/v1/onboard/bootstrap/request-token', (), True, True, False, True),
    'onboard_agent': Operation('onboard_agent', 'POST', '/api/v1/onboard/create_agent', (), True, True, False, True),
    'agent_onboard': Operation('agent_onboard', 'POST', '/api/v1/onboarding', (), True, True, False, True),
    'bootstrap_create': Operation('bootstrap_create', 'POST', '/api/v1/onboarding/bootstrap', (), True, True, False, True),
    'org_list': Operation('org_list', 'GET', '/api/v1/orgs', ('cursor', 'limit',), False, False, False, True),
    'org_create': Operation('org_create', 'POST', '/api/v1/orgs', (), True, True, False, True),
    'org_get': Operation('org_get', 'GET', '/api/v1/orgs/{org}', (), False, False, False, True),
    'org_agent_list': Operation('org_agent_list', 'GET', '/api/v1/orgs/{org}/agents', ('cursor', 'limit',), False, False, False, True),
    'invite_list': Operation('invite_list', 'GET', '/api/v1/orgs/{org}/invites', ('cursor', 'limit',), False, False, False, True),
    'invite_create': Operation('invite_create', 'POST', '/api/v1/orgs/{org}/invites', (), True, True, False, True),
    'org_leave': Operation('org_leave', 'POST', '/api/v1/orgs/{org}/leave', (), True, True, False, True),
    'org_member_list': Operation('org_member_list', 'GET', '/api/v1/orgs/{org}/members', ('cursor', 'limit',), False, False, False, True),
    'org_member_remove': Operation('org_member_remove', 'DELETE', '/api/v1/orgs/{org}/members/{member}', (), False, True, False, True),
    'org_member_role_set': Operation('org_member_role_set', 'PUT', '/api/v1/orgs/{org}/members/{member}/role', (), True, True, False, True),
    'team_list': Operation('team_list', 'GET', '/api/v1/orgs/{org}/teams', ('cursor', 'limit',), False, False, False, True),
    'team_create': Operation('team_create', 'POST', '/api/v1/orgs/{org}/teams', (), True, True, False, True),
    'org_owner_transfer': Operation('org_owner_transfer', 'POST', '/api/v1/orgs/{org}/transfer', (), True, True, False, True),
    'policy_difference_list': Operation('policy_difference_list', 'GET', '/api/v1/policy-differences', ('cursor', 'limit',), False, False, False, True),
    'policy_evaluate': Operation('policy_evaluate', 'POST', '/api/v1/policy-evaluations', (), True, True, False, True),
    'policy_evaluation_get': Operation('policy_evaluation_get', 'GET', '/api/v1/policy-evaluations/{evaluation}', (), False, False, False, True),
    'policy_set_list': Operation('policy_set_list', 'GET', '/api/v1/policy-sets', ('cursor', 'limit', 'status',), False, False, False, True),
    'policy_set_create': Operation('policy_set_create', 'POST', '/api/v1/policy-sets', (), True, True, False, True),
    'policy_set_get': Operation('policy_set_get', 'GET', '/api/v1/policy-sets/{policy_set}', (), False, False, False, True),
    'policy_set_activate': Operation('policy_set_activate', 'POST', '/api/v1/policy-sets/{policy_set}/activate', (), True, True, False, True),
    'policy_set_deprecate': Operation('policy_set_deprecate', 'POST', '/api/v1/policy-sets/{policy_set}/deprecate', (), True, True, False, True),
    'policy_set_mode_set': Operation('policy_set_mode_set', 'POST', '/api/v1/policy-sets/{policy_set}/mode', (), True, True, False, True),
    'policy_set_revoke': Operation('policy_set_revoke', 'POST', '/api/v1/policy-sets/{policy_set}/revoke', (), True, True, False, True),
    'principal_erase': Operation('principal_erase', 'POST', '/api/v1/principals/{principal}/erase', (), True, True, False, True),
    'supply_audit': Operation('supply_audit', 'GET', '/api/v1/projections/supply-audit', (), False, False, True, True),
    'receipt_get': Operation('receipt_get', 'GET', '/api/v1/receipts/{receipt}', (), False, False, False, True),
    'role_list': Operation('role_list', 'GET', '/api/v1/roles', ('cursor', 'limit',), False, False, False, True),
    'role_assign': Operation('role_assign', 'POST', '/api/v1/roles', (), True, True, False, True),
    'role_withdraw': Operation('role_withdraw', 'POST', '/api/v1/roles/withdraw', (), True, True, False, True),
    'setup_complete': Operation('setup_complete', 'POST', '/api/v1/setup', (), True, False, True, True),
    'skill_manifest_list': Operation('skill_manifest_list', 'GET', '/api/v1/skills', ('attestation_level', 'cursor', 'limit', 'publisher', 'risk_class',), False, False, False, True),
    'skill_manifest_create': Operation('skill_manifest_create', 'POST', '/api/v1/skills', (), True, True, False, True),
    'task_list': Operation('task_list', 'GET', '/api/v1/tasks', ('agp_state', 'cursor', 'declared', 'limit', 'party', 'terms_state',), False, False, False, True),
    'task_declare': Operation('task_declare', 'POST', '/api/v1/tasks', (), True, True, False, True),
    'task_get': Operation('task_get', 'GET', '/api/v1/tasks/{task}', (), False, False, False, True),
    'approval_request_create': Operation('approval_request_create', 'POST', '/api/v1/tasks/{task}/approval-requests', (), True, True, False, True),
    'artifact_list': Operation('artifact_list', 'GET', '/api/v1/tasks/{task}/artifacts', ('cursor', 'limit',), False, False, False, True),
    'governance_attest': Operation('governance_attest', 'POST', '/api/v1/tasks/{task}/attestations', (), True, True, False, True),
    'commerce_session_create': Operation('commerce_session_create', 'POST', '/api/v1/tasks/{task}/commerce-sessions', (), True, True, False, True),
    'context_attest': Operation('context_attest', 'POST', '/api/v1/tasks/{task}/contexts', (), True, True, False, True),
    'taint_promote': Operation('taint_promote', 'POST', '/api/v1/tasks/{task}/contexts/{context}/promote', (), True, True, False, True),
    'decision_record': Operation('decision_record', 'POST', '/api/v1/tasks/{task}/decisions', (), True, True, False, True),
    'escalation_raise': Operation('escalation_raise', 'POST', '/api/v1/tasks/{task}/escalations', (), True, True, False, True),
    'evidence_add': Operation('evidence_add', 'POST', '/api/v1/tasks/{task}/evidence-bundles', (), True, True, False, True),
    'impact_assess': Operation('impact_assess', 'POST', '/api/v1/tasks/{task}/impact-assessments', (), True, True, False, True),
    'liability_bind': Operation('liability_bind', 'POST', '/api/v1/tasks/{task}/liability-bindings', (), True, True, False, True),
    'task_update': Operation('task_update', 'POST', '/api/v1/tasks/{task}/move', (), True, True, False, True),
    'task_replay': Operation('task_replay', 'GET', '/api/v1/tasks/{task}/replay', ('from',), False, False, False, True),
    'team_delete': Operation('team_delete', 'DELETE', '/api/v1/teams/{team}', (), False, True, False, True),
    'team_member_remove': Operation('team_member_remove', 'DELETE', '/api/v1/teams/{team}/members/{member}', (), False, True, False, True),
    'team_member_add': Operation('team_member_add', 'PUT', '/api/v1/teams/{team}/members/{member}', (), True, True, False, True),
    'teg_send': Operation('teg_send', 'POST', '/api/v1/teg/send', (), True, True, False, True),
    'transfer_list': Operation('transfer_list', 'GET', '/api/v1/transfers', ('account', 'currency', 'cursor', 'limit',), False, False, False, True),
    'transfer_create': Operation('transfer_create', 'POST', '/api/v1/transfers', (), True, True, False, True),
    'transfer_batch': Operation('transfer_batch', 'POST', '/api/v1/transfers/batch', (), True, True, False, True),
    'transfer_quote': Operation('transfer_quote', 'POST', '/api/v1/transfers/quote', (), True, False, False, True),
    'transfer_get': Operation('transfer_get', 'GET', '/api/v1/transfers/{transfer}', (), False, False, False, True),
    'transfer_post': Operation('transfer_post', 'POST', '/api/v1/transfers/{transfer}/post', (), True, True, False, True),
    'transfer_void': Operation('transfer_void', 'POST', '/api/v1/transfers/{transfer}/void', (), True, True, False, True),
    'whoami': Operation('whoami', 'GET', '/api/v1/whoami', (), False, False, False, True),
    'did_web_get': Operation('did_web_get', 'GET', '/dids/{agent}/did.json', (), False, False, True, True),
    'did_log_get': Operation('did_log_get', 'GET', '/dids/{agent}/did.jsonl', (), False, False, True, False),
    'docs': Operation('docs', 'GET', '/docs', (), False, False, True, False),
    'health': Operation('health', 'GET', '/healthz', (), False, False, True, True),
    'metrics': Operation('metrics', 'GET', '/metrics', (), False, False, True, False),
    'openapi': Operation('openapi', 'GET', '/openapi.json', (), False, False, True, True),
    'ready': Operation('ready', 'GET', '/readyz', (), False, False, True, True),
    'version': Operation('version', 'GET', '/version', (), False, False, True, True),
}


class Operations:
    """One method for each operation. `hansa.Client` says how they are carried out."""

    def _call(
        self, operation: Operation, members: Mapping[str, Any], idempotency_key: str | None
    ) -> Any:
        raise NotImplementedError

    def _pages(self, operation: Operation, members: Mapping[str, Any]) -> Iterator[Any]:
        raise NotImplementedError

    def registry_card_get(
        self,
    ) -> RegistryCard:
        """Read the node's signed card. Version 0.4 of The Protocol's registry card: who the node
        is, what it charges, and its supply as it knows it. The ETag changes only when the operator
        changes something.
        """
        return self._call(OPERATIONS['registry_card_get'], {}, None)  # type: ignore[no-any-return]

    def registry_jwks(
        self,
    ) -> KeySet:
        """Read the keys of the node's card. A JSON Web Key Set.
        """
        return self._call(OPERATIONS['registry_jwks'], {}, None)  # type: ignore[no-any-return]

    def agent_card_well_known(
        self,
        *,
        agent: PrincipalRef,
    ) -> CardDocument:
        """Read an agent's signed A2A card. A2A v1.0.1, signed over RFC 8785 bytes by the key that
        the node keeps for the agent, and by the agent itself if it did.

        agent: Which agent.
        """
        return self._call(OPERATIONS['agent_card_well_known'], {'agent': agent}, None)  # type: ignore[no-any-return]

    def envelope_submit(
        self,
        *,
        from_: Did,
        id: EnvelopeId,
        kind: Kind,
        nonce: int,
        to: str,
        ts: int,
        v: int,
        auth: str | None = None,
        intent: Intent | None = None,
        parent: EnvelopeId | None = None,
        payload: dict[str, Any] | None = None,
        require: Require | None = None,
        settle: SettleSpec | None = None,
    ) -> EnvelopeAccepted:
        """Hand in an envelope. The body is a signed AMP envelope, authenticated by its own
        signature: no other credential is read. Repeats are told by the envelope's id and nonce.

        from_: Who sends and signs it.
        id: Its id.
        kind: What it is.
        nonce: A number the sender uses once.
        to: Whom it is addressed to.
        ts: When it was sent, in seconds since 1970.
        v: The version of AMP: 1.
        auth: The signature over everything else: `ed25519:` and 128 lower-case hex digits.
        intent: The goal.
        parent: The envelope it follows.
        payload: What the verb defines, and anything else.
        require: Proofs the sender asks for.
        settle: How it is paid for.
        """
        return self._call(OPERATIONS['envelope_submit'], {'from': from_, 'id': id, 'kind': kind, 'nonce': nonce, 'to': to, 'ts': ts, 'v': v, 'auth': auth, 'intent': intent, 'parent': parent, 'payload': payload, 'require': require, 'settle': settle}, None)  # type: ignore[no-any-return]

    def envelope_get(
        self,
        *,
        envelope: EnvelopeId,
    ) -> EnvelopeView:
        """Read an envelope. One that was accepted, with its signature. May also be carried by a
        signed envelope addressed to the node.

        envelope: Which envelope.
        """
        return self._call(OPERATIONS['envelope_get'], {'envelope': envelope}, None)  # type: ignore[no-any-return]

    def envelope_graph(
        self,
        *,
        envelope: EnvelopeId,
    ) -> Graph:
        """Read a graph of envelopes. From the root intent to the last outcomes. May also be carried
        by a signed envelope addressed to the node.

        envelope: Any envelope of the graph.
        """
        return self._call(OPERATIONS['envelope_graph'], {'envelope': envelope}, None)  # type: ignore[no-any-return]

    def absence_delegate(
        self,
        *,
        deputy: PrincipalRef | None = None,
        for_s: int | None = None,
        idempotency_key: str | None = None,
    ) -> Absence:
        """Name a deputy. Who speaks in the caller's governance roles while the caller is away. May
        also be carried by a signed envelope addressed to the node.

        deputy: Who stands in; nobody any more when absent.
        for_s: For how many seconds; a day unless said.
        """
        return self._call(OPERATIONS['absence_delegate'], {'deputy': deputy, 'for_s': for_s}, idempotency_key)  # type: ignore[no-any-return]

    def balance_list(
        self,
        *,
        principal: PrincipalRef,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfBalance:
        """Read balances. What a principal holds, per currency. May also be carried by a signed
        envelope addressed to the node.

        principal: Whose balances.
        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['balance_list'], {'principal': principal, 'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def balance_list_all(
        self,
        *,
        principal: PrincipalRef,
        limit: int | None = None,
    ) -> Iterator[Balance]:
        """Read balances: all pages, item by item."""
        return self._pages(OPERATIONS['balance_list'], {'principal': principal, 'limit': limit})

    def action_submit(
        self,
        *,
        action: ActionCall,
        task: TaskId,
        amount: Amount | None = None,
        annotations: dict[str, Any] | None = None,
        approval: str | None = None,
        callback_url: str | None = None,
        counterparty: PrincipalRef | None = None,
        currency: CurrencyCode | None = None,
        decision: str | None = None,
        evaluation: str | None = None,
        executor: PrincipalRef | None = None,
        grant: GrantId | None = None,
        liability: str | None = None,
        wait: Wait | None = None,
        idempotency_key: str | None = None,
    ) -> ActionView:
        """Do something through the gate. A native operation in the same step, a tool that the
        operator lists, or an act of the caller's own, whose receipt it posts. 202 while it is under
        way. May also be carried by a signed envelope addressed to the node.

        action: What is called.
        task: The task it is part of.
        amount: The money it moves, for a tool whose parameters do not say. Parameters that do
            (`amount` and `currency`, or `amount_usd` and the like) must agree.
        annotations: What else its author says.
        approval: The request for approval that was granted.
        callback_url: Where the caller wants to be told by a signed POST how it ended; a host
            that the operator lists.
        counterparty: A principal of this node that it concerns besides the caller.
        currency: Of what; the node's own currency unless named.
        decision: What the agent decided.
        evaluation: The evaluation of policy that was asked for before. It may only make the
            gate stricter.
        executor: Who carries it out and posts the receipt, where this node does not: the caller
            itself for a tool that the operator does not list.
        grant: The grant it is done under. A native operation may do without.
        liability: Who answers for it; the task's own binding where none is named, as with the
            next ones.
        wait: Whether to wait.
        """
        return self._call(OPERATIONS['action_submit'], {'action': action, 'task': task, 'amount': amount, 'annotations': annotations, 'approval': approval, 'callback_url': callback_url, 'counterparty': counterparty, 'currency': currency, 'decision': decision, 'evaluation': evaluation, 'executor': executor, 'grant': grant, 'liability': liability, 'wait': wait}, idempotency_key)  # type: ignore[no-any-return]

    def action_validate(
        self,
        *,
        action: ActionId | None = None,
        call: ActionCall | None = None,
        envelope: ActionSubmit | None = None,
    ) -> Validation:
        """Ask the gate. Whether an envelope would pass, or whether a submitted action covers a call
        that arrived: 200, or 403 with an error for each lock that stays closed. May also be carried
        by a signed envelope addressed to the node.

        action: Or an action that was submitted, by whoever is about to serve it.
        call: The call as it arrived, which must be the one that was submitted.
        envelope: An envelope as `action_submit` takes it.
        """
        return self._call(OPERATIONS['action_validate'], {'action': action, 'call': call, 'envelope': envelope}, None)  # type: ignore[no-any-return]

    def action_get(
        self,
        *,
        action: ActionId,
    ) -> ActionView:
        """Read an action. With its present state, and for who asked for it what came of it. May
        also be carried by a signed envelope addressed to the node.

        action: Which action.
        """
        return self._call(OPERATIONS['action_get'], {'action': action}, None)  # type: ignore[no-any-return]

    def action_claim(
        self,
        *,
        action: ActionId,
        call: ActionCall | None = None,
        idempotency_key: str | None = None,
    ) -> ActionView:
        """Take an action. Its executor takes it to carry it out, once. May also be carried by a
        signed envelope addressed to the node.

        action: Which action.
        call: The call as it arrived, which must be the one that was submitted.
        """
        return self._call(OPERATIONS['action_claim'], {'action': action, 'call': call}, idempotency_key)  # type: ignore[no-any-return]

    def receipt_post(
        self,
        *,
        action: ActionId,
        outcome: Ending,
        result: Any = None,
        status: int | None = None,
        idempotency_key: str | None = None,
    ) -> ActionView:
        """Post a receipt. Says how an action ended that was carried out outside of the node. May
        also be carried by a signed envelope addressed to the node.

        action: Which action.
        outcome: How it ended.
        result: What came of it; kept sealed.
        status: The HTTP status that was answered, if there was one.
        """
        return self._call(OPERATIONS['receipt_post'], {'action': action, 'outcome': outcome, 'result': result, 'status': status}, idempotency_key)  # type: ignore[no-any-return]

    def agent_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfAgent:
        """List agents. The newest first. May also be carried by a signed envelope addressed to the
        node.

        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['agent_list'], {'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def agent_list_all(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[Agent]:
        """List agents: all pages, item by item."""
        return self._pages(OPERATIONS['agent_list'], {'limit': limit})

    def agent_create(
        self,
        *,
        name: str,
        card: dict[str, Any] | None = None,
        did: NewDid | None = None,
        genesis_grant: bool | None = None,
        public_key: PublicKey | None = None,
        idempotency_key: str | None = None,
    ) -> AgentCreated:
        """Register an agent. With a public key of the caller's, or with a key pair the node makes;
        private key and API key are shown once and never kept. May also be carried by a signed
        envelope addressed to the node.

        name: What people call it.
        card: Its A2A card.
        did: What its DID shall be: one with a log and a recovery key, where the node has a
            public name.
        genesis_grant: Whether it receives the node's genesis grant.
        public_key: Its public key. Without one the node makes a key pair and shows the private
            key once.
        """
        return self._call(OPERATIONS['agent_create'], {'name': name, 'card': card, 'did': did, 'genesis_grant': genesis_grant, 'public_key': public_key}, idempotency_key)  # type: ignore[no-any-return]

    def agent_me(
        self,
    ) -> Me:
        """Say whom the credential stands for. Its DID and whether it may act, for those who check a
        credential that was shown to them. May also be carried by a signed envelope addressed to the
        node.
        """
        return self._call(OPERATIONS['agent_me'], {}, None)  # type: ignore[no-any-return]

    def agent_get(
        self,
        *,
        agent: PrincipalRef,
    ) -> Agent:
        """Read an agent. By its id or its DID. May also be carried by a signed envelope addressed
        to the node.

        agent: Which agent.
        """
        return self._call(OPERATIONS['agent_get'], {'agent': agent}, None)  # type: ignore[no-any-return]

    def appeal_lodge(
        self,
        *,
        agent: PrincipalRef,
        note: str,
        idempotency_key: str | None = None,
    ) -> AgentStanding:
        """Appeal against being stopped. By whoever is suspended or frozen, or its controller: one
        note each time, which the owner reads. May also be carried by a signed envelope addressed to
        the node.

        agent: Who is stopped: the caller, or a principal it controls.
        note: What there is to say; kept sealed, for the node's owner.
        """
        return self._call(OPERATIONS['appeal_lodge'], {'agent': agent, 'note': note}, idempotency_key)  # type: ignore[no-any-return]

    def agent_card_get(
        self,
        *,
        agent: PrincipalRef,
    ) -> CardDocument:
        """Read an agent's card. The A2A card as its agent set it. May also be carried by a signed
        envelope addressed to the node.

        agent: Which agent.
        """
        return self._call(OPERATIONS['agent_card_get'], {'agent': agent}, None)  # type: ignore[no-any-return]

    def agent_card_set(
        self,
        *,
        agent: PrincipalRef,
        card: dict[str, Any],
        idempotency_key: str | None = None,
    ) -> CardStored:
        """Set an agent's card. Replaces the whole A2A card; search and routing follow it. May also
        be carried by a signed envelope addressed to the node.

        agent: Which agent.
        card: The A2A card.
        """
        return self._call(OPERATIONS['agent_card_set'], {'agent': agent, 'card': card}, idempotency_key)  # type: ignore[no-any-return]

    def agent_card_export(
        self,
        *,
        agent: PrincipalRef,
    ) -> CardDocument:
        """Read an agent's signed card of The Protocol. The same profile in The Protocol's shape,
        signed over its own canonical bytes. May also be carried by a signed envelope addressed to
        the node.

        agent: Which agent.
        """
        return self._call(OPERATIONS['agent_card_export'], {'agent': agent}, None)  # type: ignore[no-any-return]

    def agent_card_sign(
        self,
        *,
        agent: PrincipalRef,
        protected: str,
        signature: str,
        idempotency_key: str | None = None,
    ) -> CardSigned:
        """Sign a card as its agent. Puts the agent's own signature on either of its two documents
        beside the node's; one that does not verify is refused. May also be carried by a signed
        envelope addressed to the node.

        agent: Which agent.
        protected: The JWS header, base64url: `alg` EdDSA, `kid` the agent's DID with a
            fragment.
        signature: The signature over one of the two documents without its signatures,
            base64url.
        """
        return self._call(OPERATIONS['agent_card_sign'], {'agent': agent, 'protected': protected, 'signature': signature}, idempotency_key)  # type: ignore[no-any-return]

    def custody_key_set(
        self,
        *,
        agent: PrincipalRef,
        idempotency_key: str | None = None,
    ) -> CustodyKey:
        """Rotate an agent's custodial key. The node signs the agent's documents with a new key from
        now on; signatures by the last one stand for 7 days. May also be carried by a signed
        envelope addressed to the node.

        agent: Which agent.
        """
        return self._call(OPERATIONS['custody_key_set'], {'agent': agent}, idempotency_key)  # type: ignore[no-any-return]

    def did_get(
        self,
        *,
        agent: PrincipalRef,
    ) -> AgentDid:
        """Read an agent's DID. With its aliases, its log, and what an entry must say for this node
        to host the log. May also be carried by a signed envelope addressed to the node.

        agent: Which agent.
        """
        return self._call(OPERATIONS['did_get'], {'agent': agent}, None)  # type: ignore[no-any-return]

    def did_create(
        self,
        *,
        agent: PrincipalRef,
        recovery_key: PublicKey | None = None,
        idempotency_key: str | None = None,
    ) -> DidCreated:
        """Give an agent a DID log. In place of the DID of its key. The recovery key, by which its
        owner can move it, is shown once unless it was brought. May also be carried by a signed
        envelope addressed to the node.

        agent: Which agent.
        recovery_key: The public half of the owner's recovery key. Without one the node makes a
            pair and shows the private half once.
        """
        return self._call(OPERATIONS['did_create'], {'agent': agent, 'recovery_key': recovery_key}, idempotency_key)  # type: ignore[no-any-return]

    def did_log_set(
        self,
        *,
        agent: PrincipalRef,
        log: str,
        idempotency_key: str | None = None,
    ) -> DidLogStored:
        """Hand in an agent's DID log. One that comes from another node, one that its owner wrote an
        entry to, or one that leaves. It must prove itself and go on from the one that is here. May
        also be carried by a signed envelope addressed to the node.

        agent: Which agent.
        log: The log: one version a line, from the first to the last.
        """
        return self._call(OPERATIONS['did_log_set'], {'agent': agent, 'log': log}, idempotency_key)  # type: ignore[no-any-return]

    def agent_freeze(
        self,
        *,
        agent: PrincipalRef,
        note: str | None = None,
        reason: StopReason | None = None,
        idempotency_key: str | None = None,
    ) -> Agent:
        """Freeze an agent. Its money stays where it is until it is reinstated; whatever else it
        does, it may do still. Only the node's owner, or whoever holds a grant from them. May also
        be carried by a signed envelope addressed to the node.

        agent: Which agent.
        note: What else there is to say; kept sealed, and read by the agent and its controller.
        reason: Why.
        """
        return self._call(OPERATIONS['agent_freeze'], {'agent': agent, 'note': note, 'reason': reason}, idempotency_key)  # type: ignore[no-any-return]

    def agent_key_rotate(
        self,
        *,
        agent: PrincipalRef,
        proof: str | None = None,
        public_key: PublicKey | None = None,
        revoke_former: bool | None = None,
        idempotency_key: str | None = None,
    ) -> AgentKeyRotated:
        """Give an agent another key. The agent itself or who registered it may. The former key is
        accepted for seven more days unless it is revoked; it cannot rotate again. Waits for another
        person once somebody else was given a governance role. May also be carried by a signed
        envelope addressed to the node.

        agent: Which agent.
        proof: Shows that the caller holds the key: as for onboarding. Required beside
            `public_key`.
        public_key: Its new public key. Without one the node makes a key pair and shows the
            private key once.
        revoke_former: Whether all its former keys stop at once, as after a theft; otherwise the
            one that is replaced is accepted for seven more days.
        """
        return self._call(OPERATIONS['agent_key_rotate'], {'agent': agent, 'proof': proof, 'public_key': public_key, 'revoke_former': revoke_former}, idempotency_key)  # type: ignore[no-any-return]

    def memory_list(
        self,
        *,
        agent: PrincipalRef,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfMemory:
        """List an agent's memories. The latest first, without their contents. May also be carried
        by a signed envelope addressed to the node.

        agent: Whose memories.
        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['memory_list'], {'agent': agent, 'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def memory_list_all(
        self,
        *,
        agent: PrincipalRef,
        limit: int | None = None,
    ) -> Iterator[Memory]:
        """List an agent's memories: all pages, item by item."""
        return self._pages(OPERATIONS['memory_list'], {'agent': agent, 'limit': limit})

    def memory_write(
        self,
        *,
        agent: PrincipalRef,
        content: str,
        content_type: str | None = None,
        encoding: Encoding | None = None,
        label: str | None = None,
        tags: list[str] | None = None,
        idempotency_key: str | None = None,
    ) -> Memory:
        """Write a memory. Text or bytes of up to 256 KiB, with a label and tags if wanted: all of
        it sealed under a key of its own. By the agent, whoever manages it, or somebody it granted
        this; never in an envelope, whose text is kept.

        agent: Whose memory.
        content: The content, of 1 byte to 256 KiB once decoded.
        content_type: What the content is; `text/plain` unless said, `application/octet-stream`
            of base64.
        encoding: How the content is written.
        label: What the agent calls it.
        tags: Words that it is filed under.
        """
        return self._call(OPERATIONS['memory_write'], {'agent': agent, 'content': content, 'content_type': content_type, 'encoding': encoding, 'label': label, 'tags': tags}, idempotency_key)  # type: ignore[no-any-return]

    def agent_public_key(
        self,
        *,
        agent: PrincipalRef,
    ) -> PublicKeySet:
        """Read the keys of an agent's card. The key the node signs with as JSON Web Key, and in
        keys every key that a signature on the card may be checked by. May also be carried by a
        signed envelope addressed to the node.

        agent: Which agent.
        """
        return self._call(OPERATIONS['agent_public_key'], {'agent': agent}, None)  # type: ignore[no-any-return]

    def agent_reinstate(
        self,
        *,
        agent: PrincipalRef,
        note: str | None = None,
        idempotency_key: str | None = None,
    ) -> Agent:
        """Reinstate an agent. It can act again. Only the node's owner, or whoever holds a grant
        from them. May also be carried by a signed envelope addressed to the node.

        agent: Which agent.
        note: What was decided on its appeal; kept sealed, beside the journal.
        """
        return self._call(OPERATIONS['agent_reinstate'], {'agent': agent, 'note': note}, idempotency_key)  # type: ignore[no-any-return]

    def reputation_get(
        self,
        *,
        agent: PrincipalRef,
    ) -> Reputation:
        """Read an agent's reputation. Ratings and outcomes of settled work, added up from the
        journal. May also be carried by a signed envelope addressed to the node.

        agent: Which agent.
        """
        return self._call(OPERATIONS['reputation_get'], {'agent': agent}, None)  # type: ignore[no-any-return]

    def agent_share(
        self,
        *,
        agent: PrincipalRef,
        member: PrincipalRef | None = None,
        team: TeamId | None = None,
        idempotency_key: str | None = None,
    ) -> Sharing:
        """Share an agent. A member or a team may look into what an agent of their organization
        does. May also be carried by a signed envelope addressed to the node.

        agent: Which agent.
        member: A member of the organization.
        team: A team of the organization.
        """
        return self._call(OPERATIONS['agent_share'], {'agent': agent, 'member': member, 'team': team}, idempotency_key)  # type: ignore[no-any-return]

    def standing_get(
        self,
        *,
        agent: PrincipalRef,
    ) -> AgentStanding:
        """Read why an agent is stopped. Since when it is suspended or frozen, why, and its appeal;
        for itself, suspended or not, its controller and the owner. May also be carried by a signed
        envelope addressed to the node.

        agent: Which principal.
        """
        return self._call(OPERATIONS['standing_get'], {'agent': agent}, None)  # type: ignore[no-any-return]

    def agent_suspend(
        self,
        *,
        agent: PrincipalRef,
        note: str | None = None,
        reason: StopReason | None = None,
        idempotency_key: str | None = None,
    ) -> Agent:
        """Suspend an agent. It cannot act until it is reinstated; its money stays. Only the node's
        owner, or whoever holds a grant from them. May also be carried by a signed envelope
        addressed to the node.

        agent: Which agent.
        note: What else there is to say; kept sealed, and read by the agent and its controller.
        reason: Why.
        """
        return self._call(OPERATIONS['agent_suspend'], {'agent': agent, 'note': note, 'reason': reason}, idempotency_key)  # type: ignore[no-any-return]

    def tokens_revoke(
        self,
        *,
        agent: PrincipalRef,
        idempotency_key: str | None = None,
    ) -> TokensRevoked:
        """Revoke an agent's tokens. Every token its clients were given so far stops working; the
        clients can get new ones. May also be carried by a signed envelope addressed to the node.

        agent: Whose tokens.
        """
        return self._call(OPERATIONS['tokens_revoke'], {'agent': agent}, idempotency_key)  # type: ignore[no-any-return]

    def agent_transfer(
        self,
        *,
        agent: PrincipalRef,
        to: PrincipalRef,
        keep_credentials: bool | None = None,
        idempotency_key: str | None = None,
    ) -> AgentTransferred:
        """Hand an agent on. To an organization that the caller works in, or from one to a member.
        Its credentials end unless they are kept. May also be carried by a signed envelope addressed
        to the node.

        agent: Which.
        to: To whom.
        keep_credentials: Whether its API keys, OAuth clients and tokens go on working.
            Otherwise they end.
        """
        return self._call(OPERATIONS['agent_transfer'], {'agent': agent, 'to': to, 'keep_credentials': keep_credentials}, idempotency_key)  # type: ignore[no-any-return]

    def agent_unshare(
        self,
        *,
        agent: PrincipalRef,
        member: PrincipalRef | None = None,
        team: TeamId | None = None,
        idempotency_key: str | None = None,
    ) -> Sharing:
        """Share an agent no longer. With a member or a team. May also be carried by a signed
        envelope addressed to the node.

        agent: Which agent.
        member: The member it is shared with.
        team: The team it is shared with.
        """
        return self._call(OPERATIONS['agent_unshare'], {'agent': agent, 'member': member, 'team': team}, idempotency_key)  # type: ignore[no-any-return]

    def api_key_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfApiKey:
        """List API keys. The caller's own, without their secrets. May also be carried by a signed
        envelope addressed to the node.

        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['api_key_list'], {'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def api_key_list_all(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[ApiKey]:
        """List API keys: all pages, item by item."""
        return self._pages(OPERATIONS['api_key_list'], {'limit': limit})

    def api_key_create(
        self,
        *,
        actions: list[str],
        expires_in_s: int | None = None,
        label: str | None = None,
        idempotency_key: str | None = None,
    ) -> ApiKeyCreated:
        """Make an API key. Of the caller, for the operations named; the secret is shown once. May
        also be carried by a signed envelope addressed to the node.

        actions: The operations it may be used for.
        expires_in_s: Seconds until it expires; without, it does not.
        label: What the caller calls it.
        """
        return self._call(OPERATIONS['api_key_create'], {'actions': actions, 'expires_in_s': expires_in_s, 'label': label}, idempotency_key)  # type: ignore[no-any-return]

    def api_key_revoke(
        self,
        *,
        key: ApiKeyId,
        idempotency_key: str | None = None,
    ) -> ApiKey:
        """Revoke an API key. It stops working at once. May also be carried by a signed envelope
        addressed to the node.

        key: Which key.
        """
        return self._call(OPERATIONS['api_key_revoke'], {'key': key}, idempotency_key)  # type: ignore[no-any-return]

    def appeal_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfAgentStanding:
        """List appeals. Those who are stopped and have said something to it, until they are
        reinstated. Only the node's owner, or whoever holds a grant from them. May also be carried
        by a signed envelope addressed to the node.

        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['appeal_list'], {'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def appeal_list_all(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[AgentStanding]:
        """List appeals: all pages, item by item."""
        return self._pages(OPERATIONS['appeal_list'], {'limit': limit})

    def approval_list(
        self,
        *,
        approval: str | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        state: Literal['pending', 'approved', 'rejected', 'expired', 'used', 'void'] | None = None,
        task: TaskId | None = None,
    ) -> PageOfApprovalRequest:
        """List requests for approval. Those the caller asked for or has a say in, the newest first.
        May also be carried by a signed envelope addressed to the node.

        approval: Only the one in which this was said.
        cursor: Where to go on.
        limit: How many at most.
        state: Only those that stand there.
        task: Only those of this task.
        """
        return self._call(OPERATIONS['approval_list'], {'approval': approval, 'cursor': cursor, 'limit': limit, 'state': state, 'task': task}, None)  # type: ignore[no-any-return]

    def approval_list_all(
        self,
        *,
        approval: str | None = None,
        limit: int | None = None,
        state: Literal['pending', 'approved', 'rejected', 'expired', 'used', 'void'] | None = None,
        task: TaskId | None = None,
    ) -> Iterator[ApprovalRequest]:
        """List requests for approval: all pages, item by item."""
        return self._pages(OPERATIONS['approval_list'], {'approval': approval, 'limit': limit, 'state': state, 'task': task})

    def approval_get(
        self,
        *,
        request: str,
    ) -> ApprovalRequest:
        """Read a request for approval. With what was said so far. May also be carried by a signed
        envelope addressed to the node.

        request: Which request.
        """
        return self._call(OPERATIONS['approval_get'], {'request': request}, None)  # type: ignore[no-any-return]

    def approval_bind(
        self,
        *,
        request: str,
        call: Call | None = None,
        call_digest: Digest | None = None,
        idempotency_key: str | None = None,
    ) -> ApprovalRequest:
        """Bind a request to a call. Once, before anybody approves. May also be carried by a signed
        envelope addressed to the node.

        request: Which request.
        call: The call.
        call_digest: Its digest, instead of the call itself.
        """
        return self._call(OPERATIONS['approval_bind'], {'request': request, 'call': call, 'call_digest': call_digest}, idempotency_key)  # type: ignore[no-any-return]

    def approval_decide(
        self,
        *,
        request: str,
        decision: Literal['approved', 'rejected'],
        call_digest: Digest | None = None,
        notes: str | None = None,
        on_behalf_of: PrincipalRef | None = None,
        passkey: dict[str, Any] | None = None,
        totp: str | None = None,
        idempotency_key: str | None = None,
    ) -> ApprovalRequest:
        """Approve or reject. By somebody without a part in it, once. A parked operation completes
        with the last approval. May also be carried by a signed envelope addressed to the node.

        request: Which request.
        decision: What is said.
        call_digest: Digest of the call that the approver saw; refused if the request is for
            another.
        notes: Why.
        on_behalf_of: For whom, when the caller stands in.
        passkey: Instead: the answer of one of the caller's passkeys to `passkey_ask`.
        totp: A code of the caller's second factor, where the request asks for one.
        """
        return self._call(OPERATIONS['approval_decide'], {'request': request, 'decision': decision, 'call_digest': call_digest, 'notes': notes, 'on_behalf_of': on_behalf_of, 'passkey': passkey, 'totp': totp}, idempotency_key)  # type: ignore[no-any-return]

    def artifact_get(
        self,
        *,
        artifact: str,
    ) -> Artifact:
        """Read an artifact. One of a task, or the manifest of a skill. May also be carried by a
        signed envelope addressed to the node.

        artifact: Which.
        """
        return self._call(OPERATIONS['artifact_get'], {'artifact': artifact}, None)  # type: ignore[no-any-return]

    def session_open(
        self,
        *,
        cookie: bool | None = None,
        email: str | None = None,
        expires_in_s: int | None = None,
        passkey: dict[str, Any] | None = None,
        password: str | None = None,
        totp: str | None = None,
    ) -> SessionOpened:
        """Log in. By e-mail address and password, with a code or a passkey where the account has a
        second factor; or by a passkey alone.

        cookie: For pages: whether the secret is handed to the browser as a cookie and not
            shown.
        email: The account's address.
        expires_in_s: Seconds until the session ends: a day unless said, 30 days at most.
        passkey: The answer to `passkey_ask` that `navigator.credentials.get` gave, as its
            `toJSON` writes it.
        password: Its password.
        totp: The present code of its second factor, where there is one.
        """
        return self._call(OPERATIONS['session_open'], {'cookie': cookie, 'email': email, 'expires_in_s': expires_in_s, 'passkey': passkey, 'password': password, 'totp': totp}, None)  # type: ignore[no-any-return]

    def session_close(
        self,
        *,
        session: SessionId | None = None,
    ) -> Changed:
        """Log out. Ends the session that asks, or another of the caller's.

        session: Which session.
        """
        return self._call(OPERATIONS['session_close'], {'session': session}, None)  # type: ignore[no-any-return]

    def passkey_list(
        self,
    ) -> PageOfPasskey:
        """List passkeys. The caller's own.
        """
        return self._call(OPERATIONS['passkey_list'], {}, None)  # type: ignore[no-any-return]

    def passkey_add(
        self,
        *,
        credential: dict[str, Any],
        name: str,
    ) -> Passkey:
        """Add a passkey. The one that was begun: from now on a password alone is not enough.

        credential: What `navigator.credentials.create` gave, as its `toJSON` writes it.
        name: What to call it.
        """
        return self._call(OPERATIONS['passkey_add'], {'credential': credential, 'name': name}, None)  # type: ignore[no-any-return]

    def passkey_ask(
        self,
        *,
        email: str | None = None,
        password: str | None = None,
    ) -> PasskeyChallenge:
        """Ask for a passkey. Gives what a browser asks an authenticator by, to log in or to
        approve: once, within five minutes.

        email: The account's address.
        password: Its password.
        """
        return self._call(OPERATIONS['passkey_ask'], {'email': email, 'password': password}, None)  # type: ignore[no-any-return]

    def passkey_begin(
        self,
        *,
        password: str,
    ) -> PasskeyChallenge:
        """Begin a passkey. Gives what a browser makes one by; it counts once passkey_add has its
        answer.

        password: The caller's password.
        """
        return self._call(OPERATIONS['passkey_begin'], {'password': password}, None)  # type: ignore[no-any-return]

    def passkey_remove(
        self,
        *,
        passkey: PasskeyId,
        password: str,
    ) -> Changed:
        """Remove a passkey. By the password. It counts no longer.

        passkey: Which.
        password: The caller's password.
        """
        return self._call(OPERATIONS['passkey_remove'], {'passkey': passkey, 'password': password}, None)  # type: ignore[no-any-return]

    def password_change(
        self,
        *,
        new_password: str,
        password: str,
    ) -> Changed:
        """Change the password. Every session ends.

        new_password: The new one, 12 to 256 bytes.
        password: The present one.
        """
        return self._call(OPERATIONS['password_change'], {'new_password': new_password, 'password': password}, None)  # type: ignore[no-any-return]

    def account_recover(
        self,
        *,
        email: str,
        recovery_key: str,
        new_password: str | None = None,
    ) -> AccountRecovered:
        """Recover an account. Sets a new password by a recovery key; every session and every second
        factor ends.

        email: The account's address.
        recovery_key: One of its recovery keys, which is then used up.
        new_password: The new password, 12 to 256 bytes. Without it the answer is a token for
            `new_password_set`.
        """
        return self._call(OPERATIONS['account_recover'], {'email': email, 'recovery_key': recovery_key, 'new_password': new_password}, None)  # type: ignore[no-any-return]

    def recovery_keys_set(
        self,
        *,
        password: str,
    ) -> RecoveryKeys:
        """Make recovery keys. New ones, shown once; those before are void.

        password: The caller's password.
        """
        return self._call(OPERATIONS['recovery_keys_set'], {'password': password}, None)  # type: ignore[no-any-return]

    def account_register(
        self,
        *,
        email: str,
        name: str,
        password: str,
        public_key: PublicKey | None = None,
    ) -> RegistrationBegun:
        """Ask for an account. A token is mailed to the address; nothing is recorded before it was
        shown. The answer is the same whether the address is known.

        email: Where the token is mailed.
        name: What people call you.
        password: 12 to 256 bytes.
        public_key: The public key you sign with. Without one the node makes a key pair and
            shows the private key once.
        """
        return self._call(OPERATIONS['account_register'], {'email': email, 'name': name, 'password': password, 'public_key': public_key}, None)  # type: ignore[no-any-return]

    def session_list(
        self,
    ) -> PageOfSession:
        """List sessions. The caller's own, without their secrets.
        """
        return self._call(OPERATIONS['session_list'], {}, None)  # type: ignore[no-any-return]

    def new_password_set(
        self,
        *,
        new_password: str,
    ) -> NewPasswordStored:
        """Set a new password. By the token that account_recover gave: once, within ten minutes. The
        recovery key is used up then.

        new_password: 12 to 256 bytes.
        """
        return self._call(OPERATIONS['new_password_set'], {'new_password': new_password}, None)  # type: ignore[no-any-return]

    def totp_enable(
        self,
        *,
        totp: str,
    ) -> Changed:
        """Enable a second factor. By a code of the secret that was begun.

        totp: A code of the secret that was begun.
        """
        return self._call(OPERATIONS['totp_enable'], {'totp': totp}, None)  # type: ignore[no-any-return]

    def totp_begin(
        self,
    ) -> TotpBegun:
        """Begin a second factor. Makes a secret for an authenticator; it counts once a code of it
        was shown.
        """
        return self._call(OPERATIONS['totp_begin'], {}, None)  # type: ignore[no-any-return]

    def totp_disable(
        self,
        *,
        password: str,
    ) -> Changed:
        """Disable the second factor. By the password.

        password: The caller's password.
        """
        return self._call(OPERATIONS['totp_disable'], {'password': password}, None)  # type: ignore[no-any-return]

    def account_verify(
        self,
        *,
        token: str,
    ) -> AccountCreated:
        """Make the account. By the token that was mailed: once, within an hour.

        token: The token.
        """
        return self._call(OPERATIONS['account_verify'], {'token': token}, None)  # type: ignore[no-any-return]

    def burn_create(
        self,
        *,
        amount: Amount,
        currency: CurrencyCode | None = None,
        dry_run: bool | None = None,
        from_: PrincipalRef | None = None,
        idempotency_key: str | None = None,
    ) -> Transfer:
        """Burn money. Destroys money of a currency that this node issues. Waits for another person
        once somebody else was given a governance role. Only the node's owner, or whoever holds a
        grant from them. With dry_run the answer says what would happen, and nothing does. May also
        be carried by a signed envelope addressed to the node.

        amount: How much.
        currency: Of what; the node's own currency unless named.
        dry_run: Answer as if it were done, and do nothing.
        from_: Whose money; the caller's unless named.
        """
        return self._call(OPERATIONS['burn_create'], {'amount': amount, 'currency': currency, 'dry_run': dry_run, 'from': from_}, idempotency_key)  # type: ignore[no-any-return]

    def callback_list(
        self,
        *,
        cursor: str | None = None,
        delivery: CallbackDelivery | None = None,
        limit: int | None = None,
    ) -> PageOfCallback:
        """List callbacks. What became of the calls by which somebody wanted to be told how an
        approval, an action or an evaluation ended: open, delivered or dead, with how often they
        were sent. May also be carried by a signed envelope addressed to the node.

        cursor: Where to go on.
        delivery: Only those of which this became.
        limit: How many at most.
        """
        return self._call(OPERATIONS['callback_list'], {'cursor': cursor, 'delivery': delivery, 'limit': limit}, None)  # type: ignore[no-any-return]

    def callback_list_all(
        self,
        *,
        delivery: CallbackDelivery | None = None,
        limit: int | None = None,
    ) -> Iterator[Callback]:
        """List callbacks: all pages, item by item."""
        return self._pages(OPERATIONS['callback_list'], {'delivery': delivery, 'limit': limit})

    def client_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfClient:
        """List OAuth clients. The caller's own, without their secrets. May also be carried by a
        signed envelope addressed to the node.

        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['client_list'], {'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def client_list_all(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[Client]:
        """List OAuth clients: all pages, item by item."""
        return self._pages(OPERATIONS['client_list'], {'limit': limit})

    def client_create(
        self,
        *,
        actions: list[str],
        agent: PrincipalRef | None = None,
        idempotency_key: str | None = None,
    ) -> ClientCreated:
        """Make an OAuth client. Of the caller or an agent it controls; the secret is shown once and
        gets tokens of an hour at /oauth/token. May also be carried by a signed envelope addressed
        to the node.

        actions: The operations its tokens may be used for at most.
        agent: Whose client; the caller's unless named.
        """
        return self._call(OPERATIONS['client_create'], {'actions': actions, 'agent': agent}, idempotency_key)  # type: ignore[no-any-return]

    def client_revoke(
        self,
        *,
        client: ClientId,
        idempotency_key: str | None = None,
    ) -> ClientRevoked:
        """Revoke an OAuth client. With every token it was given, at once. May also be carried by a
        signed envelope addressed to the node.

        client: Which client.
        """
        return self._call(OPERATIONS['client_revoke'], {'client': client}, idempotency_key)  # type: ignore[no-any-return]

    def clock_accept(
        self,
        *,
        idempotency_key: str | None = None,
    ) -> ClockAccepted:
        """Accept a jump of the clock. Ends clock_unsure after the machine's clock moved by more
        than 5 seconds. Only the node's owner, or whoever holds a grant from them. May also be
        carried by a signed envelope addressed to the node.
        """
        return self._call(OPERATIONS['clock_accept'], {}, idempotency_key)  # type: ignore[no-any-return]

    def currency_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfCurrencyInfo:
        """List currencies. Those this node holds, its own and foreign ones. May also be carried by
        a signed envelope addressed to the node.

        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['currency_list'], {'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def currency_list_all(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[CurrencyInfo]:
        """List currencies: all pages, item by item."""
        return self._pages(OPERATIONS['currency_list'], {'limit': limit})

    def currency_create(
        self,
        *,
        code: CurrencyCode,
        scale: int,
        idempotency_key: str | None = None,
    ) -> CurrencyInfo:
        """Make a currency. One that this node issues. Only the node's owner, or whoever holds a
        grant from them. May also be carried by a signed envelope addressed to the node.

        code: Its code.
        scale: Decimals of one major unit.
        """
        return self._call(OPERATIONS['currency_create'], {'code': code, 'scale': scale}, idempotency_key)  # type: ignore[no-any-return]

    def developer_key_list(
        self,
    ) -> DeveloperKeys:
        """List API keys that may be used. As The Protocol's clients ask for them: the caller's own,
        in one array. May also be carried by a signed envelope addressed to the node.
        """
        return self._call(OPERATIONS['developer_key_list'], {}, None)  # type: ignore[no-any-return]

    def developer_key_create(
        self,
        *,
        description: str | None = None,
        idempotency_key: str | None = None,
    ) -> DeveloperKeyMade:
        """Make an API key for everything. As The Protocol's clients ask for one; the secret is
        shown once. May also be carried by a signed envelope addressed to the node.

        description: What the caller calls it.
        """
        return self._call(OPERATIONS['developer_key_create'], {'description': description}, idempotency_key)  # type: ignore[no-any-return]

    def developer_key_revoke(
        self,
        *,
        key: ApiKeyId,
        idempotency_key: str | None = None,
    ) -> DeveloperKey:
        """Take an API key back. As The Protocol's clients ask for it; it stops working at once. May
        also be carried by a signed envelope addressed to the node.

        key: Which key.
        """
        return self._call(OPERATIONS['developer_key_revoke'], {'key': key}, idempotency_key)  # type: ignore[no-any-return]

    def did_resolve(
        self,
        *,
        did: Did,
    ) -> DidResolved:
        """Resolve a DID. Of this node, for everyone; did:key; for principals also did:webvh and
        did:web of other hosts, fetched by the rules for going out and remembered, so that no host
        can take back what it showed. May also be carried by a signed envelope addressed to the
        node.

        did: Which DID, in any spelling; within a path `%` and `/` are escaped as everywhere.
        """
        return self._call(OPERATIONS['did_resolve'], {'did': did}, None)  # type: ignore[no-any-return]

    def discover(
        self,
        *,
        currency: CurrencyCode | None = None,
        cursor: str | None = None,
        explain: bool | None = None,
        limit: int | None = None,
        max_price: Amount | None = None,
        min_reputation: Hundredths | None = None,
        query: str | None = None,
        skill: str | None = None,
        tag: str | None = None,
    ) -> Discovered:
        """Find agents. By words, skill, highest price and lowest reputation; best matches first.
        May also be carried by a signed envelope addressed to the node.

        currency: The currency of the price; the node's own unless named.
        cursor: Where to go on.
        explain: Whether each agent comes with the parts of its place in the list.
        limit: How many at most.
        max_price: Highest price.
        min_reputation: Lowest mean rating.
        query: Words to look for in names, descriptions, skills and tags.
        skill: The id of a skill it must have.
        tag: A tag that one of its skills must have, whatever its case.
        """
        return self._call(OPERATIONS['discover'], {'currency': currency, 'cursor': cursor, 'explain': explain, 'limit': limit, 'max_price': max_price, 'min_reputation': min_reputation, 'query': query, 'skill': skill, 'tag': tag}, None)  # type: ignore[no-any-return]

    def escalation_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        task: TaskId | None = None,
    ) -> PageOfEscalation:
        """List escalations. Of tasks the caller takes part in, the newest first. May also be
        carried by a signed envelope addressed to the node.

        cursor: Where to go on.
        limit: How many at most.
        task: Only those of this task.
        """
        return self._call(OPERATIONS['escalation_list'], {'cursor': cursor, 'limit': limit, 'task': task}, None)  # type: ignore[no-any-return]

    def escalation_list_all(
        self,
        *,
        limit: int | None = None,
        task: TaskId | None = None,
    ) -> Iterator[Escalation]:
        """List escalations: all pages, item by item."""
        return self._pages(OPERATIONS['escalation_list'], {'limit': limit, 'task': task})

    def escalation_get(
        self,
        *,
        escalation: str,
    ) -> Escalation:
        """Read an escalation. With what came of it. May also be carried by a signed envelope
        addressed to the node.

        escalation: Which.
        """
        return self._call(OPERATIONS['escalation_get'], {'escalation': escalation}, None)  # type: ignore[no-any-return]

    def escalation_resolve(
        self,
        *,
        escalation: str,
        outcome: Literal['upheld', 'dismissed', 'partially_upheld'],
        notes: str | None = None,
        idempotency_key: str | None = None,
    ) -> Escalation:
        """Resolve an escalation. Upheld ends the task, dismissed restores it, partially upheld has
        it approved anew. May also be carried by a signed envelope addressed to the node.

        escalation: Which.
        outcome: What came of it.
        notes: Why.
        """
        return self._call(OPERATIONS['escalation_resolve'], {'escalation': escalation, 'outcome': outcome, 'notes': notes}, idempotency_key)  # type: ignore[no-any-return]

    def explain(
        self,
        *,
        id: str,
    ) -> Explained:
        """Explain. Why something was blocked, or how it came to be: by the id of an action, a
        receipt or a task, or by the code of a refusal. May also be carried by a signed envelope
        addressed to the node.

        id: An action, a receipt, a task, or the code of a refusal.
        """
        return self._call(OPERATIONS['explain'], {'id': id}, None)  # type: ignore[no-any-return]

    def funding_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfFunding:
        """List funding requests. Those of the caller and of agents it controls, for the owner
        everyone's; decided ones for 30 days. May also be carried by a signed envelope addressed to
        the node.

        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['funding_list'], {'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def funding_list_all(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[Funding]:
        """List funding requests: all pages, item by item."""
        return self._pages(OPERATIONS['funding_list'], {'limit': limit})

    def funding_request(
        self,
        *,
        amount: Amount,
        agent: PrincipalRef | None = None,
        currency: CurrencyCode | None = None,
        idempotency_key: str | None = None,
    ) -> Funding:
        """Ask the node for money. For the caller or an agent it controls; the owner approves or
        rejects. May also be carried by a signed envelope addressed to the node.

        amount: How much.
        agent: Who shall receive it; the caller unless named.
        currency: In which of the node's own currencies; its first unless named.
        """
        return self._call(OPERATIONS['funding_request'], {'amount': amount, 'agent': agent, 'currency': currency}, idempotency_key)  # type: ignore[no-any-return]

    def funding_approve(
        self,
        *,
        funding: FundingId,
        idempotency_key: str | None = None,
    ) -> Funding:
        """Approve a funding request. Mints what was asked for. Only the node's owner, or whoever
        holds a grant from them. May also be carried by a signed envelope addressed to the node.

        funding: Which request.
        """
        return self._call(OPERATIONS['funding_approve'], {'funding': funding}, idempotency_key)  # type: ignore[no-any-return]

    def funding_reject(
        self,
        *,
        funding: FundingId,
        idempotency_key: str | None = None,
    ) -> Funding:
        """Reject a funding request. Nothing moves. Only the node's owner, or whoever holds a grant
        from them. May also be carried by a signed envelope addressed to the node.

        funding: Which request.
        """
        return self._call(OPERATIONS['funding_reject'], {'funding': funding}, idempotency_key)  # type: ignore[no-any-return]

    def grant_list(
        self,
        *,
        cursor: str | None = None,
        holder: PrincipalRef | None = None,
        issuer: PrincipalRef | None = None,
        limit: int | None = None,
    ) -> PageOfGrant:
        """List grants. Those the caller gave or holds; the node's owner may name whose. May also be
        carried by a signed envelope addressed to the node.

        cursor: Where to go on.
        holder: Only those of this holder.
        issuer: Only those that this issuer gave.
        limit: How many at most.
        """
        return self._call(OPERATIONS['grant_list'], {'cursor': cursor, 'holder': holder, 'issuer': issuer, 'limit': limit}, None)  # type: ignore[no-any-return]

    def grant_list_all(
        self,
        *,
        holder: PrincipalRef | None = None,
        issuer: PrincipalRef | None = None,
        limit: int | None = None,
    ) -> Iterator[Grant]:
        """List grants: all pages, item by item."""
        return self._pages(OPERATIONS['grant_list'], {'holder': holder, 'issuer': issuer, 'limit': limit})

    def grant_create(
        self,
        *,
        actions: list[str],
        expires_in_s: int,
        holder: PrincipalRef,
        counterparties: list[PrincipalRef] | None = None,
        currency: CurrencyCode | None = None,
        depth_max: int | None = None,
        holder_key: PublicKey | None = None,
        jurisdictions: list[Jurisdiction] | None = None,
        on_behalf_of: PrincipalRef | None = None,
        parent: GrantId | None = None,
        per_use: Amount | None = None,
        resources: list[str] | None = None,
        total: Amount | None = None,
        uses_max: int | None = None,
        idempotency_key: str | None = None,
    ) -> Grant:
        """Give authority. Over the caller's own things, or narrowed from a grant the caller holds.
        May also be carried by a signed envelope addressed to the node.

        actions: The operations it allows.
        expires_in_s: Seconds until it expires.
        holder: Who receives it.
        counterparties: The principals it may be used towards; any unless named.
        currency: The currency of the limits; the node's own unless named.
        depth_max: How many links may be narrowed from it, one below the other; 0 for none. As
            many as the grants above it leave, and 8 in all, unless named.
        holder_key: A key of the holder that must prove each use.
        jurisdictions: Where its uses may take effect; anywhere unless named.
        on_behalf_of: Whose things it is about; the caller's own unless named.
        parent: The grant that it narrows.
        per_use: Most that one use may move.
        resources: The things it may be used on; any unless named.
        total: Most that all uses together may move.
        uses_max: Most uses.
        """
        return self._call(OPERATIONS['grant_create'], {'actions': actions, 'expires_in_s': expires_in_s, 'holder': holder, 'counterparties': counterparties, 'currency': currency, 'depth_max': depth_max, 'holder_key': holder_key, 'jurisdictions': jurisdictions, 'on_behalf_of': on_behalf_of, 'parent': parent, 'per_use': per_use, 'resources': resources, 'total': total, 'uses_max': uses_max}, idempotency_key)  # type: ignore[no-any-return]

    def grant_get(
        self,
        *,
        grant: GrantId,
    ) -> Grant:
        """Read a grant. With what was used of it and every grant above it. May also be carried by a
        signed envelope addressed to the node.

        grant: Which grant.
        """
        return self._call(OPERATIONS['grant_get'], {'grant': grant}, None)  # type: ignore[no-any-return]

    def grant_export(
        self,
        *,
        grant: GrantId,
    ) -> GrantDocument:
        """Export a grant. With every one above it, signed by the node and proven to stand in its
        journal: for whoever verifies it offline. May also be carried by a signed envelope addressed
        to the node.

        grant: Which grant.
        """
        return self._call(OPERATIONS['grant_export'], {'grant': grant}, None)  # type: ignore[no-any-return]

    def grant_relinquish(
        self,
        *,
        grant: GrantId,
        idempotency_key: str | None = None,
    ) -> Grant:
        """Give a grant up. One that the caller, or a principal it controls, holds; with everything
        that was narrowed from it. May also be carried by a signed envelope addressed to the node.

        grant: Which grant.
        """
        return self._call(OPERATIONS['grant_relinquish'], {'grant': grant}, idempotency_key)  # type: ignore[no-any-return]

    def grant_revoke(
        self,
        *,
        grant: GrantId,
        idempotency_key: str | None = None,
    ) -> Grant:
        """Take authority back. With everything that was narrowed from it. May also be carried by a
        signed envelope addressed to the node.

        grant: Which grant.
        """
        return self._call(OPERATIONS['grant_revoke'], {'grant': grant}, idempotency_key)  # type: ignore[no-any-return]

    def invite_accept(
        self,
        *,
        token: str,
        idempotency_key: str | None = None,
    ) -> Org:
        """Join an organization. By the token of an invitation. May also be carried by a signed
        envelope addressed to the node.

        token: The invitation's token.
        """
        return self._call(OPERATIONS['invite_accept'], {'token': token}, idempotency_key)  # type: ignore[no-any-return]

    def invite_revoke(
        self,
        *,
        invite: InviteId,
        idempotency_key: str | None = None,
    ) -> InviteRevoked:
        """Take an invitation back. Nobody joins by it any more. May also be carried by a signed
        envelope addressed to the node.

        invite: Which.
        """
        return self._call(OPERATIONS['invite_revoke'], {'invite': invite}, idempotency_key)  # type: ignore[no-any-return]

    def journal_checkpoint(
        self,
    ) -> bytes:
        """Read the latest checkpoint. A signed note: origin, tree size and root.
        """
        return self._call(OPERATIONS['journal_checkpoint'], {}, None)  # type: ignore[no-any-return]

    def journal_consistency(
        self,
        *,
        from_: int,
        to: int | None = None,
    ) -> ConsistencyProof:
        """Prove that nothing was rewritten. That a later tree only appended to an earlier one. May
        also be carried by a signed envelope addressed to the node.

        from_: Entries in the earlier tree.
        to: Entries in the later tree; the latest checkpoint's unless named.
        """
        return self._call(OPERATIONS['journal_consistency'], {'from': from_, 'to': to}, None)  # type: ignore[no-any-return]

    def entry_get(
        self,
        *,
        seq: int,
    ) -> EntryView:
        """Read an entry. With the exact bytes that were hashed. May also be carried by a signed
        envelope addressed to the node.

        seq: Which entry.
        """
        return self._call(OPERATIONS['entry_get'], {'seq': seq}, None)  # type: ignore[no-any-return]

    def journal_export(
        self,
        *,
        from_: int | None = None,
        texts: bool | None = None,
    ) -> bytes:
        """Export the journal. A stream of lines that hansa audit verifies offline; what the caller
        may not see stands as its leaf hash.

        from_: The first entry; the journal's first unless named.
        texts: Whether the texts that entries stand for come along, where the caller may see
            them.
        """
        return self._call(OPERATIONS['journal_export'], {'from': from_, 'texts': texts}, None)  # type: ignore[no-any-return]

    def journal_inclusion(
        self,
        *,
        seq: int,
        tree_size: int | None = None,
    ) -> InclusionProof:
        """Prove that an entry is included. The siblings from the entry's leaf to the root. May also
        be carried by a signed envelope addressed to the node.

        seq: Which entry.
        tree_size: In the tree of how many entries; the latest checkpoint's unless named.
        """
        return self._call(OPERATIONS['journal_inclusion'], {'seq': seq, 'tree_size': tree_size}, None)  # type: ignore[no-any-return]

    def memory_delete(
        self,
        *,
        memory: MemoryId,
        dry_run: bool | None = None,
        idempotency_key: str | None = None,
    ) -> MemoryErasure:
        """Erase a memory. Destroys its key, salts and records. Answers with a signed receipt. With
        dry_run the answer says what would happen, and nothing does. May also be carried by a signed
        envelope addressed to the node.

        memory: Which.
        dry_run: Answer what would go, and do nothing.
        """
        return self._call(OPERATIONS['memory_delete'], {'memory': memory, 'dry_run': dry_run}, idempotency_key)  # type: ignore[no-any-return]

    def memory_read(
        self,
        *,
        memory: MemoryId,
    ) -> Memory:
        """Read a memory. With its content; for whoever may write to the agent's memories, and for
        nobody else, the node's owner included. May also be carried by a signed envelope addressed
        to the node.

        memory: Which.
        """
        return self._call(OPERATIONS['memory_read'], {'memory': memory}, None)  # type: ignore[no-any-return]

    def mint_create(
        self,
        *,
        amount: Amount,
        to: PrincipalRef,
        currency: CurrencyCode | None = None,
        dry_run: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Transfer:
        """Mint money. Makes money of a currency that this node issues. Waits for another person
        once somebody else was given a governance role. Only the node's owner, or whoever holds a
        grant from them. With dry_run the answer says what would happen, and nothing does. May also
        be carried by a signed envelope addressed to the node.

        amount: How much.
        to: Who receives it.
        currency: Of what; the node's own currency unless named.
        dry_run: Answer as if it were done, and do nothing.
        """
        return self._call(OPERATIONS['mint_create'], {'amount': amount, 'to': to, 'currency': currency, 'dry_run': dry_run}, idempotency_key)  # type: ignore[no-any-return]

    def node_get(
        self,
    ) -> NodeInfo:
        """Describe this node. Its DID and key, its incarnation and mode, the currencies it holds
        and the fee it takes. May also be carried by a signed envelope addressed to the node.
        """
        return self._call(OPERATIONS['node_get'], {}, None)  # type: ignore[no-any-return]

    def onboard_token(
        self,
        *,
        agent_type_hint: str | None = None,
        requested_by: str | None = None,
        idempotency_key: str | None = None,
    ) -> OnboardTokenMade:
        """Make a bootstrap token. As The Protocol's clients ask for one: 5 minutes, single use, 5 a
        minute. May also be carried by a signed envelope addressed to the node.

        agent_type_hint: What kind of agent it will be. It is not kept.
        requested_by: Who asked for it. It is not kept: the credential says who did.
        """
        return self._call(OPERATIONS['onboard_token'], {'agent_type_hint': agent_type_hint, 'requested_by': requested_by}, idempotency_key)  # type: ignore[no-any-return]

    def onboard_agent(
        self,
        *,
        agent_card: dict[str, Any],
        agent_did_method: AgentDidMethod,
        proof: str | None = None,
        proof_of_work_solution: str | None = None,
        public_key_jwk: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> OnboardedAgent:
        """Onboard an agent with its card. As The Protocol's clients ask for it: card, DID, OAuth
        client and genesis grant in one call; secrets are shown once. May also be carried by a
        signed envelope addressed to the node.

        agent_card: Its card, of The Protocol or of A2A.
        agent_did_method: What its DID shall be.
        proof: Shows that the caller holds the key, as `agent_onboard` has it. Required beside
            `public_key_jwk`.
        proof_of_work_solution: This node asks for no work; a solution to any is not looked at.
        public_key_jwk: Its public key, Ed25519 as JSON Web Key. Without one the node makes a
            key pair and shows the private key once.
        """
        return self._call(OPERATIONS['onboard_agent'], {'agent_card': agent_card, 'agent_did_method': agent_did_method, 'proof': proof, 'proof_of_work_solution': proof_of_work_solution, 'public_key_jwk': public_key_jwk}, idempotency_key)  # type: ignore[no-any-return]

    def agent_onboard(
        self,
        *,
        name: str,
        actions: list[str] | None = None,
        card: dict[str, Any] | None = None,
        did: NewDid | None = None,
        genesis_grant: bool | None = None,
        org: PrincipalRef | None = None,
        proof: str | None = None,
        public_key: PublicKey | None = None,
        idempotency_key: str | None = None,
    ) -> AgentOnboarded:
        """Onboard an agent. Key, DID, OAuth client and genesis grant in one call, by an API key, a
        token, an envelope or the header Bootstrap-Token; secrets are shown once. May also be
        carried by a signed envelope addressed to the node.

        name: What people call it.
        actions: The operations that its tokens may be used for at most; everything it may do
            unless named.
        card: Its A2A card.
        did: What its DID shall be: one with a log and a recovery key, where the node has a
            public name.
        genesis_grant: Whether it receives the node's genesis grant.
        org: The organization that it shall belong to; the caller unless named. The caller is a
            member.
        proof: Shows that the caller holds the key: a JWS of type `key-proof+jwt` signed with
            it, whose claims are `aud` (the node's DID), `iat`, and `ath`, the base64url SHA-256 of
            the credential of this request (left out in an envelope). Required beside `public_key`.
        public_key: Its public key. Without one the node makes a key pair and shows the private
            key once.
        """
        return self._call(OPERATIONS['agent_onboard'], {'name': name, 'actions': actions, 'card': card, 'did': did, 'genesis_grant': genesis_grant, 'org': org, 'proof': proof, 'public_key': public_key}, idempotency_key)  # type: ignore[no-any-return]

    def bootstrap_create(
        self,
        *,
        idempotency_key: str | None = None,
    ) -> BootstrapCreated:
        """Make a bootstrap token. With it somebody else onboards one agent in the caller's name: 5
        minutes, single use, 5 a minute. May also be carried by a signed envelope addressed to the
        node.
        """
        return self._call(OPERATIONS['bootstrap_create'], {}, idempotency_key)  # type: ignore[no-any-return]

    def org_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfOrg:
        """List organizations. Those the caller is in, and as what. May also be carried by a signed
        envelope addressed to the node.

        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['org_list'], {'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def org_list_all(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[Org]:
        """List organizations: all pages, item by item."""
        return self._pages(OPERATIONS['org_list'], {'limit': limit})

    def org_create(
        self,
        *,
        name: str,
        idempotency_key: str | None = None,
    ) -> Org:
        """Make an organization. Owned by the caller. It has no credentials: its members act for it
        by their roles. May also be carried by a signed envelope addressed to the node.

        name: What people call it. Everybody who is signed in can read it.
        """
        return self._call(OPERATIONS['org_create'], {'name': name}, idempotency_key)  # type: ignore[no-any-return]

    def org_get(
        self,
        *,
        org: PrincipalRef,
    ) -> Org:
        """Read an organization. One that the caller is in. May also be carried by a signed envelope
        addressed to the node.

        org: Which.
        """
        return self._call(OPERATIONS['org_get'], {'org': org}, None)  # type: ignore[no-any-return]

    def org_agent_list(
        self,
        *,
        org: PrincipalRef,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfOrgAgent:
        """List an organization's agents. A guest sees those that are shared with them. May also be
        carried by a signed envelope addressed to the node.

        org: To which.
        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['org_agent_list'], {'org': org, 'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def org_agent_list_all(
        self,
        *,
        org: PrincipalRef,
        limit: int | None = None,
    ) -> Iterator[OrgAgent]:
        """List an organization's agents: all pages, item by item."""
        return self._pages(OPERATIONS['org_agent_list'], {'org': org, 'limit': limit})

    def invite_list(
        self,
        *,
        org: PrincipalRef,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfInvite:
        """List invitations. Those that nobody has used, for owners and admins. May also be carried
        by a signed envelope addressed to the node.

        org: Of which.
        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['invite_list'], {'org': org, 'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def invite_list_all(
        self,
        *,
        org: PrincipalRef,
        limit: int | None = None,
    ) -> Iterator[Invite]:
        """List invitations: all pages, item by item."""
        return self._pages(OPERATIONS['invite_list'], {'org': org, 'limit': limit})

    def invite_create(
        self,
        *,
        org: PrincipalRef,
        role: OrgRole,
        email: str | None = None,
        expires_in_s: int | None = None,
        idempotency_key: str | None = None,
    ) -> InviteCreated:
        """Invite somebody. The token is shown once and good once; with an e-mail address for its
        account alone. May also be carried by a signed envelope addressed to the node.

        org: Where to.
        role: As what; not as owner.
        email: The only address whose account may accept it, to which it is mailed where this
            node sends mail. Without one whoever holds the token may accept.
        expires_in_s: Seconds until it is void: a week unless named, at most 30 days.
        """
        return self._call(OPERATIONS['invite_create'], {'org': org, 'role': role, 'email': email, 'expires_in_s': expires_in_s}, idempotency_key)  # type: ignore[no-any-return]

    def org_leave(
        self,
        *,
        org: PrincipalRef,
        idempotency_key: str | None = None,
    ) -> MembershipEnded:
        """Leave an organization. The last owner cannot. May also be carried by a signed envelope
        addressed to the node.

        org: Where.
        """
        return self._call(OPERATIONS['org_leave'], {'org': org}, idempotency_key)  # type: ignore[no-any-return]

    def org_member_list(
        self,
        *,
        org: PrincipalRef,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfOrgMember:
        """List members. With their roles; a guest sees themselves alone. May also be carried by a
        signed envelope addressed to the node.

        org: Of which.
        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['org_member_list'], {'org': org, 'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def org_member_list_all(
        self,
        *,
        org: PrincipalRef,
        limit: int | None = None,
    ) -> Iterator[OrgMember]:
        """List members: all pages, item by item."""
        return self._pages(OPERATIONS['org_member_list'], {'org': org, 'limit': limit})

    def org_member_remove(
        self,
        *,
        org: PrincipalRef,
        member: PrincipalRef,
        idempotency_key: str | None = None,
    ) -> MembershipEnded:
        """Remove a member. With the authority that came with their role, and what they handed on of
        it. May also be carried by a signed envelope addressed to the node.

        org: Where.
        member: Whose.
        """
        return self._call(OPERATIONS['org_member_remove'], {'org': org, 'member': member}, idempotency_key)  # type: ignore[no-any-return]

    def org_member_role_set(
        self,
        *,
        org: PrincipalRef,
        member: PrincipalRef,
        role: OrgRole,
        idempotency_key: str | None = None,
    ) -> OrgMember:
        """Set a member's role. An owner everybody's, an admin that of members and guests. An
        organization keeps an owner. May also be carried by a signed envelope addressed to the node.

        org: Where.
        member: Whom.
        role: What.
        """
        return self._call(OPERATIONS['org_member_role_set'], {'org': org, 'member': member, 'role': role}, idempotency_key)  # type: ignore[no-any-return]

    def team_list(
        self,
        *,
        org: PrincipalRef,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfTeam:
        """List teams. A guest sees those they are in. May also be carried by a signed envelope
        addressed to the node.

        org: Of which.
        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['team_list'], {'org': org, 'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def team_list_all(
        self,
        *,
        org: PrincipalRef,
        limit: int | None = None,
    ) -> Iterator[Team]:
        """List teams: all pages, item by item."""
        return self._pages(OPERATIONS['team_list'], {'org': org, 'limit': limit})

    def team_create(
        self,
        *,
        org: PrincipalRef,
        name: str,
        idempotency_key: str | None = None,
    ) -> Team:
        """Make a team. A named subset of the members, with whom agents are shared at once. May also
        be carried by a signed envelope addressed to the node.

        org: In which organization.
        name: What people call it.
        """
        return self._call(OPERATIONS['team_create'], {'org': org, 'name': name}, idempotency_key)  # type: ignore[no-any-return]

    def org_owner_transfer(
        self,
        *,
        org: PrincipalRef,
        to: PrincipalRef,
        idempotency_key: str | None = None,
    ) -> Org:
        """Hand an organization on. Another member becomes its owner, and the caller an admin. May
        also be carried by a signed envelope addressed to the node.

        org: Of which organization.
        to: To whom.
        """
        return self._call(OPERATIONS['org_owner_transfer'], {'org': org, 'to': to}, idempotency_key)  # type: ignore[no-any-return]

    def policy_difference_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfPolicyDifference:
        """List what shadow sets would have decided. Acts about which a set in shadow said something
        else than what counted, the latest first. May also be carried by a signed envelope addressed
        to the node.

        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['policy_difference_list'], {'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def policy_difference_list_all(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[PolicyDifference]:
        """List what shadow sets would have decided: all pages, item by item."""
        return self._pages(OPERATIONS['policy_difference_list'], {'limit': limit})

    def policy_evaluate(
        self,
        *,
        action: str | None = None,
        amount: Amount | None = None,
        annotations: dict[str, Any] | None = None,
        at_least: PolicyVerdict | None = None,
        callback_url: str | None = None,
        counterparty: PrincipalRef | None = None,
        counterparty_name: str | None = None,
        currency: CurrencyCode | None = None,
        parameters: dict[str, Any] | None = None,
        policy_set: PolicySetId | None = None,
        task: TaskId | None = None,
        wait: Wait | None = None,
        idempotency_key: str | None = None,
    ) -> PolicyEvaluation:
        """Ask what policy would say. Of an act of the caller's, recorded. It is no leave to act:
        whoever acts is judged again. May also be carried by a signed envelope addressed to the
        node.

        action: The operation or tool; `task` unless said: the task as a whole.
        amount: How much it moves.
        annotations: What else its author says.
        at_least: The mildest verdict that the caller accepts: the stricter of it and what
            policy says counts.
        callback_url: Where the caller wants to be told by a signed POST how it ended; a host
            that the operator lists.
        counterparty: The other side, when it is a principal of this node.
        counterparty_name: The other side's name.
        currency: In which currency; the node's own unless said.
        parameters: What else the act says.
        policy_set: A set to ask beside those that concern the act.
        task: The task it belongs to.
        wait: Whether to wait for the answer, or to look for it later.
        """
        return self._call(OPERATIONS['policy_evaluate'], {'action': action, 'amount': amount, 'annotations': annotations, 'at_least': at_least, 'callback_url': callback_url, 'counterparty': counterparty, 'counterparty_name': counterparty_name, 'currency': currency, 'parameters': parameters, 'policy_set': policy_set, 'task': task, 'wait': wait}, idempotency_key)  # type: ignore[no-any-return]

    def policy_evaluation_get(
        self,
        *,
        evaluation: PolicyEvaluationId,
    ) -> PolicyEvaluation:
        """Read what policy said. One's own, or one of a task that the caller takes part in. May
        also be carried by a signed envelope addressed to the node.

        evaluation: Which.
        """
        return self._call(OPERATIONS['policy_evaluation_get'], {'evaluation': evaluation}, None)  # type: ignore[no-any-return]

    def policy_set_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
        status: PolicySetStatus | None = None,
    ) -> PageOfPolicySet:
        """List policy sets. The newest first, without their rules. May also be carried by a signed
        envelope addressed to the node.

        cursor: Where to go on.
        limit: How many at most.
        status: Only those that stand there.
        """
        return self._call(OPERATIONS['policy_set_list'], {'cursor': cursor, 'limit': limit, 'status': status}, None)  # type: ignore[no-any-return]

    def policy_set_list_all(
        self,
        *,
        limit: int | None = None,
        status: PolicySetStatus | None = None,
    ) -> Iterator[PolicySet]:
        """List policy sets: all pages, item by item."""
        return self._pages(OPERATIONS['policy_set_list'], {'limit': limit, 'status': status})

    def policy_set_create(
        self,
        *,
        actions: list[str],
        name: str,
        version: str,
        bounds: list[PolicyBound] | None = None,
        data: dict[str, Any] | None = None,
        description: str | None = None,
        engine: PolicyEngine | None = None,
        frameworks: list[Framework] | None = None,
        jurisdictions: list[Jurisdiction] | None = None,
        mode: PolicyMode | None = None,
        modules: dict[str, str] | None = None,
        opa_path: str | None = None,
        idempotency_key: str | None = None,
    ) -> PolicySet:
        """Make a policy set. As a draft: it decides nothing until it is activated. Its rules must
        compile. Only the node's owner, or whoever holds a grant from them. May also be carried by a
        signed envelope addressed to the node.

        actions: The operations and tools that it is about.
        name: Its name; the sets of one name are its versions, and one of them is active.
        version: Which version, in its publisher's words.
        bounds: What needs no evaluation.
        data: What the rules look things up in.
        description: What it is for.
        engine: What evaluates it.
        frameworks: By which frameworks; by all if empty.
        jurisdictions: Where it holds; everywhere if empty.
        mode: How much it shall count once it is active; `enforce` unless said.
        modules: Modules in Rego, by file name; `data.hansa.policy.decision` decides.
        opa_path: The path of the decision at a remote OPA; `hansa/policy/decision` unless said.
        """
        return self._call(OPERATIONS['policy_set_create'], {'actions': actions, 'name': name, 'version': version, 'bounds': bounds, 'data': data, 'description': description, 'engine': engine, 'frameworks': frameworks, 'jurisdictions': jurisdictions, 'mode': mode, 'modules': modules, 'opa_path': opa_path}, idempotency_key)  # type: ignore[no-any-return]

    def policy_set_get(
        self,
        *,
        policy_set: PolicySetId,
    ) -> PolicySet:
        """Read a policy set. With its rules, for whoever sees everything of the node. May also be
        carried by a signed envelope addressed to the node.

        policy_set: Which set.
        """
        return self._call(OPERATIONS['policy_set_get'], {'policy_set': policy_set}, None)  # type: ignore[no-any-return]

    def policy_set_activate(
        self,
        *,
        policy_set: PolicySetId,
        idempotency_key: str | None = None,
    ) -> PolicySet:
        """Activate a policy set. In the place of the active one of its name. Taking the place of an
        enforced one takes two people: the second asks for the same. Only the node's owner, or
        whoever holds a grant from them. May also be carried by a signed envelope addressed to the
        node.

        policy_set: Which set.
        """
        return self._call(OPERATIONS['policy_set_activate'], {'policy_set': policy_set}, idempotency_key)  # type: ignore[no-any-return]

    def policy_set_deprecate(
        self,
        *,
        policy_set: PolicySetId,
        idempotency_key: str | None = None,
    ) -> PolicySet:
        """Deprecate a policy set. It is no longer asked by itself. Of an enforced set this takes
        two people. Only the node's owner, or whoever holds a grant from them. May also be carried
        by a signed envelope addressed to the node.

        policy_set: Which set.
        """
        return self._call(OPERATIONS['policy_set_deprecate'], {'policy_set': policy_set}, idempotency_key)  # type: ignore[no-any-return]

    def policy_set_mode_set(
        self,
        *,
        policy_set: PolicySetId,
        mode: PolicyMode,
        idempotency_key: str | None = None,
    ) -> PolicySet:
        """Set a policy set's mode. Anything less than before takes two people: the second asks for
        the same. Only the node's owner, or whoever holds a grant from them. May also be carried by
        a signed envelope addressed to the node.

        policy_set: Which set.
        mode: How much.
        """
        return self._call(OPERATIONS['policy_set_mode_set'], {'policy_set': policy_set, 'mode': mode}, idempotency_key)  # type: ignore[no-any-return]

    def policy_set_revoke(
        self,
        *,
        policy_set: PolicySetId,
        idempotency_key: str | None = None,
    ) -> PolicySet:
        """Revoke a policy set. For good. Of an enforced set this takes two people. Only the node's
        owner, or whoever holds a grant from them. May also be carried by a signed envelope
        addressed to the node.

        policy_set: Which set.
        """
        return self._call(OPERATIONS['policy_set_revoke'], {'policy_set': policy_set}, idempotency_key)  # type: ignore[no-any-return]

    def principal_erase(
        self,
        *,
        principal: PrincipalRef,
        dry_run: bool | None = None,
        idempotency_key: str | None = None,
    ) -> Erasure:
        """Erase a principal. Destroys its documents with their key, revokes its API keys and ends
        its acting for good; its money and its history stay. Answers with a signed receipt. With
        dry_run the answer says what would happen, and nothing does. May also be carried by a signed
        envelope addressed to the node.

        principal: Whom: the caller itself, somebody it controls, or as the owner anybody.
        dry_run: Answer what would go, and do nothing.
        """
        return self._call(OPERATIONS['principal_erase'], {'principal': principal, 'dry_run': dry_run}, idempotency_key)  # type: ignore[no-any-return]

    def supply_audit(
        self,
    ) -> Supply:
        """Audit the supply. Adds all accounts up, per currency; delta is always zero on a sound
        ledger. May also be carried by a signed envelope addressed to the node.
        """
        return self._call(OPERATIONS['supply_audit'], {}, None)  # type: ignore[no-any-return]

    def receipt_get(
        self,
        *,
        receipt: ReceiptId,
    ) -> ActionReceipt:
        """Read a receipt. Signed by the node's key, for its parties. May also be carried by a
        signed envelope addressed to the node.

        receipt: Which receipt: the action's id with `rcp_` before its digits.
        """
        return self._call(OPERATIONS['receipt_get'], {'receipt': receipt}, None)  # type: ignore[no-any-return]

    def role_list(
        self,
        *,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfRole:
        """List governance roles. Who holds which. May also be carried by a signed envelope
        addressed to the node.

        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['role_list'], {'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def role_list_all(
        self,
        *,
        limit: int | None = None,
    ) -> Iterator[Role]:
        """List governance roles: all pages, item by item."""
        return self._pages(OPERATIONS['role_list'], {'limit': limit})

    def role_assign(
        self,
        *,
        principal: PrincipalRef,
        role: Literal['executive', 'compliance_monitor', 'impact_assessor'],
        idempotency_key: str | None = None,
    ) -> Role:
        """Assign a governance role. executive, compliance_monitor or impact_assessor. From the
        first that somebody else is given, minting, burning, funding and key rotations wait for an
        approval. Only the node's owner, or whoever holds a grant from them. May also be carried by
        a signed envelope addressed to the node.

        principal: To whom.
        role: Which.
        """
        return self._call(OPERATIONS['role_assign'], {'principal': principal, 'role': role}, idempotency_key)  # type: ignore[no-any-return]

    def role_withdraw(
        self,
        *,
        principal: PrincipalRef,
        role: Literal['executive', 'compliance_monitor', 'impact_assessor'],
        idempotency_key: str | None = None,
    ) -> Role:
        """Withdraw a governance role. What its holder approved and nobody used counts no longer.
        Only the node's owner, or whoever holds a grant from them. May also be carried by a signed
        envelope addressed to the node.

        principal: From whom.
        role: Which.
        """
        return self._call(OPERATIONS['role_withdraw'], {'principal': principal, 'role': role}, idempotency_key)  # type: ignore[no-any-return]

    def setup_complete(
        self,
        *,
        token: str,
        name: str | None = None,
        public_key: PublicKey | None = None,
    ) -> SetupDone:
        """Make the first owner. Needs the one-time token the node printed when it started (30
        minutes, 5 tries). Secrets in the answer are shown once.

        token: The one-time token that the node printed when it started.
        name: What people call the owner.
        public_key: The owner's public key. Without one the node makes a key pair and shows the
            private key once.
        """
        return self._call(OPERATIONS['setup_complete'], {'token': token, 'name': name, 'public_key': public_key}, None)  # type: ignore[no-any-return]

    def skill_manifest_list(
        self,
        *,
        attestation_level: Literal['self_attested', 'third_party_attested', 'verified'] | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        publisher: PrincipalRef | None = None,
        risk_class: Literal['low', 'medium', 'high', 'critical'] | None = None,
    ) -> PageOfArtifact:
        """List skills. Their manifests, the newest first. May also be carried by a signed envelope
        addressed to the node.

        attestation_level: Only those vouched for so far.
        cursor: Where to go on.
        limit: How many at most.
        publisher: Only those of this publisher.
        risk_class: Only those of this risk.
        """
        return self._call(OPERATIONS['skill_manifest_list'], {'attestation_level': attestation_level, 'cursor': cursor, 'limit': limit, 'publisher': publisher, 'risk_class': risk_class}, None)  # type: ignore[no-any-return]

    def skill_manifest_list_all(
        self,
        *,
        attestation_level: Literal['self_attested', 'third_party_attested', 'verified'] | None = None,
        limit: int | None = None,
        publisher: PrincipalRef | None = None,
        risk_class: Literal['low', 'medium', 'high', 'critical'] | None = None,
    ) -> Iterator[Artifact]:
        """List skills: all pages, item by item."""
        return self._pages(OPERATIONS['skill_manifest_list'], {'attestation_level': attestation_level, 'limit': limit, 'publisher': publisher, 'risk_class': risk_class})

    def skill_manifest_create(
        self,
        *,
        name: str,
        risk_class: Literal['low', 'medium', 'high', 'critical'],
        skill_class: Literal['protocol_adapter', 'tool', 'workflow', 'reasoning', 'knowledge'],
        version: str,
        annotations: dict[str, Any] | None = None,
        attestation_level: Literal['self_attested', 'third_party_attested', 'verified', None] | None = None,
        instruction_hash: Digest | None = None,
        required_tools: list[str] | None = None,
        supported_protocols: list[str] | None = None,
        idempotency_key: str | None = None,
    ) -> Artifact:
        """Register a skill. Its manifest, how risky it is and who vouches for it. May also be
        carried by a signed envelope addressed to the node.

        name: Its name.
        risk_class: How much may go wrong.
        skill_class: What it is.
        version: Its version.
        annotations: What else its author says.
        attestation_level: Who vouches for it; its publisher unless said.
        instruction_hash: SHA-256 of its instructions.
        required_tools: Tools it needs.
        supported_protocols: Protocols it speaks.
        """
        return self._call(OPERATIONS['skill_manifest_create'], {'name': name, 'risk_class': risk_class, 'skill_class': skill_class, 'version': version, 'annotations': annotations, 'attestation_level': attestation_level, 'instruction_hash': instruction_hash, 'required_tools': required_tools, 'supported_protocols': supported_protocols}, idempotency_key)  # type: ignore[no-any-return]

    def task_list(
        self,
        *,
        agp_state: str | None = None,
        cursor: str | None = None,
        declared: bool | None = None,
        limit: int | None = None,
        party: PrincipalRef | None = None,
        terms_state: TermsState | None = None,
    ) -> PageOfAnyTask:
        """List tasks. Those the caller is a party of, the latest first. May also be carried by a
        signed envelope addressed to the node.

        agp_state: Of declared tasks only those whose state AGP calls so, e.g.
            `APPROVAL_PENDING`.
        cursor: Where to go on.
        declared: Declared tasks that the caller takes part in, instead of contracts.
        limit: How many at most.
        party: Only those of this party.
        terms_state: Only those whose agreement stands there.
        """
        return self._call(OPERATIONS['task_list'], {'agp_state': agp_state, 'cursor': cursor, 'declared': declared, 'limit': limit, 'party': party, 'terms_state': terms_state}, None)  # type: ignore[no-any-return]

    def task_list_all(
        self,
        *,
        agp_state: str | None = None,
        declared: bool | None = None,
        limit: int | None = None,
        party: PrincipalRef | None = None,
        terms_state: TermsState | None = None,
    ) -> Iterator[AnyTask]:
        """List tasks: all pages, item by item."""
        return self._pages(OPERATIONS['task_list'], {'agp_state': agp_state, 'declared': declared, 'limit': limit, 'party': party, 'terms_state': terms_state})

    def task_declare(
        self,
        *,
        requested_outcome: str,
        risk_tier: Literal['low', 'medium', 'high', 'critical'],
        annotations: dict[str, Any] | None = None,
        expires_in_s: int | None = None,
        frameworks: list[str] | None = None,
        jurisdictions: list[str] | None = None,
        principal: PrincipalRef | None = None,
        quorum: int | None = None,
        required_roles: list[Literal['executive', 'compliance_monitor', 'impact_assessor']] | None = None,
        idempotency_key: str | None = None,
    ) -> DeclaredTask:
        """Declare a task. Who acts, what shall come of it and how risky it is, before anything
        happens. May also be carried by a signed envelope addressed to the node.

        requested_outcome: What shall come of it.
        risk_tier: How much may go wrong.
        annotations: What else its author says.
        expires_in_s: Seconds until it fails by itself; seven days unless said.
        frameworks: By which frameworks it is bound, e.g. `eu-ai-act`.
        jurisdictions: Where it happens, e.g. `EU` or `US-NY`.
        principal: Who will act; the caller unless named.
        quorum: How many persons have to approve.
        required_roles: Governance roles that have to approve.
        """
        return self._call(OPERATIONS['task_declare'], {'requested_outcome': requested_outcome, 'risk_tier': risk_tier, 'annotations': annotations, 'expires_in_s': expires_in_s, 'frameworks': frameworks, 'jurisdictions': jurisdictions, 'principal': principal, 'quorum': quorum, 'required_roles': required_roles}, idempotency_key)  # type: ignore[no-any-return]

    def task_get(
        self,
        *,
        task: TaskId,
    ) -> AnyTask:
        """Read a task. Terms, milestones, money and state. May also be carried by a signed envelope
        addressed to the node.

        task: Which task.
        """
        return self._call(OPERATIONS['task_get'], {'task': task}, None)  # type: ignore[no-any-return]

    def approval_request_create(
        self,
        *,
        task: TaskId,
        annotations: dict[str, Any] | None = None,
        approvers: list[PrincipalRef] | None = None,
        call: Call | None = None,
        call_digest: Digest | None = None,
        callback_url: str | None = None,
        expires_in_s: int | None = None,
        mode: Literal['single', 'dual', 'multi', None] | None = None,
        quorum: int | None = None,
        roles: list[Literal['executive', 'compliance_monitor', 'impact_assessor']] | None = None,
        step_up: bool | None = None,
        idempotency_key: str | None = None,
    ) -> ApprovalRequest:
        """Ask for approval. Of one exact call, by one, two or more persons in governance roles. May
        also be carried by a signed envelope addressed to the node.

        task: Of which task.
        annotations: What else its author says.
        approvers: Who may approve, if not everybody in the roles.
        call: The call; it can be bound later, before anybody approves.
        call_digest: Its digest, instead of the call itself.
        callback_url: Where the caller wants to be told by a signed POST how it ended; a host
            that the operator lists.
        expires_in_s: Seconds until silence counts as a rejection; a day unless said.
        mode: How many have to approve; one unless said.
        quorum: For `multi`: how many.
        roles: Roles that approve; any governance role unless named.
        step_up: Whether approvers have to show a second factor or sign with their own key.
        """
        return self._call(OPERATIONS['approval_request_create'], {'task': task, 'annotations': annotations, 'approvers': approvers, 'call': call, 'call_digest': call_digest, 'callback_url': callback_url, 'expires_in_s': expires_in_s, 'mode': mode, 'quorum': quorum, 'roles': roles, 'step_up': step_up}, idempotency_key)  # type: ignore[no-any-return]

    def artifact_list(
        self,
        *,
        task: TaskId,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfArtifact:
        """List what is on record for a task. In order, with the texts that were not erased. May
        also be carried by a signed envelope addressed to the node.

        task: Which task.
        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['artifact_list'], {'task': task, 'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def artifact_list_all(
        self,
        *,
        task: TaskId,
        limit: int | None = None,
    ) -> Iterator[Artifact]:
        """List what is on record for a task: all pages, item by item."""
        return self._pages(OPERATIONS['artifact_list'], {'task': task, 'limit': limit})

    def governance_attest(
        self,
        *,
        task: TaskId,
        role: Literal['executive', 'compliance_monitor', 'impact_assessor'],
        verdict: Literal['cleared', 'blocked'],
        notes: str | None = None,
        idempotency_key: str | None = None,
    ) -> Artifact:
        """Attest in a governance role. Cleared or blocked, by a holder of the role without a part
        in the task. May also be carried by a signed envelope addressed to the node.

        task: Which task.
        role: In which role.
        verdict: What is said.
        notes: Why.
        """
        return self._call(OPERATIONS['governance_attest'], {'task': task, 'role': role, 'verdict': verdict, 'notes': notes}, idempotency_key)  # type: ignore[no-any-return]

    def commerce_session_create(
        self,
        *,
        task: TaskId,
        merchant: str,
        ucp_session_ref: str,
        annotations: dict[str, Any] | None = None,
        cart_hash: Digest | None = None,
        status: Literal['initialized', 'active', 'completed', 'cancelled', None] | None = None,
        idempotency_key: str | None = None,
    ) -> Artifact:
        """Open a commerce session. The shopping that a task belongs to. May also be carried by a
        signed envelope addressed to the node.

        task: Which task.
        merchant: The merchant.
        ucp_session_ref: The session at the merchant.
        annotations: What else its author says.
        cart_hash: SHA-256 of the cart.
        status: Where it stands; initialized unless said.
        """
        return self._call(OPERATIONS['commerce_session_create'], {'task': task, 'merchant': merchant, 'ucp_session_ref': ucp_session_ref, 'annotations': annotations, 'cart_hash': cart_hash, 'status': status}, idempotency_key)  # type: ignore[no-any-return]

    def context_attest(
        self,
        *,
        task: TaskId,
        source_type: Literal['policy', 'user', 'system', 'tool', 'retrieved', 'external', 'derived'],
        annotations: dict[str, Any] | None = None,
        derived_from: list[str] | None = None,
        hash: Digest | None = None,
        source_id: str | None = None,
        taint_labels: list[Literal['external', 'retrieved', 'unverified', 'injected']] | None = None,
        trust_class: Literal['trusted_policy', 'trusted_user', 'trusted_system', 'untrusted', None] | None = None,
        idempotency_key: str | None = None,
    ) -> Artifact:
        """Attest a context. What comes from outside or was retrieved is tainted, and so is what is
        derived from it. May also be carried by a signed envelope addressed to the node.

        task: Of which task.
        source_type: Where it comes from.
        annotations: What else its author says.
        derived_from: The contexts it was made of.
        hash: SHA-256 of its content.
        source_id: What names its source.
        taint_labels: Taint it is known to have.
        trust_class: How far it claims to be trusted; untrusted unless said.
        """
        return self._call(OPERATIONS['context_attest'], {'task': task, 'source_type': source_type, 'annotations': annotations, 'derived_from': derived_from, 'hash': hash, 'source_id': source_id, 'taint_labels': taint_labels, 'trust_class': trust_class}, idempotency_key)  # type: ignore[no-any-return]

    def taint_promote(
        self,
        *,
        task: TaskId,
        context: str,
        rationale: str,
        idempotency_key: str | None = None,
    ) -> DeclaredTask:
        """Vouch for a context. By a compliance monitor without a part in the task; it alone clears
        taint. May also be carried by a signed envelope addressed to the node.

        task: Of which task.
        context: Which context.
        rationale: Why it can be trusted.
        """
        return self._call(OPERATIONS['taint_promote'], {'task': task, 'context': context, 'rationale': rationale}, idempotency_key)  # type: ignore[no-any-return]

    def decision_record(
        self,
        *,
        task: TaskId,
        action_class: Literal['read', 'write', 'communicate', 'transact', 'delete', 'admin', 'unspecified'],
        selected_action: str,
        annotations: dict[str, Any] | None = None,
        evidence: list[str] | None = None,
        rationale: str | None = None,
        uncertainty_ppm: int | None = None,
        idempotency_key: str | None = None,
    ) -> Artifact:
        """Record a decision. What the agent chose, why, and how unsure it is. May also be carried
        by a signed envelope addressed to the node.

        task: Of which task.
        action_class: What kind of act that is.
        selected_action: What was chosen.
        annotations: What else its author says.
        evidence: The evidence it rests on.
        rationale: Why.
        uncertainty_ppm: How unsure the agent is, in millionths.
        """
        return self._call(OPERATIONS['decision_record'], {'task': task, 'action_class': action_class, 'selected_action': selected_action, 'annotations': annotations, 'evidence': evidence, 'rationale': rationale, 'uncertainty_ppm': uncertainty_ppm}, idempotency_key)  # type: ignore[no-any-return]

    def escalation_raise(
        self,
        *,
        task: TaskId,
        concern_type: Literal['ethical_violation', 'policy_violation', 'authority_violation', 'safety', 'fraud', 'privacy', 'legal', 'framework_conflict', 'other'],
        description: str,
        annotations: dict[str, Any] | None = None,
        requested_action: Literal['pause_and_review', 'escalate_to_human', 'quarantine', None] | None = None,
        idempotency_key: str | None = None,
    ) -> Escalation:
        """Raise a concern. The task stands still until a compliance monitor without a part in it
        has looked. May also be carried by a signed envelope addressed to the node.

        task: About which task.
        concern_type: What it is about.
        description: What was seen.
        annotations: What else its author says.
        requested_action: What shall happen to the task; it pauses for review unless said.
        """
        return self._call(OPERATIONS['escalation_raise'], {'task': task, 'concern_type': concern_type, 'description': description, 'annotations': annotations, 'requested_action': requested_action}, idempotency_key)  # type: ignore[no-any-return]

    def evidence_add(
        self,
        *,
        task: TaskId,
        claims: list[Claim],
        annotations: dict[str, Any] | None = None,
        fresh_until: str | None = None,
        idempotency_key: str | None = None,
    ) -> Artifact:
        """Add evidence. Claims with their sources and how far they were looked into. May also be
        carried by a signed envelope addressed to the node.

        task: Of which task.
        claims: What is claimed.
        annotations: What else its author says.
        fresh_until: Until when it counts.
        """
        return self._call(OPERATIONS['evidence_add'], {'task': task, 'claims': claims, 'annotations': annotations, 'fresh_until': fresh_until}, idempotency_key)  # type: ignore[no-any-return]

    def impact_assess(
        self,
        *,
        task: TaskId,
        recommendation: Literal['proceed', 'proceed_with_conditions', 'escalate', 'stop'],
        stakeholders: list[StakeholderImpact],
        time_horizons: list[TimeHorizon],
        annotations: dict[str, Any] | None = None,
        mitigated: bool | None = None,
        rights_violated: list[Literal['life_and_safety', 'dignity', 'privacy', 'non_discrimination', 'due_process', 'expression', 'property', 'childhood']] | None = None,
        idempotency_key: str | None = None,
    ) -> Artifact:
        """Assess the impact of a task. Evaluated by the node: horizons, the worst off, Pareto and
        rights. Frameworks in conflict escalate to a person. May also be carried by a signed
        envelope addressed to the node.

        task: Which task.
        recommendation: What the assessor advises.
        stakeholders: Whom they are about.
        time_horizons: Consequences over time.
        annotations: What else its author says.
        mitigated: Whether what harms somebody is made good.
        rights_violated: Rights that it would violate.
        """
        return self._call(OPERATIONS['impact_assess'], {'task': task, 'recommendation': recommendation, 'stakeholders': stakeholders, 'time_horizons': time_horizons, 'annotations': annotations, 'mitigated': mitigated, 'rights_violated': rights_violated}, idempotency_key)  # type: ignore[no-any-return]

    def liability_bind(
        self,
        *,
        task: TaskId,
        accountable: PrincipalRef | None = None,
        annotations: dict[str, Any] | None = None,
        jurisdiction: str | None = None,
        sponsoring_entity: str | None = None,
        idempotency_key: str | None = None,
    ) -> Artifact:
        """Say who answers for a task. Moves a new task to bound. May also be carried by a signed
        envelope addressed to the node.

        task: Which task.
        accountable: Who is accountable; whoever declared the task unless named.
        annotations: What else its author says.
        jurisdiction: Where.
        sponsoring_entity: On behalf of which entity.
        """
        return self._call(OPERATIONS['liability_bind'], {'task': task, 'accountable': accountable, 'annotations': annotations, 'jurisdiction': jurisdiction, 'sponsoring_entity': sponsoring_entity}, idempotency_key)  # type: ignore[no-any-return]

    def task_update(
        self,
        *,
        task: TaskId,
        to: Literal['created', 'bound', 'delegated', 'skill_bound', 'commerce_init', 'analyzing', 'decided', 'approval_pending', 'policy_checked', 'executing', 'completed', 'failed', 'denied', 'revoked'],
        guard: str | None = None,
        idempotency_key: str | None = None,
    ) -> DeclaredTask:
        """Move a declared task. By the artifact that allows it; policy, approvals and receipts move
        it by themselves. May also be carried by a signed envelope addressed to the node.

        task: Which task.
        to: Whereto. Policy, approvals and receipts move it to the other states.
        guard: The artifact that allows it.
        """
        return self._call(OPERATIONS['task_update'], {'task': task, 'to': to, 'guard': guard}, idempotency_key)  # type: ignore[no-any-return]

    def task_replay(
        self,
        *,
        task: TaskId,
        from_: int | None = None,
    ) -> Replay:
        """Replay a task. Every entry of it in order, chained, with what was known at each step. May
        also be carried by a signed envelope addressed to the node.

        task: Which task.
        from_: The entry to begin at; the first of the task unless named.
        """
        return self._call(OPERATIONS['task_replay'], {'task': task, 'from': from_}, None)  # type: ignore[no-any-return]

    def team_delete(
        self,
        *,
        team: TeamId,
        idempotency_key: str | None = None,
    ) -> TeamDeleted:
        """Dissolve a team. Its members stay in the organization. May also be carried by a signed
        envelope addressed to the node.

        team: Which.
        """
        return self._call(OPERATIONS['team_delete'], {'team': team}, idempotency_key)  # type: ignore[no-any-return]

    def team_member_remove(
        self,
        *,
        team: TeamId,
        member: PrincipalRef,
        idempotency_key: str | None = None,
    ) -> Team:
        """Take a member out of a team. They stay in the organization. May also be carried by a
        signed envelope addressed to the node.

        team: Which.
        member: Whom.
        """
        return self._call(OPERATIONS['team_member_remove'], {'team': team, 'member': member}, idempotency_key)  # type: ignore[no-any-return]

    def team_member_add(
        self,
        *,
        team: TeamId,
        member: PrincipalRef,
        idempotency_key: str | None = None,
    ) -> Team:
        """Put a member into a team. One of the organization. May also be carried by a signed
        envelope addressed to the node.

        team: Which.
        member: Whom.
        """
        return self._call(OPERATIONS['team_member_add'], {'team': team, 'member': member}, idempotency_key)  # type: ignore[no-any-return]

    def teg_send(
        self,
        *,
        amount: Amount,
        receiver_did: PrincipalRef,
        backend: Backend | None = None,
        dry_run: bool | None = None,
        message: str | None = None,
        idempotency_key: str | None = None,
    ) -> TegSent:
        """Send money. As The Protocol's clients ask for it: from the caller, in the node's own
        currency, to an agent of this node. With dry_run the answer says what would happen, and
        nothing does. May also be carried by a signed envelope addressed to the node.

        amount: How much, of the node's own currency.
        receiver_did: Who receives.
        backend: Which way to take to another node; payees of this node need none.
        dry_run: Answer as if it were done, and do nothing.
        message: A word to the payee. It is not kept: the journal holds no texts.
        """
        return self._call(OPERATIONS['teg_send'], {'amount': amount, 'receiver_did': receiver_did, 'backend': backend, 'dry_run': dry_run, 'message': message}, idempotency_key)  # type: ignore[no-any-return]

    def transfer_list(
        self,
        *,
        account: PrincipalRef | None = None,
        currency: CurrencyCode | None = None,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> PageOfTransfer:
        """List transfers. The latest first, of one account or currency if named. May also be
        carried by a signed envelope addressed to the node.

        account: Only those that this principal pays or receives.
        currency: Only those of this currency.
        cursor: Where to go on.
        limit: How many at most.
        """
        return self._call(OPERATIONS['transfer_list'], {'account': account, 'currency': currency, 'cursor': cursor, 'limit': limit}, None)  # type: ignore[no-any-return]

    def transfer_list_all(
        self,
        *,
        account: PrincipalRef | None = None,
        currency: CurrencyCode | None = None,
        limit: int | None = None,
    ) -> Iterator[Transfer]:
        """List transfers: all pages, item by item."""
        return self._pages(OPERATIONS['transfer_list'], {'account': account, 'currency': currency, 'limit': limit})

    def transfer_create(
        self,
        *,
        amount: Amount,
        to: PrincipalRef,
        currency: CurrencyCode | None = None,
        dry_run: bool | None = None,
        from_: PrincipalRef | None = None,
        hold: Hold | None = None,
        idempotency_key: str | None = None,
    ) -> Transfer:
        """Move money. At once, or set aside with hold until it is posted or voided. The payer pays
        the fee on top. With dry_run the answer says what would happen, and nothing does. May also
        be carried by a signed envelope addressed to the node.

        amount: How much the payee receives.
        to: Who receives.
        currency: Of what; the node's own currency unless named.
        dry_run: Answer as if it were done, and do nothing.
        from_: Who pays; the caller unless named.
        hold: Set it aside instead, until it is posted or voided.
        """
        return self._call(OPERATIONS['transfer_create'], {'amount': amount, 'to': to, 'currency': currency, 'dry_run': dry_run, 'from': from_, 'hold': hold}, idempotency_key)  # type: ignore[no-any-return]

    def transfer_batch(
        self,
        *,
        items: list[TransferItem],
        idempotency_key: str | None = None,
    ) -> BatchResults:
        """Make many transfers. Up to 1,000, each by itself: one that is refused does not stop the
        others. May also be carried by a signed envelope addressed to the node.

        items: The transfers, carried out in this order.
        """
        return self._call(OPERATIONS['transfer_batch'], {'items': items}, idempotency_key)  # type: ignore[no-any-return]

    def transfer_quote(
        self,
        *,
        amount: Amount,
        to: PrincipalRef,
        currency: CurrencyCode | None = None,
        from_: PrincipalRef | None = None,
    ) -> Quote:
        """Quote a transfer. The fee and total it would cost now; nothing is reserved. May also be
        carried by a signed envelope addressed to the node.

        amount: How much the payee receives.
        to: Who receives.
        currency: Of what; the node's own currency unless named.
        from_: Who pays; the caller unless named.
        """
        return self._call(OPERATIONS['transfer_quote'], {'amount': amount, 'to': to, 'currency': currency, 'from': from_}, None)  # type: ignore[no-any-return]

    def transfer_get(
        self,
        *,
        transfer: TransferId,
    ) -> Transfer:
        """Read a transfer. With its present state. May also be carried by a signed envelope
        addressed to the node.

        transfer: Which transfer.
        """
        return self._call(OPERATIONS['transfer_get'], {'transfer': transfer}, None)  # type: ignore[no-any-return]

    def transfer_post(
        self,
        *,
        transfer: TransferId,
        amount: Amount | None = None,
        idempotency_key: str | None = None,
    ) -> Transfer:
        """Post a pending transfer. Everything that is left, or a part of it; the rest stays
        pending. May also be carried by a signed envelope addressed to the node.

        transfer: Which transfer.
        amount: How much of it, the rest staying pending; everything that is left unless named.
        """
        return self._call(OPERATIONS['transfer_post'], {'transfer': transfer, 'amount': amount}, idempotency_key)  # type: ignore[no-any-return]

    def transfer_void(
        self,
        *,
        transfer: TransferId,
        idempotency_key: str | None = None,
    ) -> Transfer:
        """Void a pending transfer. The money goes back, with the fee. May also be carried by a
        signed envelope addressed to the node.

        transfer: Which transfer.
        """
        return self._call(OPERATIONS['transfer_void'], {'transfer': transfer}, idempotency_key)  # type: ignore[no-any-return]

    def whoami(
        self,
    ) -> WhoAsks:
        """Who asks. The caller's principal, credential and account. May also be carried by a signed
        envelope addressed to the node.
        """
        return self._call(OPERATIONS['whoami'], {}, None)  # type: ignore[no-any-return]

    def did_web_get(
        self,
        *,
        agent: PrincipalRef,
    ) -> DidDocument:
        """Read an agent's did:web document. The document of the last version under the name that
        did:web has for it.

        agent: Which agent.
        """
        return self._call(OPERATIONS['did_web_get'], {'agent': agent}, None)  # type: ignore[no-any-return]

    def did_log_get(
        self,
        *,
        agent: PrincipalRef,
    ) -> bytes:
        """Read an agent's DID log. As did:webvh looks for it; the last one is served after the
        agent has left.

        agent: Which agent.
        """
        return self._call(OPERATIONS['did_log_get'], {'agent': agent}, None)  # type: ignore[no-any-return]

    def docs(
        self,
    ) -> bytes:
        """Documentation for people. A page that shows this API; error codes are explained at
        /docs/errors.
        """
        return self._call(OPERATIONS['docs'], {}, None)  # type: ignore[no-any-return]

    def health(
        self,
    ) -> HealthStatus:
        """Is the process alive. Answers without asking anything it depends on.
        """
        return self._call(OPERATIONS['health'], {}, None)  # type: ignore[no-any-return]

    def metrics(
        self,
    ) -> bytes:
        """Metrics in OpenMetrics text. Counters and gauges for a Prometheus scraper.
        """
        return self._call(OPERATIONS['metrics'], {}, None)  # type: ignore[no-any-return]

    def openapi(
        self,
    ) -> OpenApiDocument:
        """This description. The whole native API as an OpenAPI 3.1 document.
        """
        return self._call(OPERATIONS['openapi'], {}, None)  # type: ignore[no-any-return]

    def ready(
        self,
    ) -> Readiness:
        """Does the node take requests. 200 when every check passes, 503 with the same body when one
        does not.
        """
        return self._call(OPERATIONS['ready'], {}, None)  # type: ignore[no-any-return]

    def version(
        self,
    ) -> VersionInfo:
        """Which software this is. Name, version and commit.
        """
        return self._call(OPERATIONS['version'], {}, None)  # type: ignore[no-any-return]

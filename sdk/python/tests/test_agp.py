"""The AGP client and the schemas against a live node with an open sandbox."""

import httpx
import pytest
from agp import AGPBadRequestError, AGPClient, AGPNotFoundError, AGPUnauthenticatedError
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource


@pytest.fixture(scope="session")
def schemas(town):
    index = httpx.get(f"{town['url']}/agp/schemas").json()["items"]
    answers = [httpx.get(item["$id"]) for item in index]
    assert {answer.headers["Content-Type"] for answer in answers} == {"application/schema+json"}
    return {schema["$id"]: schema for schema in (answer.json() for answer in answers)}


@pytest.fixture(scope="session")
def check(town, schemas):
    registry = Registry().with_resources(
        (id, Resource.from_contents(schema)) for id, schema in schemas.items()
    )

    def check(name, value):
        schema = schemas[f"{town['url']}/agp/schemas/{name}"]
        validator = Draft202012Validator(schema, registry=registry, format_checker=FormatChecker())
        validator.validate(value)

    return check


@pytest.fixture(scope="session")
def client(town):
    with AGPClient(town["url"]) as client:
        yield client


def test_every_schema_is_one_and_its_examples_fit_it(town, schemas, check):
    assert len(schemas) == 25
    for id, schema in schemas.items():
        Draft202012Validator.check_schema(schema)
        examples = schema.get("examples", [])
        assert examples or id.endswith("/common/defs.json"), id
        for example in examples:
            check(id.removeprefix(f"{town['url']}/agp/schemas/"), example)


def test_the_documents_refer_to_what_is_served(town, schemas):
    def references(value):
        if isinstance(value, dict):
            yield from [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            for member in value.values():
                yield from references(member)
        elif isinstance(value, list):
            for item in value:
                yield from references(item)

    for domain in ("registry", "decision", "execution"):
        document = httpx.get(f"{town['url']}/agp/openapi/{domain}.json").json()
        for reference in references(document):
            base, _, pointer = reference.partition("#")
            target = schemas[base] if base else document
            for step in pointer.split("/")[1:]:
                target = target[step]


def test_authority_is_given_read_listed_and_taken_back(client, check):
    made = client.registry.create_capability(
        {"permitted_actions": ["analyse"], "subject_agent": "worker"},
        constraints={"spend_limit": {"currency": "AVT", "amount": 5}},
    )
    check("objects/capability-token.json", made)
    check("agp-object.json", made)
    assert client.registry.get_capability(made.token_id) == made
    assert made["capability_id"] in {item.capability_id for item in client.registry.all_capabilities(limit=1)}
    delegated = client.registry.create_delegation(
        delegate_agent="worker", authority_scope=["analyse"], parent_delegation_id=made.capability_id,
        constraints={"spend_limit": {"currency": "AVT", "amount": "5"}},
    )
    check("objects/delegation-chain.json", delegated)
    notice = client.registry.revoke(
        target_type="CapabilityToken", target_id=made.capability_id, reason="the work is done"
    )
    check("objects/revocation-notice.json", notice)
    assert client.registry.get_delegation(delegated.delegation_id)["status"] == "revoked"


def test_refusals_fit_their_schema_and_are_typed(town, client, check):
    for asked in (
        httpx.get(f"{town['url']}/agp/capabilities/cap_unknown"),
        httpx.post(f"{town['url']}/agp/capabilities", json={}),
    ):
        check("common/error.json", asked.json())
    with pytest.raises(AGPNotFoundError):
        client.registry.get_capability("cap_unknown")
    with pytest.raises(AGPBadRequestError) as refused:
        client.registry.create_capability(permitted_actions=["Not A Pattern"])
    assert refused.value.details["code"] == "invalid_field"
    with AGPClient(town["url"], api_key="wrong") as nobody, pytest.raises(AGPUnauthenticatedError):
        nobody.registry.get_capability("cap_unknown")


def test_an_evaluation_is_waited_for(client, check):
    task = client.registry.create_task(
        principal_id="worker", requested_outcome="analyse feedback", risk_tier="low"
    )
    operation = client.decision.evaluate_policy_async(task_id=task["task_id"])
    check("async/async-operation.json", operation)
    ended = client.execution.wait_for_operation(operation["operation_id"], wait_s=30, poll_s=0.05)
    check("async/async-operation.json", ended)
    assert ended["status"] == "completed"
    decided = client.decision.get_policy_evaluation(ended["result_ref"])
    check("objects/policy-decision.json", decided)
    assert decided["verdict"] == "allow"

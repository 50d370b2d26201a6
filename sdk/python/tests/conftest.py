"""Options of the tests that need a running node."""

import os

import pytest


@pytest.fixture(scope="session")
def town():
    """The address and the owner's key of a running node, from the environment."""
    url, key = os.environ.get("HANSA_NODE"), os.environ.get("HANSA_API_KEY")
    assert url and key, "start `hansa dev` and set HANSA_NODE and HANSA_API_KEY"
    return {"url": url, "key": key}

"""Runs what a page shows of a Python session, and fails where something else comes of it.

The session comes by standard input; files that it reads are in the working directory.
"""

import doctest
import sys

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

session = doctest.DocTestParser().get_doctest(sys.stdin.read(), {}, "page", None, 0)
runner = doctest.DocTestRunner(optionflags=FLAGS)
runner.run(session, out=sys.stderr.write)
print(runner.tries - runner.failures, "of", runner.tries)
sys.exit(runner.failures > 0 or runner.tries == 0)

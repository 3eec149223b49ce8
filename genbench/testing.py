"""What the tests of a plugin use: named checks as tests. pytest finds the fixtures without an import."""

from __future__ import annotations

from genbench.checks.testing.parametrize import parametrize_with_checks

__all__ = ["parametrize_with_checks"]

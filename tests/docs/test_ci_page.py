"""The workflow on the page about continuous integration."""

from __future__ import annotations

import re


def test_every_genbench_command_of_the_workflow_is_run_on_the_page(blocks):
    found = blocks("docs/ci.md")
    (workflow,) = (block for block in found if block.language == "yaml")
    commands = re.findall(r"run: (genbench .*)", workflow.text)
    shown = [command for block in found if block.language == "console" for command, _ in block.commands]
    assert len(commands) == 3
    assert set(commands) <= set(shown)

"""The reference tool for data contracts takes what Tidemark exports."""

import pathlib
import shutil
import subprocess
import sys

import pytest

from conftest import ROOT


def tool():
    found = shutil.which("datacontract", path=str(pathlib.Path(sys.executable).parent)) or shutil.which("datacontract")
    if not found:
        pytest.skip("datacontract-cli is not installed: make clients DATACONTRACT=1 does it")
    return found


def contracts():
    return sorted(str(p.relative_to(ROOT)) for p in (ROOT / "contracts").glob("*/*/*.odcs.yaml"))


def topic(path):
    domain, product, file = pathlib.Path(path).parts[-3:]
    return f"{domain}.{product}.{file.removesuffix('.odcs.yaml')}"


@pytest.mark.parametrize("form", ["odcs", "dcs"])
def test_lint_every_exported_contract(tidemark, tmp_path, form):
    command, wrong = tool(), []
    for path in contracts():
        name = topic(path)
        file = tmp_path / f"{name}.{form}.yaml"
        file.write_text(tidemark("export", "--format", form, name))
        done = subprocess.run([command, "lint", str(file), "--output", str(tmp_path / "lint.json"), "--output-format", "json"],
                              capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            wrong.append(f"{name}: {done.stdout[-600:]}{done.stderr[-300:]}")
    assert not wrong, f"{len(wrong)} of {len(contracts())}:\n" + "\n".join(wrong[:5])

"""Lets a wheel carry `resources/` and `sample_models/`; all else stands in `pyproject.toml`."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithData(build_py):
    """Copies the top-level data folders into the package, where `explorer.resources` looks."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for name in ("resources", "sample_models"):
                self._carry(Path(name))

    def _carry(self, folder: Path) -> None:
        inside = Path(self.build_lib, "explorer", f"_{folder.name}")
        for source in filter(Path.is_file, folder.rglob("*")):
            target = inside / source.relative_to(folder)
            self.mkpath(str(target.parent))
            self.copy_file(str(source), str(target))


setup(cmdclass={"build_py": BuildWithData})

"""`python -m bench`: names the benchmarks; each is run as `python -m bench.NAME`."""

from pathlib import Path

HERE = Path(__file__).parent

for path in sorted(HERE.glob("*.py")):
    if not path.name.startswith("__"):
        print(f"python -m bench.{path.stem}")

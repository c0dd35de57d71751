"""`python -m bench [ROW …] [--listings N] [--occupancies N] [--times N]`: the table of `bench/README.md`.

`python -m scripts.services run postgresql -- python -m bench` gives it a database server.
"""

import argparse
from pathlib import Path

from bench.park import bench_park
from bench.rows import ROWS, Bench, Line
from bench.serving import serving
from marketplace.app.requests import configure_logs

HERE = Path(__file__).parent
SPEEDS = ("import_ledger", "billing_speed", "rerating", "search_speed")


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench", epilog=f"Of their own, as python -m bench.NAME: {', '.join(SPEEDS)}"
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"all of {', '.join(ROWS)} unless named")
    parser.add_argument("--listings", type=int, default=10_000)
    parser.add_argument("--occupancies", type=int, default=20_000)
    parser.add_argument("--times", type=int, default=200, help="requests in each turn")
    given = parser.parse_args()
    if unknown := set(given.rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    configure_logs(level=40)
    with bench_park(given.listings, given.occupancies) as park:
        environ = {
            "DATABASE_URL": park.urls.app,
            "DATABASE_OWNER_URL": park.urls.owner,
            "SECRET_KEY": park.settings.secret_key,
            "GONGZAO_DATA": str(park.settings.data_folder),
            "PUBLIC_URL": park.settings.public_url,
        }
        with serving("wsgi:application", environ) as product, serving("bench.floors:make_app()", environ) as floor:
            bench = Bench(park=park, product=product, floor=floor, times=given.times)
            print(f"{given.listings:,} listings, {given.occupancies:,} occupancies\n")
            print("| row | measured | × floor | budget | kept |\n|---|---|---|---|---|")
            for name in given.rows or ROWS:
                print(told(ROWS[name](bench)), flush=True)


def told(line: Line) -> str:
    kept = {None: "", True: "yes", False: "no"}[line.is_kept]
    return f"| {line.name} | {line.measured} | {line.ratio} | {line.budget} | {kept} |"


if __name__ == "__main__":
    main()

"""The bar of the import, held on ledgers drawn from seeds."""

from marketplace.listings.ledger.files.opening import open_workbook
from marketplace.listings.ledger.reader import read_sheets
from tests.listings.ledger.generator import TODAY, generate
from tests.listings.ledger.scoring import Score
from tests.listings.ledger.writing import written

SEEDS = range(250)


def score_of(seeds: range) -> Score:
    score = Score()
    for seed in seeds:
        pages, form, expected = generate(seed)
        workbook = open_workbook(written(pages, form))
        outcome = read_sheets(workbook, today=TODAY)
        score.add(f"seed {seed} {form}", outcome, expected, [sheet.name for sheet in workbook.sheets])
    return score


def test_generated_ledgers_pass_the_bar() -> None:
    score = score_of(SEEDS)
    report = "\n".join(score.notes[:40])
    assert score.wanted > 2500
    assert score.found >= 0.99 * score.wanted, report
    assert score.lost == 0, report
    assert score.doubled == 0, report
    assert score.offered_scrap == 0, report
    assert score.named >= 0.95 * score.problems, report
    assert score.alarms <= 0.01 * score.problems, report

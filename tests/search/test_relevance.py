import pytest

from bench.relevance.measure import Judged, figures, floors, judge, set_names


@pytest.mark.parametrize("name", set_names())
def test_every_judged_set_reaches_its_floor_alike_on_both_engines(name, make_tantivy, make_elasticsearch):
    embedded = judge(make_tantivy(name), name)
    reached = figures(embedded)
    for metric, least in floors()[name].items():
        assert reached[metric] >= least, (name, metric, reached[metric])
    assert [each.ranked for each in judge(make_elasticsearch(name), name)] == [each.ranked for each in embedded]


def test_figures_punish_a_late_and_a_missing_result():
    first = Judged("q", {"a": 2, "b": 1}, ["a", "b", "c"])
    late = Judged("q", {"a": 2, "b": 1}, ["c", "b", "a"])
    missing = Judged("q", {"a": 2, "b": 1}, ["c"])
    assert first.ndcg() == 1.0
    assert 1.0 > late.ndcg() > missing.ndcg() == 0.0
    assert (first.reciprocal_rank(), late.reciprocal_rank(), missing.reciprocal_rank()) == (1.0, 0.5, 0.0)

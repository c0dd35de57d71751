from search.engines.recent import RecentDocuments
from search.ranking.candidates import analyse


def document(words: str):
    return analyse((words, "", "", "", "", ""))


def test_the_longest_unused_is_forgotten_when_there_are_too_many_tokens():
    recent = RecentDocuments(4)
    recent.put(1, 1, document("a b"))
    recent.put(2, 1, document("c d"))
    assert recent.get(1, 1)
    recent.put(3, 1, document("e"))
    assert recent.get(2, 1) is None
    assert recent.get(1, 1)
    assert recent.get(3, 1)


def test_versions_are_told_apart_and_putting_again_counts_once():
    recent = RecentDocuments(4)
    for _ in range(5):
        recent.put(1, 1, document("a b"))
    recent.put(1, 2, document("a c"))
    assert recent.get(1, 1) == document("a b")
    assert recent.get(1, 2) == document("a c")
    recent.clear()
    assert recent.get(1, 1) is None


def test_one_huge_document_is_kept_while_it_is_the_last():
    recent = RecentDocuments(2)
    recent.put(1, 1, document("a b c d"))
    assert recent.get(1, 1)
    recent.put(2, 1, document("e"))
    assert recent.get(1, 1) is None

import json

import pytest
from click.testing import CliRunner

from search.command import search
from search.evaluation import BadCollectionError, Collection, Text, read_questions, read_texts

DOCUMENTS = [
    {"id": "a", "title": "数控车床", "body": "加工轴类零件"},
    {"id": "b", "title": "立式加工中心 VMC-850"},
    {"id": 3, "body": "轴类零件的检测"},
    {"id": "空", "title": "", "body": ""},
]
QUESTIONS = [
    {"id": 1, "text": "轴类零件"},
    {"id": "2", "text": "vmc850"},
    {"id": 3, "text": "?"},
    {"id": 4, "text": "無關緊要"},
]


@pytest.fixture
def files(tmp_path):
    for name, rows in (("documents", DOCUMENTS), ("queries", QUESTIONS)):
        lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        (tmp_path / f"{name}.jsonl").write_text(lines + "\n\n", encoding="utf-8")
    return tmp_path


def evaluate(files, engine, **environment):
    arguments = ["eval", "--engine", engine]
    for option, name in (("--documents", "documents"), ("--queries", "queries"), ("--run", "answers")):
        arguments += [option, str(files / f"{name}.jsonl")]
    return CliRunner().invoke(search, arguments, env=environment)


def answers(files):
    lines = (files / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    return {(row := json.loads(line))["id"]: row["ranked"] for line in lines}


def test_any_collection_is_ranked_under_its_own_ids(files):
    outcome = evaluate(files, "tantivy")
    assert outcome.exit_code == 0, outcome.output
    found = answers(files)
    assert found[1] == [3, "a"] or found[1] == ["a", 3]
    assert found["2"] == ["b"]
    assert found[3] == []
    assert found[4] == []


def test_both_engines_answer_alike(files, elasticsearch_url):
    evaluate(files, "tantivy")
    embedded = answers(files)
    outcome = evaluate(files, "elasticsearch", ELASTICSEARCH_URL=elasticsearch_url)
    assert outcome.exit_code == 0, outcome.output
    assert answers(files) == embedded


def test_answers_are_at_most_a_hundred_deep(make_tantivy):
    collection = Collection(make_tantivy("deep"))
    collection.load(Text(number, "车床", "") for number in range(150))
    assert collection.rank("车床") == list(range(100))


def test_elasticsearch_without_an_address_says_so(files):
    outcome = evaluate(files, "elasticsearch", ELASTICSEARCH_URL="")
    assert outcome.exit_code == 2
    assert "ELASTICSEARCH_URL" in outcome.output


@pytest.mark.parametrize("line", ["no json", "[1]", '{"title": "x"}', '{"id": null}'])
def test_an_unusable_line_is_named(files, line):
    (files / "documents.jsonl").write_text('{"id": 1}\n' + line, encoding="utf-8")
    outcome = evaluate(files, "tantivy")
    assert outcome.exit_code == 1
    assert "documents.jsonl:2" in outcome.output
    with pytest.raises(BadCollectionError):
        list(read_texts(files / "documents.jsonl"))


def test_missing_fields_and_numbers_are_read_as_text(tmp_path):
    path = tmp_path / "q.jsonl"
    path.write_text('{"id": 1}\n{"id": 2, "text": 850}\n', encoding="utf-8")
    assert [question.text for question in read_questions(path)] == ["", "850"]

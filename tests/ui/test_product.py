"""The frame inside the real application."""


def test_style_guide_stands_in_the_product_s_frame(client):
    answer = client.get("/ui/styleguide")
    assert answer.status_code == 200
    assert "Content-Security-Policy" in answer.headers


def test_missing_page_says_so_and_leads_home(client):
    answer = client.get("/no-such-page", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "没有找到" in answer.text
    assert "回到首页" in answer.text


def test_fragment_of_a_refusal_is_marked_for_the_script(client):
    answer = client.get("/no-such-page", headers={"Accept": "text/html", "HX-Request": "true"})
    assert answer.status_code == 404
    assert "data-problem" in answer.text
    assert "<html" not in answer.text


def test_static_file_is_not_held_back_by_the_privacy_of_pages(client):
    page = client.get("/ui/styleguide").text
    address = next(part for part in page.split('"') if part.startswith("/ui/static/tokens.css"))
    with client.get(address) as kept:
        assert kept.cache_control.immutable
    assert client.get("/ui/styleguide").cache_control.no_store

"""Matches and demands through the API."""

from tests.demands.bazaar import Bazaar, Side

DEMAND = {
    "title_zh": "钛合金件铣削",
    "type": "vertical_machining_centre",
    "constraints": [{"attribute": "travel_x", "op": ">=", "number": "0.6", "unit": "m"}],
    "start": "2026-11-23T10:00:00+08:00",
    "end": "2026-11-23T18:00:00+08:00",
    "minutes": 120,
    "budget": {"amount": 50000, "currency": "CNY"},
    "confidentiality": "anonymous",
}


def client_of(browser_of, bazaar, side):
    return browser_of(bazaar.session, side.user, park_id=bazaar.park.id, enterprise_id=side.firm.id)


def test_from_a_posted_demand_to_an_accepted_quote(session, browser_of):
    bazaar = Bazaar(session)
    demander, supplier = (client_of(browser_of, bazaar, side) for side in (bazaar.demander, bazaar.supplier))
    posted = demander.post("/api/v1/demands/", json=DEMAND)
    assert posted.status_code == 201
    assert posted.json["constraints"][0]["value"] == 600_000
    address = f"/api/v1/demands/{posted.json['id']}"
    matches = demander.get(f"{address}/matches").json
    assert [one["listing"] for one in matches["fits"]] == [bazaar.listing.public_id]
    assert matches["fits"][0]["price"] == 240_00
    assert matches["weights"] == "1"
    seen = supplier.get("/api/v1/demands/matching").json["items"]
    assert seen[0]["demand"]["id"] == posted.json["id"]
    assert seen[0]["demand"]["demander"] is None
    offer = {
        "demand": posted.json["id"],
        "listing": bazaar.listing.public_id,
        "terms": {
            "start": "2026-11-23T11:00:00+08:00",
            "end": "2026-11-23T13:00:00+08:00",
            "lines": [{"name": "铣削", "quantity": "2", "unit": "小时", "unit_price": "115.50"}],
            "valid_until": "2026-11-23T10:30:00+08:00",
        },
    }
    quote = supplier.post("/api/v1/quotes/", json=offer)
    assert quote.status_code == 201
    assert quote.json["total"] == {"amount": 23100, "currency": "CNY"}
    assert demander.get(f"{address}/quotes").json[0]["id"] == quote.json["id"]
    order = demander.post(f"/api/v1/quotes/{quote.json['id']}/accept")
    assert (order.status_code, order.json["total"]["amount"]) == (201, 23100)
    assert supplier.get(address).json["demander"] == bazaar.demander.firm.name_zh


def test_matches_of_a_foreign_demand_are_not_told(session, browser_of):
    bazaar = Bazaar(session)
    demand = bazaar.demand()
    for side in (bazaar.supplier, Side(session, bazaar.park)):
        answer = client_of(browser_of, bazaar, side).get(f"/api/v1/demands/{demand.public_id}/matches")
        assert answer.status_code == 404


def test_posting_twice_with_one_key_makes_one_demand(session, browser_of):
    bazaar = Bazaar(session)
    client, headers = client_of(browser_of, bazaar, bazaar.demander), {"Idempotency-Key": "d-1"}
    first, again = (client.post("/api/v1/demands/", json=DEMAND, headers=headers) for _ in range(2))
    assert first.json["id"] == again.json["id"]
    assert len(client.get("/api/v1/demands/").json["items"]) == 1


def test_what_cannot_be_read_is_named(session, browser_of):
    bazaar = Bazaar(session)
    client = client_of(browser_of, bazaar, bazaar.demander)
    wrong = DEMAND | {"constraints": [{"attribute": "travel_x", "op": ">=", "number": "1", "unit": "kg"}]}
    answer = client.post("/api/v1/demands/", json=wrong)
    assert answer.status_code == 422
    assert any("constraints" in name for name in answer.json["errors"])

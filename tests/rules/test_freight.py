"""Freight and fees: what they come to, that their parts are the whole, and what an author may not write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiutong.capabilities.fulfillment import (
    EVERYWHERE,
    Carried,
    FeeTerms,
    Free,
    FreightTerms,
    Part,
    Tariff,
    Terms,
    Zone,
    carried,
    cost,
    fees,
    flaw,
    freight,
    lies_in,
    region_path,
    tariff_facts,
    unknown_services,
    zone_for,
)

SELLER, MALL, OUTLET = 7, 1, 2
REST = Zone("Elsewhere", first=1, first_minor=1200, step=1, step_minor=500)
NEAR = Zone("Near", regions=("CN/浙江省", "CN/上海市"), first=1000, first_minor=600, step=500, step_minor=150)
FAR = Zone("Far", regions=("CN/西藏自治区", "CN/浙江省/舟山市"), closed=True)
BY_WEIGHT = FreightTerms("Courier", "acme", "CNY", (NEAR, FAR), by="weight")


def tariff(terms: Terms, *channels: int, code: str = "std", id_: int = 1, state: str = "published") -> Tariff:
    return Tariff(id_, "freight" if isinstance(terms, FreightTerms) else "fee", code, 3, state, SELLER, channels, terms)  # type: ignore[arg-type]


def line(no: int, pieces: int = 1, weight: int = 0, volume: int = 0, amount: int = 0, **other: object) -> Carried:
    return Carried(no, pieces, weight, volume, amount, **other)  # type: ignore[arg-type]


def gross(parts: tuple[Part, ...]) -> dict[int, int]:
    return {part.line_no: part.gross for part in parts}


@pytest.mark.parametrize(
    ("country", "region", "path"),
    [
        ("", "anything", ""),
        ("CN", "浙江省 杭州市 西湖区", "CN/浙江省/杭州市/西湖区"),
        ("US", "Oakland, CA", "US/CA/Oakland"),
        ("US", "New York, NY", "US/NY/New York"),
        ("CN", "", "CN"),
        ("US", "CA", "US/CA"),
        ("DE", "Berlin/Mitte", "DE/Berlin/Mitte"),
        ("DE", "Bad Homburg", "DE/Bad Homburg"),
    ],
)
def test_a_place_is_a_path_from_the_country_down(country: str, region: str, path: str) -> None:
    assert region_path(country, region) == path


@pytest.mark.parametrize(
    ("region", "prefix", "inside"),
    [
        ("US/CA/Oakland", "US", True),
        ("US/CA/Oakland", "US/ca", True),
        ("US/CA/Oakland", "US/CA/Oak", False),
        ("US", "US/CA", False),
        ("CN/浙江省/杭州市", "CN/浙江", True),
        ("CN/浙江省", "CN/浙江省/杭州市", False),
        ("USA/CA", "US", False),
    ],
)
def test_a_region_holds_what_lies_below_it(region: str, prefix: str, inside: bool) -> None:
    assert lies_in(region, prefix) is inside


@pytest.mark.parametrize(
    ("region", "zone"),
    [
        ("CN/浙江省/杭州市", NEAR),
        ("CN/上海市", NEAR),
        ("CN/浙江省/舟山市", None),
        ("CN/西藏自治区/拉萨市", None),
        ("CN/北京市", None),
        ("", NEAR),
    ],
)
def test_the_longest_region_counts_and_nothing_goes_where_no_zone_is(region: str, zone: Zone | None) -> None:
    assert zone_for(BY_WEIGHT, region) == zone


def test_everywhere_else_takes_what_no_region_does() -> None:
    terms = FreightTerms("Post", "acme", "CNY", (FAR, NEAR, REST))
    assert (zone_for(terms, "CN/北京市"), zone_for(terms, ""), zone_for(terms, "CN/西藏自治区")) == (REST, REST, None)


@pytest.mark.parametrize(("grams", "minor"), [(0, 600), (1, 600), (1000, 600), (1001, 750), (1500, 750), (1501, 900), (11_000, 3600)])
def test_every_step_begun_is_charged(grams: int, minor: int) -> None:
    assert cost(NEAR, grams) == minor


def test_without_a_step_more_costs_no_more() -> None:
    assert cost(Zone("Flat", first_minor=990), 10**9) == 990


def test_goods_go_by_the_template_they_name_then_the_channels_then_the_sellers() -> None:
    facts = tariff_facts(
        [
            tariff(FreightTerms("All", "acme", "CNY", (REST,)), EVERYWHERE, code="all", id_=1),
            tariff(FreightTerms("Mall", "acme", "CNY", (REST,)), MALL, code="mall", id_=2),
            tariff(FreightTerms("Bulky", "acme", "CNY", (REST,)), code="bulky", id_=3),
            tariff(FreightTerms("Old", "acme", "CNY", (REST,)), code="old", id_=4, state="ended"),
        ]
    )
    lines = [line(1, template="bulky"), line(2), line(3, template="old"), line(4, template="bulky")]

    def rules(channel_id: int, currency: str = "CNY") -> dict[int, str]:
        return {part.line_no: part.rule for part in freight(lines, facts, SELLER, channel_id, currency, "CN").parts}

    assert rules(MALL) == {1: "bulky@3", 2: "mall@3", 3: "mall@3", 4: "bulky@3"}
    assert rules(OUTLET) == {1: "bulky@3", 2: "all@3", 3: "all@3", 4: "bulky@3"}
    assert rules(MALL, "USD") == {}
    assert freight(lines, facts, SELLER + 1, MALL, "CNY", "CN").parts == ()


def test_one_charge_per_template_is_split_over_its_lines() -> None:
    terms = FreightTerms("Courier", "acme", "CNY", (NEAR,), by="weight", split="weight")
    lines = [line(1, weight=700), line(2, weight=1400)]
    found = freight(lines, tariff_facts([tariff(terms, MALL)]), SELLER, MALL, "CNY", "CN/上海市")
    assert gross(found.parts) == {1: 350, 2: 700}  # 600 for the first kilogram, and three steps of 150
    [told] = found.told
    assert (told.rule, told.outcome, told.why, told.amount, told.lines) == ("std@3", "applied", "charged", 1050, (1, 2))


def test_nothing_goes_to_a_closed_zone_and_the_lines_are_told() -> None:
    found = freight([line(1), line(2)], tariff_facts([tariff(BY_WEIGHT, MALL)]), SELLER, MALL, "CNY", "CN/西藏自治区")
    assert (found.parts, found.unreachable) == ((), (1, 2))
    assert [(one.outcome, one.why) for one in found.told] == [("barred", "unreachable")]


FREE = (Free(from_minor=9900), Free(from_pieces=3, regions=("CN/上海市",)), Free(from_minor=5000, from_pieces=2))


@pytest.mark.parametrize(
    ("amount", "pieces", "region", "told"),
    [
        (9900, 1, "CN/北京市", [("applied", "free_reached", 1200, 0, "")]),
        (8660, 1, "CN/北京市", [("applied", "charged", 1200, 0, ""), ("near", "free_near", 1200, 1240, "minor")]),
        (8660, 2, "CN/北京市", [("applied", "free_reached", 1700, 0, "")]),
        (4000, 2, "CN/北京市", [("applied", "charged", 1700, 0, ""), ("near", "free_near", 1700, 1000, "minor")]),
        (100, 3, "CN/上海市", [("applied", "free_reached", 2200, 0, "")]),
        (100, 1, "", [("applied", "estimated", 1200, 0, ""), ("near", "free_near", 1200, 9800, "minor")]),
    ],
)
def test_free_freight_and_what_is_missing_to_it(amount: int, pieces: int, region: str, told: list[tuple[object, ...]]) -> None:
    facts = tariff_facts([tariff(FreightTerms("Post", "acme", "CNY", (REST,), free=FREE), MALL)])
    found = freight([line(1, pieces, amount=amount)], facts, SELLER, MALL, "CNY", region)
    assert [(one.outcome, one.why, one.amount, one.gap, one.gap_unit) for one in found.told] == told
    assert sum(gross(found.parts).values()) == (0 if told[0][1] == "free_reached" else told[0][2])


def test_what_costs_nothing_leaves_no_charge() -> None:
    facts = tariff_facts([tariff(FreightTerms("Gift", "acme", "CNY", (Zone("All"),)), MALL)])
    found = freight([line(1, amount=100)], facts, SELLER, MALL, "CNY", "CN")
    assert (found.parts, [(one.outcome, one.why) for one in found.told]) == ((), [("applied", "free")])


lines_of = st.lists(
    st.builds(
        Carried,
        line_no=st.integers(1, 500),
        pieces=st.integers(1, 1000),
        weight_g=st.integers(0, 10**6),
        volume_cm3=st.integers(0, 10**6),
        amount=st.integers(0, 10**7),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda one: one.line_no,
)
splits = st.sampled_from(["pieces", "weight", "volume", "amount"])


@given(
    lines_of, st.sampled_from(["pieces", "weight", "volume"]), splits, st.integers(0, 10**5), st.integers(1, 1000), st.integers(0, 10**4)
)
def test_the_parts_of_freight_are_the_whole(
    lines: list[Carried], by: str, split: str, first_minor: int, step: int, step_minor: int
) -> None:
    zone = Zone("All", first_minor=first_minor, step=step, step_minor=step_minor)
    terms = FreightTerms("Post", "acme", "CNY", (zone,), by=by, split=split)  # type: ignore[arg-type]
    found = freight(lines, tariff_facts([tariff(terms, MALL)]), SELLER, MALL, "CNY", "CN")
    measured = sum({"pieces": one.pieces, "weight": one.weight_g, "volume": one.volume_cm3}[by] for one in lines)
    assert sum(part.gross for part in found.parts) == cost(zone, measured) == found.told[0].amount
    assert min((part.gross for part in found.parts), default=1) > 0


@given(lines_of, splits, st.sampled_from(["order", "line", "piece"]), st.integers(1, 10**5))
def test_the_parts_of_a_fee_are_the_whole(lines: list[Carried], split: str, per: str, amount: int) -> None:
    terms = FeeTerms("Packing", "acme", "CNY", amount_minor=amount, per=per, split=split)  # type: ignore[arg-type]
    found = fees(lines, tariff_facts([tariff(terms)]), SELLER, MALL, "CNY", ())
    times = {"order": 1, "line": len(lines), "piece": sum(one.pieces for one in lines)}[per]
    assert sum(part.gross for part in found.parts) == amount * times == found.told[0].amount


def test_a_rate_is_of_the_goods_rounded_half_up_once() -> None:
    terms = FeeTerms("Surcharge", "acme", "CNY", rate_bp=150)
    found = fees([line(1, amount=1000), line(2, amount=1033)], tariff_facts([tariff(terms)]), SELLER, MALL, "CNY", ())
    assert gross(found.parts) == {1: 15, 2: 15}  # 30.495


def test_a_fee_is_asked_where_and_of_what_it_says() -> None:
    lines = [line(1, 2, amount=4000, handling=("cold",)), line(2, 3, amount=5000)]

    def asked(terms: FeeTerms, *services: str, channel: int = MALL, channels: tuple[int, ...] = ()) -> dict[int, int]:
        return gross(fees(lines, tariff_facts([tariff(terms, *channels)]), SELLER, channel, "CNY", services).parts)

    assert asked(FeeTerms("Ice", "acme", "CNY", amount_minor=300, per="piece", handling="cold")) == {1: 600}
    assert asked(FeeTerms("Build", "acme", "CNY", amount_minor=300, handling="installation")) == {}
    assert asked(FeeTerms("Packing", "acme", "CNY", amount_minor=300), channels=(OUTLET,)) == {}
    assert asked(FeeTerms("Small", "acme", "CNY", amount_minor=90, below_minor=9001)) == {1: 40, 2: 50}
    assert asked(FeeTerms("Small", "acme", "CNY", amount_minor=90, below_minor=9000)) == {}
    assert asked(FeeTerms("Wrap", "acme", "CNY", amount_minor=90, optional=True)) == {}
    assert asked(FeeTerms("Wrap", "acme", "CNY", amount_minor=90, optional=True), "std") == {1: 40, 2: 50}


def test_what_can_be_chosen_is_told_and_a_small_order_is_told_what_is_missing() -> None:
    facts = tariff_facts(
        [
            tariff(FeeTerms("Wrap", "acme", "CNY", amount_minor=500, optional=True), code="wrap"),
            tariff(FeeTerms("Small", "acme", "CNY", amount_minor=90, below_minor=2000), code="small", id_=2),
        ]
    )
    told = fees([line(1, amount=760)], facts, SELLER, MALL, "CNY", ()).told
    assert [(one.rule, one.outcome, one.why, one.amount, one.gap, one.gap_unit) for one in told] == [
        ("small@3", "applied", "small_order", 90, 1240, "minor"),
        ("wrap@3", "near", "optional", 500, 0, ""),
    ]
    assert unknown_services(facts, SELLER, MALL, "CNY", ("wrap", "small", "polish")) == [1, 2]


def test_a_fee_somebody_else_pays_names_who() -> None:
    terms = FeeTerms("Packing", "acme", "CNY", amount_minor=100, payer="bank")
    [part] = fees([line(1)], tariff_facts([tariff(terms)]), SELLER, MALL, "CNY", ()).parts
    assert part.payer == "bank"


def test_what_a_line_weighs_is_read_off_its_sku() -> None:
    box = carried(1, 3, "piece", 250, {"volume_cm3": 1200, "freight_template": "bulky", "handling": ["cold", "installation"]}, 900)
    assert box == Carried(1, 3, 750, 3600, 900, "bulky", ("cold", "installation"))
    assert carried(2, 1500, "g", 0, {"handling": "cold"}, 400) == Carried(2, 1, 1500, 0, 400, "", ("cold",))
    assert carried(3, 2, "piece", 0, {"volume_cm3": "big", "freight_template": 7}, 5) == Carried(3, 2, 0, 0, 5)


@pytest.mark.parametrize(
    ("terms", "told", "pointer"),
    [
        (FreightTerms("A", "s", "CNY", (NEAR, Zone("B", regions=("CN/上海市",)))), "freight.region_twice", "/zones/1/regions/0"),
        (FreightTerms("A", "s", "CNY", (REST, Zone("B"))), "freight.two_rests", "/zones/1/regions"),
        (FreightTerms("A", "s", "CNY", (FAR,)), "freight.nowhere", "/zones"),
        (FreightTerms("A", "s", "CNY", (Zone("B", step_minor=5),)), "freight.no_step", "/zones/0/step"),
        (FreightTerms("A", "s", "CNY", (REST,), free=(Free(),)), "freight.free_without", "/free/0"),
        (FeeTerms("A", "s", "CNY"), "fee.nothing_charged", "/amount_minor"),
        (FeeTerms("A", "s", "CNY", amount_minor=1, rate_bp=1), "fee.both_charged", "/rate_bp"),
    ],
)
def test_what_an_author_may_not_write(terms: Terms, told: str, pointer: str) -> None:
    wrong = flaw(terms)
    assert wrong is not None
    assert (wrong.code, wrong.errors[0].pointer) == (told, pointer)


def test_what_an_author_may_write() -> None:
    assert flaw(BY_WEIGHT) is None
    assert flaw(FeeTerms("A", "s", "CNY", rate_bp=5)) is None

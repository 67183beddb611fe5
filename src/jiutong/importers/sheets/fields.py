"""What the columns of a sheet may mean, and by which headings they are known, in both languages."""

import re
from collections.abc import Sequence
from typing import Literal, TypeAlias

import msgspec

Kind: TypeAlias = Literal["products", "prices", "costs", "listings", "stock"]


class Field(msgspec.Struct, frozen=True):
    """Something a column may say. `also` are further headings it is known by; `key`: rows about the same thing agree in it.

    `needed`: a row cannot do without. `told`: exports say it, imports pass over it.
    """

    name: str
    en: str
    zh: str
    also: tuple[str, ...] = ()
    key: bool = False
    needed: bool = False
    told: bool = False


class KindOf(msgspec.Struct, frozen=True):
    """A kind of sheet: what it is called, the rights it takes, and its fields in the order exports write them."""

    name: Kind
    en: str
    zh: str
    grants: tuple[str, ...]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """The field of this name."""
        return next((one for one in self.fields if one.name == name), None)


ATTRIBUTE, SKU_ATTRIBUTE = "attribute:", "sku_attribute:"
"""Columns of their own for attributes: what follows is the attribute's name."""

_SKU = Field("sku", "SKU", "单品编码", ("sku code", "skucode", "sku id", "单品", "商品sku", "规格编码"), key=True, needed=True)
_LIST = Field("list", "Price list", "价目表", ("list", "pricelist", "价格表"), key=True, needed=True)
_AMOUNT = Field("amount", "Price", "价格", ("amount", "unit price", "单价", "售价", "金额", "零售价"))
_TITLE = Field("title", "Title", "商品名称", ("name", "品名"), told=True)
_CURRENCY = Field("currency", "Currency", "币种", (), told=True)
_PER = Field("per", "Per", "计价数量", ("per units", "每"))
_LEAST = Field("min_quantity", "From quantity", "起订量", ("min quantity", "moq", "最小数量", "阶梯数量"), key=True)
_FROM = Field("valid_from", "Valid from", "生效时间", ("from", "start", "开始时间", "起始时间", "生效日期"))
_TO = Field("valid_to", "Valid to", "失效时间", ("to", "until", "end", "结束时间", "截止时间", "失效日期"))

KINDS: dict[str, KindOf] = {
    one.name: one
    for one in (
        KindOf(
            "products",
            "Products",
            "商品",
            ("catalog:write",),
            (
                Field("product", "Product code", "商品编码", ("product", "code", "spu", "货号", "编码", "款号"), key=True),
                Field("title", "Title", "商品名称", ("name", "product name", "product title", "品名", "名称", "标题")),
                Field("description", "Description", "商品描述", ("描述", "详情", "说明")),
                Field("brand", "Brand", "品牌编码", ("brand code", "品牌")),
                Field("category", "Category", "类目编码", ("category code", "类目", "分类", "品类")),
                Field("status", "Status", "状态", (), told=True),
                msgspec.structs.replace(_SKU, needed=False),
                Field("sku_title", "SKU title", "单品名称", ("variant", "sku name", "规格名称", "规格")),
                Field("barcodes", "Barcodes", "条码", ("barcode", "ean", "upc", "gtin", "gtins", "条形码", "国际条码", "69码")),
                Field("base_unit", "Base unit", "基本单位", ("unit", "单位", "计量单位")),
                Field("pack_size", "Pack size", "包装数量", ("pack", "装箱数", "箱规")),
                Field("weight_g", "Weight (g)", "重量(克)", ("weight", "weight g", "重量", "克重")),
                Field("active", "Active", "启用", ("enabled", "sku active", "是否启用")),
            ),
        ),
        KindOf(
            "prices",
            "Prices",
            "价格",
            ("pricing:write",),
            (
                _LIST,
                msgspec.structs.replace(_SKU, needed=False),
                _TITLE,
                _AMOUNT,
                _CURRENCY,
                _PER,
                _LEAST,
                _FROM,
                _TO,
                Field("off", "% off base", "折扣率(%)", ("off base", "discount", "discount %", "折扣率", "折扣")),
                Field("category", "Category", "类目编码", ("category code", "类目", "分类", "品类"), key=True),
                Field("mix", "Mix", "组合", ("mix and match", "组合编码")),
                Field("quota", "Good for", "限量", ("quota", "总量")),
            ),
        ),
        KindOf(
            "costs",
            "Costs",
            "成本",
            ("pricing:write", "cost:read"),
            (
                _LIST,
                _SKU,
                _TITLE,
                Field("amount", "Cost", "成本", ("amount", "cost price", "purchase price", "进价", "成本价", "单位成本"), needed=True),
                _CURRENCY,
                _PER,
                _LEAST,
                _FROM,
                _TO,
            ),
        ),
        KindOf(
            "listings",
            "Listings",
            "上架",
            ("catalog:write",),
            (
                _SKU,
                Field("title", "Title", "商品名称", ("name", "品名"), told=True),
                Field("channel", "Channel", "渠道", ("channel code", "渠道编码", "销售渠道"), key=True, needed=True),
                Field("store", "Store", "门店", ("store code", "门店编码", "店铺"), key=True),
                Field("seller", "Seller", "销售主体", ("seller code", "卖家", "商家"), needed=True),
                Field("owner", "Owner", "货主", ("owner code", "货主编码")),
                Field("tax_class", "Tax class", "税类", ("tax", "税收分类", "税目"), needed=True),
                Field("listed", "Listed", "上架", ("on sale", "是否上架", "在售")),
                _FROM,
                _TO,
            ),
        ),
        KindOf(
            "stock",
            "Stock receipts",
            "入库",
            ("inventory:write",),
            (
                Field("location", "Location", "库位", ("location code", "warehouse", "仓库", "库位编码"), key=True, needed=True),
                _SKU,
                Field("quantity", "Quantity", "数量", ("qty", "received", "入库数量", "件数"), needed=True),
                Field("owner", "Owner", "货主", ("owner code", "货主编码")),
                Field("reference", "Reference", "参考单号", ("delivery note", "单号", "送货单号")),
            ),
        ),
    )
}

_ATTRIBUTE_HEADING = re.compile(r"\s*(sku|单品)?\s*(?:attribute|attr|属性)\s*[:：.]\s*(.{1,64}?)\s*", re.IGNORECASE | re.DOTALL)
REASON, FIX = ("Problem", "问题"), ("How to fix it", "修改建议")
"""The headings of what a sheet of refused rows says besides; they mean nothing when it comes back."""


def recognized(kind: KindOf, columns: Sequence[str]) -> tuple[str, ...]:
    """What each column seems to mean, "" where nothing does; a meaning is given to the first column that claims it."""
    names = {_plain(heading): one.name for one in kind.fields for heading in (one.name, one.en, one.zh, *one.also)}
    taken: set[str] = set()
    meanings: list[str] = []
    for column in columns:
        meaning = names.get(_plain(column)) or (_attribute(column) if kind.name == "products" else "")
        meanings.append("" if meaning in taken else meaning)
        taken.add(meaning)
    return tuple(meanings)


def heading(kind: KindOf, meaning: str, zh: bool) -> str:
    """What a column of this meaning is headed by."""
    one = kind.field(meaning)
    if one is not None:
        return one.zh if zh else one.en
    if meaning.startswith(SKU_ATTRIBUTE):
        return f"{'单品属性：' if zh else 'SKU attribute: '}{meaning.removeprefix(SKU_ATTRIBUTE)}"
    return f"{'属性：' if zh else 'Attribute: '}{meaning.removeprefix(ATTRIBUTE)}"


def is_meaning(kind: KindOf, meaning: str) -> bool:
    """Whether a column of this kind of sheet can mean this."""
    if kind.field(meaning) is not None or not meaning:
        return True
    prefix = next((one for one in (SKU_ATTRIBUTE, ATTRIBUTE) if meaning.startswith(one)), None)
    return kind.name == "products" and prefix is not None and 0 < len(meaning) - len(prefix) <= 64


def _attribute(column: str) -> str:
    found = _ATTRIBUTE_HEADING.fullmatch(column)
    if found is None:
        return ""
    return f"{SKU_ATTRIBUTE if found[1] else ATTRIBUTE}{found[2]}"


def _plain(heading: str) -> str:
    return re.sub(r"[\s_\-*＊()（）]+", "", heading).lower()

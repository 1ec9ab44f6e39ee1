"""Products of a shop: Shopify's and WooCommerce's exports, and feeds for Google. Variants of one are one product."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from core.catalog import Item
from core.errors import FormatError
from core.sources.documents import elements
from core.sources.files import Files, Member
from core.sources.names import about, facets, in_languages, item_id, number
from core.sources.rows import Entry, Options, Refused, Row, Spot
from core.sources.tables import Record, table

CURRENCY = "CNY"  # where the file names none; prices are compared as they stand
_TRUE = ("true", "1", "yes", "")


@dataclass(slots=True)
class _Product:
    """What the rows of one product say together."""

    spot: Spot
    title: str
    texts: list[str]
    words: list[str]
    links: dict[str, str]
    prices: list[float] = field(default_factory=list)
    currency: str = CURRENCY
    problem: str | None = None

    def row(self) -> Entry | Refused:
        if self.problem is not None:
            return Refused(self.spot, self.problem)
        name = in_languages(self.title)
        genres, moods, keywords = facets(self.words, "product")
        attributes: dict[str, object] = {}
        if self.prices:
            attributes = {"price": min(self.prices), "currency": self.currency}
        item = Item(
            item_id("product", name, None), "product", name, None, (), (), genres, moods, keywords, attributes,
            about(*self.texts), self.links,
        )  # fmt: skip
        return Entry(self.spot, item)


def shopify(files: Files, options: Options) -> Iterator[Row]:
    """Products of Shopify's export: several rows a Handle, the first with title and description."""
    for member in files.members:
        found: dict[str, _Product] = {}
        for row in table(member, ("Handle", "Title")):
            if isinstance(row, Refused):
                yield row
                continue
            handle = row.get("Handle")
            if not handle:
                yield Refused(row.at("Handle"), "is empty: this row belongs to no product")
                continue
            known = found.get(handle)
            if known is None:
                words = [*_split(row.get("Type")), *_split(row.get("Tags")), row.get("Product Category").split(">")[-1]]
                known = found[handle] = _Product(
                    row.spot, row.get("Title"), [row.get("Body (HTML)")], words, {"shopify": handle}
                )
                if barcode := _gtin(row.get("Variant Barcode")):
                    known.links["gtin"] = barcode
                if not known.title:
                    known.problem = "the first row of a product lacks its Title"
                elif row.get("Status").casefold() not in ("active", ""):
                    known.problem = f"is not on sale (Status {row.get('Status')})"
                elif row.get("Published").casefold() not in _TRUE:
                    known.problem = "is not published"
            price = number(row.get("Variant Price"))
            if price is not None and price > 0:
                known.prices.append(price)
        yield from (product.row() for product in found.values())


# WooCommerce translates its headers with the shop's language; these are ours and those of a Chinese shop.
_WOO = {
    "id": ("ID",), "type": ("Type", "类型"), "sku": ("SKU",), "name": ("Name", "名称"),
    "published": ("Published", "已发布"), "short": ("Short description", "简短描述", "简短说明"),
    "text": ("Description", "描述", "说明"), "sale": ("Sale price", "促销价格", "促销价"),
    "price": ("Regular price", "常规售价", "原价"), "categories": ("Categories", "分类"), "tags": ("Tags", "标签"),
    "parent": ("Parent", "上级", "父级"), "gtin": ("GTIN, UPC, EAN, or ISBN",),
}  # fmt: skip


def woocommerce(files: Files, options: Options) -> Iterator[Row]:
    """Products of WooCommerce's export; a variation gives its price to its parent (`id:44` or a SKU)."""
    for member in files.members:
        products: list[_Product] = []
        found: dict[str, _Product] = {}
        variations: list[tuple[Record, str]] = []
        for row in table(member):
            if isinstance(row, Refused):
                yield row
                continue
            if not row.cells.keys() & {"Name", "名称"} or not row.cells.keys() & {"SKU", "ID"}:
                raise FormatError(member.name, f"lacks the columns ID and Name; it has: {', '.join(row.cells)[:300]}")

            def get(field: str, row: Record = row) -> str:
                return row.get(*_WOO[field])

            if get("type").casefold().startswith("variation"):
                variations.append((row, get("parent").removeprefix("id:")))
                continue
            categories = re.split(r"[,>]", get("categories"))
            links = {name: value for name, value in (("woocommerce", get("id")), ("sku", get("sku"))) if value}
            if barcode := _gtin(get("gtin")):
                links["gtin"] = barcode
            product = _Product(row.spot, get("name"), [get("short") or get("text")], [], links)
            product.words = [*(c.strip() for c in reversed(categories)), *_split(get("tags"))]
            if not product.title or not links:
                product.problem = "lacks a name, or both ID and SKU"
            elif get("published") in ("0", "-1"):
                product.problem = "is not published"
            _add_price(product, get("sale") or get("price"))
            products.append(product)
            for own in links.values():
                found.setdefault(own, product)
        for row, parent in variations:
            if (of := found.get(parent)) is None:
                yield Refused(row.spot, f"a variation of {parent[:40] or 'nothing'}, which is not in the file")
            else:
                _add_price(of, row.get(*_WOO["sale"]) or row.get(*_WOO["price"]))
        yield from (product.row() for product in products)


def google(files: Files, options: Options) -> Iterator[Row]:
    """Products of a feed for Google (RSS with g:, or a table); item_group_id joins variants."""
    for member in files.members:
        found: dict[str, _Product] = {}
        for row in _google_rows(member):
            if isinstance(row, Refused):
                yield row
                continue
            spot, cells = row
            own = cells.get("item_group_id") or cells.get("id", "")
            if not own or not cells.get("title"):
                yield Refused(spot, "lacks id or title")
                continue
            kinds = [
                kind.split(">")[-1].strip()
                for kind in (cells.get("product_type", ""), cells.get("google_product_category", ""))
            ]
            known = found.get(own)
            if known is None:
                known = found[own] = _Product(
                    spot, cells["title"], [cells.get("description", "")], kinds, {"google": own}
                )
                if cells.get("link"):
                    known.links["url"] = cells["link"]
                if barcode := _gtin(cells.get("gtin", "")):
                    known.links["gtin"] = barcode
            amount = cells.get("sale_price") or cells.get("price", "")
            _add_price(known, amount)
            if code := re.search(r"\b[A-Z]{3}\b", amount):
                known.currency = code[0]
        yield from (product.row() for product in found.values())


def _google_rows(member: Member) -> Iterator[tuple[Spot, Mapping[str, str]] | Refused]:
    if member.head(200).lstrip("\ufeff \r\n\t").startswith("<"):
        for row in elements(member, "item", "entry", "{http://www.w3.org/2005/Atom}entry"):
            if isinstance(row, Refused):
                yield row
            else:
                spot, element = row
                yield spot, {_local(child): (child.text or "").strip() for child in reversed(element)}
        return
    for record in table(member, ("id", "title")):
        yield record if isinstance(record, Refused) else (record.spot, {k: v.strip() for k, v in record.cells.items()})


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _add_price(product: _Product, text: str) -> None:
    price = number(text)
    if price is not None and price > 0:
        product.prices.append(price)


def _gtin(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return digits.zfill(14) if 8 <= len(digits) <= 14 else ""


def _split(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,，;]", text) if part.strip()]

"""What a row of the file can become. Money is pence, quantities are pieces and never negative: a return is a kind, not a sign.

`row` counts as a spreadsheet does - the header is row 1 - and is the identity of a line in every struct.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

CURRENCY = "GBP"


class ServiceKind(StrEnum):
    """Codes that move money and no stock."""

    FREIGHT = "freight"
    MANUAL = "manual"
    DISCOUNT = "discount"
    SAMPLES = "samples"
    BANK_CHARGE = "bank_charge"
    MARKETPLACE_FEE = "marketplace_fee"
    CHARITY_COMMISSION = "charity_commission"
    GIFT_VOUCHER = "gift_voucher"


class Reason(StrEnum):
    """Why a row became nothing else: it could not be read, is no trade, or is a return that no sale answers for."""

    UNREADABLE = "unreadable"
    WRONG_COLUMN_COUNT = "wrong_column_count"
    MISSING_VALUE = "missing_value"
    NOT_A_WHOLE_NUMBER = "not_a_whole_number"
    NOT_A_TIME = "not_a_time"
    NOT_A_PRICE = "not_a_price"
    NOT_A_CUSTOMER = "not_a_customer"
    FRACTION_OF_MINOR_UNIT = "fraction_of_minor_unit"
    OUT_OF_TIME_ORDER = "out_of_time_order"
    INVOICE_REAPPEARS = "invoice_reappears"
    INVOICE_DISAGREES = "invoice_disagrees"

    ADJUST_BAD_DEBT = "adjust_bad_debt"
    UNKNOWN_INVOICE_KIND = "unknown_invoice_kind"
    ZERO_QUANTITY = "zero_quantity"
    NEGATIVE_PRICE = "negative_price"
    STOCK_WRITE_OFF = "stock_write_off"
    ZERO_PRICE = "zero_price"
    POSITIVE_CANCELLATION = "positive_cancellation"

    NO_CUSTOMER = "no_customer"
    NO_EARLIER_SALE = "no_earlier_sale"
    PRICE_DIFFERS = "price_differs"
    QUANTITY_EXCEEDS_SOLD = "quantity_exceeds_sold"


class Row(Struct, frozen=True):
    """A row that could be read; here alone a quantity or a price still carries its sign."""

    row: int
    invoice_no: str
    stock_code: str
    description: str
    quantity: int
    at: datetime
    unit_price_minor: int
    customer_id: int | None
    country: str
    fields: tuple[str, ...]


class Reported(Struct, frozen=True):
    """A row that became nothing else, with the fields as they stood; `column` where one of them is to blame."""

    row: int
    reason: Reason
    fields: tuple[str, ...]
    column: str | None = None


class SaleLine(Struct, frozen=True):
    row: int
    stock_code: str
    description: str
    quantity: int
    unit_price_minor: int

    @property
    def amount_minor(self) -> int:
        return self.quantity * self.unit_price_minor


class ServiceLine(Struct, frozen=True):
    """Charged when its invoice is a sale, credited when it is a return."""

    row: int
    kind: ServiceKind
    stock_code: str
    description: str
    quantity: int
    unit_price_minor: int

    @property
    def amount_minor(self) -> int:
        return self.quantity * self.unit_price_minor


class Take(Struct, frozen=True):
    """So many units back from that line of that sale."""

    invoice_no: str
    row: int
    quantity: int


class ReturnLine(Struct, frozen=True):
    row: int
    stock_code: str
    description: str
    quantity: int
    unit_price_minor: int
    takes: tuple[Take, ...]

    @property
    def amount_minor(self) -> int:
        return self.quantity * self.unit_price_minor


class SaleInvoice(Struct, frozen=True):
    invoice_no: str
    at: datetime
    customer_id: int | None
    country: str
    lines: tuple[SaleLine, ...]
    services: tuple[ServiceLine, ...]


class ReturnInvoice(Struct, frozen=True):
    invoice_no: str
    at: datetime
    customer_id: int | None
    country: str
    lines: tuple[ReturnLine, ...]
    services: tuple[ServiceLine, ...]


Record = SaleInvoice | ReturnInvoice | Reported

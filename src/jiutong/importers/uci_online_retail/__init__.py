"""A UK gift wholesaler's invoices: the UCI "Online Retail" file, as csv or csv.xz (Chen 2015, doi 10.24432/C5BW33).

`records` streams sales, returns and reported rows. Laws: every row of the file is exactly one of a sale line, a service line, a
matched return line or a reported row; a return takes back only what its customer bought earlier at that price, and no unit
twice; no price is rounded.
"""

from jiutong.importers.uci_online_retail.model import (
    CURRENCY,
    Reason,
    Record,
    Reported,
    ReturnInvoice,
    ReturnLine,
    SaleInvoice,
    SaleLine,
    ServiceKind,
    ServiceLine,
    Take,
)
from jiutong.importers.uci_online_retail.reader import ColumnsMissingError, records

__all__ = [
    "CURRENCY",
    "ColumnsMissingError",
    "Reason",
    "Record",
    "Reported",
    "ReturnInvoice",
    "ReturnLine",
    "SaleInvoice",
    "SaleLine",
    "ServiceKind",
    "ServiceLine",
    "Take",
    "records",
]

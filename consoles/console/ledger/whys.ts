/** Why each posting rule moves what it moves. The server says it in English; rules it has beyond these are told in its words. */

import { defineWords, type Say } from "@kit/words"

export const whys = defineWords({
  en: {
    goods: {
      received: { units: "goods arrive from a supplier" },
      found: { units: "a count or adjustment finds more" },
      lost: { units: "a count or adjustment finds less" },
      returned: {
        units: "sellable goods come back to stock",
        net: "the sale is undone, the customer is owed",
        discount: "the seller's discount share is undone",
        funded: "the funder's share is undone",
        tax: "the tax share is undone",
      },
    },
    order: {
      placed: { units: "an order claims its goods until paid or expired" },
      canceled: { amount: "paid lines are canceled before they ship" },
      shipped: {
        units: "goods leave the location; the hold is used up",
        net: "the advance is earned",
        discount: "what the seller gave away of the list amount",
        funded: "what another party pays of the list amount",
        tax: "tax contained in the net amount",
      },
    },
    payment: {
      captured: { amount: "the customer's money is here, the goods are not yet there" },
      late: { amount: "money arrives for an order that is no longer open" },
      applied: { amount: "late money is put to its order, reserved again" },
      returned: { amount: "late money goes back to the payer" },
      refunded: {
        amount: "the customer has the money back",
        drawer: "the customer has the money back out of a drawer",
      },
    },
    sale: {
      rung: {
        units: "goods leave the store with the customer",
        tendered: "the customer pays at the till",
        discount: "what the seller gave away of the list amount",
        funded: "what another party pays of the list amount",
        overage: "a coupon worth more than the goods is paid out",
        tax: "tax contained in the net amount",
        drawer: "the customer pays at a till with an open shift",
        drawer_overage: "a coupon worth more than the goods is paid out of the drawer",
      },
    },
    shift: {
      opened: { float: "a shift begins with change" },
      closed: {
        short: "less was counted than should be there",
        over: "more was counted than should be there",
        cash: "the counted cash goes to the safe",
        counted: "what was counted of other tenders waits for its channel",
        counted_back: "a tender gave back more than it took",
      },
    },
    drawer: {
      paid_in: { safe: "change is brought from the safe", petty: "cash comes in without a sale" },
      paid_out: { safe: "cash is put into the safe", petty: "cash is spent for the store" },
    },
  },
  zh: {
    goods: {
      received: { units: "供应商到货" },
      found: { units: "盘点或调整发现多出" },
      lost: { units: "盘点或调整发现短少" },
      returned: {
        units: "可再售的退货回到库存",
        net: "冲回销售，应退给顾客",
        discount: "冲回自担的折扣份额",
        funded: "冲回出资方的份额",
        tax: "冲回税额份额",
      },
    },
    order: {
      placed: { units: "订单占用货品，直到付款或过期" },
      canceled: { amount: "已付款的行在发货前取消" },
      shipped: {
        units: "货品出库，占用核销",
        net: "预收款转为收入",
        discount: "原价中自担的优惠",
        funded: "原价中由他方承担的部分",
        tax: "净额中所含的税",
      },
    },
    payment: {
      captured: { amount: "已收款，货尚未发出" },
      late: { amount: "订单已关闭后款项才到账" },
      applied: { amount: "逾期到账款重新用于订单" },
      returned: { amount: "逾期到账款退回付款人" },
      refunded: { amount: "退款已退回顾客", drawer: "从钱箱退款给顾客" },
    },
    sale: {
      rung: {
        units: "顾客带走商品",
        tendered: "顾客在收银台付款",
        discount: "原价中自担的优惠",
        funded: "原价中由他方承担的部分",
        overage: "券面高于货值，差额找付",
        tax: "净额中所含的税",
        drawer: "顾客在已开班的收银台付款",
        drawer_overage: "券面高于货值，差额从钱箱找付",
      },
    },
    shift: {
      opened: { float: "开班放入备用金" },
      closed: {
        short: "清点少于应有",
        over: "清点多于应有",
        cash: "清点后的现金入保险柜",
        counted: "其他方式清点后等待渠道结算",
        counted_back: "该方式退出多于收入",
      },
    },
    drawer: {
      paid_in: { safe: "从保险柜取零钱", petty: "非销售的现金收入" },
      paid_out: { safe: "现金存入保险柜", petty: "门店零星支出" },
    },
  },
})

export function whyText(w: Say<(typeof whys)["en"]>, rule: string, word: string, told: string): string {
  const key = `${rule}.${word}`
  return w.has(key) ? w.maybe(key) : told
}

/** Every right in plain words: what whoever holds it can do. */

import { defineWords } from "@kit/words"

export const words = defineWords({
  en: {
    "access:read": "See stores, channels, staff and the audit log",
    "access:write": "Change stores and channels, let people in and out, make API keys",
    "asset:balance": "Ask what is on a gift card",
    "asset:card": "Issue, activate, top up and block gift cards",
    "asset:grant": "Give and take points and red packets, write cards off",
    "asset:read": "See points, red packets, gift cards and what is owed on them",
    "asset:write": "Set the terms of points",
    "care:read": "See returns",
    "care:return": "Take goods back and give the money back",
    "catalog:read": "See products",
    "catalog:write": "Change products, listings, brands and categories",
    "cost:read": "See what goods cost, and margins",
    "coupon:codes": "Write coupon codes, and see and export them",
    "coupon:give": "Hand coupons to members",
    "coupon:publish": "Give batches of coupons out, stop and end them",
    "coupon:read": "See coupons",
    "coupon:write": "Draft and change batches of coupons",
    "freight:publish": "Put freight templates and fees in force, or end them",
    "freight:read": "See freight templates and fees",
    "freight:write": "Draft freight templates and fees",
    "fulfillment:read": "See what is to be picked and shipped",
    "fulfillment:write": "Release, pick, ship and deliver",
    "inventory:read": "See stock and its movements",
    "inventory:write": "Receive, count and adjust stock",
    "jobs:read": "See background work",
    "jobs:write": "Try failed background work again",
    "ledger:read": "Read the ledger, down to every posting",
    "member:read": "See members and their contact details",
    "member:write": "Add, merge and block members",
    "order:cancel": "Cancel orders",
    "order:comment": "Write on an order's timeline",
    "order:discount_any": "Take more off than the scene allows",
    "order:edit": "Change orders before they ship",
    "order:place": "Place orders",
    "order:read": "See orders",
    "payment:cash": "Take cash for an order",
    "payment:read": "See payments and refunds",
    "payment:refund": "Send failed refunds again",
    "payment:start": "Take payments",
    "price:approve": "Approve or reject prices others proposed",
    "pricing:read": "See prices",
    "pricing:write": "Change prices and taxes",
    "promotion:publish": "Publish and end promotions",
    "promotion:read": "See promotions",
    "promotion:write": "Draft promotions",
    "simulation:read": "See simulations",
    "simulation:run": "Try drafts on past orders",
    "till:manage": "Set up tills and settle their exceptions",
    "till:read": "See shifts and till settings",
    "till:report": "Read X and Z reports",
    "till:sell": "Sell at a till, open and close shifts",
    "till:set_price": "Charge a price of one's own at the till",
    "verify:read": "Run the books' checks",
    rooms: {
      access: "Access and places",
      asset: "Points and cards",
      care: "Returns",
      catalog: "Products",
      cost: "Costs",
      coupon: "Coupons",
      freight: "Freight and fees",
      fulfillment: "Fulfillment",
      inventory: "Stock",
      jobs: "Background work",
      ledger: "Ledger",
      member: "Members",
      order: "Orders",
      payment: "Payments",
      price: "Price approval",
      pricing: "Prices",
      promotion: "Promotions",
      simulation: "Simulations",
      till: "Till",
      verify: "Verification",
      finance: "Finance",
      report: "Reports",
      file: "Imports and exports",
    },
  },
  zh: {
    "access:read": "查看门店、渠道、员工和操作日志",
    "access:write": "维护门店与渠道，增减员工，签发 API 密钥",
    "asset:balance": "查询礼品卡余额",
    "asset:card": "发行、激活、充值与冻结礼品卡",
    "asset:grant": "发放与扣减积分和红包，核销卡余额",
    "asset:read": "查看积分、红包、礼品卡及其负债",
    "asset:write": "设置积分规则",
    "care:read": "查看退货",
    "care:return": "办理退货退款",
    "catalog:read": "查看商品",
    "catalog:write": "维护商品、上架、品牌与类目",
    "cost:read": "查看成本与毛利",
    "coupon:codes": "生成、查看与导出券码",
    "coupon:give": "向会员发券",
    "coupon:publish": "发放、暂停与终止券批次",
    "coupon:read": "查看优惠券",
    "coupon:write": "起草、修改券批次",
    "freight:publish": "发布、停用运费模板与费用",
    "freight:read": "查看运费模板与费用",
    "freight:write": "起草运费模板与费用",
    "fulfillment:read": "查看待拣、待发任务",
    "fulfillment:write": "下发、拣货、出库、签收",
    "inventory:read": "查看库存与流水",
    "inventory:write": "入库、盘点、调整库存",
    "jobs:read": "查看后台任务",
    "jobs:write": "重试失败的后台任务",
    "ledger:read": "查看台账，追溯到每一笔分录",
    "member:read": "查看会员及其联系方式",
    "member:write": "新增、合并、冻结会员",
    "order:cancel": "取消订单",
    "order:comment": "在订单时间线上备注",
    "order:discount_any": "超出场景上限让价",
    "order:edit": "发货前修改订单",
    "order:place": "下单",
    "order:read": "查看订单",
    "payment:cash": "为订单收现金",
    "payment:read": "查看收款与退款",
    "payment:refund": "重发失败的退款",
    "payment:start": "发起收款",
    "price:approve": "审批他人的调价提案",
    "pricing:read": "查看价格",
    "pricing:write": "维护价格与税率",
    "promotion:publish": "发布、结束促销",
    "promotion:read": "查看促销",
    "promotion:write": "起草促销",
    "simulation:read": "查看推演",
    "simulation:run": "用历史订单推演草案",
    "till:manage": "设置收银台并处理异常",
    "till:read": "查看班次与收银设置",
    "till:report": "查看 X/Z 报表",
    "till:sell": "收银、开班与交班",
    "till:set_price": "收银时自定价格",
    "verify:read": "运行账目校验",
    rooms: {
      access: "权限与组织",
      asset: "积分与卡",
      care: "退货",
      catalog: "商品",
      cost: "成本",
      coupon: "优惠券",
      freight: "运费与费用",
      fulfillment: "履约",
      inventory: "库存",
      jobs: "后台任务",
      ledger: "台账",
      member: "会员",
      order: "订单",
      payment: "支付",
      price: "调价审批",
      pricing: "价格",
      promotion: "促销",
      simulation: "推演",
      till: "收银",
      verify: "校验",
      finance: "财务",
      report: "报表",
      file: "导入导出",
    },
  },
})

/** The rights a set of grants amounts to: `order:*` and `*` opened up. */
export function opened(grants: readonly string[], known: readonly string[]): Set<string> {
  return new Set(known.filter((grant) => grants.some((held) => covers(held, grant))))
}

export function covers(held: string, grant: string): boolean {
  return held === "*" || held === grant || (held.endsWith(":*") && grant.startsWith(held.slice(0, -1)))
}

/** The fewest grants that say the same: a room with all its rights is `room:*`. Those nobody knows here are kept as they are. */
export function folded(chosen: ReadonlySet<string>, known: readonly string[], before: readonly string[]): string[] {
  const rooms = roomsOf(known)
  const kept = before.filter((grant) => !known.some((one) => covers(grant, one)))
  const said = [...rooms].flatMap(([room, rights]) => {
    const held = rights.filter((right) => chosen.has(right))
    // Everything of a room stays so when the room gets another right; what was ticked one by one does not grow.
    return held.length === rights.length && before.includes(`${room}:*`) ? [`${room}:*`] : held
  })
  return [...new Set([...said, ...kept])].sort()
}

export function roomsOf(known: readonly string[]): Map<string, string[]> {
  const rooms = new Map<string, string[]>()
  for (const grant of known) {
    const room = grant.split(":")[0] ?? ""
    rooms.set(room, [...(rooms.get(room) ?? []), grant])
  }
  return rooms
}

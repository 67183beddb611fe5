/** The mark writ large: each dot with the 通 it stands for. */

import { defineWords, useWords } from "../words"

const words = defineWords({
  en: {
    product: "Product",
    inventory: "Inventory",
    price: "Price",
    order: "Order",
    member: "Member",
    payment: "Payment",
    asset: "Asset",
    service: "Service",
    data: "Data",
  },
  zh: {
    product: "商品通",
    inventory: "库存通",
    price: "价格通",
    order: "订单通",
    member: "会员通",
    payment: "支付通",
    asset: "资产通",
    service: "服务通",
    data: "数据通",
  },
})

const DOTS = [
  ["product", 60, 50, false],
  ["price", 180, 50, true],
  ["inventory", 300, 50, false],
  ["member", 60, 150, true],
  ["order", 180, 150, true],
  ["payment", 300, 150, true],
  ["asset", 60, 250, true],
  ["service", 180, 250, false],
  ["data", 300, 250, true],
] as const

export function Nine() {
  const t = useWords(words)
  return (
    <svg className="nine" viewBox="0 0 360 300" fill="none" aria-hidden="true">
      {["M180 50V150L60 250", "M60 150H300V250"].map((line) => (
        <path
          key={line}
          d={line}
          pathLength={1}
          stroke="var(--primary)"
          strokeWidth="7"
          strokeLinecap="round"
          strokeLinejoin="round"
        />
      ))}
      {DOTS.map(([name, x, y, joined]) => (
        <g key={name}>
          <circle
            cx={x}
            cy={y}
            r={joined ? 13 : 10}
            fill={joined ? "var(--ink)" : "var(--edge)"}
            opacity={joined ? 1 : 0.55}
          />
          <text
            x={x + (x === 60 ? -22 : 22)}
            y={y - 14}
            textAnchor={x === 60 ? "end" : "start"}
            className={joined ? "joined" : undefined}
          >
            {t(name)}
          </text>
        </g>
      ))}
    </svg>
  )
}

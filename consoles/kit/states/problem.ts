/** A refusal in words: its own where the server gave some, ours where no answer came. */

import type { Problem } from "../api/client"
import { defineWords, saying } from "../words"

export const words = defineWords({
  en: {
    unreachable: "No answer from the server",
    unreachableDetail: "Check the connection. Nothing is lost: trying again does the same thing once.",
    defect: "Something went wrong on our side",
    reference: "Reference {id}",
  },
  zh: {
    unreachable: "服务器没有应答",
    unreachableDetail: "请检查网络。数据没有丢失：重试不会重复执行。",
    defect: "系统出错了",
    reference: "编号 {id}",
  },
})

export function problemText(problem: Problem): { title: string; detail: string; reference: string } {
  const t = saying(words)
  if (problem.status === 0) return { title: t("unreachable"), detail: t("unreachableDetail"), reference: "" }
  const fields = (problem.errors ?? []).map((error) => error.message).filter((message) => message !== problem.detail)
  return {
    title: problem.title || t("defect"),
    detail: [problem.detail, ...fields].filter(Boolean).join(" · "),
    reference: problem.request_id ? t("reference", { id: problem.request_id }) : "",
  }
}

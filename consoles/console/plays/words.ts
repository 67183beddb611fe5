import { defineWords } from "@kit/words"

export const words = defineWords({
  en: {
    plays: "Plays",
    calendar: "Calendar",
    nothingYet: "Nothing runs or is planned",
    nothingYetBody: "Choose a kind above and make the first one.",
    earlier: "The month before",
    later: "The month after",
    today: "Today",
    always: "Always:",
    promotion: "Promotion",
    more: "{count} more",
    state: { draft: "draft", published: "in force", ended: "ended", replaced: "replaced" },
  },
  zh: {
    plays: "玩法",
    calendar: "日历",
    nothingYet: "暂无进行中或计划中的活动",
    nothingYetBody: "在上方选择一种玩法，创建第一个活动。",
    earlier: "上个月",
    later: "下个月",
    today: "今天",
    always: "长期：",
    promotion: "促销",
    more: "另有 {count} 项",
    state: { draft: "草稿", published: "生效中", ended: "已结束", replaced: "已替换" },
  },
})

import { defineWords } from "@kit/words"

export const words = defineWords({
  en: {
    plays: "Plays",
    calendar: "Calendar",
    nothingYet: "Nothing runs or is planned",
    nothingYetBody: "Choose a kind above and make the first one.",
  },
  zh: {
    plays: "玩法",
    calendar: "日历",
    nothingYet: "暂无进行中或计划中的活动",
    nothingYetBody: "在上方选择一种玩法，创建第一个活动。",
  },
})

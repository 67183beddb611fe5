/** What a batch does, in one sentence made of its terms: what its author reads back before anybody gets one. */

import { countText, dayText } from "@kit/format"
import type { Locale } from "@kit/words"

export interface Terms {
  kind: "claimed" | "shared" | "unique"
  promotion?: string
  cap?: number | null
  per_member?: number | null
  shared_code?: string | null
  claim_from?: string
  claim_to?: string
  valid_from?: string | null
  valid_to?: string | null
  valid_days?: number | null
  grace_days?: number | null
  levels?: readonly string[]
  groups?: readonly string[]
  first_order?: boolean
  members?: readonly string[]
  channels?: readonly string[]
  stores?: readonly string[]
}

/** The last moment something half open still holds: its end is not part of it. */
export function lastOf(end: string): string {
  return new Date(Date.parse(end) - 1).toISOString()
}

export function sentence(terms: Terms, locale: Locale): string {
  return locale === "zh" ? chinese(terms) : english(terms)
}

function english(of: Terms): string {
  const many = countText(of.cap ?? 0)
  const when =
    of.claim_from && of.claim_to ? `, from ${day(of.claim_from, "en")} to ${day(lastOf(of.claim_to), "en")}` : ""
  const each = of.per_member ? `, at most ${countText(of.per_member)} each` : ""
  const how =
    of.kind === "claimed"
      ? `Members claim ${many} coupons${each}${when}.`
      : of.kind === "shared"
        ? `Whoever types ${of.shared_code || "the code"}${when} uses one of ${many}${each}.`
        : `${many} coupons come as codes, one to a code${each}.`
  const good = of.valid_days
    ? `Each is good for ${of.valid_days} days from when it is ${of.kind === "claimed" ? "claimed" : "written"}`
    : of.valid_from && of.valid_to
      ? `Good from ${day(of.valid_from, "en")} to ${day(lastOf(of.valid_to), "en")}`
      : ""
  const where = [
    of.channels?.length ? `in ${of.channels.join(", ")}` : "",
    of.stores?.length ? `at ${of.stores.join(", ")}` : "",
  ].filter(Boolean)
  const who = [
    of.levels?.length ? `members of level ${of.levels.join(" or ")}` : "",
    of.groups?.length ? `the group ${of.groups.join(" or ")}` : "",
    of.members?.length ? `${countText(of.members.length)} members named one by one` : "",
    of.first_order ? "a first order" : "",
  ].filter(Boolean)
  const use = [good, where.length ? `${good ? "" : "Good "}${where.join(" and ")} only` : ""].filter(Boolean).join(", ")
  const back = of.grace_days ? `If an order gives it back too late, it is good for ${of.grace_days} days more.` : ""
  return [how, use ? `${use}.` : "", who.length ? `For ${who.join(", ")} only.` : "", back].filter(Boolean).join(" ")
}

function chinese(of: Terms): string {
  const many = countText(of.cap ?? 0)
  const when = of.claim_from && of.claim_to ? `${day(of.claim_from, "zh")}至${day(lastOf(of.claim_to), "zh")}` : ""
  const each = of.per_member ? `，每人限 ${countText(of.per_member)} ${of.kind === "shared" ? "次" : "张"}` : ""
  const how =
    of.kind === "claimed"
      ? `会员${when ? `可于${when}` : "可"}领取，共 ${many} 张${each}。`
      : of.kind === "shared"
        ? `${when}输入通用券码 ${of.shared_code || "（未填写）"} 即可使用，共 ${many} 次${each}。`
        : `共 ${many} 张，一码一券${each}。`
  const good = of.valid_days
    ? `自${of.kind === "claimed" ? "领取" : "生成"}起 ${of.valid_days} 天内有效`
    : of.valid_from && of.valid_to
      ? `有效期 ${day(of.valid_from, "zh")}至${day(lastOf(of.valid_to), "zh")}`
      : ""
  const where = [
    of.channels?.length ? `渠道 ${of.channels.join("、")}` : "",
    of.stores?.length ? `门店 ${of.stores.join("、")}` : "",
  ].filter(Boolean)
  const who = [
    of.levels?.length ? `等级 ${of.levels.join("、")}` : "",
    of.groups?.length ? `客户组 ${of.groups.join("、")}` : "",
    of.members?.length ? `指定的 ${countText(of.members.length)} 名会员` : "",
    of.first_order ? "首单" : "",
  ].filter(Boolean)
  const use = [good, where.length ? `仅限${where.join("、")}` : ""].filter(Boolean).join("，")
  const back = of.grace_days ? `订单退回时若已过期，可再用 ${of.grace_days} 天。` : ""
  return [how, use ? `${use}。` : "", who.length ? `仅限${who.join("、")}。` : "", back].join("")
}

function day(at: string, locale: Locale): string {
  return dayText(at, locale)
}

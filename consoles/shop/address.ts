/** How addresses are written: province, city and district in China, city and state in the United States, city alone elsewhere. */

export interface Written {
  name: string
  phone: string
  email: string
  country: string
  /** From the largest to the smallest, as many as the country has. */
  parts: string[]
  street: string
  zip: string
}

export type Part = "province" | "city" | "district" | "state"

const PARTS: Record<string, Part[]> = { CN: ["province", "city", "district"], US: ["city", "state"] }

export function partsOf(country: string): Part[] {
  return PARTS[country] ?? ["city"]
}

export const STATES =
  "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY".split(
    " ",
  )

export const PROVINCES =
  "北京市 天津市 河北省 山西省 内蒙古自治区 辽宁省 吉林省 黑龙江省 上海市 江苏省 浙江省 安徽省 福建省 江西省 山东省 河南省 湖北省 湖南省 广东省 广西壮族自治区 海南省 重庆市 四川省 贵州省 云南省 西藏自治区 陕西省 甘肃省 青海省 宁夏回族自治区 新疆维吾尔自治区 香港特别行政区 澳门特别行政区 台湾省".split(
    " ",
  )

export function blank(country: string): Written {
  return { name: "", phone: "", email: "", country, parts: partsOf(country).map(() => ""), street: "", zip: "" }
}

/** "浙江省 杭州市 西湖区", "Oakland, CA". */
export function regionText(country: string, parts: string[]): string {
  return parts.map((part) => part.trim()).join(country === "CN" ? " " : ", ")
}

/** The parts of what regionText wrote. */
export function partsFrom(country: string, region: string): string[] {
  const parts = region.split(country === "CN" ? " " : ", ")
  return partsOf(country).map((_, no) => parts[no] ?? "")
}

export type Missing = Partial<Record<"name" | "reach" | "street" | "zip" | `part${number}`, true>>

/** What still has to be filled in. */
export function missing(written: Written): Missing {
  const lacks: Missing = {}
  if (!written.name.trim()) lacks.name = true
  if (!written.phone.trim() && !written.email.trim()) lacks.reach = true
  written.parts.forEach((part, no) => {
    if (!part.trim()) lacks[`part${no}`] = true
  })
  if (!written.street.trim()) lacks.street = true
  if (written.country === "US" && !written.zip.trim()) lacks.zip = true
  return lacks
}

/**
 * What a person prefers follows them: said once on any device, it holds on all. What they never said is left to the device,
 * and what they switch on a device stays there until they prefer something else.
 */

import type { Preferences } from "../api/schema.gen"
import { zone } from "../format/zone"
import { preference } from "../theme/preference"
import { locale } from "../words"

const NAME = "jiutong.followed"

export function followed(wanted: Partial<Preferences>): void {
  const said = JSON.stringify(wanted)
  if (localStorage.getItem(NAME) === said) return
  localStorage.setItem(NAME, said)
  if (wanted.language) locale.choose(wanted.language)
  if (wanted.theme) preference.chooseTheme(wanted.theme)
  if (wanted.density) preference.chooseDensity(wanted.density)
  zone.choose(wanted.time_zone ?? null)
}

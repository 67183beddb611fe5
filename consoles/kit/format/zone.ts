/** The zone times are shown in: the one this person chose, else the device's own. */

const NAME = "jiutong.zone"
let chosen = (typeof localStorage === "undefined" ? null : localStorage.getItem(NAME)) ?? undefined

export const zone = {
  now: (): string | undefined => chosen,
  choose(wanted: string | null): void {
    chosen = wanted ?? undefined
    if (wanted) localStorage.setItem(NAME, wanted)
    else localStorage.removeItem(NAME)
  },
}

/** What this device's scanner sends and what its printer takes: kept on the device. */

import { SCANNER, type ScannerSettings } from "../scan/router"

export interface Settings {
  scanner: ScannerSettings
  paper: 58 | 80
  autoPrint: boolean
  sound: boolean
}

const NAME = "jiutong.pos.settings"
const DEFAULTS: Settings = { scanner: SCANNER, paper: 80, autoPrint: false, sound: true }

export function readSettings(): Settings {
  const written = localStorage.getItem(NAME)
  if (!written) return DEFAULTS
  const read = JSON.parse(written) as Partial<Settings>
  return { ...DEFAULTS, ...read, scanner: { ...SCANNER, ...read.scanner } }
}

export function writeSettings(settings: Settings): void {
  localStorage.setItem(NAME, JSON.stringify(settings))
}

/** A short tone for what was heard, a low one for what was not taken. */

let context: AudioContext | null = null

export function beep(good: boolean): void {
  try {
    context ??= new AudioContext()
    const tone = context.createOscillator()
    const volume = context.createGain()
    tone.frequency.value = good ? 1200 : 220
    tone.type = good ? "sine" : "square"
    volume.gain.value = good ? 0.06 : 0.1
    tone.connect(volume).connect(context.destination)
    tone.start()
    tone.stop(context.currentTime + (good ? 0.06 : 0.28))
  } catch {
    // A browser without sound still sells: the flash says the same.
  }
}

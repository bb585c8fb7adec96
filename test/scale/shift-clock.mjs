// Loaded before a program: its clock is off by TEST_CLOCK_OFFSET_MS, as that of a machine that nobody sets. Durations are right.
const offsetMs = Number(process.env.TEST_CLOCK_OFFSET_MS)
const right = Date
globalThis.Date = class extends right {
  constructor(...parts) {
    if (parts.length === 0) super(right.now() + offsetMs)
    else super(...parts)
  }

  static now() {
    return right.now() + offsetMs
  }
}

/** CPU milliseconds of the work below, at least, on the machine on which the limits of what an attack may compute were set. */
const knownMs = 3.3
const rounds = 40

const text = JSON.stringify(
  Array.from({ length: 4_000 }, (_, number) => ({ number, text: `word ${number} `.repeat(8) })),
)

/** How many times as long this machine computes, at least 1. What else runs on it hardly counts: of many rounds the quickest does. */
export function slownessOfMachine(): number {
  const least = Math.min(...Array.from({ length: rounds }, cpuMs))
  return Math.max(1, least / knownMs)
}

function cpuMs(): number {
  const before = process.threadCpuUsage()
  JSON.stringify(JSON.parse(text))
  text.replace(/word (\d+)/g, (_, digits) => `${digits}x`)
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

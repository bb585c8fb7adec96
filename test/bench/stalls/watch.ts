import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * Loaded into an ingress: reports for how long its event loop was held at most since it was asked last, and how much CPU that took of
 * its thread, which is less on a machine that others share.
 */
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()

let longestCpuMs = 0
let usedMs = cpuMs()
setInterval(() => {
  const now = cpuMs()
  longestCpuMs = Math.max(longestCpuMs, now - usedMs)
  usedMs = now
}, 1).unref()

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

process.on('message', () => {
  process.send!({ longestMs: delay.max / 1e6, longestCpuMs })
  delay.reset()
  longestCpuMs = 0
})

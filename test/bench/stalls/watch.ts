import { monitorEventLoopDelay } from 'node:perf_hooks'

/** Loaded into an ingress: reports for how long its event loop was held at most since it was asked last. */
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
process.on('message', () => {
  process.send!({ longestMs: delay.max / 1e6 })
  delay.reset()
})

import type { Output } from './io.ts'
import { type ProgressState, progressLine } from './progress-line.ts'

/** A line on a terminal that is drawn over again; elsewhere nothing. */
export type Progress = {
  show(state: ProgressState): void
  clear(): void
}

const redrawMs = 100
const clearLine = '\r\u001b[2K'

export function createProgress(output: Output, env: NodeJS.ProcessEnv): Progress {
  if (!output.isTTY || env.TERM === 'dumb') return { show() {}, clear() {} }
  let drawnAtMs = Number.NEGATIVE_INFINITY
  let isDrawn = false
  return {
    show(state) {
      const nowMs = performance.now()
      if (nowMs - drawnAtMs < redrawMs) return
      drawnAtMs = nowMs
      isDrawn = true
      output.write(`${clearLine}${progressLine(state, (output.columns || 80) - 1)}`)
    },
    clear() {
      if (isDrawn) output.write(clearLine)
      isDrawn = false
    },
  }
}

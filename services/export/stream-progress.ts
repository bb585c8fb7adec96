import type { Request, Response } from 'express'
import type { DescribedExport } from './describe-export.ts'

const intervalMs = 250
const keepAliveMs = 15_000

/**
 * Reports the state of an export as server-sent events: `progress` whenever it changes, and `end` with the last one when
 * the export is completed, failed, cancelled or deleted; then the stream ends.
 */
export async function streamProgress(
  request: Request,
  response: Response,
  look: () => Promise<DescribedExport>,
): Promise<void> {
  let isGone = false
  request.on('close', () => {
    isGone = true
  })
  response.status(200).set({ 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' })
  response.flushHeaders()
  let sent = ''
  let reportedAtMs = performance.now()
  while (!isGone) {
    const state = await look()
    const data = JSON.stringify(state)
    const hasEnded = state.state !== 'queued' && state.state !== 'running'
    if (data !== sent || hasEnded) {
      response.write(`event: ${hasEnded ? 'end' : 'progress'}\ndata: ${data}\n\n`)
      sent = data
      reportedAtMs = performance.now()
    } else if (performance.now() - reportedAtMs > keepAliveMs) {
      response.write(': still here\n\n')
      reportedAtMs = performance.now()
    }
    if (hasEnded) break
    await new Promise((resolve) => setTimeout(resolve, intervalMs))
  }
  response.end()
}

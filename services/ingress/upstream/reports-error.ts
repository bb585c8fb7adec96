import { frameJson, type JsonObject, type SseFrame } from '@airs-cp/providers'

/** Whether a response, or an event of a stream, is an error, whatever status it came under. */
export function reportsError(json: JsonObject | undefined): boolean {
  if (!json) return false
  const { error, type } = json
  return type === 'error' || type === 'response.failed' || (typeof error === 'object' && error !== null)
}

/** The same of a frame, which is parsed only where it may be one. */
export function frameReportsError(frame: SseFrame): boolean {
  return (
    (frame.data.includes('"error"') || frame.data.includes('"response.failed"')) &&
    reportsError(frameJson(frame))
  )
}

import { frameJson, type JsonObject, type SseFrame } from '@airs-cp/providers'

/** Whether an answer, or an event of a stream, is an error, whatever status it came under. */
export function tellsError(json: JsonObject | undefined): boolean {
  if (!json) return false
  const { error, type } = json
  return type === 'error' || type === 'response.failed' || (typeof error === 'object' && error !== null)
}

/** The same of a frame, which is parsed only where it may be one. */
export function frameTellsError(frame: SseFrame): boolean {
  return (
    (frame.data.includes('"error"') || frame.data.includes('"response.failed"')) &&
    tellsError(frameJson(frame))
  )
}

import { type ExportJob, type ExportRequest, isPassing } from '@airs-cp/client'
import type { Context } from './context.ts'
import { describeRange } from './describe-range.ts'
import { trackWriting } from './export-progress.ts'
import type { PartFile } from './part-file.ts'
import { createProgress } from './progress.ts'

/** A queue that does not move for so long is worth a word. */
const patienceMs = 10_000

/** Requests an export and waits until it is completed. When that fails, an unused part file is removed. */
export async function makeExport(
  context: Context,
  request: ExportRequest,
  signal: AbortSignal,
  part?: PartFile,
): Promise<ExportJob> {
  const { exports } = context.client()
  const progress = createProgress(context.io.stderr, context.io.env)
  const track = trackWriting()
  try {
    const { id, ...job } = await exports.create(request)
    context.note(`${describeRange(job)} (export ${id})`)
    const noteHowToFetch = () => {
      progress.clear()
      const output = part ? ` --output ${part.file}` : ''
      context.note(`The export goes on without us; to fetch it later: airs exports download ${id}${output}`)
    }
    signal.addEventListener('abort', noteHowToFetch)
    let remindAtMs = performance.now() + patienceMs
    const waiting = exports.wait(id, {
      signal,
      onProgress(job) {
        progress.show(track(job, performance.now()))
        if (job.state !== 'queued' || performance.now() < remindAtMs) return
        remindAtMs = Number.POSITIVE_INFINITY
        progress.clear()
        context.note('No worker has begun with it yet; does the export-worker run? Still waiting.')
      },
    })
    const completed = await waiting.catch((error: unknown) => {
      if (isPassing(error)) noteHowToFetch()
      throw error
    })
    signal.removeEventListener('abort', noteHowToFetch)
    return completed
  } catch (error) {
    await part?.discard()
    throw error
  } finally {
    progress.clear()
  }
}

import { ApiClientError, type ExportJob } from '@airs-cp/client'
import type { Context } from './context.ts'

/** Filters whose values are names that may be mistyped, where exchanges are searched by the same. */
const named = ['agent', 'model', 'provider', 'tag', 'policy', 'finding', 'status'] as const

/** Of a completed export without rows: says so, and which name of its filters no exchange has. */
export async function noteEmpty(context: Context, { rows, filters }: ExportJob): Promise<void> {
  if (rows > 0) return
  context.note('It has no rows: nothing that was recorded is of this range and these filters.')
  for (const kind of named) {
    const value = filters[kind]
    if (value === undefined || (kind === 'model' && value.includes('*'))) continue
    try {
      await context
        .client()
        .exchanges.search({ [kind]: value, limit: 1 })
        .next()
    } catch (error) {
      // What else is wrong with the search is no fault of the export.
      if (error instanceof ApiClientError && error.code === 'value_unknown') context.note(`${error.message}.`)
    }
  }
}

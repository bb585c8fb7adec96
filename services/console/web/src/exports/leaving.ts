/** What is asked of an export that is to contain everything. */
type MadeExport = {
  kind: string
  format: string
  state: string
  from: string | null
  until: string | null
  filters: object
  requestedAt: string
}

/**
 * `complete`: events as JSON Lines, which prove themselves, of the whole time, requested after the newest exchange.
 * `outdated`: there was traffic since the newest such export.
 * @param newestAt when the newest exchange was requested or ended; undefined: there is none.
 */
export function exportState(
  exports: readonly MadeExport[],
  newestAt: string | undefined,
): 'none' | 'outdated' | 'complete' {
  const whole = exports.filter(
    ({ kind, format, state, from, until, filters }) =>
      kind === 'events' &&
      format === 'jsonl' &&
      state === 'completed' &&
      from === null &&
      until === null &&
      Object.keys(filters).length === 0,
  )
  if (whole.length === 0) return 'none'
  const since = newestAt === undefined ? Number.NEGATIVE_INFINITY : Date.parse(newestAt)
  return whole.some(({ requestedAt }) => Date.parse(requestedAt) > since) ? 'complete' : 'outdated'
}

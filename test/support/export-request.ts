/** An export of every event as JSON Lines, as a job has it. */
export const everyEvent = {
  kind: 'events',
  format: 'jsonl',
  compression: 'none',
  includeLineage: false,
  range: {},
  filters: {},
} as const

/** What a manifest says of who made the export. */
export const madeByTest = {
  exportId: 'test',
  at: 'now',
  by: 'test',
  software: { name: 'airs-cp', version: 'test' },
} as const

import { placeFormat } from '../place-format.ts'

/** Batches of requests that stand in a file. What they say is judged with the file. */
export const openaiBatches = placeFormat({
  id: 'openai.batches',
  api: 'openai',
  routes: ['GET /v1/batches', 'POST /v1/batches', 'GET /v1/batches/{id}', 'POST /v1/batches/{id}/cancel'],
  request: [['/metadata/**', 'unknown', 'text']],
  response: [['/errors/data/*/message', 'unknown', 'text']],
  opaque: [{ path: '/input_file_id', kind: 'file', holds: 'reference' }],
  overrides: { runsLater: true },
})

import { placeFormat } from '../place-format.ts'

/**
 * Files and uploads in parts. A file of a batch is judged line by line before it is uploaded, and the file of its results when it is
 * downloaded; any other text is judged as a document.
 */
export const openaiFiles = placeFormat({
  id: 'openai.files',
  api: 'openai',
  routes: [
    'GET /v1/files',
    'POST /v1/files',
    'GET /v1/files/{id}',
    'DELETE /v1/files/{id}',
    'GET /v1/files/{id}/content',
    'POST /v1/uploads',
    'POST /v1/uploads/{id}/parts',
    'POST /v1/uploads/{id}/complete',
    'POST /v1/uploads/{id}/cancel',
  ],
  request: [['/filename', 'unknown', 'text']],
  response: [
    ['/filename', 'unknown', 'text'],
    ['/data/*/filename', 'unknown', 'text'],
  ],
  overrides: { anthropicTwin: 'anthropic.files' },
})

import { placeFormat } from '../place-format.ts'

/** Stores of documents that a model searches: questions, and the passages that are found. */
export const openaiVectorStores = placeFormat({
  id: 'openai.vector-stores',
  api: 'openai',
  routes: [
    'GET /v1/vector_stores',
    'POST /v1/vector_stores',
    'GET /v1/vector_stores/{id}',
    'POST /v1/vector_stores/{id}',
    'DELETE /v1/vector_stores/{id}',
    'POST /v1/vector_stores/{id}/search',
    'GET /v1/vector_stores/{id}/files',
    'POST /v1/vector_stores/{id}/files',
    'GET /v1/vector_stores/{id}/files/{id}',
    'POST /v1/vector_stores/{id}/files/{id}',
    'DELETE /v1/vector_stores/{id}/files/{id}',
    'GET /v1/vector_stores/{id}/files/{id}/content',
    'POST /v1/vector_stores/{id}/file_batches',
    'GET /v1/vector_stores/{id}/file_batches/{id}',
    'GET /v1/vector_stores/{id}/file_batches/{id}/files',
    'POST /v1/vector_stores/{id}/file_batches/{id}/cancel',
  ],
  request: [
    ['/query', 'user', 'text'],
    ['/name', 'unknown', 'text'],
    ['/description', 'unknown', 'text'],
    ['/metadata/**', 'unknown', 'text'],
    ['/attributes/**', 'unknown', 'text'],
  ],
  response: [
    ['/search_query', 'user', 'text'],
    ['/data/*/content/*/text', 'tool', 'document'],
    ['/data/*/text', 'tool', 'document'],
    ['/data/*/attributes/**', 'tool', 'document'],
  ],
})

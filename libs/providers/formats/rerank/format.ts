import { placeFormat } from '../place-format.ts'

/** `POST /v1/rerank`, as Cohere, Jina, vLLM and others have it: documents are put in the order in which they fit a question. */
export const rerank = placeFormat({
  id: 'rerank',
  api: 'openai',
  routes: ['POST /v1/rerank'],
  request: [
    ['/query', 'user', 'text'],
    ['/documents', 'user', 'document'],
    ['/documents/*/text', 'user', 'document'],
  ],
  response: [
    ['/results/*/document', 'assistant', 'document'],
    ['/results/*/document/text', 'assistant', 'document'],
  ],
  overrides: { operationName: 'rerank', isRepeatable: true },
})

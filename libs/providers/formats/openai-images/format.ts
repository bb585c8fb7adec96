import { openaiMediaUsage } from '../openai/usage.ts'
import { placeFormat } from '../place-format.ts'

/** Images: `POST /v1/images/generations`, `edits` and `variations`; the last two take forms. Their prompts are texts. */
export const openaiImages = placeFormat({
  id: 'openai.images',
  api: 'openai',
  routes: ['POST /v1/images/generations', 'POST /v1/images/edits', 'POST /v1/images/variations'],
  request: [
    ['/prompt', 'user', 'text'],
    ['/user', 'unknown', 'text'],
  ],
  response: [['/data/*/revised_prompt', 'assistant', 'text']],
  formFields: ['prompt', 'user'],
  opaque: [
    { path: '/data/*/b64_json', kind: 'image', holds: 'base64' },
    { path: '/**/b64_json', kind: 'image', holds: 'base64' },
    { path: '/data/*/url', kind: 'image', holds: 'url' },
    { path: '/images/*/image_url', kind: 'image', holds: 'url' },
    { path: '/mask/image_url', kind: 'image', holds: 'url' },
  ],
  overrides: {
    hasDeploymentRoute: true,
    operationName: 'image_generation',
    usage: openaiMediaUsage,
  },
})

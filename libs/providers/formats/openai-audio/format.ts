import { openaiMediaUsage } from '../openai/usage.ts'
import { placeFormat } from '../place-format.ts'

/**
 * Sound: `POST /v1/audio/speech` says a text; `transcriptions` and `translations` take a form with a file and return a text, as JSON, as
 * lines with times, or as it is.
 */
export const openaiAudio = placeFormat({
  id: 'openai.audio',
  api: 'openai',
  routes: ['POST /v1/audio/speech', 'POST /v1/audio/transcriptions', 'POST /v1/audio/translations'],
  request: [
    ['/input', 'user', 'text'],
    ['/instructions', 'system', 'text'],
    ['/prompt', 'user', 'text'],
  ],
  response: [
    ['/text', 'assistant', 'text'],
    ['/segments/*/text', 'assistant', 'text'],
    ['/words/*/word', 'assistant', 'text'],
    ['/transcript.text.delta/delta', 'assistant', 'text'],
    ['/transcript.text.done/text', 'assistant', 'text'],
  ],
  formFields: ['prompt'],
  opaque: [{ path: '/speech.audio.delta/audio', kind: 'audio', holds: 'base64' }],
  overrides: {
    hasDeploymentRoute: true,
    operationName: 'audio',
    usage: openaiMediaUsage,
  },
})

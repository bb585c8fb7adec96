import type { BodyDocument } from './body/documents.ts'
import { isObject, type Json, parseJson } from './json.ts'

/** What a client or a person has written, in which a member of any name may stand: it chooses nothing. */
const written = new Set(
  (
    'messages contents content system instructions prompt prompts documents texts query item sample ' +
    'parameters input_schema schema json_schema response_format responseschema arguments variables metadata ' +
    'logit_bias prediction user'
  ).split(' '),
)
/** `models` and `fallbacks` of servers that route (OpenRouter, LiteLLM), `allowed_models` of their plugins, models of tools and graders. */
const naming = /^(?:\w+_)?(?:models?|fallbacks?)$/

/** Of a request are looked at this deep. */
const mostDepth = 8

/**
 * Models that a request names elsewhere than in `model` of its root, and that may respond or be paid for as well: those that it goes
 * on to, and those of its tools. None where it names none but that one.
 */
export function otherModels(json: Json | undefined): string[] {
  const found = new Set<string>()
  let main: string | undefined
  const look = (value: Json | undefined, depth: number) => {
    if (typeof value !== 'object' || value === null || depth > mostDepth) return
    if (Array.isArray(value)) {
      for (const one of value) look(one, depth)
      return
    }
    for (const [key, member] of Object.entries(value)) {
      const name = key.toLowerCase()
      if (written.has(name) || (depth === 0 && name === 'input')) continue
      if (depth === 0 && key === 'model') main = typeof member === 'string' ? member : undefined
      else if (naming.test(name)) take(member, depth + 1)
      else look(member, depth + 1)
    }
  }
  /** A name, a list of names, objects that have one, or the models that stand in for each. */
  const take = (value: Json | undefined, depth: number) => {
    if (typeof value === 'string') found.add(value)
    else if (Array.isArray(value)) for (const one of value) take(one, depth)
    else if (typeof value === 'object' && value !== null && depth <= mostDepth) {
      if (typeof value.model === 'string') found.add(value.model)
      else for (const one of Object.values(value)) take(one, depth + 1)
    }
  }
  look(json, 0)
  if (main !== undefined) found.delete(main)
  return [...found]
}

const formPlace = /^form:\d+:([^/#]+)(?:\/line:\d+)?$/

/**
 * The same of a form: in fields besides `model`, whose names some servers read otherwise (`Model`, `model[]`), and in the requests of a
 * file of them.
 */
export function otherModelsOfForm(documents: readonly BodyDocument[]): string[] {
  const found = documents.flatMap((document) => {
    const name = formPlace.exec(document.prefix)?.[1]
    if (name === undefined || name === 'model' || document.content === 'binary') return []
    if (document.content === 'json') {
      const { body, params } = document.json
      return isObject(body) || isObject(params)
        ? otherModels({ requests: [body ?? null, params ?? null] })
        : []
    }
    const field = name.toLowerCase().replace(/\[.*/, '').trim()
    return otherModels({
      [field === 'model' ? 'models' : field]: parseJson(document.written) ?? document.written,
    })
  })
  return [...new Set(found)]
}

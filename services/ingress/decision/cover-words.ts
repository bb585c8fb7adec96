import type { Decision } from '@airs-cp/events'
import { createMasker, type MaskedValues } from '@airs-cp/policy-engine'
import { escapeToken, fieldNames, unescapeToken } from '@airs-cp/providers'
import type { CoverWords } from '../exchange.ts'

type Said = {
  decision?: Decision
  request?: { model?: string | undefined }
  model?: string | undefined
  error?: { message: string }
  forwarded?: { ignored?: string[] }
  finishReasons?: string[] | undefined
}

/** What an event says beside bodies, as it may be recorded. */
export function coverSaid<Data>(data: Data, cover: CoverWords): Data {
  const { decision, request, model, error, forwarded, finishReasons } = data as Said
  return {
    ...data,
    ...(decision && { decision: coverPlaces(decision, cover) }),
    ...(request?.model !== undefined && { request: { ...request, model: cover.model(request.model) } }),
    ...(model !== undefined && { model: cover.model(model) }),
    ...(error && { error: { ...error, message: cover.sentence(error.message) } }),
    ...(forwarded?.ignored && {
      forwarded: { ...forwarded, ignored: forwarded.ignored.map((field) => coverField(field, cover)) },
    }),
    ...(finishReasons && { finishReasons: finishReasons.map(cover.model) }),
  }
}

/** A field of a request as `messages[0].name`; in a schema it has names that a client made up, in which a dot may stand. */
function coverField(field: string, { name, sentence }: CoverWords): string {
  return sentence(field)
    .split(/([.[\]])/)
    .map((token, index) => (index % 2 === 0 ? name(token) : token))
    .join('')
}

/**
 * A decision as it may be recorded: the places of findings and of what was skipped name members of bodies, and a name may say what must
 * not be recorded.
 */
function coverPlaces(decision: Decision, cover: CoverWords): Decision {
  const { findings, scanned } = decision
  return {
    ...decision,
    findings: findings.map((finding) => ({ ...finding, path: coverPath(finding.path, cover) })),
    scanned: {
      ...scanned,
      skipped: scanned.skipped.map(({ path, reason, ...more }) => ({
        ...more,
        path: coverPath(path, cover),
        reason: cover.sentence(reason),
      })),
    },
  }
}

function coverPath(path: string, { name: coverName }: CoverWords): string {
  return path
    .split('/')
    .map((token) => {
      const [, name = '', place = ''] = /^(.*?)(#\w*)?$/s.exec(token) ?? []
      const read = unescapeToken(name)
      const covered = coverName(read)
      return covered === read ? token : escapeToken(covered) + place
    })
    .join('/')
}

const ofPlaces = /^\d{0,6}$|^(?:header-names|path:deployment|header:[\w-]+|(?:path|query|form|line):\d+)$/
const hidden = '[not recorded]'

/** For exchanges of which no content is recorded: words of the API and of places stay, names that a client made up do not. */
export const hideNames: CoverWords = {
  name: (name) => (fieldNames.has(name) || ofPlaces.test(name) ? name : hidden),
  sentence: (text) => withoutPlace(text.replace(/"[^"]*"/g, hidden)),
  model: (name) => name,
}

export type MaskedPlaces = CoverWords & {
  add(
    texts: readonly { path: string; text: string }[],
    edits: readonly { path: string; text: string }[],
    values: MaskedValues,
  ): void
}

/** For exchanges in which values are masked: a name in which one stands is masked in places as it is in the body. */
export function createMaskedPlaces(): MaskedPlaces {
  const values = new Map<string, string>()
  const names = new Map<string, string>()
  /** Made once for all findings, of which there may be thousands, as there may be values. */
  let masker: ((text: string) => string) | undefined
  const mask = (text: string) => {
    masker ??= createMasker(values)
    return masker(text)
  }
  return {
    add(texts, edits, masked) {
      for (const [value, mask] of masked) values.set(value, mask)
      masker = undefined
      const changed = new Map(edits.map(({ path, text }) => [path, text]))
      for (const { path, text } of texts) {
        const name = path.includes('#') ? changed.get(path) : undefined
        if (name !== undefined) names.set(text, name)
      }
    },
    name: (name) => names.get(name) ?? mask(name),
    sentence: (text) => mask(text),
    model: (name) => mask(name),
  }
}

/** Our sentences end with the place, in brackets. */
function withoutPlace(text: string): string {
  const at = text.indexOf('(at /')
  return at === -1 ? text : `${text.slice(0, at)}(at ${hidden})`
}

import type { IncomingHttpHeaders } from 'node:http'
import {
  defaultMaxTokens,
  formatAtProvider,
  modelOfPath,
  type RequestFacts,
  type RequestOptions,
  replaceMember,
  type TranslatedRequest,
  type Translator,
  translatorBetween,
  UntranslatableError,
  upstreamRequest,
  type WireFormat,
  withoutCredential,
} from '@airs-cp/providers'
import { Refusal } from '../admission/refusal.ts'
import type { Exchange } from '../exchange.ts'
import type { Target } from '../routing/choose-targets.ts'
import { forwardedHeaders } from './headers.ts'

export type Change = 'redacted' | 'translated' | 'renamed' | 'restored' | 'reframed'

/** What goes to a provider, and how its answer comes back. */
export type PreparedRequest = {
  target: Target
  method: string
  path: string
  headers: Record<string, string | string[]>
  body: Buffer
  /** In which respects `body` is not what the client sent. */
  changes: Change[]
  /** Fields of the request that its translation left out. */
  ignored: string[]
  /** Names of tools that its translation changed: provider's → client's. */
  toolNames: ReadonlyMap<string, string>
  /** The provider's wire format. */
  format: WireFormat
  /** Present where that is not the client's. */
  translator: Translator | undefined
}

/**
 * Puts a request into the form in which a provider takes it. Where nothing has to change, the body is the client's bytes.
 * @param redacted the body after redaction, when policy changed it.
 * @param withholdsCredential the client's credential is not meant for this provider.
 * @throws Refusal when the provider has nothing of the kind, or a field cannot be translated.
 */
export function prepareRequest({
  target,
  exchange,
  format,
  facts,
  headers,
  body,
  redacted,
  withholdsCredential,
}: {
  target: Target
  exchange: Exchange
  format: WireFormat
  facts: RequestFacts
  headers: IncomingHttpHeaders
  body: Buffer
  redacted: string | undefined
  withholdsCredential: boolean
}): PreparedRequest {
  const { config, name } = target.provider
  const spoken = formatAtProvider(config.kind, format)
  if (!spoken)
    throw new Refusal(
      400,
      'unsupported_by_provider',
      `Provider ${name} has no equivalent of ${exchange.path}`,
    )
  const upstream = upstreamRequest(config, {
    format: spoken,
    path: renamedPath(exchange.path, target.model),
    query: exchange.query,
    model: target.model ?? facts.model,
    headers: withholdsCredential ? withoutCredential(forwardedHeaders(headers)) : forwardedHeaders(headers),
  })
  const changes: Change[] = redacted === undefined ? [] : ['redacted']
  const model = upstream.model ?? target.model
  let text = redacted
  if (model !== undefined && model !== facts.model && body.length > 0) {
    text = replaceMember(text ?? body.toString('utf8'), 'model', model)
    changes.push('renamed')
  }
  const translator = spoken === format ? undefined : translatorBetween(format.id, spoken.id)
  const translated =
    translator &&
    translate(translator, text ?? body.toString('utf8'), {
      defaultMaxTokens: defaultMaxTokens(model ?? facts.model),
      server: config.kind === 'openai' || config.kind === 'azure' ? 'openai' : 'compatible',
    })
  if (translated) {
    text = translated.body
    changes.push('translated')
  }
  return {
    target,
    method: exchange.method,
    path: upstream.path,
    headers: { ...upstream.headers, 'accept-encoding': 'identity' },
    body: text === undefined ? body : Buffer.from(text),
    changes,
    ignored: translated?.ignored ?? [],
    toolNames: translated?.toolNames ?? noNames,
    format: spoken,
    translator,
  }
}

const noNames: ReadonlyMap<string, string> = new Map()

/** The path of a question about one model, under the name that the provider knows. */
function renamedPath(path: string, model: string | undefined): string {
  return model !== undefined && modelOfPath(path) !== undefined
    ? `/v1/models/${encodeURIComponent(model)}`
    : path
}

function translate(translator: Translator, text: string, options: RequestOptions): TranslatedRequest {
  try {
    return translator.request(text, options)
  } catch (error) {
    if (error instanceof UntranslatableError)
      throw new Refusal(error.status, error.code, error.message, error.param)
    throw error
  }
}

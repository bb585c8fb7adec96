import type { IncomingHttpHeaders } from 'node:http'
import type { ClientKey } from '@airs-cp/events'
import {
  type BodyDocument,
  defaultMaxTokens,
  formatAtProvider,
  isForm,
  modelOfPath,
  type ProviderConfig,
  queryWithoutCredential,
  type RequestFacts,
  type RequestOptions,
  setFormField,
  setMember,
  type TranslatedRequest,
  type Translator,
  translatorBetween,
  UntranslatableError,
  upstreamRequest,
  type WireFormat,
  withoutCredential,
} from '@airs-cp/providers'
import { isGenerated } from '../admission/client-keys.ts'
import { hopHeader, nextHops } from '../admission/hops.ts'
import { hasOwnLogin } from '../admission/own-login.ts'
import { Refusal } from '../admission/refusal.ts'
import { takesBody } from '../admission/takes-body.ts'
import type { Change, Exchange, PreparedRequest, Target } from '../exchange.ts'
import { forwardedHeaders, type PassedOn, withoutForeignOrganization } from './headers.ts'

/**
 * Puts a request into the form in which a provider takes it. Where nothing has to change, the body is the client's bytes.
 * @param redacted the body after redaction, when policy changed it.
 * @param instanceId names this process in the hop header.
 * @param first the first target; a client's credential is for the provider that it means.
 * @param key the client key of the request.
 * @throws Refusal when the provider has nothing of the kind, or a field cannot be translated.
 */
export function prepareRequest({
  target,
  exchange,
  format,
  facts,
  namedModel,
  headers,
  body,
  redacted,
  documents,
  instanceId,
  first,
  key,
  passedOn,
}: {
  target: Target
  exchange: Exchange
  format: WireFormat
  facts: RequestFacts
  /** The model that the body names, where it names one. */
  namedModel: string | undefined
  headers: IncomingHttpHeaders
  body: Buffer
  redacted: string | Buffer | undefined
  /** What the body consists of, where it is not one JSON document. */
  documents: readonly BodyDocument[] | undefined
  instanceId: string
  first: Target
  key: ClientKey | undefined
  passedOn: PassedOn
}): PreparedRequest {
  const { name } = target.provider
  const ownLogin = hasOwnLogin(headers) && isAtOriginOf(target, first)
  const config = ownLogin ? withoutKey(target.provider.config) : target.provider.config
  const known = formatAtProvider(config.kind, format)
  const isCountedHere = !known && format.countsTokens === true
  const spoken = isCountedHere ? format : known
  if (!spoken)
    throw new Refusal(
      400,
      'unsupported_by_provider',
      `Provider ${name} has no equivalent of ${exchange.path}`,
    )
  const forwarded = forwardedHeaders(headers, passedOn)
  const allowed = config.apiKey === undefined ? forwarded : withoutForeignOrganization(forwarded, passedOn)
  const translator = spoken === format ? undefined : translatorBetween(format.id, spoken.id)
  // A list of JSON is made of a plain response: its client waits for all of it anyway.
  const stream = facts.stream && facts.asList !== true
  const isWithheld = !ownLogin && withholdsCredential(target, first, key)
  const upstream = upstreamRequest(config, {
    format: spoken,
    path: renamedPath(exchange.route.path, target.model, format),
    azurePath: exchange.route.azurePath,
    query: isWithheld && config.kind === 'gemini' ? queryWithoutCredential(exchange.query) : exchange.query,
    model: target.model ?? facts.model,
    translated: translator && { stream },
    headers: isWithheld ? withoutCredential(allowed) : allowed,
  })
  const changes: Change[] = redacted === undefined ? [] : ['redacted']
  const model = upstream.model ?? target.model ?? facts.model
  let text = redacted
  const asText = () => text?.toString() ?? body.toString('utf8')
  const contentType = headers['content-type']
  if (model !== undefined && model !== namedModel && body.length > 0 && !format.pathFacts) {
    if (!documents) text = setMember(asText(), 'model', model)
    else if (namedModel !== undefined && isForm(contentType))
      text = setFormField(bytesOf(text ?? body), contentType, 'model', model)
    if (text !== redacted) changes.push('renamed')
  }
  const translated =
    translator &&
    translate(translator, asText(), {
      defaultMaxTokens: defaultMaxTokens(model),
      server: config.kind === 'openai' || config.kind === 'azure' ? 'openai' : 'compatible',
      model,
      stream,
    })
  if (translated) {
    text = translated.body
    changes.push('translated')
  }
  return {
    target,
    method: exchange.method,
    path: upstream.path,
    headers: {
      ...upstream.headers,
      'accept-encoding': 'identity',
      [hopHeader]: nextHops(exchange, instanceId),
    },
    body: takesBody(exchange) ? bytesOf(text ?? body) : noBody,
    changes,
    ignored: translated?.ignored ?? [],
    toolNames: translated?.toolNames ?? noNames,
    format: spoken,
    translator,
    isCountedHere,
  }
}

const noNames: ReadonlyMap<string, string> = new Map()

/** A fallback elsewhere gets no credential of the client's, and no provider gets a key that was generated here. */
function withholdsCredential(target: Target, first: Target, key: ClientKey | undefined): boolean {
  if (key && isGenerated(key)) return true
  return !isAtOriginOf(target, first)
}

function isAtOriginOf(target: Target, first: Target): boolean {
  const originOf = ({ provider }: Target) => new URL(provider.config.baseUrl).origin
  return target === first || originOf(target) === originOf(first)
}

/** A client's own login goes before the credential of the server. */
function withoutKey({ apiKey: _, ...config }: ProviderConfig): ProviderConfig {
  return config
}

const noBody = Buffer.alloc(0)

function bytesOf(body: string | Buffer): Buffer {
  return typeof body === 'string' ? Buffer.from(body) : body
}

/** The path of a question about one model, under the name that the provider knows. */
function renamedPath(path: string, model: string | undefined, { pathWithModel }: WireFormat): string {
  if (model !== undefined && pathWithModel) return pathWithModel(path, model)
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

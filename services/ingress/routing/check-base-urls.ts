import { baseUrlProblem, formatOfPath, upstreamRequest } from '@airs-cp/providers'
import { type Logger, type RepeatedWork, repeat } from '@airs-cp/runtime'
import type { Provider } from '../exchange.ts'

export type BaseUrlCheck = RepeatedWork & {
  /** What is wrong with addresses of providers; undefined where nothing is known to be. */
  note(): string | undefined
}

/** How often an address with a problem is looked at again. */
const defaultEveryMs = 30_000
const timeoutMs = 5_000
const shownCharacters = 100

/**
 * Looks whether there is an API at the addresses that somebody has configured: once at the start, and again at those with a
 * problem until they have none. It asks for the list of models, without a credential: a provider that wants one says so in
 * its API's words.
 */
export function checkBaseUrls(
  providers: Provider[],
  log: Logger,
  { everyMs = defaultEveryMs } = {},
): BaseUrlCheck {
  let problems = new Map<string, string>()
  let unclear = providers
  const look = async (signal: AbortSignal) => {
    const found = await Promise.all(
      unclear.map(async (provider) => [provider.name, await problemOf(provider, signal)] as const),
    )
    const before = problems
    problems = new Map(found.flatMap(([name, problem]) => (problem ? [[name, problem] as const] : [])))
    unclear = unclear.filter(({ name }) => problems.has(name))
    for (const [provider, problem] of problems)
      if (before.get(provider) !== problem) log.warn({ provider, problem }, 'base URL leads to no API')
    for (const provider of before.keys())
      if (!problems.has(provider)) log.warn({ provider }, 'recovered: there is an API at the base URL')
  }
  const checking = repeat({
    everyMs,
    work: async (signal) => {
      if (unclear.length > 0) await look(signal)
    },
    onProblem: (err) => log.warn({ err }, 'base URLs could not be checked'),
  })
  return {
    ...checking,
    [Symbol.asyncDispose]: checking.close,
    note: () => (problems.size === 0 ? undefined : [...problems.values()].join('; ')),
  }
}

/** A sentence, or undefined where there is an API. */
async function problemOf(provider: Provider, signal: AbortSignal): Promise<string | undefined> {
  const { name, config } = provider
  const models = await ask(provider, 'GET', '/v1/models', signal)
  if (typeof models === 'string') return `provider ${name} at ${config.baseUrl} cannot be reached (${models})`
  if (models.isApi) return undefined
  // Some servers have no list of models.
  if (config.kind === 'gemini') return noApiText(provider, models.said)
  const path = config.kind === 'anthropic' ? '/v1/messages' : '/v1/chat/completions'
  const chat = await ask(provider, 'POST', path, signal)
  if (typeof chat !== 'string' && chat.isApi) return undefined
  return noApiText(provider, models.said)
}

/** @param said what its response was. */
export function noApiText({ name, config }: Pick<Provider, 'name' | 'config'>, said: string): string {
  const wrong = baseUrlProblem(config)
  const advice = wrong ? `: ${wrong.problem}; try ${wrong.suggestion}` : ''
  return `provider ${name} at ${config.baseUrl} responds with ${said}, which is no model API${advice}`
}

type Said = { isApi: boolean; said: string }

/** What there is at a path of a provider, or why there is nothing. */
async function ask(
  provider: Provider,
  method: 'GET' | 'POST',
  path: string,
  signal: AbortSignal,
): Promise<Said | string> {
  const { pool } = provider
  const { apiKey: _, ...config } = provider.config
  const { path: upstreamPath, headers } = upstreamRequest(config, {
    format: formatOfPath(method, path)!,
    path,
    query: '',
    model: 'none',
    headers: {
      accept: 'application/json',
      'accept-encoding': 'identity',
      'content-type': 'application/json',
    },
  })
  try {
    const { statusCode, body } = await pool.request({
      method,
      path: upstreamPath,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(method === 'POST' && { body: '{}' }),
    })
    const text = await beginningOf(body as AsyncIterable<Buffer>)
    return describeResponse(statusCode, text)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return code ?? message
  }
}

async function beginningOf(body: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of body) {
    text += chunk.toString('latin1')
    if (text.length > 4_096) break
  }
  return text
}

/**
 * An API responds in JSON, or wants a credential. Servers that do not know a route say so with a web page, a line of text, or
 * (`{"detail":"Not Found"}`) without the `error` that model APIs have.
 */
export function describeResponse(status: number, text: string): Said {
  const begin = text.trimStart()
  const isJson = begin.startsWith('{') || begin.startsWith('[')
  if (begin.startsWith('<')) return { isApi: false, said: `a web page (status ${status})` }
  if (status === 401 || status === 403 || status === 429 || status >= 500) return { isApi: true, said: '' }
  if (status === 404 || status === 405) {
    const isApi = isJson && /"error"\s*:\s*\{/.test(begin)
    return {
      isApi,
      said: `status ${status} (${begin.slice(0, shownCharacters).replace(/\s+/g, ' ').trim()})`,
    }
  }
  if (status >= 300 && status < 400) return { isApi: false, said: `a redirection (status ${status})` }
  return { isApi: isJson || status >= 400, said: `no JSON (status ${status})` }
}

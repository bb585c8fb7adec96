import { availableParallelism, hostname, networkInterfaces } from 'node:os'
import { join, resolve } from 'node:path'
import {
  type ContentLevel,
  contentLevelSchema,
  defaultIngress,
  ingressNamePattern,
  type RecordingMode,
  recordingModeSchema,
  tenantPattern,
} from '@airs-cp/events'
import type { ProviderConfig } from '@airs-cp/providers'
import {
  booleanSchema,
  ConfigError,
  describeSettings,
  listSchema,
  numberSchema,
  portSchema,
  readConfig,
  secretSchema,
  serverSettings,
  serverVariables,
  timerSchema,
  variableValue,
} from '@airs-cp/runtime'
import { z } from 'zod'
import type { KeyPolicy } from './admission/admit-client.ts'
import { mostHeldPerByte } from './admission/read-body.ts'
import { readMcpSettings } from './mcp/server-settings.ts'
import { isOwnAddress } from './routing/own-address.ts'
import {
  baseUrlSchema,
  type ProviderSettings,
  type Route,
  readProviderSettings,
} from './routing/provider-settings.ts'
import { directoryOfWorker } from './workers/own-worker.ts'

const mebibyte = 1024 * 1024

export const variables = {
  ...serverVariables,
  AIRS_INGRESS_PORT: portSchema.default(8080),
  NATS_URL: z.string().min(1),
  AIRS_INGRESS_NAME: z
    .string()
    .regex(ingressNamePattern, 'is ingress, or ingress- with lower-case letters, digits and hyphens')
    .optional(),
  AIRS_DATA_DIR: z.string().default('.airs'),
  AIRS_TENANT: z
    .string()
    .regex(tenantPattern, 'is lower-case letters, digits and hyphens')
    .default('default'),
  AIRS_RECORDING: recordingModeSchema.default('strict' satisfies RecordingMode),
  AIRS_RECORD_CONTENT: contentLevelSchema.default('redacted' satisfies ContentLevel),
  AIRS_FINGERPRINT_KEY: z.string().min(16, 'is at least 16 characters'),
  AIRS_PROVIDER: z.string().default('openai'),
  AIRS_PROVIDERS_FILE: z.string().optional(),
  AIRS_MCP_FILE: z.string().optional(),
  AIRS_OPENAI_BASE_URL: baseUrlSchema.default('https://api.openai.com/v1'),
  AIRS_OPENAI_API_KEY: secretSchema.optional(),
  AIRS_ANTHROPIC_BASE_URL: baseUrlSchema.default('https://api.anthropic.com'),
  AIRS_ANTHROPIC_API_KEY: secretSchema.optional(),
  AIRS_GEMINI_BASE_URL: baseUrlSchema.default('https://generativelanguage.googleapis.com'),
  AIRS_GEMINI_API_KEY: secretSchema.optional(),
  AIRS_AZURE_BASE_URL: baseUrlSchema.optional(),
  AIRS_AZURE_API_KEY: secretSchema.optional(),
  AIRS_AZURE_API_VERSION: z.string().optional(),
  AIRS_OLLAMA_BASE_URL: baseUrlSchema.default('http://localhost:11434/v1'),
  AIRS_FORMER_TELEMETRY_NAMES: booleanSchema.default(false),
  AIRS_UNKNOWN_ROUTES: z.enum(['record', 'refuse']).default('record'),
  AIRS_INSECURE: booleanSchema.default(false),
  AIRS_KEYS: z.enum(['required', 'optional']).optional(),
  AIRS_FORWARD_SESSION_ID: booleanSchema.default(false),
  AIRS_CLIENT_ORGANIZATIONS: listSchema,
  AIRS_MAX_BODY_BYTES: numberSchema(1024).default(32 * mebibyte),
  AIRS_MAX_BYTES_IN_FLIGHT: numberSchema(mebibyte).default(192 * mebibyte),
  AIRS_MAX_EXCHANGES: numberSchema(1).default(4_096),
  AIRS_MAX_EXCHANGES_PER_CLIENT: numberSchema(1).default(1_024),
  AIRS_MAX_JSON_VALUES: numberSchema(1_000).default(1_000_000),
  AIRS_MAX_ANSWER_BYTES: numberSchema(1024).default(256 * mebibyte),
  AIRS_JOURNAL_LIMIT_BYTES: numberSchema(mebibyte).default(4096 * mebibyte),
  AIRS_CONNECT_TIMEOUT_MS: timerSchema(1).default(10_000),
  AIRS_FIRST_BYTE_TIMEOUT_MS: timerSchema(1).default(300_000),
  AIRS_IDLE_TIMEOUT_MS: timerSchema(1).default(300_000),
  AIRS_TOTAL_TIMEOUT_MS: timerSchema(1).default(1_800_000),
  AIRS_UPSTREAM_RETRIES: numberSchema(0).default(1),
  AIRS_MAX_RETRY_WAIT_MS: timerSchema(0).default(5_000),
  AIRS_DRAIN_TIMEOUT_MS: timerSchema(0).default(10_000),
  AIRS_SECOND_STAGE_DIR: z.string().optional(),
  AIRS_SECOND_STAGE_MODULES: z.string().default('infra/second-stage'),
  AIRS_SECOND_STAGE_WAIT_MS: numberSchema(1).max(60_000).default(250),
  AIRS_SECOND_STAGE_THREADS: numberSchema(1).max(64).default(1),
  AIRS_WORKERS: z.union([z.literal('auto'), numberSchema(1).max(256)]).default(1),
}

export type IngressConfig = ReturnType<typeof readIngressConfig>

/** @param worker the number of this process among those of `AIRS_WORKERS`; undefined for the only one. */
export function readIngressConfig(env: NodeJS.ProcessEnv, worker?: number) {
  const config = readConfig(variables, env)
  const directory = join(config.AIRS_DATA_DIR, 'ingress')
  const ownDirectory = directoryOfWorker(directory, worker)
  const workers = config.AIRS_WORKERS === 'auto' ? availableParallelism() : config.AIRS_WORKERS
  const mcp = readMcpSettings(config.AIRS_MCP_FILE, env)
  if (workers > 1 && mcp.servers.length > 0)
    throw new ConfigError(
      'AIRS_WORKERS is more than 1, and AIRS_MCP_FILE names servers: a session with an MCP server is in one process. Set AIRS_WORKERS=1, or run an ingress of its own for MCP',
    )
  const { providers, routes } = readProviderSettings(config.AIRS_PROVIDERS_FILE, env)
  const all = { ...wellKnownProviders(config), ...providers }
  checkNames(config.AIRS_PROVIDER, all, routes)
  checkAddresses(all, { host: config.AIRS_HOST, port: config.AIRS_INGRESS_PORT })
  return {
    ...serverSettings(config),
    settings: describeSettings(variables, env),
    port: config.AIRS_INGRESS_PORT,
    workers,
    sharesPort: worker !== undefined,
    directory,
    ownDirectory,
    natsUrl: config.NATS_URL,
    ingress: config.AIRS_INGRESS_NAME ?? ingressOfUrl(config.NATS_URL),
    nameFile: join(directory, 'name'),
    journalDirectory: join(ownDirectory, 'journal'),
    journalLimitBytes: config.AIRS_JOURNAL_LIMIT_BYTES,
    instanceFile: join(ownDirectory, 'instance'),
    policySetFile: join(directory, 'policy-set.json'),
    tenant: config.AIRS_TENANT,
    recording: config.AIRS_RECORDING,
    recordContent: config.AIRS_RECORD_CONTENT,
    fingerprintKey: config.AIRS_FINGERPRINT_KEY,
    defaultProvider: config.AIRS_PROVIDER,
    checkedProviders: configuredProviders(env, { defaultProvider: config.AIRS_PROVIDER, providers, routes }),
    providers: all,
    keys: keyPolicyOf(config.AIRS_KEYS, config.AIRS_INSECURE || isLoopback(config.AIRS_HOST)),
    passedOn: {
      sessions: config.AIRS_FORWARD_SESSION_ID,
      organizations: config.AIRS_CLIENT_ORGANIZATIONS,
    },
    quarantineFile: join(directory, 'quarantine.json'),
    clientKeysFile: join(directory, 'client-keys.json'),
    routes,
    mcpPinsFile: join(directory, 'mcp-pins.json'),
    mcpDriftFile: join(directory, 'mcp-drift.json'),
    mcpToolsFile: join(directory, 'mcp-tools.json'),
    mcp,
    formerTelemetryNames: config.AIRS_FORMER_TELEMETRY_NAMES,
    unknownRoutes: config.AIRS_UNKNOWN_ROUTES,
    maxBodyBytes: config.AIRS_MAX_BODY_BYTES,
    maxBytesInFlight: Math.max(config.AIRS_MAX_BYTES_IN_FLIGHT, mostHeldPerByte * config.AIRS_MAX_BODY_BYTES),
    maxExchanges: { total: config.AIRS_MAX_EXCHANGES, perClient: config.AIRS_MAX_EXCHANGES_PER_CLIENT },
    maxJsonValues: config.AIRS_MAX_JSON_VALUES,
    maxResponseBytes: config.AIRS_MAX_ANSWER_BYTES,
    timeouts: {
      connectMs: config.AIRS_CONNECT_TIMEOUT_MS,
      firstByteMs: config.AIRS_FIRST_BYTE_TIMEOUT_MS,
      idleMs: config.AIRS_IDLE_TIMEOUT_MS,
      totalMs: config.AIRS_TOTAL_TIMEOUT_MS,
    },
    retries: { count: config.AIRS_UPSTREAM_RETRIES, maxWaitMs: config.AIRS_MAX_RETRY_WAIT_MS },
    drainTimeoutMs: config.AIRS_DRAIN_TIMEOUT_MS,
    secondStageModel: config.AIRS_SECOND_STAGE_DIR
      ? {
          directory: resolve(config.AIRS_SECOND_STAGE_DIR),
          // Of the checkout, wherever the process was started.
          modulesDirectory: resolve(import.meta.dirname, '../..', config.AIRS_SECOND_STAGE_MODULES),
          threads: config.AIRS_SECOND_STAGE_THREADS,
        }
      : undefined,
    secondStageWaitMs: config.AIRS_SECOND_STAGE_WAIT_MS,
  }
}

/** The NATS user of an ingress has its name; a user that is named otherwise may be every process's. */
function ingressOfUrl(natsUrl: string): string {
  const name = /^\w+:\/\/airs-([^:@/,]*)[:@]/.exec(natsUrl)?.[1] ?? ''
  return ingressNamePattern.test(name) ? name : defaultIngress
}

/** @param mayBeOpen the port is on loopback, or AIRS_INSECURE says that whoever reaches it may use it. */
function keyPolicyOf(asked: 'required' | 'optional' | undefined, mayBeOpen: boolean): KeyPolicy {
  if (asked === 'required') return asked
  if (!mayBeOpen) return 'server-credentials'
  return asked ?? 'until-first'
}

/** What docker-compose.yml sets where nobody has: the machine that it runs on, which need not have an Ollama. */
const ollamaOfHost = 'http://host.docker.internal:11434/v1'

/** Those whose addresses somebody wrote, which may be wrong. */
function configuredProviders(
  env: NodeJS.ProcessEnv,
  { defaultProvider, providers, routes }: ProviderSettings & { defaultProvider: string },
): string[] {
  const wellKnown = ['openai', 'anthropic', 'gemini', 'azure', 'ollama']
  const used = [
    defaultProvider,
    ...routes.flatMap((route) => [route, ...route.fallbacks].map(({ provider }) => provider)),
  ]
  const named = wellKnown.filter((name) => {
    const address = variableValue(env[`AIRS_${name.toUpperCase()}_BASE_URL`])
    return address && (address !== ollamaOfHost || used.includes(name))
  })
  return [...new Set([...named, ...Object.keys(providers)])]
}

type Variables = {
  AIRS_PROVIDER: string
  AIRS_OPENAI_BASE_URL: string
  AIRS_OPENAI_API_KEY?: string | undefined
  AIRS_ANTHROPIC_BASE_URL: string
  AIRS_ANTHROPIC_API_KEY?: string | undefined
  AIRS_GEMINI_BASE_URL: string
  AIRS_GEMINI_API_KEY?: string | undefined
  AIRS_AZURE_BASE_URL?: string | undefined
  AIRS_AZURE_API_KEY?: string | undefined
  AIRS_AZURE_API_VERSION?: string | undefined
  AIRS_OLLAMA_BASE_URL: string
}

/** The providers that have variables of their own. Azure has no address that everybody shares. */
function wellKnownProviders(config: Variables): Record<string, ProviderConfig> {
  const withKey = (apiKey: string | undefined) => (apiKey ? { apiKey } : {})
  return {
    openai: { kind: 'openai', baseUrl: config.AIRS_OPENAI_BASE_URL, ...withKey(config.AIRS_OPENAI_API_KEY) },
    anthropic: {
      kind: 'anthropic',
      baseUrl: config.AIRS_ANTHROPIC_BASE_URL,
      ...withKey(config.AIRS_ANTHROPIC_API_KEY),
    },
    gemini: { kind: 'gemini', baseUrl: config.AIRS_GEMINI_BASE_URL, ...withKey(config.AIRS_GEMINI_API_KEY) },
    ollama: { kind: 'ollama', baseUrl: config.AIRS_OLLAMA_BASE_URL },
    ...(config.AIRS_AZURE_BASE_URL && {
      azure: {
        kind: 'azure' as const,
        baseUrl: config.AIRS_AZURE_BASE_URL,
        ...withKey(config.AIRS_AZURE_API_KEY),
        ...(config.AIRS_AZURE_API_VERSION && { apiVersion: config.AIRS_AZURE_API_VERSION }),
      },
    }),
    ...(config.AIRS_PROVIDER === 'mock' && { mock: { kind: 'mock' as const, baseUrl: 'http://127.0.0.1' } }),
  }
}

function checkNames(
  defaultProvider: string,
  providers: Record<string, ProviderConfig>,
  routes: Route[],
): void {
  const known = Object.keys(providers).join(', ')
  if (!providers[defaultProvider])
    throw new ConfigError(
      defaultProvider === 'azure'
        ? 'AIRS_PROVIDER is azure, which needs AIRS_AZURE_BASE_URL (https://NAME.openai.azure.com)'
        : `AIRS_PROVIDER "${defaultProvider}" is not a provider; there are: ${known}`,
    )
  for (const { model, provider, fallbacks } of routes)
    for (const name of [provider, ...fallbacks.map((fallback) => fallback.provider)])
      if (!providers[name])
        throw new ConfigError(
          `The route for ${model} names provider "${name}", which is not there; there are: ${known}`,
        )
}

function checkAddresses(
  providers: Record<string, ProviderConfig>,
  own: { host: string; port: number },
): void {
  for (const [name, { kind, baseUrl }] of Object.entries(providers))
    if (kind !== 'mock' && isOwnAddress(baseUrl, own, networkInterfaces(), hostname()))
      throw new ConfigError(
        `Provider "${name}" has the address ${baseUrl}, which is this ingress itself: every request would come back to it. Set the provider's own address`,
      )
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

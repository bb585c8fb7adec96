import { type ProviderConfig, providerKinds } from '@airs-cp/providers'
import { longestTimerMs, variableValue } from '@airs-cp/runtime'
import { z } from 'zod'
import { nameSchema, readSettingsFile } from './settings-file.ts'

/** Of a provider; a name without a scheme, or with a file's, leads nowhere. */
export const baseUrlSchema = z
  .url('is not an address, such as https://api.example.com/v1')
  .refine((text) => /^https?:\/\//i.test(text), 'is not an address: it begins with http:// or https://')

const msSchema = z.int().positive().max(longestTimerMs).optional()
const usdSchema = z.number().nonnegative()

/** USD per million tokens. */
const priceSchema = z.strictObject({
  input: usdSchema,
  output: usdSchema,
  cachedInput: usdSchema.optional(),
  cacheWrite: usdSchema.optional(),
})

const providerSchema = z.strictObject({
  kind: z.enum(providerKinds),
  baseUrl: baseUrlSchema,
  /** Environment variable that holds the credential; absent: the client's passes through. */
  apiKeyVariable: z.string().optional(),
  apiVersion: z.string().optional(),
  timeouts: z
    .strictObject({ connectMs: msSchema, firstByteMs: msSchema, idleMs: msSchema, totalMs: msSchema })
    .optional(),
  prices: z.record(z.string(), priceSchema).optional(),
  deployments: z.record(z.string(), z.string()).optional(),
})

const targetSchema = z.strictObject({ provider: nameSchema, as: z.string().optional() })

const routeSchema = targetSchema.extend({
  /** Model name as clients say it; `*` stands for any run of characters. */
  model: z.string().min(1),
  fallbacks: z.array(z.union([nameSchema.transform((provider) => ({ provider })), targetSchema])).default([]),
})

const fileSchema = z.strictObject({
  providers: z.record(nameSchema, providerSchema).default({}),
  routes: z.array(routeSchema).default([]),
})

/** Where a route sends a model: a provider, and the name that it knows the model under. */
export type RouteTarget = { provider: string; as?: string | undefined }
export type Route = RouteTarget & { model: string; fallbacks: RouteTarget[] }
export type ProviderSettings = { providers: Record<string, ProviderConfig>; routes: Route[] }

/**
 * Reads the providers file (YAML): further providers, and routes by model name.
 * @throws ConfigError that names the file and everything that is wrong with it.
 */
export function readProviderSettings(file: string | undefined, env: NodeJS.ProcessEnv): ProviderSettings {
  if (file === undefined) return { providers: {}, routes: [] }
  const { settings, problem } = readSettingsFile('AIRS_PROVIDERS_FILE', file, fileSchema)
  const providers = Object.entries(settings.providers).map(([name, { apiKeyVariable, ...provider }]) => {
    const apiKey = apiKeyVariable && variableValue(env[apiKeyVariable])
    if (apiKeyVariable && !apiKey) throw problem(`provider ${name}: variable ${apiKeyVariable} is not set`)
    return [name, { ...provider, ...(apiKey && { apiKey }) } as ProviderConfig] as const
  })
  return { providers: Object.fromEntries(providers), routes: settings.routes }
}

import { z } from 'zod'
import { ConfigError, numberSchema, readConfig } from './config.ts'

const ratioSchema = z.coerce.number().min(0).max(1)
const samplerNames = ['always_on', 'always_off', 'traceidratio'] as const
const endpointSchema = z.url().optional()

/** OpenTelemetry's own variables that are read here; its exporters read the others that begin with OTEL_EXPORTER_OTLP_. */
export const telemetryVariables = {
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: endpointSchema,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpointSchema,
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: endpointSchema,
  OTEL_EXPORTER_OTLP_PROTOCOL: z.string().optional(),
  OTEL_TRACES_EXPORTER: z.string().default('otlp'),
  OTEL_METRICS_EXPORTER: z.string().default('otlp'),
  OTEL_TRACES_SAMPLER: z.string().default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.string().optional(),
  OTEL_BSP_SCHEDULE_DELAY: numberSchema(1).default(5_000),
  OTEL_BSP_EXPORT_TIMEOUT: numberSchema(1).default(30_000),
  OTEL_BSP_MAX_QUEUE_SIZE: numberSchema(1).default(8_192),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: numberSchema(1).default(512),
  OTEL_METRIC_EXPORT_INTERVAL: numberSchema(100).default(60_000),
}

export type TelemetryConfig = {
  traces: boolean
  metrics: boolean
  sampler: { root: (typeof samplerNames)[number]; parentBased: boolean; ratio: number }
  batch: {
    scheduledDelayMillis: number
    exportTimeoutMillis: number
    maxQueueSize: number
    maxExportBatchSize: number
  }
  metricIntervalMs: number
}

/** @throws ConfigError when a variable asks for what there is not. */
export function readTelemetryConfig(env: NodeJS.ProcessEnv): TelemetryConfig {
  const config = readConfig(telemetryVariables, env)
  const isDisabled = config.OTEL_SDK_DISABLED?.toLowerCase() === 'true'
  const goesTo = (endpoint: string | undefined, exporter: string) =>
    !isDisabled && (endpoint ?? config.OTEL_EXPORTER_OTLP_ENDPOINT) !== undefined && exporter === 'otlp'
  for (const variable of ['OTEL_TRACES_EXPORTER', 'OTEL_METRICS_EXPORTER'] as const)
    if (!['otlp', 'none'].includes(config[variable]))
      throw new ConfigError(`${variable} is "${config[variable]}"; there are: otlp, none`)
  const traces = goesTo(config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, config.OTEL_TRACES_EXPORTER)
  const metrics = goesTo(config.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT, config.OTEL_METRICS_EXPORTER)
  const protocol = config.OTEL_EXPORTER_OTLP_PROTOCOL
  if ((traces || metrics) && protocol !== undefined && protocol !== 'http/protobuf')
    throw new ConfigError(`OTEL_EXPORTER_OTLP_PROTOCOL is "${protocol}"; there is http/protobuf alone`)
  return {
    traces,
    metrics,
    sampler: readSampler(config.OTEL_TRACES_SAMPLER, config.OTEL_TRACES_SAMPLER_ARG),
    batch: {
      scheduledDelayMillis: config.OTEL_BSP_SCHEDULE_DELAY,
      exportTimeoutMillis: config.OTEL_BSP_EXPORT_TIMEOUT,
      maxQueueSize: config.OTEL_BSP_MAX_QUEUE_SIZE,
      maxExportBatchSize: Math.min(config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE, config.OTEL_BSP_MAX_QUEUE_SIZE),
    },
    metricIntervalMs: config.OTEL_METRIC_EXPORT_INTERVAL,
  }
}

function readSampler(name: string, argument: string | undefined): TelemetryConfig['sampler'] {
  const parentBased = name.startsWith('parentbased_')
  const root = samplerNames.find((one) => one === name.replace(/^parentbased_/, ''))
  if (!root) {
    const names = samplerNames.flatMap((one) => [one, `parentbased_${one}`])
    throw new ConfigError(`OTEL_TRACES_SAMPLER is "${name}"; there are: ${names.join(', ')}`)
  }
  const ratio = ratioSchema.safeParse(argument ?? 1)
  if (!ratio.success)
    throw new ConfigError(`OTEL_TRACES_SAMPLER_ARG is "${argument}"; it is a number from 0 to 1`)
  return { root, parentBased, ratio: ratio.data }
}

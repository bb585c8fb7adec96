import { join } from 'node:path'
import { metadataFloorDays } from '@airs-cp/events'
import {
  booleanSchema,
  controlApiSettings,
  controlApiVariables,
  describeSettings,
  numberSchema,
  portSchema,
  readConfig,
  urlSchema,
} from '@airs-cp/runtime'
import { z } from 'zod'

export const variables = {
  ...controlApiVariables,
  AIRS_AUDIT_PORT: portSchema.default(8082),
  AIRS_STANDBY: booleanSchema.default(false),
  AIRS_GAP_GRACE_MS: numberSchema(0).default(15_000),
  AIRS_ABANDON_AFTER_MS: numberSchema(1_000).default(24 * 3_600_000),
  AIRS_DATA_DIR: z.string().default('.airs'),
  AIRS_RETAIN_CONTENT_DAYS: numberSchema(1).optional(),
  AIRS_RETAIN_METADATA_DAYS: numberSchema(metadataFloorDays).optional(),
  AIRS_RETAIN_UNTIL_ARCHIVED: booleanSchema.default(false),
  AIRS_STREAM_REPLICAS: numberSchema(1).optional(),
  AIRS_STREAM_MAX_BYTES: numberSchema(1024 ** 2).optional(),
  AIRS_LOG_ORIGIN: z
    .string()
    .regex(/^[^\s+]{1,128}$/, 'is up to 128 characters without spaces and plus')
    .optional(),
  AIRS_LOG_ML_DSA: booleanSchema.default(false),
  AIRS_WITNESS_POLICY_FILE: z.string().optional(),
  AIRS_LOG_ANCHOR_FILE: z.string().optional(),
  AIRS_LOG_ANCHOR_URL: urlSchema.optional(),
  AIRS_LOG_ANCHOR_EVERY_MS: numberSchema(1_000).default(60_000),
  AIRS_LOG_ANCHOR_S3_BUCKET: z.string().optional(),
  AIRS_LOG_ANCHOR_S3_REGION: z.string().default('us-east-1'),
  AIRS_LOG_ANCHOR_S3_PREFIX: z
    .string()
    .regex(/^([^/].*\/)?$/, 'must end in / and not begin with it')
    .default(''),
  AIRS_LOG_ANCHOR_S3_ENDPOINT: urlSchema.optional(),
  AIRS_LOG_ANCHOR_S3_LOCK_DAYS: numberSchema(0).default(0),
}

export type AuditConfig = ReturnType<typeof readAuditConfig>

export function readAuditConfig(env: NodeJS.ProcessEnv) {
  const config = readConfig(variables, env)
  return {
    ...controlApiSettings(config),
    settings: describeSettings(variables, env),
    port: config.AIRS_AUDIT_PORT,
    /** Whether it waits while another works on the database, instead of ending. */
    isStandby: config.AIRS_STANDBY,
    /** How long missing events of a journal are waited for before the gap is recorded. */
    gapGraceMs: config.AIRS_GAP_GRACE_MS,
    /** After so long an exchange without outcome is abandoned even when its ingress was not heard of again. */
    abandonAfterMs: config.AIRS_ABANDON_AFTER_MS,
    /** Of streams that it makes again. */
    topology: { replicas: config.AIRS_STREAM_REPLICAS, trafficBytes: config.AIRS_STREAM_MAX_BYTES },
    erasuresFile: join(config.AIRS_DATA_DIR, 'audit', 'erasures.jsonl'),
    /** Until somebody says otherwise (`airs retention set`). */
    retention: {
      contentDays: config.AIRS_RETAIN_CONTENT_DAYS,
      metadataDays: config.AIRS_RETAIN_METADATA_DAYS,
    },
    /** Whether a day that is past its time waits until it is archived. */
    dropsArchivedOnly: config.AIRS_RETAIN_UNTIL_ARCHIVED,
    log: {
      directory: join(config.AIRS_DATA_DIR, 'audit', 'log'),
      origin: config.AIRS_LOG_ORIGIN,
      withMlDsa: config.AIRS_LOG_ML_DSA,
      witnessPolicyFile: config.AIRS_WITNESS_POLICY_FILE,
      anchors: {
        file: config.AIRS_LOG_ANCHOR_FILE,
        url: config.AIRS_LOG_ANCHOR_URL,
        everyMs: config.AIRS_LOG_ANCHOR_EVERY_MS,
        bucket: config.AIRS_LOG_ANCHOR_S3_BUCKET
          ? {
              bucket: config.AIRS_LOG_ANCHOR_S3_BUCKET,
              region: config.AIRS_LOG_ANCHOR_S3_REGION,
              prefix: config.AIRS_LOG_ANCHOR_S3_PREFIX,
              endpoint: config.AIRS_LOG_ANCHOR_S3_ENDPOINT,
              lockDays: config.AIRS_LOG_ANCHOR_S3_LOCK_DAYS,
            }
          : undefined,
      },
    },
  }
}
